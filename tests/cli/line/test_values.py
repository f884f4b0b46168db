"""How the values of options are read: texts, JSON, words, pairs, amounts, points in time."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles import Filter, TaskfilesError
from taskfiles.basics.commas import split_commas
from taskfiles.task.words import Size
from taskfiles_cli.line.pairs import join_fields, keep_dashes, read_fields, split_agent
from taskfiles_cli.line.texts import (
    check_utf8,
    clear_stdin,
    open_input,
    read_file,
    read_json,
    read_optional,
    read_text,
)
from taskfiles_cli.line.values import (
    check_fields,
    parse_words,
    read_criteria,
    read_items,
    read_meta,
    read_usd,
    read_when,
    single_word,
)

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Standard input is there once for each command."""
    clear_stdin()
    yield
    clear_stdin()


def refusal(code: str, read: Callable[[], object]) -> TaskfilesError:
    with pytest.raises(TaskfilesError) as refused:
        read()
    assert (refused.value.code, refused.value.exit) == (code, 2)
    return refused.value


def given_on_stdin(data: bytes) -> Any:
    return mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# Command lines


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        (["--field", "A", "b"], ["--field", "A\x1fb"]),
        (["--field", "A"], ["--field", "A"]),
        (["--field-file", "A", "-"], ["--field-file", "A\x1f-"]),
        (["--from-agent", "codex", "-"], ["--from-agent", "codex\x1f-"]),
        (["--from-agent", "codex", "--tool", "x"], ["--from-agent", "codex", "--tool", "x"]),
        (["--field", "A", "--b"], ["--field", "A\x1f--b"]),
        (["--", "--field", "A", "b"], ["--", "--field", "A", "b"]),
    ],
)
def test_options_of_two_values_are_joined(words: list[str], joined: list[str]) -> None:
    assert join_fields(words) == joined


def test_the_sign_before_a_program_survives_typer() -> None:
    assert keep_dashes(["run", "a", "--", "x", "--", "y"]) == ["run", "a", "--", "--", "x", "--", "y"]
    assert keep_dashes(["run", "a"]) == ["run", "a"]
    assert keep_dashes(["list", "--"]) == ["list", "--"]


# Texts


def test_a_text_stands_as_it_is_or_comes_from_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_bytes("é\r\n".encode())
    with given_on_stdin(b"from a pipe"):
        assert read_text("--field", "-") == "from a pipe"
    clear_stdin()
    with given_on_stdin(b"\xef\xbb\xbfwith a mark"):
        assert read_file("--field-file", "-") == "with a mark"
    assert read_file("--field-file", str(file)) == "é\r\n"
    for text in ("a - b", f"@{file}", "@@home", "@", "--"):
        assert read_text("--field", text) == text
    assert read_optional("--notes", None) is None
    assert read_optional("--notes", "x") == "x"


def test_standard_input_serves_one_option() -> None:
    with given_on_stdin(b"x"):
        read_text("--field", "-")
        error = refusal("bad-value", lambda: read_text("--notes", "-"))
    assert "--field has taken standard input already" in error.message


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xe9")
    refusal("bad-value", lambda: read_file("--field-file", str(tmp_path / "gone")))
    latin = refusal("bad-value", lambda: read_file("--field-file", str(tmp_path / "latin")))
    assert "not UTF-8" in latin.message
    assert "not UTF-8" in refusal("bad-value", lambda: check_utf8("--title", "a\udcff")).message
    refusal("bad-value", lambda: open_input("--from-agent", str(tmp_path / "gone")))
    with mock.patch.object(sys, "stdin", None):
        assert "is closed" in refusal("bad-value", lambda: read_text("--field", "-")).message


def test_input_is_opened_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("out.json", "@out.json"):
        (tmp_path / name).write_bytes(name.encode())
        with open_input("--from-agent", name) as opened:
            assert opened.read() == name.encode()
    with given_on_stdin(b"piped"), open_input("--from-agent", "-") as opened:
        assert opened.read() == b"piped"


def test_pairs_of_section_and_text_and_of_tool_and_file() -> None:
    assert read_fields(None) == []
    assert read_fields([" Overview \x1fText"]) == [("Overview", "Text")]
    with given_on_stdin(b"piped"):
        assert read_fields(["A\x1f@b"], ["B\x1f-"]) == [("A", "@b"), ("B", "piped")]
    assert split_agent(" codex\x1fout.json") == ("codex", "out.json")
    for wrong in ("Overview", " \x1fText"):
        refusal("bad-value", lambda wrong=wrong: read_fields([wrong]))
        refusal("bad-value", lambda wrong=wrong: read_fields([], [wrong]))
    for wrong in ("codex", "codex\x1f", " \x1fout.json"):
        refusal("bad-value", lambda wrong=wrong: split_agent(wrong))


# JSON


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "a key in double quotes is missing at line 1, column 2"),
        ("NaN", "NaN is not JSON"),
        ("[-Infinity]", "-Infinity is not JSON"),
        ("1e999", "1e999 is too large"),
        ('{"a": 1, "a": 2}', "“a” stands twice"),
        ('"\\ud800"', "half of a surrogate pair"),
        ("[" * 200 + "]" * 200, "nests deeper than"),
        ("[" * 100_000, "it nests too deep"),
    ],
)
def test_json_that_is_none_is_refused(text: str, problem: str) -> None:
    with given_on_stdin(text.encode()):
        error = refusal("bad-json", lambda: read_json("--attempt", "-", "object", "{}"))
    assert problem in error.message


