"""The log of a task: nothing between its creation and now is missing, whoever changed it."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.branches import commit
from support.effort import Effort
from support.in_process import call, ok
from support.project import Project
from taskfiles.basics.instants import parse_instant
from taskfiles.history.log import LogEntry, read_log
from taskfiles.schema.files import read_schema

LAYOUTS = ["flat", "states"]


@pytest.fixture(params=LAYOUTS)
def known(project: Project, request: pytest.FixtureRequest) -> Project:
    """A repository with one task, committed."""
    project.git("init", "-q", "-b", "main")
    ok(call(project, "init", "--layout", request.param))
    ok(
        call(
            project,
            *("new", "--title", "Fix it", "--id", "fix", "--state", "ready"),
            *("--field", "Acceptance Criteria", "- [ ] First\n- [ ] Second"),
        )
    )
    commit(project, "A task")
    return project


def log(project: Project, *words: str) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = ok(call(project, "log", *words, "--output", "json")).json
    Draft202012Validator(read_schema("log")).validate(answer)
    return answer


def fields(entry: dict[str, Any]) -> set[str]:
    return {change["field"] for change in entry["changes"]} - {"updated_at", "path"}


def check_chain(entries: list[LogEntry], now: bytes | None) -> None:
    """Each change begins where the one before it ended; the first begins with nothing."""
    newer = now
    for entry in entries:
        assert (None if entry.pair.after is None else entry.pair.after.data) == newer, entry
        newer = None if entry.pair.before is None else entry.pair.before.data
    assert newer is None
    times = [parse_instant(entry.time) for entry in entries]
    # Git's times are whole seconds, those of files lag behind by some milliseconds.
    assert all(newer >= older - timedelta(seconds=1) for newer, older in pairwise(times))


def test_a_task_is_followed_through_moves_and_renames(known: Project) -> None:
    for words in (
        ("move", "fix", "in-progress"),
        ("update", "fix", "--check", "1", "--meta", "priority=high"),
        ("rename", "fix", "mend"),
        (
            "record",
            "mend",
            "--status",
            "failed",
            "--error-type",
            "timeout",
            "--tool",
            "t",
            "--duration-seconds",
            "5",
        ),
    ):
        ok(call(known, *words))
        commit(known, " ".join(words[:2]))
    ok(call(known, "update", "mend", "--field", "Notes", "A word."))
    found = log(known, "mend")
    assert [entry["source"] for entry in found] == ["journal", *["commit"] * 5]
    assert [entry["subject"] for entry in found[1:]] == [
        "record mend",
        "rename fix",
        "update fix",
        "move fix",
        "A task",
    ]
    assert fields(found[0]) == {"body.Notes"}
    (attempt,) = [each for each in found[1]["changes"] if each["field"] == "execution.attempts"]
    assert (attempt["from"], attempt["to"]["error_type"]) == (None, "timeout")
    assert fields(found[2]) == {"id"}
    box = {"field": "box", "item": "First", "from": False, "to": True}
    assert box in found[3]["changes"]
    assert fields(found[3]) == {"box", "priority"}
    assert fields(found[4]) == {"state"}
    assert found[5]["changes"][0]["to"] == {"title": "Fix it", "state": "ready"}
    check_chain(read_log(known.store, "mend"), known.get("mend").data)
    assert call(known, "log", "fix").code == 0  # it was the name of something
    people = ok(call(known, "log", "mend")).out
    assert "attempt of t: failed (timeout), 5 s" in people
    assert "[x] First" in people
    assert "you  not committed  task.update" in people


def test_a_change_by_hand_that_no_commit_has(known: Project) -> None:
    path = known.root / known.get("fix").path
    ok(call(known, "update", "fix", "--meta", "priority=high"))
    path.write_text(path.read_text().replace("Fix it", "Fix that"))
    ok(call(known, "update", "fix", "--meta", "size=small"))
    path.write_text(path.read_text().replace("Fix that", "Fix both"))
    found = log(known, "fix")
    assert [(entry["source"], fields(entry)) for entry in found] == [
        ("file", {"title"}),
        ("journal", {"size"}),
        ("file", {"title"}),
        ("journal", {"priority"}),
        ("commit", {"task"}),
    ]
    check_chain(read_log(known.store, "fix"), path.read_bytes())
    assert [entry["id"] for entry in log(known)] == ["fix"] * 5
    assert len(log(known, "fix", "--limit", "2")) == 2


def test_a_task_that_is_gone_and_one_that_never_was(known: Project) -> None:
    ok(call(known, "delete", "fix"))
    assert [fields(entry) for entry in log(known, "fix")] == [{"task"}, {"task"}]
    commit(known, "Gone")
    found = log(known, "fix")
    assert [entry["subject"] for entry in found] == ["Gone", "A task"]
    assert found[0]["changes"] == [
        {"field": "task", "from": {"title": "Fix it", "state": "ready"}, "to": None}
    ]
    done = call(known, "log", "nothing", "--output", "json")
    assert (done.code, done.error["code"]) == (3, "no-such-task")


def test_what_all_did_since(known: Project) -> None:
    ok(call(known, "new", "--title", "Other", "--id", "other"))
    ok(call(known, "record", "fix", "--status", "completed", "--tool", "codex", "--duration-seconds", "9"))
    assert {entry["id"] for entry in log(known, "--since", "today")} == {"fix", "other"}
    known.git("add", "-A")
    known.git("commit", "-qm", "Old", "--date", "2020-01-01T00:00:00Z")
    assert {entry["subject"] for entry in log(known, "--since", "today")} == {"A task"}
    plain = ok(call(known, "log", "--output", "plain")).out.splitlines()
    assert len({line.split("\t")[1] for line in plain}) == 2
    assert "attempt of codex: completed, 9 s" in ok(call(known, "log")).out


def test_without_git_and_without_a_commit(project: Project) -> None:
    project.task("fix")
    ok(call(project, "update", "fix", "--meta", "priority=high"))
    assert [entry["source"] for entry in log(project, "fix")] == ["journal", "file"]
    project.git("init", "-q")
    assert {entry["source"] for entry in log(project)} <= {"journal", "file"}
    ok(call(project, "delete", "fix"))
    assert call(project, "log").code == 0


def test_a_merge_shows_what_neither_side_had(known: Project) -> None:
    known.git("switch", "-qc", "side")
    ok(call(known, "update", "fix", "--meta", "priority=high"))
    commit(known, "side")
    known.git("switch", "-q", "main")
    ok(call(known, "update", "fix", "--meta", "priority=low"))
    commit(known, "main")
    known.git("merge", "-q", "-s", "ours", "--no-commit", "side")
    ok(call(known, "update", "fix", "--meta", "priority=normal"))
    commit(known, "merged")
    subjects = [entry["subject"] for entry in log(known, "fix")]
    assert set(subjects) == {"merged", "main", "side", "A task"}


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_missing_whatever_was_done(known: Project, effort: Effort, seed: int) -> None:
    """A law: the changes of a log, one after the other, lead from nothing to the file."""
    chance = random.Random(f"{seed} {known.root.name}")
    name = "fix"
    for number in range(effort.pick(short=6, deep=25)):
        file = known.root / known.get(name).path
        match chance.randrange(7):
            case 0:
                states = {"ready", "in-progress", "canceled", "idea"} - {known.get(name).state}
                ok(call(known, "move", name, chance.choice(sorted(states))))
            case 1:
                ok(call(known, "rename", name, f"name-{number}"))
                name = f"name-{number}"
            case 2:
                file.write_text(file.read_text() + f"\nBy hand {number}.\n")
            case 3:
                call(known, "undo")
                name = next(iter(known.store.tasks())).id
            case 4:
                ok(call(known, "update", name, "--meta", f"x_number={number}"))
            case 5:
                words = ("--status", "failed", "--tool", "t", "--duration-seconds", "1")
                ok(call(known, "record", name, *words))
            case _:
                if known.git("status", "--porcelain", "tasks"):
                    commit(known, f"step {number}")
        check_chain(read_log(known.store, name), (known.root / known.get(name).path).read_bytes())
    for line in ok(call(known, "log", name, "--output", "jsonl")).out.splitlines():
        assert json.loads(line)["changes"]


def test_what_a_partial_clone_has_left_out_is_said(known: Project) -> None:
    """Nothing is fetched, and no change is left out of the log unsaid; what the remedy says helps."""
    ok(call(known, "note", "fix", "Half done"))
    commit(known, "A note")
    known.git("config", "uploadpack.allowFilter", "true")
    known.git("clone", "-q", "--filter=blob:none", f"file://{known.root}", "../partial")
    partial = Project(known.root.parent / "partial", known.env)
    for words in (("log",), ("log", "fix")):
        refused = call(partial, *words, "--output", "json")
        assert (refused.code, refused.error["code"]) == (6, "history-missing")
    partial.git("log", "-p", "--", "tasks")
    assert log(partial) == log(known)


def test_what_a_shallow_clone_begins_with_is_no_change(known: Project) -> None:
    """Git shows all files of its oldest commit as new; nobody is named as who made them."""
    for text in ("Half done", "Nearly done"):
        ok(call(known, "note", "fix", text))
        commit(known, text)
    known.git("clone", "-q", "--depth", "2", f"file://{known.root}", "../shallow")
    shallow = Project(known.root.parent / "shallow", known.env)
    for words in (("log",), ("log", "fix")):
        done = ok(call(shallow, *words, "--output", "json"))
        (entry,) = done.json
        assert entry == log(known, *words[1:])[0]
        assert json.loads(done.err)["warning"]["code"] == "shallow-history"
    shallow.git("fetch", "-q", "--unshallow")
    assert log(shallow) == log(known)
    assert call(shallow, "log").err == ""
