"""Writing commands on real files: record, review, update, metadata, edit, trust, init, validate, fmt."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.in_process import call
from support.layouts import in_states
from support.processes import launch
from support.project import BODY, INSIGHTS, SCRIPT, Done, Project
from taskfiles import derive
from taskfiles.basics.instants import parse_instant
from taskfiles.task.layout import DIRECTORIES

ID = "0199c6f2-0000-7000-8000-00000000000"
FLAGS = ("--status", "completed", "--tool", "t", "--started-at", "2025-11-02T15:00:00Z")
FLAGS += ("--ended-at", "2025-11-02T15:02:00Z")
# The worked example of the execution telemetry: three attempts
WORKED = [
    {
        "started_at": "2025-11-02T15:03:00.000Z",
        "ended_at": "2025-11-02T15:05:00.000Z",
        "duration_seconds": 120,
        "status": "failed",
        "error_reason": "TypeError: Cannot read property 'foo' of undefined",
        "executor": {
            "tool": "claude-code",
            "model": "claude-sonnet-4-20250514",
            "planner": {"tool": "string", "model": "string"},
        },
        "notes": "First attempt failed",
    },
    {
        "started_at": "2025-11-02T15:06:25.000Z",
        "ended_at": "2025-11-02T15:08:00.000Z",
        "duration_seconds": 95,
        "status": "failed",
        "error_reason": "AssertionError: Expected 200, got 404",
        "executor": {"tool": "claude-code", "model": "claude-sonnet-4-20250514"},
    },
    {
        "started_at": "2025-11-02T15:10:00.000Z",
        "ended_at": "2025-11-02T15:12:45.000Z",
        "duration_seconds": 165,
        "status": "completed",
        "executor": {"tool": "claude-code", "model": "claude-sonnet-4-20250514"},
        "reviewer": {
            "name": "fabio",
            "approved": True,
            "reviewed_at": "2025-11-02T15:15:00.000Z",
            "notes": "LGTM",
        },
    },
]


@pytest.fixture
def fix(project: Project) -> Project:
    """A project with one task, `fix`."""
    project.task("fix", priority="high", labels="[ui]")
    return project


def attempts(project: Project, task_id: str = "fix") -> list[dict[str, Any]]:
    task = call(project, "show", task_id, "--output", "json").json
    found: list[dict[str, Any]] = (task["execution"] or {"attempts": []})["attempts"]
    return found


def ok(done: Done) -> Done:
    assert (done.code, done.err) == (0, ""), done
    return done


# record


def test_record_from_flags(fix: Project) -> None:
    every = ["--id", f"{ID}1", "--status", "Failed", "--outcome", "BLOCKED", "--error-type", "precondition"]
    every += ["--started-at", "2025-11-02T15:03:00Z", "--ended-at", "2025-11-02T15:05:00Z"]
    every += ["--error-reason", "TypeError: x", "--notes", "n: 1", "--tool", "claude-code", "--model", "opus"]
    every += [
        "--provider",
        "anthropic",
        "--tool-version",
        "2.10",
        "--planner-tool",
        "p",
        "--planner-model",
        "pm",
    ]
    every += [
        "--session-id",
        "s",
        "--exit-code",
        "0",
        "--turns",
        "4",
        "--commit-base",
        "abc",
        "--commit-head",
        "1e3",
    ]
    every += ["--input-tokens", "10", "--output-tokens", "2", "--cache-read-tokens", "3"]
    every += ["--cache-write-tokens", "4", "--estimated-input-tokens", "5", "--estimated-output-tokens", "6"]
    every += ["--cost-usd", "0.0425", "--estimated-cost-usd", "1", "--cost-source", "reported"]
    every += ["--gate", "build=pass", "--gate", "lint=fail", "--compactions", "0", "--rotations", "2"]
    every += ["--context-utilization", "0.75", "--created-file", "b.py", "--created-file", "a.py"]
    every += ["--reviewer", "Ada", "--approved", "--reviewed-at", "2025-11-02T16:00:00Z"]
    answer = ok(fix.run("record", "fix", *every, "--output", "json")).json
    assert (answer["attempt_id"], answer["changed"], answer["action"]) == (f"{ID}1", True, "attempt.record")
    assert attempts(fix) == [
        {
            "id": f"{ID}1",
            "started_at": "2025-11-02T15:03:00Z",
            "ended_at": "2025-11-02T15:05:00Z",
            "duration_seconds": 120,
            "status": "failed",
            "outcome": "blocked",
            "error_type": "precondition",
            "error_reason": "TypeError: x",
            "executor": {
                "tool": "claude-code",
                "model": "opus",
                "provider": "anthropic",
                "version": "2.10",
                "planner": {"tool": "p", "model": "pm"},
            },
            "session_id": "s",
            "exit_code": 0,
            "turns": 4,
            "commit": {"base": "abc", "head": "1e3"},
            "usage": {
                "input_tokens": 10,
                "output_tokens": 2,
                "cache_read_tokens": 3,
                "cache_write_tokens": 4,
                "estimated_input_tokens": 5,
                "estimated_output_tokens": 6,
            },
            "cost": {"actual_usd_micros": 42500, "estimated_usd_micros": 1000000, "source": "reported"},
            "quality_gates": {"run": ["build", "lint"], "failed": ["lint"]},
            "context": {"compactions": 0, "rotations": 2, "utilization_final": 0.75},
            "created_files": ["a.py", "b.py"],
            "reviewer": {"name": "Ada", "approved": True, "reviewed_at": "2025-11-02T16:00:00Z"},
            "notes": "n: 1",
        }
    ]
    assert fix.run("validate", "--strict").code == 0


def test_record_touches_no_other_line(fix: Project) -> None:
    before = fix.tree()[fix.path()].decode()
    ok(call(fix, "record", "fix", "--id", f"{ID}1", *FLAGS))
    added = f"""execution:
  attempts:
    - id: {ID}1
      started_at: 2025-11-02T15:00:00Z
      ended_at: 2025-11-02T15:02:00Z
      duration_seconds: 120
      status: completed
      executor:
        tool: t
