"""Settings read from TOML: their defaults, and every mistake named with its line and column.

In a text the mark ‸ stands where the finding must point; it is taken out before the text is read.
"""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.config.model import Config, parse_config, read_toml
from taskfiles.task.findings import Finding

MARK = "‸"
WHOLE = """\
format = 1
timestamps = false
[lock]
timeout = "500ms"
[lease]
duration = "2h"
[labels.ui]
description = "What users see"
[tracks.phase-2]
title = "Phase 2"
[milestones."1.0"]
due = 2026-12-01
[gates.build]
command = "make"
[run]
timeout = "1h"
retries = 2
max_ambiguity = "medium"
[predict]
command = "guess"
[prices."model-1"]
input = 3
output = 15
since = 2026-01-01
[telemetry]
sinks = ["local", "git:events", "otlp:https://example.invalid"]
require = "repository"
redact = "none"
[telemetry.retention]
"task.changed" = "90d"
[[alerts]]
metric = "success_rate"
"""


def test_every_setting_has_a_default() -> None:
    for text in ("", "# nothing\n", "format = 1\n", "\ufeff[lock]\n"):
        config, findings = parse_config(text.encode())
        assert (config, findings) == (Config(), [])
    assert (config.timestamps, config.lock.timeout, config.lease.duration) == (True, 10, 1800)
    assert (config.telemetry.sinks, config.telemetry.redact, config.telemetry.require) == (
        ["local"],
        "hash",
        None,
    )
    assert config.commands() == []


def test_a_file_with_every_table_is_read() -> None:
    config, findings = parse_config(WHOLE.encode())
    assert findings == []
    assert config is not None
    assert (config.lock.timeout, config.lease.duration, config.run.timeout) == (0.5, 7200, 3600)
    assert config.milestones["1.0"].due == date(2026, 12, 1)
    gate = config.gates["build"]
    assert (gate.command, gate.required, gate.timeout, gate.task_types) == ("make", True, 600, [])
    assert config.telemetry.retention == {"task.changed": 90 * 86400}
    assert config.alerts == [{"metric": "success_rate"}]


def test_what_runs_a_command_or_leaves_the_repository_waits_for_trust() -> None:
    config, _ = parse_config(WHOLE.encode())
    assert config is not None
    assert config.commands() == [
        "gates.build: make",
        "predict: guess",
        "telemetry.sinks: git:events",
        "telemetry.sinks: otlp:https://example.invalid",
    ]


# Mistakes


def findings_of(text: str) -> tuple[Config | None, list[Finding]]:
    return parse_config(text.replace(MARK, "").encode())


