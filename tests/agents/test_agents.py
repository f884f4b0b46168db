"""What agents print, read: golden samples made from published schemas, laws over hostile output, names."""

from __future__ import annotations

import copy
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.paths import REPOSITORY, TESTS
from taskfiles.agents.attempt import complete_attempt
from taskfiles.agents.lines import MAX_LINE, limit_lines, read_objects
from taskfiles.agents.reading import Facts, Reading, Tally, find_micros, find_text
from taskfiles.agents.registry import ADAPTERS, RESULT_FILE, find_adapter, find_reader
from taskfiles.agents.result_file import KEYS
from taskfiles.task.keys import attempt_problems
from taskfiles.task.rules.attempts import OUTCOMES

GOLDEN = TESTS / "golden" / "agents"
SAMPLES = sorted(file for file in GOLDEN.glob("*/*") if not file.name.endswith((".expected.json", ".md")))
MINIMAL = {
    "started_at": "2025-11-02T15:03:00Z",
    "ended_at": "2025-11-02T15:05:00Z",
    "duration_seconds": 120,
    "status": "failed",
}

Read = Callable[[Iterable[bytes]], Reading]


def reader(tool: str) -> Read:
    adapter = find_reader(tool)
    assert adapter is not None
    return adapter.read


READERS = {tool: reader(tool) for tool in (*ADAPTERS, RESULT_FILE)}


def read_lines(tool: str, text: bytes) -> Reading:
    return READERS[tool](limit_lines(io.BytesIO(text)))


# Golden samples


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_samples_are_read_as_expected(sample: Path) -> None:
    found = read_lines(sample.parent.name, sample.read_bytes())
    text = json.dumps(found._asdict(), indent=2, ensure_ascii=False) + "\n"
    expected = sample.with_suffix(".expected.json")
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
    check(found)


@pytest.mark.parametrize(
    "sample",
    [file for file in SAMPLES if file.suffix == ".jsonl"],
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_a_last_line_that_is_there_twice_changes_nothing(sample: Path) -> None:
    lines = sample.read_bytes().splitlines(keepends=True)
    tool = sample.parent.name
    assert read_lines(tool, b"".join([*lines, lines[-1]])) == read_lines(tool, b"".join(lines))


def test_every_tool_has_samples_and_a_file_that_says_where_they_come_from() -> None:
    assert {file.parent.name for file in SAMPLES} == {*READERS}
    for tool in READERS:
        assert (GOLDEN / tool / "SOURCE.md").read_text(encoding="utf-8").startswith("Made for ")
        assert any(file.stem == "nothing" for file in SAMPLES if file.parent.name == tool)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_adapter_takes_another_agents_output_for_its_own(sample: Path) -> None:
    for tool in ADAPTERS.keys() - {sample.parent.name}:
        assert read_lines(tool, sample.read_bytes()).is_empty


def check(found: Reading) -> None:
    """A reading merged with a minimal attempt is an attempt that the format takes."""
    attempt = complete_attempt(found, "tool", dict(MINIMAL))
    assert attempt_problems(attempt) == []
    json.dumps(attempt, allow_nan=False, ensure_ascii=False).encode()
    usage = attempt.get("usage", {})
    cached = usage.get("cache_read_tokens", 0) + usage.get("cache_write_tokens", 0)
    assert cached <= usage.get("input_tokens", 0)
    assert (found.error_type is None) == (not found.failed)
    for text in (found.error_type, found.reason):
        assert text is None or (text.isprintable() and 0 < len(text) <= 300)
    assert found.error_type is None or len(found.error_type.split()) == 1


# Laws

ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5),
    st.sampled_from([2**63 - 1, 2**63, 10**30, -1, 0.5, 1.5, -0.0, 1e300, 5e-324]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["", " ", "\ud800", "a\nb", "\x00", "\x1b[31m", "x" * 500, "<synthetic>", "claude-x", "5"]
    ),
    st.lists(st.sampled_from([None, "a", 1, {}]), max_size=2),
    st.dictionaries(
        st.sampled_from(["message", "name", "type", "total", "m"]), st.sampled_from(["a", 1, None, {}])
    ),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a value at which another could stand."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def objects(tool: str) -> list[dict[str, Any]]:
    files = [file for file in SAMPLES if file.parent.name == tool]
    found = [each for file in files for each in read_objects(file.read_bytes().splitlines(keepends=True))]
    plain: list[dict[str, Any]] = json.loads(json.dumps(found, default=float))
    return plain


