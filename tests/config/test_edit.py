"""The text of tasks.toml edited: every byte that was there stays, and exactly what was wanted is added."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from taskfiles.config.edit import Tables, Undeclarable, add_tables, declare, value_text
from taskfiles.text.nodes import same

BOM = "\ufeff"


def read(data: bytes) -> dict[str, Any]:
    return tomllib.loads(data.decode().removeprefix(BOM), parse_float=str)


KEYS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=8)
NAMES = KEYS.filter(str.strip)
SETTINGS = st.sampled_from(
    [
        "1",
        "1.50",
        "nan",
        "'a'",
        '"""\n[labels.no]\n# no\n"""',
        "'''\n\n[labels]\n# no'''",
        "[\n  ['x'], # no\n\n]",
        "2026-12-01",
        "{ a.b = 1, c = [ ] }",
    ]
)
REMARKS = st.sampled_from(
    ["", "\n", "# note\n", "\n# above\n", "# under\n\n# above\n", "   \n", "\t# odd [labels.x]\n"]
)
OWN_KEYS = st.sampled_from(["x_{}", "x.y{}", "'x {}'", ' "x{}" '])
HEADERS = st.sampled_from(
    [
        "[labels]\n",
        "[labels.{}]\n",
        " [ labels . {} ]  # x\n",
        '["labels".{}]\n',
        '["l\\u0061bels".{}]\n',
        "[labels.{}.x_own]\n",
        "[[labels.{}.x_many]]\n",
        "[other.{}]\n",
        "[[alerts]]\n",
    ]
)
STARTS = st.sampled_from(
    ["", "format = 1\n", "labels.dotted.description = 'x'\n", "labels.inline = { x = 1 }\n", "# Ours.\n\n"]
)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """Readable TOML with tables of a family in any form, among others."""
    text = draw(STARTS)
    for number in range(draw(st.integers(0, 5))):
        text += draw(REMARKS) + draw(HEADERS).format(f"n{number}")
        for key in range(draw(st.integers(0, 2))):
            text += draw(REMARKS) + f"{draw(OWN_KEYS).format(key)} = {draw(SETTINGS)}\n"
    text += draw(REMARKS)
    forms = [text, text.replace("\n", "\r\n"), text.rstrip("\n"), BOM + text]
    data = draw(st.sampled_from(forms)).encode()
    try:
        read(data)
    except tomllib.TOMLDecodeError:
        reject()
    return data


@given(texts(), st.sets(NAMES, min_size=1, max_size=3))
def test_declaring_adds_one_piece_and_nothing_else(before: bytes, names: set[str]) -> None:
    after = declare(before, "labels", sorted(names))
    added = len(after) - len(before)
    places = range(len(before) + 1)
    assert any(before[:at] == after[:at] and before[at:] == after[at + added :] for at in places)
    old, new = read(before), read(after)
    assert new.pop("labels") == old.pop("labels", {}) | {name: {} for name in names}
    assert same(new, old)
    endings = {line[-1:] for line in after.split(b"\n")[:-1]}
    assert b"\r" not in endings or endings == {b"\r"}