def test_json_comes_from_a_file_or_a_pipe(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"é": [1.5, null]}', "utf-8")
    assert read_json("--attempt", str(file), "object", "{}") == {"é": [1.5, None]}
    file.write_text("{\n", "utf-8")
    error = refusal("bad-json", lambda: read_json("--attempt", str(file), "object", "{}"))
    assert (error.path, error.line, error.column) == (str(file), 2, 1)
    error = refusal("bad-value", lambda: read_json("--attempt", str(tmp_path / "gone"), "object", "{}"))
    assert "gone" in error.message


# Keys


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("title=no: YAML", ("title", "no: YAML")),
        ("size=XL", ("size", "xl")),
        ("x_own=[a, 1]", ("x_own", ["a", 1])),
        ("x_own=", ("x_own", "")),
        ("commit_message=a=b", ("commit_message", "a=b")),
        ("x_note=fix #12", ("x_note", "fix #12")),
        ("x_version=1.10", ("x_version", "1.10")),
        ("x=[a", ("x", "[a")),
        ("created_at=20251102", ("created_at", "20251102")),
    ],
)
def test_keys_are_read_by_what_they_hold(text: str, pair: tuple[str, Any]) -> None:
    assert read_meta("--meta", text) == pair


@pytest.mark.parametrize("key", ["blocked", "title", "size", "completed_at", "labels", "execution", "x_own"])
def test_null_clears_whatever_the_key(key: str) -> None:
    assert read_meta("--meta", f"{key}=null") == (key, None)
    if key not in {"size", "labels", "execution"}:
        assert read_meta("--meta", f'{key}="null"') == (key, "null")


def test_items_of_our_lists_are_texts() -> None:
    assert read_items("--add", ["labels=[ui]"]) == [("labels", "[ui]")]
    assert read_items("--add", ["labels=a,b", "touches=a,b"]) == [
        ("labels", "a"),
        ("labels", "b"),
        ("touches", "a,b"),
    ]
    assert read_items("--add", ["x_own=[ui]"]) == [("x_own", ["ui"])]
    assert "title is not a list" in refusal("bad-value", lambda: read_items("--add", ["title=x"])).message
    refusal("bad-value", lambda: read_items("--add", ["execution={}"]))


@pytest.mark.parametrize("text", ["title", "=x", "size=huge", "size=xl, tiny", "size="])
def test_what_is_no_pair_of_key_and_value_is_refused(text: str) -> None:
    refusal("bad-value", lambda: read_meta("--meta", text))


def test_fields_of_the_task_object_or_of_one_s_own() -> None:
    check_fields(["id", "execution", "body", "x_own"], {"x_own"})
    assert "Did you mean title?" in refusal("bad-value", lambda: check_fields(["titel"], set())).hint


# Words


@pytest.mark.parametrize("text", ["in-progress", "IN_PROGRESS", " In-Progress "])
def test_words_are_read_in_any_case(text: str) -> None:
    assert parse_words("--state", ["ready", "in-progress"], [text]) == {"in-progress"}
    assert parse_words("--kind", ["a_b"], ["A-B"]) == {"a_b"}


def test_commas_separate_words() -> None:
    assert parse_words("--size", Size, ["xl,tiny", "small"]) == {"xl", "tiny", "small"}
    assert "Did you mean tiny?" in refusal("bad-value", lambda: parse_words("--size", Size, ["tini"])).hint
    assert single_word("--size", Size, "XL") == "xl"
    for wrong in ("xl,tiny", "", " "):
        refusal("bad-value", lambda wrong=wrong: single_word("--size", Size, wrong))


@given(st.lists(st.text(st.sampled_from("a, b"), max_size=8), max_size=3))
def test_nothing_is_left_of_commas_and_blanks(texts: list[str]) -> None:
    parts = split_commas(texts)
    assert all(part == part.strip() and part and "," not in part for part in parts)
    assert split_commas([",".join(parts)]) == parts


def test_a_filter_is_read_from_its_options() -> None:
    made = Filter(
        **read_criteria(
            {"state": ["ready,done"], "size": None},
            label=["a,b", "c"],
            assignee=["ada, bob"],
            parent=["epic"],
            search="x",
            meta=["x_own=1"],
        )
    )
    assert (made.state, made.size) == ({"ready", "done"}, None)
    assert made.labels == ({"a", "b"}, {"c"})
    assert (made.assignee, made.parent) == ({"ada", "bob"}, {"epic"})
    assert (made.search, made.meta) == ("x", (("x_own", "1"),))


# Amounts and instants


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        (None, None),
        ("0", 0),
        ("0.0425", 42_500),
        ("1e3", 10**9),
        ("0.000001", 1),
        ("9223372036854.775807", 2**63 - 1),
        ("0.10457895", 104_579),
        ("0.0000005", 1),
        ("0.0000001", 0),
        ("1.2345678901234567890123456789", 1_234_568),
        ("1e-400", 0),
    ],
)
def test_dollars_are_exact(text: str | None, micros: int | None) -> None:
    assert read_usd("--cost", text) == micros


@pytest.mark.parametrize(
    "text",
    ["", "free", "-1", "NaN", "Infinity", "-0.1", "9223372036854.775808", "1e20", "1e999999999", "9" * 99],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    refusal("bad-value", lambda: read_usd("--cost", text))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2025-11-02T13:00:00+01:00", NOON),
        ("2025-11-02", NOON.replace(hour=0)),
        ("7d", NOON - timedelta(days=7)),
        ("90s", NOON - timedelta(seconds=90)),
    ],
)
def test_points_in_time(text: str, when: datetime) -> None:
    assert read_when("--since", text, NOON) == when


@pytest.mark.parametrize("text", ["", "someday", "2025-02-30", "7", "999999999d"])
def test_what_is_no_point_in_time_is_refused(text: str) -> None:
    refusal("bad-value", lambda: read_when("--since", text, NOON))