"""
    assert fix.tree()[fix.path()].decode() == before.replace("\n---\n", f"\n{added}---\n", 1)


def test_execution_stands_after_last_activity_at_and_before_unknown_keys(project: Project) -> None:
    then = "2025-01-01T00:00:00.000Z"
    file = project.task(
        "fix", created_at=then, updated_at=then, last_activity_at=then, extra="zz_own: 1\n# end\n"
    )
    ok(call(project, "record", "fix", *FLAGS))
    keys = re.findall(r"^(\w+):|^(# end)", file.read_text().split("\n---\n")[0], re.MULTILINE)
    assert [key or comment for key, comment in keys] == [
        *("id", "title", "kind", "state", "created_at", "updated_at", "last_activity_at", "execution"),
        *("zz_own", "# end"),
    ]
    task = project.get("fix")
    assert task.values["updated_at"] == task.values["last_activity_at"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(task.values["updated_at"]))
    assert parse_instant(str(task.values["updated_at"])) > parse_instant(then)
    assert task.values["created_at"] == then


def test_times_that_follow_are_filled_in(fix: Project) -> None:
    before = datetime.now(UTC)
    ok(call(fix, "record", "fix", "--status", "failed", "--tool", "t", "--duration-seconds", "95"))
    (first,) = attempts(fix)
    start, end = parse_instant(first["started_at"]), parse_instant(first["ended_at"])
    assert end - start == timedelta(seconds=95)
    assert before - timedelta(milliseconds=1) <= end <= datetime.now(UTC)
    ok(call(fix, "record", "fix", "--status", "failed", "--tool", "t", "--started-at", first["ended_at"]))
    assert attempts(fix)[1]["duration_seconds"] <= 5
    end_only = ("--ended-at", "2025-11-02T15:05:00Z", "--duration-seconds", "60")
    call(fix, "record", "fix", "--status", "failed", "--tool", "t", *end_only)
    assert attempts(fix)[2]["started_at"] == "2025-11-02T15:04:00.000Z"


def test_an_id_is_made_where_none_is_given(fix: Project) -> None:
    made = ok(call(fix, "record", "fix", *FLAGS, "--output", "json")).json["attempt_id"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made)
    assert [attempt["id"] for attempt in attempts(fix)] == [made]


@pytest.mark.parametrize("form", ["one on stdin", "list on stdin", "one in a file", "list in a file"])
def test_record_from_json(fix: Project, form: str) -> None:
    given: Any = WORKED if form.startswith("list") else WORKED[0]
    text = json.dumps(given)
    if form.endswith("stdin"):
        answer = ok(fix.run("record", "fix", "--from", "-", "--output", "json", stdin=text)).json
    else:
        fix.write("given.json", text)
        answer = ok(fix.run("record", "fix", "--from", "given.json", "--output", "json")).json
    stored = attempts(fix)
    assert [{k: v for k, v in item.items() if k != "id"} for item in stored] == (
        given if isinstance(given, list) else [given]
    )
    assert answer["attempt_ids"] == [item["id"] for item in stored]
    assert answer["attempt_id"] == stored[-1]["id"]


def test_derived_figures_of_the_worked_example(fix: Project) -> None:
    ok(fix.run("record", "fix", "--from", "-", stdin=json.dumps(WORKED)))
    derived = fix.run("show", "fix", "--output", "json").json["derived"]
    assert derived == {
        "attempts": 3,
        "retry_count": 2,
        "total_execution_seconds": 380,
        "wall_clock_seconds": 585,
        "active_seconds": 380,
        "idle_seconds": 205,
    }
    execution = fix.get("fix").execution
    assert execution is not None
    assert derive(execution.attempts)._asdict() == derived
    assert "retries 2, work 380 s, wall 585 s, idle 205 s" in call(fix, "show", "fix").out


def test_idle_is_never_negative_where_attempts_overlap(fix: Project) -> None:
    spans = [("15:00:00", "15:10:00", 600), ("15:02:00", "15:04:00", 120), ("15:09:00", "15:12:00", 180)]
    given = [
        {
            "started_at": f"2025-11-02T{start}Z",
            "ended_at": f"2025-11-02T{end}Z",
            "duration_seconds": seconds,
            "status": "completed",
            "executor": {"tool": "t"},
        }
        for start, end, seconds in spans
    ]
    assert call(fix, "record", "fix", "--from", "-", stdin=json.dumps(given)).code == 0
    derived = call(fix, "show", "fix", "--output", "json").json["derived"]
    figures = [derived[key] for key in ("total_execution_seconds", "wall_clock_seconds", "active_seconds")]
    assert [*figures, derived["idle_seconds"]] == [900, 720, 720, 0]


def test_a_listed_attempt_goes_back_and_changes_nothing(fix: Project) -> None:
    given = [attempt | {"id": f"{ID}{n}"} for n, attempt in enumerate(WORKED)]
    ok(call(fix, "record", "fix", "--from", "-", stdin=json.dumps(given)))
    before = fix.tree()
    listed = fix.run("list", "--output", "json").json[0]["execution"]["attempts"]
    again = ok(fix.run("record", "fix", "--from", "-", "--output", "json", stdin=json.dumps(listed))).json
    assert (again["changed"], again["reason"]) == (False, "unchanged")
    assert again["attempt_ids"] == [f"{ID}{n}" for n in range(3)]
    assert fix.tree() == before


def test_listed_attempts_go_to_another_task_unchanged(fix: Project) -> None:
    fix.task("mend")
    ok(call(fix, "record", "fix", "--from", "-", stdin=json.dumps(WORKED)))
    listed = attempts(fix)
    ok(call(fix, "record", "mend", "--from", "-", stdin=json.dumps(listed)))
    assert attempts(fix, "mend") == listed


@pytest.mark.parametrize(
    "same",
    [
        ("--ended-at", "2025-11-02T15:02:00Z"),
        ("--ended-at", "2025-11-02T16:02:00.000+01:00"),
        ("--duration-seconds", "120"),
        ("--status", "COMPLETED"),
        ("--tool", "t"),
        (),
    ],
    ids=" ".join,
)
def test_recording_the_same_again_changes_nothing(fix: Project, same: tuple[str, ...]) -> None:
    ok(call(fix, "record", "fix", "--id", f"{ID}a", *FLAGS))
    before = fix.tree()
    for given in (f"{ID}a", f"{ID}a".upper()):
        done = ok(call(fix, "record", "fix", "--id", given, *same, "--output", "json"))
        assert (done.json["changed"], done.json["attempt_id"].lower()) == (False, f"{ID}a")
    assert fix.tree() == before


@pytest.mark.parametrize(
    ("other", "field"),
    [
        (("--status", "failed"), "status"),
        (("--duration-seconds", "121"), "duration_seconds"),
        (("--model", "opus"), "executor.model"),
        (("--ended-at", "2025-11-02T15:02:01Z"), "ended_at"),
        (("--notes", "x"), "notes"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_recording_something_else_under_the_same_id_is_a_conflict(
    fix: Project, other: tuple[str, ...], field: str
) -> None:
    ok(call(fix, "record", "fix", "--id", f"{ID}1", *FLAGS))
    before = fix.tree()
    done = call(fix, "record", "fix", "--id", f"{ID}1", *other, "--output", "json")
    assert (done.code, done.out, done.error["code"]) == (4, "", "attempt-conflict")
    assert f"another {field}" in done.error["message"]
    assert fix.tree() == before


def test_a_conflict_in_one_of_many_records_none(fix: Project) -> None:
    ok(call(fix, "record", "fix", "--id", f"{ID}1", *FLAGS))
    before = fix.tree()
    given = [WORKED[0] | {"id": f"{ID}2"}, WORKED[1] | {"id": f"{ID}1"}]
    assert call(fix, "record", "fix", "--from", "-", stdin=json.dumps(given)).code == 4
    assert fix.tree() == before


def test_amend_changes_the_fields_named(fix: Project) -> None:
    ok(call(fix, "record", "fix", "--from", "-", stdin=json.dumps([WORKED[0] | {"id": f"{ID}1"}, WORKED[1]])))
    before = attempts(fix)
    ok(call(fix, "record", "fix", "--amend", f"{ID}1", "--outcome", "blocked", "--model", "opus"))
    after = attempts(fix)
    assert after[1] == before[1]
    assert after[0] == before[0] | {
        "outcome": "blocked",
        "executor": {**before[0]["executor"], "model": "opus"},
    }
    unchanged = fix.tree()
    done = ok(call(fix, "record", "fix", "--amend", f"{ID}1", "--outcome", "blocked", "-o", "json"))
    assert done.json["changed"] is False
    assert fix.tree() == unchanged


@pytest.mark.parametrize(
    ("option", "value", "follows", "becomes"),
    [
        ("--ended-at", "2025-11-02T15:20:00Z", "duration_seconds", 1200),
        ("--started-at", "2025-11-02T15:05:00Z", "duration_seconds", 300),
        ("--duration-seconds", "900", "ended_at", "2025-11-02T15:15:00.000Z"),
    ],
)
def test_of_amended_times_the_one_not_given_follows(
    fix: Project, option: str, value: str, follows: str, becomes: object
) -> None:
    times = ("--started-at", "2025-11-02T15:00:00Z", "--ended-at", "2025-11-02T15:10:00Z")
    ok(call(fix, "record", "fix", "--id", f"{ID}1", "--status", "completed", "--tool", "codex", *times))
    before = attempts(fix)[0]
    ok(call(fix, "record", "fix", "--amend", f"{ID}1", option, value))
    after = attempts(fix)[0]
    assert str(after[follows]) == str(becomes)
    assert list(after) == list(before)
    assert not [
        each for each in call(fix, "validate", "-o", "json").json["findings"] if "duration" in each["code"]
    ]


@pytest.mark.parametrize(
    ("argv", "stdin", "code"),
    [
        (("--amend", f"{ID}9", "--outcome", "failed"), "", 1),
        (("--amend", f"{ID}1", "--ended-at", "2025-11-02T14:00:00Z"), "", 1),
        (("--amend", f"{ID}1", "--id", f"{ID}1"), "", 2),
        (("--amend", f"{ID}1", "--from", "-"), '[{"notes": "a"}, {"notes": "b"}]', 2),
        (("--from", "-", "--status", "failed"), "{}", 2),
        (("--from", "-"), "", 2),
        (("--from", "-"), "[1]", 2),
        (("--from", "-"), '"x"', 2),
        (("--from", "-"), '{"status": "completed", "status": "failed"}', 2),
        (("--from", "-"), '{"duration_seconds": NaN}', 2),
        (("--from", "gone.json"), "", 2),
        ((), "", 2),
        (("--tool", "t"), "", 2),
        (("--status", "failed", "--duration-seconds", "5"), "", 2),
        ((*FLAGS, "--id", "first"), "", 2),
        ((*FLAGS, "--notes", " "), "", 2),
        ((*FLAGS, "--cost-usd", "free"), "", 2),
        ((*FLAGS, "--cost-usd", "-1"), "", 2),
        ((*FLAGS, "--gate", "build"), "", 2),
        ((*FLAGS, "--gate", "build=maybe"), "", 2),
        ((*FLAGS, "--context-utilization", "1.5"), "", 2),
        ((*FLAGS, "--reviewer", "Ada"), "", 2),
        ((*FLAGS, "--approved"), "", 2),
        (("--status", "failed", "--tool", "t", "--started-at", "2999-01-01T00:00:00Z"), "", 2),
        (
            (
                "--status",
                "failed",
                "--tool",
                "t",
                "--ended-at",
                "2025-02-30T00:00:00Z",
                "--duration-seconds",
                "1",
            ),
            "",
            2,
        ),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else None,
)
def test_what_cannot_be_recorded(fix: Project, argv: tuple[str, ...], stdin: str, code: int) -> None:
    ok(call(fix, "record", "fix", "--id", f"{ID}1", *FLAGS))
    before = fix.tree()
    done = call(fix, "record", "fix", *argv, "--output", "json", stdin=stdin)
    assert (done.code, done.out) == (code, "")
    assert done.error["message"]
    assert fix.tree() == before


def test_every_problem_of_an_attempt_is_named_at_once(fix: Project) -> None:
    given = {"status": "done", "duration_seconds": "5", "executor": {}, "notes": None}
    done = call(fix, "record", "fix", "--from", "-", "--output", "json", stdin=json.dumps(given))
    problems = {(problem["code"], problem["field"]) for problem in done.error["details"]["problems"]}
    assert problems >= {
        ("unknown-value", "status"),
        ("wrong-type", "duration_seconds"),
        ("missing-key", "executor.tool"),
        ("null-value", "notes"),
    }


def test_own_keys_of_an_attempt_are_kept(fix: Project) -> None:
    given = WORKED[0] | {"x_host": {"name": "ci-7", "cores": [1, 2]}, "unknown": [None, 1.5]}
    assert call(fix, "record", "fix", "--from", "-", stdin=json.dumps(given)).code == 0
    (stored,) = attempts(fix)
    assert {key: stored[key] for key in ("x_host", "unknown")} == {
        "x_host": {"name": "ci-7", "cores": [1, 2]},
        "unknown": [None, 1.5],
    }


def test_record_attempt_is_the_same_command(fix: Project) -> None:
    ok(fix.run("record-attempt", "fix", *FLAGS))
    assert len(attempts(fix)) == 1


def test_record_keeps_every_other_byte_of_an_odd_file(project: Project) -> None:
    head = b"\xef\xbb\xbf---\r\n# top\r\nid:   fix   # the id\r\ntitle: 'T'\r\nstate: ready\r\n"
    head += b"x_y: {a: 1}\r\n---\r\n"
    body = b"---\r\n\xff body\tend"
    file = project.write(project.path(), head + body)
    assert call(project, "record", "fix", "--id", f"{ID}1", *FLAGS).code == 0
    after = file.read_bytes()
    added = [
        line
        for line in after.splitlines(keepends=True)
        if line not in (head + body).splitlines(keepends=True)
    ]
    assert len(added) == 9
    assert all(line.endswith(b"\r\n") for line in added)
    assert after.replace(b"".join(added), b"", 1) == head + body


# review


def test_review_fills_the_last_attempt(fix: Project) -> None:
    ok(call(fix, "record", "fix", "--from", "-", stdin=json.dumps(WORKED[:2])))
    argv = (
        "--reviewer",
        "Ada",
        "--approved",
        "--reviewed-at",
        "2025-11-02T16:00:00Z",
        "--notes",
        "LGTM: yes",
    )
    answer = ok(fix.run("review", "fix", *argv, "--output", "json")).json
    first, last = attempts(fix)
    assert "reviewer" not in first
    assert last["reviewer"] == {
        "name": "Ada",
        "approved": True,
        "reviewed_at": "2025-11-02T16:00:00Z",
        "notes": "LGTM: yes",
    }
    assert (answer["attempt_id"], answer["action"]) == (last["id"], "attempt.review")


def test_review_of_a_named_attempt_now(fix: Project) -> None:
    given = [attempt | {"id": f"{ID}{n}"} for n, attempt in enumerate(WORKED)]
    ok(call(fix, "record", "fix", "--from", "-", stdin=json.dumps(given)))
    before = datetime.now(UTC)
    ok(call(fix, "review", "fix", "--reviewer", "Ada", "--rejected", "--attempt", f"{ID}1"))
    reviewer = attempts(fix)[1]["reviewer"]
    assert (reviewer["name"], reviewer["approved"]) == ("Ada", False)
    assert before - timedelta(milliseconds=1) <= parse_instant(reviewer["reviewed_at"]) <= datetime.now(UTC)
    assert [a.get("reviewer", {}).get("name") for a in attempts(fix)] == [None, "Ada", "fabio"]


def test_review_is_idempotent_and_replaces_another_verdict(fix: Project) -> None:
    ok(call(fix, "record", "fix", "--from", "-", stdin=json.dumps(WORKED)))
    before = fix.tree()
    done = ok(call(fix, "review", "fix", "--reviewer", "fabio", "--approved", "--output", "json"))
    assert (done.json["changed"], fix.tree()) == (False, before)
    ok(call(fix, "review", "fix", "--reviewer", "eve", "--rejected"))
    reviewer = attempts(fix)[2]["reviewer"]
    assert (reviewer["name"], reviewer["approved"], "notes" in reviewer) == ("eve", False, False)


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("--reviewer", "Ada"), 2),
        (("--approved",), 2),
        (("--reviewer", " ", "--approved"), 1),
        (("--reviewer", "Ada", "--approved", "--reviewed-at", "soon"), 1),
        (("--reviewer", "Ada", "--approved", "--attempt", f"{ID}9"), 1),
        (("--reviewer", "Ada", "--approved", "--rejected", "--attempt", f"{ID}9"), 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_what_is_no_review(fix: Project, argv: tuple[str, ...], code: int) -> None:
    ok(call(fix, "record", "fix", *FLAGS))
    before = fix.tree()
    done = call(fix, "review", "fix", *argv)
    assert (done.code, done.out) == (code, "")
    assert fix.tree() == before


# update


UPDATES = [
    (["--meta", "title=a: b # c"], {"title": "a: b # c"}),
    (["--meta", "title=2024"], {"title": "2024"}),
    (["--meta", "blocked=true"], {"blocked": "true"}),
    (["--meta", "track=[a, b]"], {"track": "[a, b]"}),
    (["--meta", "size=XL"], {"size": "xl"}),
    (["--meta", "executor=human-review"], {"executor": "human_review"}),
    (["--meta", "labels=[a, 'b c']"], {"labels": ["a", "b c"]}),
    (["--meta", "labels=[]"], {"labels": []}),
    (["--meta", "completed_at=null"], {}),
    (["--meta", "priority=null"], {"priority": ...}),
    (["--meta", "created_at=2025-11-02T15:03:00Z"], {"created_at": "2025-11-02T15:03:00Z"}),
    (["--meta", "x_estimate=3"], {"x_estimate": 3}),
    (["--meta", "x_estimate='3'"], {"x_estimate": "'3'"}),
    (["--meta", "flag=no"], {"flag": "no"}),
    (["--meta", "flag=false"], {"flag": False}),
    (["--meta", "x={a: [1, {b: null}]}"], {"x": {"a": [1, {"b": None}]}}),
    (["--meta", "links=[{type: linear, key: A-1}]"], {"links": [{"type": "linear", "key": "A-1"}]}),
    (["--unset", "priority", "--unset", "gone"], {"priority": ...}),
    (["--add", "labels=bug", "--add", "labels=ui", "--add", "labels=5"], {"labels": ["ui", "bug", "5"]}),
    (["--add", "assignees=ada"], {"assignees": ["ada"]}),
    (["--remove", "labels=ui"], {"labels": []}),
    (["--remove", "labels=gone", "--meta", "size=xl"], {"size": "xl"}),
    (["--add", "own=5", "--add", "own=05"], {"own": [5, "05"]}),
    (["--meta", "size=xl", "--unset", "priority"], {"size": "xl", "priority": ...}),
]


@pytest.mark.parametrize(("argv", "values"), UPDATES, ids=[" ".join(argv) for argv, _ in UPDATES])
def test_update_keys(fix: Project, argv: list[str], values: dict[str, Any]) -> None:
    before = call(fix, "metadata", "get", "fix", "--output", "json").json
    ok(call(fix, "update", "fix", *argv))
    expected = {key: value for key, value in (before | values).items() if value is not ...}
    assert call(fix, "metadata", "get", "fix", "--output", "json").json == expected
    unchanged = fix.tree()
    done = ok(call(fix, "update", "fix", *argv, "--output", "json"))
    assert (done.json["changed"], done.json["reason"]) == (False, "unchanged")
    assert fix.tree() == unchanged


def test_several_changes_are_one_write(fix: Project) -> None:
    argv = ["--meta", "size=xl", "--field", "Overview", "New.", "--check", "1", "--uncheck", "2"]
    done = call(fix, "update", "fix", *argv, "--output", "json")
    assert (done.code, json.loads(done.err)["warning"]["code"]) == (0, "text-replaced")
    answer = done.json
    criteria = "## Acceptance Criteria\n\n- [{}] First\n- [{}] Second"
    assert [(change["field"], change["from"], change["to"]) for change in answer["changes_made"]] == [
        ("size", None, "xl"),
        ("body.Overview", "## Overview\n\nWhat and why.", "## Overview\n\nNew."),
        ("body.Acceptance Criteria", criteria.format(" ", "x"), criteria.format("x", " ")),
    ]
    text = (fix.root / fix.path()).read_text()
    assert text.partition("\n---\n")[2] == BODY.replace("What and why.", "New.").replace(
        "[ ] F", "[x] F"
    ).replace("[x] S", "[ ] S")


def test_sections(fix: Project) -> None:
    argv = [
        "--field",
        "overview",
        "A\n\nB",
        "--field",
        "Post-Implementation Insights",
        "Some",
        "--field",
        "Notes",
        "N",
    ]
    done = call(fix, "update", "fix", *argv)
    replaced = "Replaced 1 line of “Overview” in fix; `tasks undo` brings back the old text."
    said = [replaced, "fix has a new section “Notes”."]
    assert (done.code, done.err) == (0, "".join(f"{fix.path()}: warning: {each}\n" for each in said))
    body = (fix.root / fix.path()).read_text().partition("\n---\n")[2]
    assert body == (
        "\n## Overview\n\nA\n\nB\n\n## Acceptance Criteria\n\n- [ ] First\n- [x] Second\n\n"
        "## Technical Approach\n\nHow.\n\n## Post-Implementation Insights\n\nSome\n\n## Notes\n\nN\n"
    )


TEXT = "Line one: $HOME `x` \"q\" 'p'\n\n- a\n\n```\n# no heading\n```\n"


def test_texts_from_stdin_and_files(fix: Project) -> None:
    fix.write("text.md", b"\xef\xbb\xbf" + TEXT.encode())
    for argv, stdin in ((("--field-file", "Overview", "text.md"), ""), (("--field", "Overview", "-"), TEXT)):
        assert fix.run("update", "fix", "--field", "Overview", "other").code == 0
        assert fix.run("update", "fix", *argv, stdin=stdin).code == 0
        assert f"## Overview\n\n{TEXT}\n## Acceptance" in (fix.root / fix.path()).read_text()
    ok(fix.run("record", "fix", *FLAGS, "--notes", "-", stdin=TEXT))
    assert attempts(fix)[0]["notes"].strip() == TEXT.strip()
    ok(fix.run("review", "fix", "--reviewer", "Ada", "--approved", "--notes", "-", stdin=TEXT))
    assert attempts(fix)[0]["reviewer"]["notes"].strip() == TEXT.strip()
    created = fix.run("new", "--title", "Mend", "--body", "-", "--output", "json", stdin=TEXT).json
    assert (fix.root / created["task"]["path"]).read_text().endswith(f"---\n\n{TEXT}")
    assert fix.run("validate").code == 0


AT = "@/etc/hostname"
LINES_WITH_TEXT = [
    ("update", "fix", "--field", "Overview", AT),
    ("update", "fix", "--title", AT),
    ("update", "fix", "--body", AT),
    ("update", "fix", "--meta", f"blocked={AT}"),
    ("update", "fix", "--meta", f"x_own={AT}"),
    ("new", "--title", AT, "--id", "fix"),
    ("new", "--title", "T", "--id", "fix", "--body", AT),
    ("new", "--title", "T", "--id", "fix", "--field", "Overview", AT),
    ("record", "fix", *FLAGS, "--notes", AT),
    ("record", "fix", *FLAGS, "--error-reason", AT),
    ("move", "fix", "done", "--force", AT),
]


@pytest.mark.parametrize("argv", LINES_WITH_TEXT, ids=" ".join)
def test_an_at_sign_is_a_letter_as_any_other(project: Project, argv: tuple[str, ...]) -> None:
    """Text from outside names no file of this machine."""
    if argv[0] != "new":
        project.task("fix", commit_message="Fix")
    done = call(project, *argv)
    assert done.code == 0, done.err
    assert AT in project.get("fix").data.decode()


def test_a_file_that_is_not_there_is_named(fix: Project) -> None:
    before = fix.tree()
    done = call(fix, "update", "fix", "--field-file", "Overview", "gone.md")
    assert (done.code, "--field-file can't be read from gone.md" in done.err) == (2, True)
    assert fix.tree() == before


def test_one_standard_input_serves_one_option(fix: Project) -> None:
    """The second `-` would read nothing, and store that."""
    before = fix.tree()
    argv = ("--error-reason", "-", "--notes", "-")
    assert call(fix, "record", "fix", *FLAGS, *argv, stdin="text").code == 2
    argv = ("--field", "Overview", "-", "--field", "Technical Approach", "-")
    assert call(fix, "update", "fix", *argv, stdin="text").code == 2
    assert fix.tree() == before


@in_states
def test_state_moves_the_file_and_notes_completion(fix: Project) -> None:
    argv = ("--meta", "state=done", "--meta", "commit_message=feat: x", "--output", "json")
    answer = call(fix, "update", "fix", *argv).json
    today = datetime.now(UTC).date().isoformat()
    assert answer["task"]["path"] == fix.path("fix", "done", completed_at=f"{today}T12:00:00Z")
    assert {"completed-at-by-state", "place-by-state"} <= set(answer["applied_rules"])
    assert sorted(fix.tree()) == [answer["task"]["path"]]
    back = call(fix, "update", "fix", "--meta", "state=ready", "--output", "json").json
    assert (back["task"]["path"], back["task"]["completed_at"]) == (fix.path(), None)


def test_only_errors_that_an_edit_brings_refuse_it(project: Project) -> None:
    project.task("fix", priority="hihg", labels="5")
    assert call(project, "update", "fix", "--meta", "size=xl").code == 0
    refused = call(
        project, "update", "fix", "--meta", "x=1", "--meta", "links=[{type: jira}]", "--output", "json"
    )
    assert (refused.code, refused.error["details"]["field"]) == (1, "links[0].type")
    assert call(project, "update", "fix", "--meta", "priority=high").code == 0


@pytest.mark.parametrize(
    "argv",
    [
        ("--add", "depends_on=fix"),
        ("--add", "depends_on=other"),
        ("--add", "blocks=fix"),
        ("--add", "children=fix"),
        ("--add", "children=top"),
        ("--meta", "parent=fix"),
    ],
    ids=" ".join,
)
def test_an_edit_that_closes_a_circle_is_refused(project: Project, argv: tuple[str, str]) -> None:
    """An error between files is an error that the edit brings, too."""
    project.task("fix")
    project.task("other", depends_on="[fix]")
    project.task("top", kind="story", children="[fix]")
    before = project.tree()
    assert project.run("validate").code == 0
    done = call(project, "update", "fix", *argv, "--output", "json")
    assert (done.code, done.out) == (1, "")
    assert done.error["code"] == "edit-invalid"
    assert project.tree() == before


# metadata


def test_metadata_get(fix: Project) -> None:
    front = (fix.root / fix.path()).read_text().partition("\n---\n")[0].removeprefix("---\n") + "\n"
    assert fix.run("metadata", "get", "fix").out == front
    assert call(fix, "metadata", "get", "fix", "labels", "--output", "json").json == ["ui"]
    assert call(fix, "metadata", "get", "fix", "labels.0").out == "ui\n"


@pytest.mark.parametrize(
    ("patch", "values"),
    [
        ({"title": "New", "size": "xl"}, {"title": "New", "size": "xl"}),
        ({"priority": None, "gone": None}, {"priority": ...}),
        ({"labels": ["a", "b"]}, {"labels": ["a", "b"]}),
        ({"x": {"b": None, "c": {"d": 1}}}, {"x": {"a": 1, "c": {"d": 1}}}),
        ({"x": [1]}, {"x": [1]}),
        ({"labels": {"a": 1, "b": None}, "priority": None}, None),
        ({"new": {"a": None, "b": {"c": None, "d": 2}}}, {"new": {"b": {"d": 2}}}),
        ({}, {}),
        ({"execution": {"attempts": [WORKED[1]]}}, {"execution": {"attempts": [WORKED[1]]}}),
        ({"execution": {"attempts": []}}, None),
        ({"execution": None}, {}),
    ],
    ids=lambda value: json.dumps(value, default=str)[:50] if isinstance(value, dict) else "",
)
def test_metadata_set_is_a_merge_patch(
    project: Project, patch: dict[str, Any], values: dict[str, Any] | None
) -> None:
    project.task("fix", labels="[ui]", priority="high", x="{a: 1, b: 2}")
    before, tree = call(project, "metadata", "get", "fix", "-o", "json").json, project.tree()
    done = call(project, "metadata", "set", "fix", stdin=json.dumps(patch))
    if values is None:
        assert (done.code, project.tree()) == (1, tree)
        return
    ok(done)
    after = call(project, "metadata", "get", "fix", "-o", "json").json
    assert after == {key: value for key, value in (before | values).items() if value is not ...}


def test_metadata_set_from_a_file(fix: Project) -> None:
    fix.write("patch.json", '{"size": "xl"}')
    ok(fix.run("metadata", "set", "fix", "patch.json"))
    assert fix.get("fix").values["size"] == "xl"


@pytest.mark.parametrize("stdin", ["", "[]", "5", "{", '{"a": 1} {}', '{"id": "x"}', b"\xff{}"])
def test_metadata_set_refuses_what_is_no_patch(fix: Project, stdin: str | bytes) -> None:
    before = fix.tree()
    done = call(fix, "metadata", "set", "fix", stdin=stdin)
    assert (done.code, done.out, fix.tree()) == (2, "", before)


# --dry-run and --if-match


MUTATIONS = [
    ("update", "fix", "--meta", "size=xl", "--check", "1", "--field", "Overview", "New"),
    ("update", "fix", "--meta", "state=in-progress"),
    ("update", "done", "--meta", "title=New"),
    ("update", "end", "--add", "labels=b", "--field", "Notes", "x"),
    ("record", "fix", "--id", f"{ID}1", *FLAGS),
    ("review", "done", "--reviewer", "Ada", "--approved", "--reviewed-at", "2025-11-03T00:00:00Z"),
    ("metadata", "set", "fix", "patch.json"),
    ("fmt", "mixed"),
    ("new", "--title", "Another", "--parent", "top"),
]


NEW_SECTION = "{}: warning: end has a new section “Notes”.\n"


@pytest.mark.parametrize("argv", MUTATIONS, ids=lambda argv: " ".join(argv)[:40])
def test_dry_run_is_the_patch_of_the_real_run(project: Project, argv: tuple[str, ...]) -> None:
    project.configure("timestamps = false\n")
    project.write("patch.json", '{"size": "xl", "labels": ["é"]}')
    project.task("fix", labels="[ui]")
    project.task("top", kind="epic")
    project.task("mixed", children="[]")
    project.task("done", state="done", extra="execution: " + json.dumps({"attempts": [WORKED[1]]}) + "\n")
    project.task("end", body=BODY.rstrip("\n"), labels="[a]")
    before = project.tree()
    dry = call(project, *argv, "--dry-run")
    assert (dry.code, dry.err) == (0, NEW_SECTION.format(project.path("end")) if "Notes" in argv else ""), dry
    assert project.tree() == before
    as_json = call(project, *argv, "--dry-run", "--output", "json").json
    assert (as_json["diff"], as_json["dry_run"]) == (dry.out, True)
    assert project.tree() == before
    project.write(".patch", dry.out)
    project.git("apply", ".patch")
    (project.root / ".patch").unlink()
    applied = project.tree()
    for path in applied.keys() | before.keys():
        if before.get(path) != applied.get(path):
            (project.root / path).unlink(missing_ok=True)
            if path in before:
                project.write(path, before[path])
    assert project.tree() == before
    real = call(project, *argv)
    assert real.code == 0
    assert project.tree() == applied


@pytest.mark.parametrize(
    "argv",
    [
        ("update", "fix", "--meta", "size=xl"),
        ("metadata", "set", "fix", "patch.json"),
        ("record", "fix", *FLAGS),
        ("review", "fix", "--reviewer", "Ada", "--approved"),
    ],
    ids=lambda argv: argv[0],
)
def test_if_match(fix: Project, argv: tuple[str, ...]) -> None:
    fix.write("patch.json", '{"size": "xl"}')
    ok(call(fix, "record", "fix", *FLAGS))
    etag = call(fix, "show", "fix", "--output", "json").json["etag"]
    before = fix.tree()
    refused = call(fix, *argv, "--if-match", etag[::-1], "--output", "json")
    assert (refused.code, refused.error["code"], refused.error["details"]["etag"]) == (
        4,
        "etag-mismatch",
        etag,
    )
    assert fix.tree() == before
    answer = call(fix, *argv, "--if-match", etag, "--output", "json").json
    assert answer["task"]["etag"] == call(fix, "show", "fix", "--output", "json").json["etag"] != etag


# edit


def editor(project: Project, script: str) -> dict[str, str]:
    file = project.root.parent / "an editor"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return {"EDITOR": f"'{file}'", "TMPDIR": str(file.parent)}


def test_edit_takes_a_sound_text_over(fix: Project) -> None:
    env = editor(fix, 'sed -i \'s/^priority: high/priority: low/\' "$1"; echo More >> "$1"')
    done = ok(fix.run("edit", "fix", "--output", "json", env=env))
    assert done.json["changed"] is True
    text = (fix.root / fix.path()).read_text()
    assert "priority: low\n" in text
    assert text.endswith("How.\nMore\n")


def test_visual_comes_before_editor(fix: Project) -> None:
    env = editor(fix, 'echo More >> "$1"')
    ok(fix.run("edit", "fix", env={"VISUAL": env["EDITOR"], "EDITOR": "false"}))
    assert (fix.root / fix.path()).read_text().endswith("How.\nMore\n")


def test_edit_without_editor_and_terminal_ends_at_once(fix: Project) -> None:
    """Nobody could use the editor that it would start: the error names what works without one."""
    silent, kept_open = os.pipe()  # a standard input at which nothing ever comes, and that never ends
    done = subprocess.run(
        [*SCRIPT, "edit", "fix"],
        cwd=fix.root,
        env=fix.environment({"VISUAL": "", "EDITOR": ""}),
        stdin=silent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(silent)
    os.close(kept_open)
    assert done.returncode == 2
    assert "tasks update fix" in done.stderr


def test_edit_without_a_change_writes_nothing(fix: Project) -> None:
    before, status = fix.tree(), (fix.root / fix.path()).stat()
    done = ok(fix.run("edit", "fix", "--output", "json", env=editor(fix, "exit 0")))
    assert (done.json["changed"], fix.tree()) == (False, before)
    assert (fix.root / fix.path()).stat().st_mtime_ns == status.st_mtime_ns


@pytest.mark.parametrize(
    "script",
    [
        "sed -i 's/^priority: high/priority: hihg/' \"$1\"",
        "sed -i 's/^id: fix/id: mend/' \"$1\"",
        "sed -i 's/^title: /title: '\\''/' \"$1\"",
        ': > "$1"',
        'echo no task > "$1"',
    ],
    ids=["wrong value", "other id", "broken YAML", "empty", "no frontmatter"],
)
def test_edit_keeps_a_broken_text(fix: Project, script: str) -> None:
    before = fix.tree()
    env = editor(fix, f'{script}; cp "$1" {fix.root.parent}/written')
    done = fix.run("edit", "fix", "--output", "json", env=env)
    assert (done.code, done.out, done.error["code"]) == (1, "", "edit-kept")
    assert fix.tree() == before
    kept = Path(done.error["details"]["kept"])
    assert str(kept) in done.error["hint"]
    assert kept.read_bytes() == (fix.root.parent / "written").read_bytes()
    kept.unlink()


def test_edit_keeps_both_texts_in_a_conflict(fix: Project) -> None:
    target = fix.root / fix.path()
    env = editor(fix, f'echo theirs >> {target}; echo mine >> "$1"')
    done = fix.run("edit", "fix", "--output", "json", env=env)
    assert (done.code, done.error["code"]) == (4, "edit-conflict")
    assert target.read_text().endswith("How.\ntheirs\n")
    kept = Path(done.error["details"]["kept"])
    assert kept.read_text().endswith("How.\nmine\n")
    kept.unlink()


def test_the_editors_own_output_is_not_the_answer(fix: Project) -> None:
    done = fix.run("edit", "fix", "--output", "json", env=editor(fix, "echo hello from the editor"))
    assert done.code == 0
    assert json.loads(done.out)["changed"] is False


def test_ctrl_c_in_the_editor_is_the_editors(fix: Project) -> None:
    ready, never = fix.root.parent / "ready", fix.root.parent / "never"
    os.mkfifo(ready)
    os.mkfifo(never)
    script = f"trap 'echo More >> \"$1\"; exit 0' INT; echo > {ready}; read line < {never}"
    listening = os.open(ready, os.O_RDONLY | os.O_NONBLOCK)
    process = launch(
        [*SCRIPT, "edit", "fix"],
        cwd=fix.root,
        env=fix.environment(editor(fix, script)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert select.select([listening], [], [], 60)[0]  # the editor is open
    os.close(listening)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert (fix.root / fix.path()).read_text().endswith("How.\nMore\n")


def test_edit_dry_run_shows_the_diff(fix: Project) -> None:
    before = fix.tree()
    done = ok(fix.run("edit", "fix", "--dry-run", env=editor(fix, 'echo More >> "$1"')))
    assert "\n+More\n" in done.out
    assert fix.tree() == before


# trust, init


def test_trust_is_of_one_text_in_one_clone(fix: Project) -> None:
    fix.configure('[gates.test]\ncommand = "make"\n')
    before = fix.tree()
    assert fix.run("trust", "--check").code == 1
    answer = fix.run("trust", "--output", "json").json
    assert (answer["trusted"], answer["changed"], answer["commands"]) == (True, True, ["gates.test: make"])
    assert fix.run("trust", "--check").code == 0
    assert call(fix, "trust", "--output", "json").json["changed"] is False
    assert fix.tree() == before
    fix.git("add", ".")
    fix.git("commit", "-qm", "all")
    fix.git("clone", "-q", ".", "../clone")
    assert call(Project(fix.root.parent / "clone"), "trust", "--check").code == 1
    fix.configure('[gates.test]\ncommand = "make all"\n')
    assert call(fix, "trust", "--check").code == 1
    ok(call(fix, "trust"))
    ok(call(fix, "trust", "--revoke"))
    assert call(fix, "trust", "--check").code == 1


def test_trust_is_of_a_repository_and_each_text(fix: Project) -> None:
    """Worktrees share it, whatever each has checked out; no copy brings it along."""
    place = fix.root.parent
    texts = {name: f'[gates.test]\ncommand = "make {name}"\n' for name in ("main", "side")}
    fix.configure(texts["main"])
    fix.git("add", ".")
    fix.git("commit", "-qm", "all")
    fix.git("worktree", "add", "-q", "../side")
    side = Project(place / "side")
    checked = lambda: [call(each, "trust", "--check").code for each in (fix, side)]  # noqa: E731 (short)
    ok(call(side, "trust"))
    assert checked() == [0, 0]
    side.configure(texts["side"])
    assert checked() == [0, 1]
    ok(call(side, "trust"))
    assert checked() == [0, 0]
    shutil.copytree(fix.root, place / "copy")
    assert call(Project(place / "copy"), "trust", "--check").code == 1
    assert call(fix, "trust", "--revoke", "--output", "json").json["changed"] is True
    assert checked() == [1, 1]
    assert call(fix, "trust", "--revoke", "--output", "json").json["changed"] is False
    ok(call(fix, "trust"))
    fix.root.rename(place / "moved")
    assert call(Project(place / "moved"), "trust", "--check").code == 1


@pytest.mark.parametrize("layout", ["flat", "states"])
def test_init_touches_nothing_but_tasks(tmp_path: Path, layout: str) -> None:
    project = Project(tmp_path / "fresh")
    project.write("README.md", "mine")
    made = ["tasks.toml"] if layout == "flat" else [*DIRECTORIES.values(), "tasks.toml"]
    init = ("init", "--layout", layout)
    assert project.run(*init, "--dry-run").out.count("Would create ") == len(made)
    assert sorted(path.name for path in project.root.iterdir()) == ["README.md"]
    ok(project.run(*init))
    assert sorted(path.name for path in project.root.iterdir()) == ["README.md", "tasks"]
    assert sorted(path.name for path in (project.root / "tasks").iterdir()) == made
    assert project.run("validate", "--strict").code == 0
    assert project.run("list", "--output", "json").json == []
    project.configure(f"timestamps = false\nlayout = '{layout}'\n")
    before = project.tree()
    done = ok(project.run("init", "--output", "json"))
    assert (done.json["changed"], project.tree()) == (False, before)


def test_init_of_another_directory(tmp_path: Path) -> None:
    project = Project(tmp_path / "here")
    project.root.mkdir()
    (tmp_path / "there").mkdir()
    ok(call(project, "init", "--root", "../there"))
    assert (tmp_path / "there" / "tasks" / "tasks.toml").is_file()
    assert list(project.root.iterdir()) == []
    assert call(project, "list", "--root", "../there", "--output", "json").json == []


# validate, fmt


def findings(done: Done) -> list[tuple[str, int, int, str]]:
    return [(f["path"], f["line"], f["column"], f["code"]) for f in done.json["findings"]]


@in_states
def test_validate_some_reports_what_falls_on_them(fix: Project) -> None:
    fix.task("odd", priority="hihg", depends_on="[gone]")
    fix.task("other", size="huge")
    odd = [
        (fix.path("odd"), 6, 11, "unknown-value"),
        (fix.path("odd"), 7, 14, "dangling-reference"),
    ]
    for name in ("odd", fix.path("odd"), str(fix.root / fix.path("odd"))):
        done = fix.run("validate", name, "--output", "json")
        assert (done.code, findings(done), done.json["summary"]["files"]) == (1, odd, 1)
    both = call(fix, "validate", "fix", "odd", "--output", "json")
    assert (findings(both), both.json["summary"]["files"]) == (odd, 2)
    below = call(fix, "validate", "task-odd.md", "--output", "json", cwd=fix.root / "tasks/10-ready")
    assert findings(below) == odd
    assert call(fix, "validate", "gone").code == 3


@in_states
def test_validate_standard_input(fix: Project) -> None:
    text = (fix.root / fix.path()).read_text()
    assert fix.run("validate", "-", "--strict", "--stdin-path", fix.path(), stdin=text).code == 0
    assert call(fix, "validate", "-", "--strict", stdin=text).code == 0
    bad = text.replace("priority: high", "priority: hihg")
    done = fix.run("validate", "-", "--stdin-path", fix.path(), "--output", "json", stdin=bad)
    assert (done.code, findings(done)) == (1, [(fix.path(), 6, 11, "unknown-value")])
    elsewhere = call(fix, "validate", "-", "--stdin-path", fix.path("fix", "done"), "-o", "json", stdin=text)
    assert [code for *_, code in findings(elsewhere)] == ["wrong-directory"]


def test_validate_standard_input_of_the_settings(fix: Project) -> None:
    done = call(
        fix, "validate", "-", "--stdin-path", "tasks/tasks.toml", "-o", "json", stdin="[lock]\ntimeout = 5\n"
    )
    assert (done.code, findings(done)) == (1, [("tasks/tasks.toml", 2, 11, "config-value")])


def test_validate_needs_no_project_for_standard_input(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert call(project, "validate", "-", stdin=f"---\nid: a\ntitle: A\nstate: idea\n---\n{BODY}").code == 0


def misplace(project: Project) -> None:
    sound = f"---\nid: {{}}\ntitle: T\nstate: {{}}\n{{}}---\n{BODY}"
    project.write("tasks/misnamed.md", sound.format("a", "ready", ""))
    project.write(project.path("b"), sound.format("b", "in-progress", "kind: story\n"))
    done = sound.format("c", "done", "commit_message: m\ncompleted_at: 2025-11-02T23:30:00-01:00\n")
    project.write(project.path("c", "done"), done + INSIGHTS)
    project.write(project.path("odd", "idea"), sound.format("odd", "todo", ""))


@in_states
def test_fix_moves_files_where_they_belong(fix: Project) -> None:
    misplace(fix)
    before = fix.tree()
    dry = fix.run("validate", "--fix", "--dry-run")
    assert fix.tree() == before
    done = fix.run("validate", "--fix")
    told = [
        (fix.path("b"), fix.path("b", "in-progress", kind="story")),
        (fix.path("c", "done"), fix.path("c", "done", completed_at="2025-11-03T12:00:00Z")),
        ("tasks/misnamed.md", fix.path("a")),
    ]
    *moves, staging = done.err.splitlines()
    assert moves == [f"Moved {source} to {target}" for source, target in told]
    assert staging == "Commit it with `git add -A tasks`: files have moved."
    assert dry.err.splitlines() == [f"Would move {source} to {target}" for source, target in told]
    moved = dict(told)
    assert fix.tree() == {moved.get(path, path): data for path, data in before.items()}
    assert done.code == 1
    assert "tasks/00-idea/task-odd.md:4:8: error[unknown-value]" in done.out
    again = fix.run("validate", "--fix")
    assert (again.err, again.out, again.code) == ("Nothing to fix.\n", done.out, 1)


def test_fix_of_one_file_leaves_the_others(fix: Project) -> None:
    misplace(fix)
    before = fix.tree()
    done = call(fix, "validate", "tasks/misnamed.md", "--fix", "--output", "json")
    assert set(fix.tree()) - set(before) == {fix.path("a")}
    assert (done.code, done.json["findings"]) == (0, [])


@in_states
def test_fix_never_overwrites(fix: Project) -> None:
    fix.write(fix.path("fix", "idea"), "notes")
    fix.write(
        fix.path("mend", "in-progress"), (fix.root / fix.path()).read_text().replace("id: fix", "id: mend")
    )
    fix.write(fix.path("mend"), "notes too")
    before = fix.tree()
    done = call(fix, "validate", "--fix", "--strict")
    assert (fix.tree(), done.code) == (before, 1)
    assert "wrong-directory" in done.out


def test_fmt_reorders_and_changes_nothing_else(project: Project) -> None:
    lines = [
        "# top",
        "# of state",
        "state: ready  # now",
        "title:   'T'",
        "x_own: {b: 1,  a: 2}",
        "",
        "id: fix",
    ]
    file = project.write(project.path(), "\r\n".join(["---", *lines, "---", BODY.replace("\n", "\r\n")]))
    twice = project.task("sound")
    check = project.run("fmt", "--check")
    assert (check.code, "fix" in check.out + check.err) == (1, True)
    ok(project.run("fmt"))
    assert sorted(file.read_bytes().split(b"\r\n")) == sorted(
        "\r\n".join(["---", *lines, "---", BODY.replace("\n", "\r\n")]).encode().split(b"\r\n")
    )
    assert list(project.get("fix").values) == ["id", "title", "state", "x_own"]
    assert b"# of state\r\nstate: ready  # now\r\n" in file.read_bytes()
    after = project.tree()
    ok(project.run("fmt", "--check"))
    ok(project.run("fmt"))
    assert project.tree() == after
    assert twice.is_file()


@in_states
def test_pre_commit_hook_line(fix: Project) -> None:
    """What a hook runs: the files that are about to be committed, by path."""
    fix.write("tasks/README.md", "# Ours\n")
    names = subprocess.run(
        ["git", "ls-files", "--others", "tasks"], cwd=fix.root, capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(names) - {"tasks/tasks.toml"} == {fix.path(), "tasks/README.md"}
    done = fix.run("validate", *names)
    assert (done.code, done.out) == (0, "2 files: nothing to report.\n")


# What an agent printed

CLAUDE = {
    "type": "result",
    "subtype": "success",
    "is_error": False,
    "duration_ms": 94_512,
    "num_turns": 3,
    "session_id": "9c1f",
    "total_cost_usd": 0.10457895,
    "usage": {
        "input_tokens": 12,
        "cache_creation_input_tokens": 7924,
        "cache_read_input_tokens": 41_368,
        "output_tokens": 1209,
    },
    "modelUsage": {"claude-sonnet-4-5": {"outputTokens": 1209}},
}
ENDED = ("--ended-at", "2025-11-02T15:05:00Z")


def test_record_from_an_agents_output(fix: Project) -> None:
    (fix.root / "out.json").write_text(json.dumps(CLAUDE))
    ok(call(fix, "record", "fix", "--from-agent", "claude-code", "out.json", "--id", f"{ID}1", *ENDED))
    assert attempts(fix) == [
        {
            "id": f"{ID}1",
            "started_at": "2025-11-02T15:03:25.000Z",
            "ended_at": "2025-11-02T15:05:00Z",
            "duration_seconds": 95,
            "status": "completed",
            "executor": {"tool": "claude-code", "model": "claude-sonnet-4-5"},
            "session_id": "9c1f",
            "turns": 3,
            "usage": {
                "input_tokens": 49_304,
                "output_tokens": 1209,
                "cache_read_tokens": 41_368,
                "cache_write_tokens": 7924,
            },
            "cost": {"actual_usd_micros": 104_579, "source": "reported"},
        }
    ]
    again = call(
        fix, "record", "fix", "--from-agent", "claude", "out.json", "--id", f"{ID}1", *ENDED, "-o", "json"
    )
    assert (again.code, again.json["changed"]) == (0, False)


def test_options_go_before_what_the_agent_printed(fix: Project) -> None:
    given = (
        "--status",
        "failed",
        "--tool",
        "mine",
        "--turns",
        "9",
        "--provider",
        "anthropic",
        "--notes",
        "n",
    )
    line = ("record", "fix", "--from-agent", "claude-code", "-", *given, "--gate", "test=fail", *ENDED)
    ok(call(fix, *line, stdin=json.dumps(CLAUDE)))
    (attempt,) = attempts(fix)
    assert (attempt["status"], attempt["turns"], attempt["notes"]) == ("failed", 9, "n")
    assert attempt["executor"] == {"tool": "mine", "model": "claude-sonnet-4-5", "provider": "anthropic"}
    assert attempt["quality_gates"] == {"run": ["test"], "failed": ["test"]}
    assert attempt["usage"]["input_tokens"] == 49_304


def test_an_agent_that_says_it_failed_is_recorded_so(fix: Project) -> None:
    told = CLAUDE | {"subtype": "error_max_turns", "errors": ["Reached maximum number of turns (3)"]}
    ok(call(fix, "record", "fix", "--from-agent", "claude-code", "-", *ENDED, stdin=json.dumps(told)))
    (attempt,) = attempts(fix)
    assert (attempt["status"], attempt["error_type"]) == ("failed", "max_turns")
    assert attempt["error_reason"] == "Reached maximum number of turns (3)"


def test_an_amendment_takes_what_the_agent_printed(fix: Project) -> None:
    ok(call(fix, "record", "fix", "--id", f"{ID}1", *FLAGS))
    amended = ("record", "fix", "--amend", f"{ID}1", "--from-agent", "claude-code", "-")
    ok(call(fix, *amended, stdin=json.dumps(CLAUDE)))
    (attempt,) = attempts(fix)
    assert (attempt["duration_seconds"], attempt["executor"]["tool"]) == (120, "t")
    assert (attempt["turns"], attempt["cost"]["actual_usd_micros"]) == (3, 104_579)


def test_a_result_file_is_any_tools_and_its_problems_are_told(fix: Project) -> None:
    told = json.dumps({"status": "completed", "turns": 4, "token": 5})
    line = ("record", "fix", "--from-agent", "result-file", "-", "--duration-seconds", "5", "-o", "json")
    refused = call(fix, *line, stdin=told)
    assert (refused.code, refused.error["code"]) == (2, "bad-attempt")
    done = call(fix, *line, "--tool", "mine", stdin=told)
    assert done.code == 0
    warning = json.loads(done.err)["warning"]
    assert (warning["message"], warning["path"]) == ("token is no key of a result file.", "standard input")
    assert attempts(fix)[0]["executor"] == {"tool": "mine"}
    assert attempts(fix)[0]["turns"] == 4


@pytest.mark.parametrize(
    ("words", "stdin", "code", "said"),
    [
        (("--from-agent", "claude-cod", "-"), "", "bad-value", "Did you mean claude-code?"),
        (("--from-agent", "codex"), "", "bad-value", "Write --from-agent TOOL FILE"),
        (("--from-agent=codex", "--tool", "t"), "", "bad-value", "Write --from-agent TOOL FILE"),
        (("--from-agent", "codex", "missing.jsonl"), "", "bad-value", "no such file"),
        (("--from-agent", "codex", "tasks"), "", "bad-value", "is a directory"),
        (("--from-agent", "codex", "-", "--from", "-"), "", "usage", "leave one of them out"),
        (("--from-agent", "codex", "-"), "Done.", "no-agent-output", "codex exec --json … > FILE"),
        (("--from-agent", "result-file", "-"), "[]", "no-agent-output", "It contains no JSON object."),
        (("--from-agent", "codex", "-"), '{"type": "turn.started"}', "usage", "give --exit-code or --status"),
        (
            ("--from-agent", "aider", "-"),
            "Tokens: 1 sent, 2 received.",
            "usage",
            "give --exit-code or --status",
        ),
    ],
)
def test_output_that_does_not_do_is_refused(
    fix: Project, words: tuple[str, ...], stdin: str, code: str, said: str
) -> None:
    before = fix.tree()
    done = call(fix, "record", "fix", *words, "--duration-seconds", "5", "-o", "json", stdin=stdin)
    assert (done.code, done.out, done.error["code"]) == (2, "", code)
    assert said in done.error["message"] + done.error["hint"]
    assert fix.tree() == before


# Secrets


def test_no_secret_is_recorded_and_the_answer_says_so(fix: Project) -> None:
    """By options, from a file, amended, reviewed; and the same attempt again is no conflict."""

    def warned(done: Done) -> Done:
        assert done.code == 0
        assert "What looks like a secret was replaced" in done.err
        return done

    json_output = ("--output", "json")
    given = ("record", "fix", *FLAGS, "--id", f"{ID}1", "--error-reason", "401: Bearer abcdef123456")
    assert "secrets-replaced" in warned(call(fix, *given, *json_output)).json["applied_rules"]
    assert call(fix, *given, *json_output).json["reason"] == "unchanged"
    whole = WORKED[0] | {"notes": "ran curl -u ada:abcdef123456 x", "x_own": {"token": "abcdef123456"}}
    warned(call(fix, "record", "fix", "--from", "-", stdin=json.dumps(whole)))
    warned(call(fix, "record", "fix", "--amend", f"{ID}1", "--notes", "DB_PASS=abcdef123456"))
    review = ("review", "fix", "--reviewer", "Ada", "--approved", "--attempt", f"{ID}1")
    warned(call(fix, *review, "--notes", "mysql -pabcdef123456"))
    text = (fix.root / fix.path()).read_text()
    assert "abcdef123456" not in text
    assert text.count("[redacted]") == 5
    done = call(fix, *review, "--notes", "nothing to hide", *json_output)
    assert "secrets-replaced" not in done.json["applied_rules"]