@given(texts(), st.sets(NAMES, min_size=2, max_size=4))
def test_one_after_the_other_comes_to_the_same_as_at_once(before: bytes, names: set[str]) -> None:
    first, *others = sorted(names)
    one = declare(declare(before, "labels", [first]), "labels", others)
    assert one == declare(before, "labels", [first, *others])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[labels.new]\n"),
        (BOM, f"{BOM}[labels.new]\n"),
        (f"{BOM}[labels]\n", f"{BOM}[labels]\n[labels.new]\n"),
        ("[labels]", "[labels]\n[labels.new]\n"),
        ("[labels.a]\r\nx = 1", "[labels.a]\r\nx = 1\r\n\r\n[labels.new]\r\n"),
        ("[labels.a]\n# under\n\n# above\n[b]\n", "[labels.a]\n# under\n\n[labels.new]\n\n# above\n[b]\n"),
        ("[labels.a]\n# under\n\n# last\n", "[labels.a]\n# under\n\n# last\n\n[labels.new]\n"),
        ("[labels.a]\n[b]\n[labels.c]\n\n[d]\n", "[labels.a]\n[b]\n[labels.c]\n[labels.new]\n\n[d]\n"),
        ("[labels.a.b]\nx.y = 1\n[c]\n", "[labels.a.b]\nx.y = 1\n\n[labels.new]\n\n[c]\n"),
        ("[[labels.a.x]]\ny = 1\n[c]\n", "[[labels.a.x]]\ny = 1\n\n[labels.new]\n\n[c]\n"),
        ('["l\\u0061bels"]\n[b]\n', '["l\\u0061bels"]\n[labels.new]\n\n[b]\n'),
        (
            "[labels]\nx = '''\n[labels.no]\n'''\n[b]\n",
            "[labels]\nx = '''\n[labels.no]\n'''\n\n[labels.new]\n\n[b]\n",
        ),
        # No table of the family has a header.
        ("labels.a.x = 1\n[b]\ny = 1\n", "labels.a.x = 1\n[b]\ny = 1\n\n[labels.new]\n"),
        # tomlkit would print both arrays side by side: they stay, and the table comes at the end.
        ("[[b]]\n[labels.a]\n[[b]]\ny = 1\n", "[[b]]\n[labels.a]\n[[b]]\ny = 1\n\n[labels.new]\n"),
    ],
)
def test_tables_come_after_the_familys_last_one(before: str, after: str) -> None:
    assert declare(before.encode(), "labels", ["new"]).decode() == after


WORDS = ("migrate", "backlog", "status")


@pytest.mark.parametrize(
    ("before", "tables", "after"),
    [
        (
            "# top\n[labels.a] # x\n",
            [(("labels", "b"), {"description": 'a "b"'}), (("templates", "t"), {"criteria": ["x", "y"]})],
            """# top
[labels.a] # x

[labels.b]
description = "a \\"b\\""

[templates.t]
criteria = ["x", "y"]
""",
        ),
        ("", [(WORDS, {"In Review": "ready"})], '[migrate.backlog.status]\n"In Review" = "ready"\n'),
        # A table that is there gets keys and values; what else it holds stays.
        (
            '[migrate.backlog.status] # why\n"In Review" = "ready" # for now\n\n[b] # c\n',
            [(WORDS, {"In Review": "done", "Later": "idea"})],
            '[migrate.backlog.status] # why\n"In Review" = "done" # for now\nLater = "idea"\n\n[b] # c\n',
        ),
        (
            f"{BOM}[migrate.backlog.status]\r\na = 'idea'\r\n",
            [(WORDS, {"b": "done"})],
            f"{BOM}[migrate.backlog.status]\r\na = 'idea'\r\nb = \"done\"\r\n",
        ),
        ("[milestones.m]\n", [(("milestones", "m"), {})], "[milestones.m]\n"),
    ],
)
def test_tables_come_with_their_keys(before: str, tables: Tables, after: str) -> None:
    assert add_tables(before.encode(), tables).decode() == after


@pytest.mark.parametrize("text", ["migrate = 1\n", "[migrate]\nbacklog = 1\n", "migrate = {}\n"])
def test_where_something_else_stands_no_keys_are_written(text: str) -> None:
    with pytest.raises(Undeclarable):
        add_tables(text.encode(), [(WORDS, {"a": "done"})])


@pytest.mark.parametrize(
    "text",
    ["labels = {}\n", "labels = { bug = {} }\n[other]\n", "x = 1\r\nlabels={}"],
)
def test_an_inline_table_is_refused(text: str) -> None:
    with pytest.raises(Undeclarable):
        declare(text.encode(), "labels", ["new"])


@given(st.lists(st.text(st.characters(codec="utf-8")), max_size=3))
def test_a_value_is_read_as_it_was_written(texts: list[str]) -> None:
    assert tomllib.loads(f"value = {value_text(texts)}\n") == {"value": texts}


def test_tomlkit_is_imported_only_where_an_edit_is_made() -> None:
    code = (
        "import sys, taskfiles.operations.declare; from taskfiles.config.edit import declare; "
        "from taskfiles.config.profiles import config_text; config_text('prod', []); "
        "assert 'tomlkit' not in sys.modules; declare(b'', 'labels', ['a']); assert 'tomlkit' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
