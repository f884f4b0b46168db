"""JSON for other programs: what strict readers and readers of lines take, whatever the value is."""

from __future__ import annotations

import ast
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import taskfiles
import taskfiles_cli
from support.strict import strict_json
from support.syntax import parse
from taskfiles.basics.jsontext import has_long_number, json_text, json_value

ODD = st.sampled_from('\x00\x1f\x7f\x85\u2028\u2029\ud800\udbff\udc00\udfff\ue000\ufffe\U0001f600"\\ a')
TEXT = st.text(ODD, max_size=8)
NUMBERS = st.one_of(
    st.floats(),
    st.integers(),
    st.sampled_from([10**308, 10**309, -(10**4000), math.inf, -math.inf, math.nan]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)


@given(VALUES, st.sampled_from([None, 1, 2]), st.booleans(), st.booleans())
def test_every_value_is_json_for_strict_readers(
    value: Any, indent: int | None, blanks: bool, in_order: bool
) -> None:
    text = json_text(value, indent=indent, blanks=blanks, in_order=in_order)
    strict_json(text)
    if indent is None:
        assert len(text.splitlines()) == 1


@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text()), st.lists, max_leaves=8))
def test_what_json_has_reads_back(value: Any) -> None:
    assert json.loads(json_text(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\u2028b\u2029c\x85d", '"a\\u2028b\\u2029c\\u0085d"'),
        ("é👩", '"é👩"'),
        ("\udcff", '"\\\\udcff"'),
        ({"\u2028": "\ud800\udc00"}, '{"\\u2028":"\\\\ud800\\\\udc00"}'),
        (math.nan, '".nan"'),
        ([math.inf, -math.inf, 1.5], '[".inf","-.inf",1.5]'),
    ],
)
def test_the_form_of_what_is_odd(value: Any, text: str) -> None:
    assert json_text(value) == text


def test_a_number_beyond_a_double_is_text() -> None:
    assert json_value([2**1023 - 1, 2**1023, True]) == [2**1023 - 1, str(2**1023), True]
    assert strict_json(json_text(10**5000)) == hex(10**5000)


# State of our own, hashes, and texts within sentences: no other program reads these as JSON.
OWN = {
    "taskfiles/backlog/wire.py",
    "taskfiles/config/model.py",
    "taskfiles/dataset/directory.py",
    "taskfiles/dataset/history.py",
    "taskfiles/leave/targets/backlog.py",
    "taskfiles/migrate/json_file.py",
    "taskfiles/operations/declare_steps.py",
    "taskfiles/report/ends.py",
    "taskfiles/run/ledger.py",
    "taskfiles/run/plan_ledger.py",
    "taskfiles/run/switch.py",
    "taskfiles/task/claim.py",
    "taskfiles/telemetry/cursor.py",
    "taskfiles/text/steps.py",
    "taskfiles/basics/input_text.py",
    "taskfiles_cli/render/migration.py",
    "taskfiles_cli/surface/fields.py",
    "taskfiles_cli/surface/figures.py",
    "taskfiles_cli/surface/flowing.py",
    "taskfiles_cli/surface/paging.py",
    "taskfiles_cli/surface/site.py",
    "taskfiles_cli/web/figures.py",
    "taskfiles/basics/jsontext.py",
}


def test_json_is_written_in_one_place() -> None:
    writers = set()
    for package in (taskfiles, taskfiles_cli):
        root = Path(str(package.__file__)).parent
        for file in root.rglob("*.py"):
            if b"dump" not in file.read_bytes():
                continue
            calls = (node for node in ast.walk(parse(file)))
            if any(
                isinstance(node, ast.Attribute)
                and node.attr in {"dumps", "dump"}
                and isinstance(node.value, ast.Name)
                and node.value.id == "json"
                for node in calls
            ):
                writers.add(file.relative_to(root.parent).as_posix())
    assert writers == OWN


@given(st.lists(st.tuples(st.sampled_from(["x", "x1", "1x", ""]), st.integers(0, 700)), max_size=6))
def test_a_number_of_309_digits_is_found_wherever_it_is(parts: list[tuple[str, int]]) -> None:
    text = "".join(letters * 40 + "7" * digits for letters, digits in parts) + "y"
    assert has_long_number(text) == any(len(run) >= 309 for run in re.findall("[0-9]+", text))


@pytest.mark.parametrize("before", range(52))
def test_one_of_308_digits_is_none(before: int) -> None:
    assert [has_long_number("x" * before + "1" * digits) for digits in (308, 309)] == [False, True]