def place(text: str) -> tuple[int, int]:
    before = text[: text.index(MARK)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize(
    ("text", "field", "given", "problem"),
    [
        (f"format = {MARK}'1'\n", "format", '"1"', "expected a whole number, found text"),
        (f"timestamps = {MARK}1\n", "timestamps", "1", "expected true or false, found the number 1"),
        (f"[lock]\ntimeout = {MARK}10\n", "lock.timeout", "10", "a duration"),
        (f"lock.timeout = {MARK}'soon'\n", "lock.timeout", '"soon"', "a duration"),
        (f"lock = {MARK}5\n", "lock", "5", "a table"),
        (f"[milestones.a]\ndue = {MARK}'soon'\n", "milestones.a.due", '"soon"', "a date"),
        (f"[run]\nretries = {MARK}-1\n", "run.retries", "-1", "out of range"),
        (f"[run]\nmax_ambiguity = {MARK}'hihg'\n", "run.max_ambiguity", '"hihg"', "hihg"),
        (f"[telemetry]\nsinks = {MARK}'local'\n", "telemetry.sinks", '"local"', "a list"),
        (f"[telemetry]\nsinks = {MARK}['']\n", "telemetry.sinks[0]", '""', "blank"),
        (f"[{MARK}gates.a]\nrequired = true\n", "gates.a.command", "absent", "command"),
        (f"alerts = {MARK}[1]\n", "alerts", "a list", "a list of tables"),
        (f"[prices.m]\ninput = 1\noutput = {MARK}1.5\n", "prices.m.output", "1.5", "a whole number"),
    ],
)
def test_a_wrong_value_makes_the_file_unusable(text: str, field: str, given: str, problem: str) -> None:
    config, (finding,) = findings_of(text)
    assert config is None
    assert (finding.code, finding.severity, finding.path) == ("config-value", "error", "tasks/tasks.toml")
    assert (finding.field, (finding.line, finding.column)) == (field, place(text))
    assert finding.message.startswith(f"`{field}` can't be {given}: ")
    assert problem in finding.message


@pytest.mark.parametrize(
    ("text", "field", "near"),
    [
        (f"{MARK}timestamp = true\n", "timestamp", "timestamps"),
        (f"[{MARK}locks]\n", "locks", "lock"),
        (f"[lock]\n  {MARK}time_out = '5s'\n", "lock.time_out", "timeout"),
        (f"[gates.a]\ncommand = 'x'\n{MARK}requires = true\n", "gates.a.requires", "required"),
    ],
)
def test_an_unknown_setting_is_named_and_the_rest_is_used(text: str, field: str, near: str) -> None:
    config, (finding,) = findings_of(text)
    assert config is not None
    assert (finding.code, finding.severity, finding.field) == ("config-unknown-key", "warning", field)
    assert (finding.line, finding.column) == place(text)
    assert f"Did you mean {near}?" in finding.hint
    assert findings_of(text.replace(MARK, "x_"))[1] == []


@pytest.mark.parametrize(
    ("data", "place", "problem"),
    [
        (b"format =\n", (1, 9), "not a value"),
        (b"a = 1\na = 2\n", (2, 6), "twice"),
        (b"[lock\n", (1, 6), "not closed"),
        (b"a = '\xff'\n", (1, 1), "it is not UTF-8"),
        (b"ok = 1\na = '\xff'\n", (2, 1), "it is not UTF-8"),
        (b"a = " + b"9" * 5000, (1, 1), "a number without end"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, (1, 1), "it nests too deep"),
    ],
)
def test_what_is_no_toml_is_named_with_its_place(data: bytes, place: tuple[int, int], problem: str) -> None:
    config, (finding,) = parse_config(data)
    assert config is None
    assert (finding.code, (finding.line, finding.column)) == ("config-syntax", place)
    assert problem in finding.message
    assert read_toml(data) == finding


def test_a_newer_format_is_read_and_a_track_s_name_is_an_id() -> None:
    text = f'format = {MARK}2\n[tracks.ok]\n[tracks."Phase 2"]\n'
    config, findings = findings_of(text)
    assert config is not None
    assert [(each.code, each.severity, each.field) for each in findings] == [
        ("newer-format", "warning", "format"),
        ("invalid-id", "error", "tracks.Phase 2"),
    ]
    assert (findings[0].line, findings[0].column) == place(text)
    assert (findings[1].line, findings[1].column) == (3, 2)


PIECES = [
    "[lock]", "[gates.a]", "[[alerts]]", "[alerts.where]", "lock = 1", "timeout = 5", "command = 'x'",
    "format = 2", "x_a = {b = 1}", "=", "a = '''", "'''", "tracks.B = {}", "alerts = 5", "labels = {a = 1}",
    "é = 1", "# note", "telemetry.sinks = [1]", "due = 2026-01-01",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("\n".join))
def test_any_text_is_read_or_explained(text: str) -> None:
    config, findings = parse_config(text.encode())
    assert config is not None or any(each.severity == "error" for each in findings)
    for each in findings:
        assert 1 <= each.line <= text.count("\n") + 2
        assert each.column >= 1


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/etc/passwd",
        "a/../../x",
        ".git",
        ".git/config",
        "a/.GIT/x",
        "tasks",
        "tasks/x",
        ".",
        "./x",
        "a//b",
        "",
    ],
)
def test_only_paths_inside_the_project_are_copied_into_worktrees(path: str) -> None:
    config, findings = parse_config(f"[run]\ncopy = [{json.dumps(path)}]\n".encode())
    assert config is None
    assert [(each.code, each.line) for each in findings] == [("config-value", 2)]
    assert "run.copy" in findings[0].message


def test_paths_inside_the_project_are_copied_into_worktrees() -> None:
    config, findings = parse_config(b'[run]\ncopy = [".env", "config/local.json", "local/"]\ncopie = 1\n')
    assert config is not None
    assert config.run.copied == [".env", "config/local.json", "local"]
    assert [(each.code, each.field) for each in findings] == [("config-unknown-key", "run.copie")]


def test_wrong_rules_are_named_beside_what_makes_the_file_unusable() -> None:
    """`validate` promises every problem of the file; a level may be any value of TOML."""
    text = 'timezone = 5\n[rules]\nno-such = "off"\nlong-id = "loud"\nid-taken = []\n[tracks."A b"]\n'
    config, findings = parse_config(text.encode())
    assert config is None
    assert {finding.field: finding.line for finding in findings if finding.field} == {
        "timezone": 1,
        "rules.no-such": 3,
        "rules.long-id": 4,
        "rules.id-taken": 5,
        "tracks.A b": 6,
    }
    assert parse_config(b"rules = 5\ntracks = []\n")[0] is None
