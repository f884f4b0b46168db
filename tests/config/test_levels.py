"""`[rules]`: read from whatever bytes, given to findings, and wrong ones named with their line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from taskfiles import FINDINGS
from taskfiles.config.levels import LEVELS, apply_levels, read_levels
from taskfiles.config.model import parse_config
from taskfiles.task.findings import Finding

TABLES = st.dictionaries(
    st.one_of(st.sampled_from(sorted(FINDINGS)), st.text("ab-", min_size=1, max_size=5)),
    st.one_of(st.sampled_from(LEVELS), st.sampled_from(["loud", "Error", ""])),
    max_size=5,
)


@given(table=TABLES)
def test_what_is_read_is_what_is_not_wrong_and_changes_something(table: dict[str, str]) -> None:
    lines = [f'"{code}" = "{level}"' for code, level in table.items()]
    data = "\n".join(["# first", "[rules]", *lines, ""]).encode()
    levels = read_levels(data)
    sound = {code: level for code, level in table.items() if code in FINDINGS and level in LEVELS}
    assert levels == {code: level for code, level in sound.items() if level != FINDINGS[code].severity}
    config, findings = parse_config(data)
    assert config is not None  # a wrong level keeps no command from its work
    wrong = {code: number for number, code in enumerate(table, 3) if code not in sound}
    assert {finding.line for finding in findings} == set(wrong.values())
    for code, number in wrong.items():
        (finding,) = (finding for finding in findings if finding.line == number)
        assert finding.code == ("config-value" if code in FINDINGS else "config-unknown-key")
        assert finding.field == f"rules.{code}"


@pytest.mark.parametrize(
    "data", [None, b"", b"rules", b"rules = 5", b"rules = []", b"\xff[rules]", b"[rules]\na=["]
)
def test_what_can_not_be_read_changes_nothing(data: bytes | None) -> None:
    assert read_levels(data) == {}


@pytest.mark.parametrize("value", ["5", "true", "[]", "{}", "2025-11-02", "1.5"])
def test_a_level_is_a_word(value: str) -> None:
    data = f"[rules]\nlong-id = {value}\n".encode()
    assert read_levels(data) == {}
    config, (finding,) = parse_config(data)
    assert config is not None
    assert (finding.code, finding.severity, finding.line, finding.column) == ("config-value", "error", 2, 11)
    assert all(f'"{level}"' in finding.hint for level in LEVELS)


def test_the_nearest_code_is_offered() -> None:
    _, (finding,) = parse_config(b'rules.long-ids = "off"\n')
    assert (finding.code, finding.severity, finding.line) == ("config-unknown-key", "warning", 1)
    assert "Did you mean long-id?" in finding.hint


def test_findings_get_the_severity_or_are_counted_as_hidden() -> None:
    found: list[Finding] = list(make_task("fix", size="huge", priority="hihg", sprint=5).findings)
    assert apply_levels(found, {}) == (found, 0, 0)
    shown = apply_levels(found, {"unknown-value": "hint", "unknown-key": "off"})
    assert [finding.severity for finding in shown.findings] == ["hint", "hint"]
    assert (shown.hidden, shown.changed) == (1, 2)