OBJECTS = {tool: objects(tool) for tool in READERS if tool != "aider"}


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    """Messages of an agent in any order, with odd values in odd places, torn lines between."""
    tool = draw(st.sampled_from(sorted(OBJECTS)))
    lines = []
    for message in draw(st.lists(st.sampled_from(OBJECTS[tool]), min_size=1, max_size=5)):
        changed = copy.deepcopy(message)
        for _ in range(draw(st.integers(0, 4))):
            *way, last = draw(st.sampled_from(sorted(places(changed), key=str)))
            target: Any = changed
            for step in way:
                target = target[step]
            target[last] = draw(ODD)
        line = json.dumps(changed).encode() + b"\n"
        lines.append(line[: draw(st.integers(0, len(line)))] if draw(st.integers(0, 9)) == 0 else line)
    return tool, lines


@given(damaged())
def test_damaged_output_gives_sound_attempts(output: tuple[str, list[bytes]]) -> None:
    tool, lines = output
    check(READERS[tool](lines))


@given(st.sampled_from(sorted(READERS)), st.lists(st.binary(max_size=60), max_size=6))
@example("claude-code", [b'{"type":"result","total_cost_usd":1e99999999999999999999}'])
@example("codex", [b'{"type":[],"usage":{}}', b'{"type":{"a":1}}'])
def test_garbage_gives_sound_attempts(tool: str, lines: list[bytes]) -> None:
    check(READERS[tool](lines))


FIGURE = st.from_regex(r"\A[0-9]{1,12}(\.[0-9]{1,3})?[kM]?\Z")


@pytest.mark.slow
@given(st.lists(st.tuples(FIGURE, FIGURE, FIGURE, FIGURE, FIGURE), min_size=1, max_size=4))
def test_aiders_lines_give_sound_attempts(rows: list[tuple[str, str, str, str, str]]) -> None:
    text = "Tokens: {} sent, {} cache write, {} cache hit, {} received. Cost: ${} message, ${} session."
    check(READERS["aider"]([text.format(*row, row[4]).encode() for row in rows]))


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.integers(0, 10**15), st.integers(0, 10**9))
def test_input_includes_cached_tokens_whoever_reports_them(
    new: int, read: int, written: int, out: int
) -> None:
    """The same request, told by agents that count in different ways."""
    whole = new + read + written
    usage = {"input_tokens": new, "cache_read_input_tokens": read, "cache_creation_input_tokens": written}
    step = {"input": new, "output": out, "reasoning": 0, "cache": {"read": read, "write": written}}
    told: dict[str, dict[str, Any]] = {
        "claude-code": {"type": "result", "subtype": "success", "usage": usage | {"output_tokens": out}},
        "codex": {
            "type": "turn.completed",
            "usage": {
                "input_tokens": whole,
                "cached_input_tokens": read,
                "cache_write_input_tokens": written,
                "output_tokens": out,
            },
        },
        "opencode": {"type": "step_finish", "sessionID": "s", "part": {"id": "p", "tokens": step}},
    }
    for tool, message in told.items():
        found = READERS[tool]([json.dumps(message).encode()]).attempt.get("usage", {})
        assert found.pop("reasoning_tokens", 0) == 0
        assert found == (
            {}
            if tool == "codex" and whole + out == 0
            else {
                "input_tokens": whole,
                "output_tokens": out,
                "cache_read_tokens": read,
                "cache_write_tokens": written,
            }
        )


