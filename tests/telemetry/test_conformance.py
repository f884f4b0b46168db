"""`telemetry check`: silent about every honest history, loud about damage; how events look to people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.backlogs import make_task
from support.branches import commit
from support.event_log import events_of, log_file, log_of
from support.event_spool import event
from support.in_process import call, ok
from support.layouts import in_states
from support.project import INSIGHTS, Project
from support.streams import as_written
from taskfiles.telemetry.conformance import LogSummary, Problem, check_lines
from taskfiles.telemetry.events import MAX_BYTES
from taskfiles.telemetry.reading import Line
from taskfiles_cli.render.events import render_events

RECORD = ("record", "fix", "--status", "completed", "--tool", "t", "--duration-seconds", "1")
FILE = "tasks/10-ready/task-fix.md"
DONE = "\n## Acceptance Criteria\n\n- [x] Done\n" + INSIGHTS
RUN = "2cedfa3f-3ddf-4498-9038-b87710985780"


def problems(project: Project, cwd: Path | None = None) -> list[str]:
    done = call(project, "telemetry", "check", "--output", "json", cwd=cwd)
    codes = [each["code"] for each in done.json["problems"]]
    assert done.code == (1 if codes else 0)
    assert done.json["summary"]["problems"] == len(codes)
    return codes


def begin(project: Project) -> str:
    """A committed task, then an attempt at it; gives the text before the attempt."""
    text = project.task("fix", commit_message="Fix", body=DONE).read_text()
    commit(project, "start")
    project.git("branch", "old")
    ok(call(project, *RECORD))
    return text


# Honest histories


def undone(project: Project) -> None:
    ok(call(project, "undo"))


def ended_twice(project: Project) -> None:
    ok(call(project, "move", "fix", "in-progress"))
    ok(call(project, "complete", "fix"))
    ok(call(project, "undo"))
    ok(call(project, "complete", "fix"))


def tried_after_its_end(project: Project) -> None:
    ok(call(project, "move", "fix", "in-progress"))
    ok(call(project, "complete", "fix"))
    ok(call(project, *RECORD))


def renamed(project: Project) -> None:
    ok(call(project, "rename", "fix", "other"))
    ok(call(project, "new", "--title", "Fix", "--id", "fix", "--state", "ready"))


def deleted_and_made_anew(project: Project) -> None:
    ok(call(project, "delete", "fix"))
    ok(call(project, "new", "--title", "Fix", "--id", "fix", "--state", "ready"))


def removed_and_made_anew(project: Project) -> None:
    (project.root / FILE).unlink()
    ok(call(project, "new", "--title", "Fix", "--id", "fix", "--state", "ready"))


def on_an_older_branch(project: Project) -> None:
    commit(project, "attempt")
    project.git("checkout", "-q", "old")


def stashed(project: Project) -> None:
    project.git("stash", "-q")


def amended(project: Project) -> None:
    attempt = events_of(project)[-1]["data"]["attempt_ids"][0]
    ok(call(project, "record", "fix", "--amend", attempt, "--model", "m"))


def taken_out_by_command(project: Project) -> None:
    done = call(project, "metadata", "set", "fix", stdin='{"execution": null}')
    assert done.code == 0, done


def edited_by_hand(project: Project) -> None:
    file = project.root / FILE
    file.write_text(file.read_text().replace("Title of fix", "Another title"))


@in_states
@pytest.mark.parametrize(
    "play",
    [
        undone,
        ended_twice,
        tried_after_its_end,
        renamed,
        deleted_and_made_anew,
        removed_and_made_anew,
        on_an_older_branch,
        stashed,
        amended,
        taken_out_by_command,
        edited_by_hand,
    ],
)
def test_an_honest_history(project: Project, play: Callable[[Project], None]) -> None:
    begin(project)
    play(project)
    assert problems(project) == []


def test_an_attempt_in_another_worktree(project: Project) -> None:
    begin(project)
    other = project.root.parent / "other"
    project.git("worktree", "add", "-q", str(other), "old")
    assert problems(project, other) == []
    ok(call(project, *RECORD, cwd=other))
    assert problems(project) == problems(project, other) == []


# Damage


@in_states
@pytest.mark.parametrize("committed", [False, True])
def test_an_attempt_removed_by_hand(project: Project, committed: bool) -> None:
    text = begin(project)
    if committed:
        commit(project, "attempt")
    (project.root / FILE).write_text(text)
    assert problems(project) == ["drift"]
    if committed:
        commit(project, "removed")
        assert problems(project) == ["drift"]


def test_a_completion_that_nobody_told(project: Project) -> None:
    begin(project)
    ok(call(project, "move", "fix", "in-progress"))
    ok(call(project, "complete", "fix"))
    file = log_file(project)
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    assert problems(project) == ["missing-completion"]


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (lambda lines: lines[:1] + lines[2:], ["lost-event"]),
        (lambda lines: [lines[1], lines[0], *lines[2:]], ["lost-event", "out-of-order"]),
        (lambda lines: [*lines[:-1], lines[-1][:50]], ["torn-line"]),
        (lambda lines: [*lines, b"\xff}\n"], ["unreadable-line"]),
        (lambda lines: [*lines, b"{}\n"], ["bad-event"]),
        (lambda lines: [*lines, lines[-1]], []),
    ],
)
def test_damage_to_the_log(
    project: Project, spoil: Callable[[list[bytes]], list[bytes]], codes: list[str]
) -> None:
    ok(call(project, "init", "--yes"))
    file = log_file(project)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(spoil(lines)))
    assert problems(project) == codes


def odd(**keys: object) -> bytes:
    """A line that is like an event, but for some keys of its own or of its data."""
    sound = event(1)
    own = {key: value for key, value in keys.items() if key in sound}
    data = {**sound["data"], **{key: value for key, value in keys.items() if key not in sound}}
    return json.dumps({**sound, "data": data, **own}).encode() + b"\n"


@pytest.mark.parametrize(
    ("line", "codes", "shown"),
    [
        (b"[" * 100_000 + b"]" * 100_000 + b"\n", ["torn-line"], 0),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n", ["unreadable-line"], 0),
        (odd(type=None), ["bad-event"], 0),
        (odd(id=["1"]), ["bad-event"], 0),
        (odd(data=5), ["bad-event"], 0),
        (odd(subject=[]), ["bad-event"], 1),
        (odd(correlationid=None), ["bad-event"], 1),
        (odd(tasks=5), [], 1),
        (odd(tasks=[[]]), [], 1),
        (odd(changes_made=[1]), ["bad-event"], 1),
        (odd(changes_made=5), ["bad-event"], 1),
        (odd(type="attempt.recorded", event_type="attempt.recorded", attempt_ids=5), ["bad-event"], 1),
    ],
    ids=str,
)
def test_an_odd_line_is_named_and_harms_nothing(
    project: Project, line: bytes, codes: list[str], shown: int
) -> None:
    project.configure('[telemetry]\nsinks = ["git:events"]\nrequire = "repository"\n')
    project.write(".git/tasks/telemetry/v1/dt=2026-11-20/ci.jsonl", line)
    told = call(project, "telemetry", "tail", "--task", "other", "--output", "json")
    assert (told.code, told.json) == (0, [])
    assert len(call(project, "telemetry", "tail", "--output", "json").json) == shown
    people = call(project, "telemetry", "tail")
    assert people.code == 0
    assert len(people.out.splitlines()) == 1
    assert call(project, "telemetry", "show", "").code in {0, 3}
    assert problems(project) == codes + ["not-pushed"] * shown


def test_what_is_no_file_of_the_log_is_passed_over_and_named(project: Project) -> None:
    begin(project)
    place = log_of(project)
    (place / "dt=note").write_text("mine")
    (place / "dt=2020-01-01" / "directory.jsonl").mkdir(parents=True)
    assert problems(project) == ["no-file", "no-file"]


# Odd input, sound events


@pytest.mark.parametrize("given", ["nope", "a\nb", "x" * 100_000, "", f"{RUN}\n", RUN.upper()])
@pytest.mark.parametrize("variable", ["TASKS_CORRELATION_ID", "TASKS_CAUSATION_ID"])
def test_ids_from_the_environment_are_ids_or_ignored(project: Project, variable: str, given: str) -> None:
    project.task("fix")
    assert call(project, "update", "fix", "--meta", "size=xl", env={variable: given}).code == 0
    (event,) = events_of(project)
    key = "correlationid" if variable == "TASKS_CORRELATION_ID" else "causationid"
    assert (event.get(key) == RUN) == (given == RUN.upper())
    assert problems(project) == []


@pytest.mark.parametrize("task_id", ["x" * 100_000, "a\nb", "../../x", "ü"])
def test_any_id_can_be_told(project: Project, task_id: str) -> None:
    done = call(project, "update", task_id, "--meta", "size=xl")
    assert "event log" not in done.err
    (event,) = events_of(project)
    assert len(json.dumps(event)) < MAX_BYTES
    assert event["data"].get("truncated") == ({"subject": 100_000} if len(task_id) > 1000 else None)
    assert problems(project) == []


# For people


def test_events_as_people_see_them() -> None:
    def told(action: str, outcome: str, reason: str | None = None, **change: object) -> dict[str, object]:
        data = {"action": action, "outcome": outcome, "reason": reason, "actor": "claim 0123"}
        changes = [{"path": "p", **change}] if change else []
        event = {"time": "2026-11-21T07:05:22.564Z", "subject": "fix", "correlationid": RUN}
        return {**event, "type": "task.changed", "data": {**data, "changes_made": changes}}

    attempt = {
        "id": "a1",
        "status": "failed",
        "error_type": "timeout",
        "executor": {"tool": "t", "model": "m"},
    }
    events = [
        told("task.claim", "blocked", "claimed"),
        told("task.update", "success", field="size", **{"from": "small", "to": "x" * 100}),
        told("attempt.record", "success", field="execution", **{"from": None, "to": {"attempts": [attempt]}}),
    ]
    assert as_written(render_events(events)).splitlines() == [
        "2026-11-21T07:05:22.564Z  task.claim  fix  blocked (claimed)  [claim 0123, run 2cedfa3f]",
        (
            f"2026-11-21T07:05:22.564Z  task.update  fix  success  size: small -> {'x' * 79}…"
            "  [claim 0123, run 2cedfa3f]"
        ),
        (
            "2026-11-21T07:05:22.564Z  attempt.record  fix  success  execution: - -> a1 failed timeout t m"
            "  [claim 0123, run 2cedfa3f]"
        ),
    ]


# The library alone


def line(value: dict[str, Any], number: int = 1, path: str = "dt=2026-11-20/ci.jsonl") -> Line:
    return Line(path, number, b"{}\n", value)


def told(number: int, process: str = "1795237200000000000", **data: Any) -> dict[str, Any]:
    return event(number, **data) | {"sequence": f"{process}.{number:06d}"}


def test_processes_are_told_apart_and_their_events_counted() -> None:
    other = {**told(1, "1795237200000000001"), "id": "0199c6f2-0000-7000-8000-000000000001"}
    log = LogSummary()
    found = list(check_lines([line(told(1)), line(other, 2), line(told(2), 3), line(told(5), 4)], log))
    assert [(each.code, each.line) for each in found] == [("lost-event", 4)]
    assert found[0].message.endswith("2 are missing here.")
    assert log.count == 4


def test_the_next_day_goes_on_counting_and_another_host_does_not() -> None:
    days = [line(told(1)), line(told(2), 1, "dt=2026-11-21/ci.jsonl")]
    assert list(check_lines(days, LogSummary())) == []
    hosts = [line(told(1)), line(told(2), 1, "dt=2026-11-20/other.jsonl")]
    assert [each.code for each in check_lines(hosts, LogSummary())] == ["lost-event"]


def test_a_repeat_of_an_event_is_none_and_another_with_its_id_is_a_problem() -> None:
    repeats = [line(told(1)), line(told(1), 2)]
    assert [each.code for each in check_lines(repeats, LogSummary())] == []
    other = {**told(2), "id": told(1)["id"], "subject": "other"}
    assert [each.code for each in check_lines([line(told(1)), line(other, 2)], LogSummary())] == [
        "doubled-id"
    ]


def recorded(*attempt_ids: str, subject: str = "fix") -> dict[str, Any]:
    made = event(1, kind="attempt.recorded", attempt_ids=list(attempt_ids), changed=True)
    return made | {"subject": subject}


def drift(*events: dict[str, Any], elsewhere: set[str] | None = None, **keys: Any) -> list[Problem]:
    log = LogSummary()
    for each in events:
        log.add(each)
    return list(log.compare([make_task("fix", **keys)], lambda _: elsewhere or set()))


ID = "0199c6f2-0000-7000-8000-00000000000a"


def test_an_attempt_that_no_file_has_any_more_has_drifted() -> None:
    (problem,) = drift(recorded(ID))
    assert (problem.code, problem.subject, problem.path) == ("drift", "fix", "tasks/10-ready/task-fix.md")
    assert problem.message.endswith(f" {ID}")
    assert drift(recorded(ID), execution={"attempts": [{"id": ID.upper()}]}) == []
    assert drift(recorded(ID), elsewhere={ID}) == []
    assert drift(recorded(ID, subject="gone")) == []


@pytest.mark.parametrize("action", ["task.undo", "task.merge", "task.rename"])
def test_what_rewrites_a_file_ends_what_was_told_of_it(action: str) -> None:
    rewriting = event(2, action=action, tasks=["other"])
    assert drift(recorded(ID), rewriting) == []
    assert drift(recorded(ID), event(2, action=action, outcome="blocked")) != []
    assert drift(rewriting, recorded(ID)) != []