@given(st.decimals(0, 10**9, allow_nan=False, places=9))
def test_costs_are_exact(dollars: Decimal) -> None:
    message = f'{{"type": "result", "subtype": "success", "total_cost_usd": {dollars:f}}}'
    cost = READERS["claude-code"]([message.encode()]).attempt["cost"]
    assert cost["source"] == "reported"
    assert abs(Decimal(cost["actual_usd_micros"]) - dollars * 1_000_000) <= Decimal("0.5")
    assert find_micros(Decimal("0.0000005")) == 1
    assert find_micros(0.1 + 0.2) == 300_000


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 99)), max_size=12))
def test_a_message_counts_once_with_its_highest_figure(rows: list[tuple[str, int]]) -> None:
    tally = Tally()
    for name, tokens in rows:
        tally.add({"tokens": tokens}, name)
    highest = {name: max(tokens for other, tokens in rows if other == name) for name, _ in rows}
    assert tally.sums.get("tokens", 0) == sum(highest.values())


# Lines


def test_a_stream_of_endless_lines_is_read_in_pieces() -> None:
    """What lies beyond the longest line is passed over, and what follows is read."""
    stream = io.BytesIO(b'{"a":"' + b"x" * (2 * MAX_LINE + 5) + b'"}\n{"b":1}\n')
    assert list(read_objects(limit_lines(stream))) == [{"b": 1}]
    assert list(read_objects([b'{"a":"' + b"x" * MAX_LINE + b'"}'])) == []


def test_a_line_of_ten_megabytes_is_read() -> None:
    line = json.dumps({"type": "thread.started", "thread_id": "t", "more": "x" * 10_000_000}).encode()
    assert READERS["codex"]([line]).attempt == {"session_id": "t"}


@pytest.mark.parametrize("tool", sorted(OBJECTS))
@pytest.mark.parametrize("digits", ["1e-999999", "1e-999999999999999999", "1e999999999999", "-0.0", "5e-324"])
def test_numbers_of_any_size_give_sound_attempts(tool: str, digits: str) -> None:
    """Each number of each sample in turn."""
    for message in OBJECTS[tool]:
        text = json.dumps(message)
        for number in set(re.findall(r"(?<=: )-?[0-9.e+-]+", text)):
            check(READERS[tool]([re.sub(rf"(?<=: ){re.escape(number)}\b", digits, text).encode()]))
        whole = [json.dumps(each) for each in OBJECTS[tool]]
        check(READERS[tool]([re.sub(r"(?<=: )-?[0-9][0-9.e+-]*", digits, each).encode() for each in whole]))


def test_deep_nesting_is_passed_over() -> None:
    assert list(read_objects([b"[" * 200_000 + b"]" * 200_000, b'{"a":1}'])) == [{"a": 1}]


def test_what_was_cut_off_in_its_layout_hides_nothing() -> None:
    assert list(read_objects([b"{\n", b'  "a": 1,\n', b'{"b": 2}\n'])) == [{"b": 2}]
    assert list(read_objects([b"[\n", b"  {\n", b'    "a": 1\n', b"  }\n", b"]\n"])) == [{"a": 1}]


def test_numbers_without_end_are_unknown() -> None:
    line = b'{"a": NaN, "b": -Infinity, "c": ' + b"9" * 5000 + b', "d": 1e9999999999999999999, "e": 0.1}'
    (found,) = read_objects([line])
    assert found == {"a": None, "b": None, "c": None, "d": None, "e": Decimal("0.1")}


# Texts


@given(st.text())
def test_texts_are_one_line_that_can_be_written(text: str) -> None:
    found = find_text(text, 50)
    assert found is None or (found.isprintable() and len(found) <= 50 and found == found.strip())


def test_secrets_do_not_reach_the_reason() -> None:
    reading = Facts(
        failed=True, reason="401 for api_key=sk-ant-api03-AAAAbbbbCCCC at\n https://ada:pw@x.org"
    ).reading()
    assert reading.reason is not None
    assert "sk-ant" not in reading.reason
    assert "pw@" not in reading.reason


# The registry


@pytest.mark.parametrize(
    ("command", "tool"),
    [
        *((f"{name} x", adapter.tool) for adapter in ADAPTERS.values() for name in sorted(adapter.commands)),
        ("/usr/local/bin/claude -p codex", "claude-code"),
        ("codex exec --json", "codex"),
        ("npx @anthropic-ai/claude-code -p x", "claude-code"),
        ("npx --yes @anthropic-ai/claude-code@2.1.0 -p x", "claude-code"),
        ("npx -p @openai/codex codex exec", "codex"),
        ("bunx @openai/codex exec", "codex"),
        ("pnpm dlx @openai/codex@0.1 exec", "codex"),
        ("npm exec -- claude-code -p x", "claude-code"),
        ("uvx aider --message x", "aider"),
        ("uvx --from aider-chat aider", "aider"),
        ("uv tool run --python 3.12 aider-chat", "aider"),
        ("pipx run aider-chat", "aider"),
        ("python3 -m aider --message x", "aider"),
        ("env -u TERM CI=1 timeout -k 5s 10m nice -n 5 claude -p x", "claude-code"),
        ("claude.exe -p", "claude-code"),
        ("my-agent claude", "my-agent"),
        ("./bin/my-agent.sh codex", "my-agent"),
        ("npx @acme/agent@1.0 claude", "agent"),
        ("npx", "npx"),
        ("/", "/"),
        ("", "unknown"),
    ],
)
def test_the_command_names_the_tool(command: str, tool: str) -> None:
    found = find_adapter(None, command.split())
    assert found.tool == tool
    assert (found.adapter is None) == (tool not in ADAPTERS)


@pytest.mark.parametrize("name", ["claude-code", "Claude_Code", " claude ", "CLAUDE"])
def test_a_name_goes_before_the_command(name: str) -> None:
    assert find_adapter(name, ["codex"]).tool == "claude-code"
    assert find_adapter("mine", ["codex"]) == ("mine", None)
    assert find_adapter("  ", ["codex"]).tool == "codex"


@given(st.one_of(st.none(), st.text(max_size=20)), st.lists(st.text(max_size=20), max_size=4))
def test_every_command_line_has_a_tool(tool: str | None, command: list[str]) -> None:
    assert find_adapter(tool, command).tool.strip()


# Attempts


def test_what_is_given_goes_before_what_was_read() -> None:
    read = Reading({"turns": 3, "usage": {"input_tokens": 5}}, True, "api_error", "No credit", 60)
    given_too = {"turns": 4, "usage": {"output_tokens": 2}}
    assert complete_attempt(read, "t", given_too) == {
        "turns": 4,
        "usage": {"input_tokens": 5, "output_tokens": 2},
        "executor": {"tool": "t"},
        "status": "failed",
        "error_type": "api_error",
        "error_reason": "No credit",
        "duration_seconds": 60,
    }
    assert "error_type" not in complete_attempt(read, "t", {"status": "completed"})
    assert complete_attempt(read, "t", {"executor": {"tool": "mine"}})["executor"] == {"tool": "mine"}
    assert "status" not in complete_attempt(Reading({}), "t", {})


@pytest.mark.parametrize(
    ("given_times", "expected"),
    [
        ({}, {"duration_seconds": 90}),
        ({"ended_at": "2025-11-02T15:05:00Z"}, {"duration_seconds": 90}),
        (
            {"started_at": "2025-11-02T15:05:00Z"},
            {"duration_seconds": 90, "ended_at": "2025-11-02T15:06:30.000Z"},
        ),
        ({"started_at": "2025-11-02T15:05:00Z", "ended_at": "2025-11-02T15:06:00Z"}, {}),
        ({"duration_seconds": 5}, {"duration_seconds": 5}),
        ({"started_at": "soon"}, {"duration_seconds": 90}),
    ],
)
def test_the_agents_own_duration_yields_to_times_given(
    given_times: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = complete_attempt(Reading({}, duration_seconds=90), "t", dict(given_times))
    assert {key: found[key] for key in found if key != "executor"} == given_times | expected


def test_the_statuses_of_a_reading_are_the_formats() -> None:
    assert {"completed", "failed"} <= OUTCOMES.keys()


def test_the_page_shows_every_key_of_a_result_file_and_every_tool() -> None:
    page = REPOSITORY / "docs" / "how-to" / "adapters.md"
    if not page.is_file():
        pytest.skip("the tests run without the repository's docs")
    text = page.read_text(encoding="utf-8")
    for name in (*KEYS, *ADAPTERS):
        assert f"`{name}`" in text
