"""The behavioural contract: what each command guarantees when it is called again, and by many at once.

`docs/reference/behaviour.md` is its table; each of its rows names the test that proves it.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.action_outcomes import (
    RECORD,
    SUCCEED,
    declaring,
    finishable,
    nothing,
    recorded,
)
from support.effort import some
from support.event_log import events_of, records_of
from support.in_process import call
from support.paths import REPOSITORY, TESTS
from support.project import Project
from support.simultaneous import assert_done, at_once
from taskfiles.task.attempts import attempt_list
from taskfiles.telemetry.actions import BLOCKED, COMPLETION, PARTIAL, SUCCESS
from taskfiles_cli.line.program import ALIASES, COMMANDS

PAGE = REPOSITORY / "docs" / "reference" / "behaviour.md"
ATTEMPT = "0199c6f2-5a00-7000-8000-000000000001"
START = "2025-11-02T15:00:00.000Z"


ACTIONS_OF_TASKS = [name for name in SUCCEED if name.startswith(("task.", "attempt."))]


class Again(NamedTuple):
    """A command line, what is done before it, and how its second call ends: its exit code and the reason.

    An action that is told anew has no reason: `changed` is None where it changes no file either time.
    """

    line: tuple[str, ...]
    before: Callable[[Project], object] = lambda project: project.task("fix")
    code: int = 0
    reason: str | None = "unchanged"


def closed_family(project: Project) -> None:
    for name, kind in (("fix", "task"), ("epic", "epic")):
        project.task(name, kind=kind, state="idea", **({"children": "[fix]"} if kind == "epic" else {}))


def patching(project: Project) -> None:
    project.task("fix")
    project.write("../patch.json", '{"size": "xl", "labels": ["a"]}')


def known_attempt(project: Project) -> None:
    project.task("fix")
    assert call(project, *RECORD, "--id", ATTEMPT).code == 0


# The cases of the matrix whose action changes tasks or files of the project, and other ways to call them.
AGAIN: dict[str, Again] = {
    action: Again(case.line, case.before, *case.again)
    for action, case in SUCCEED.items()
    if case.again is not None and action in {"agents.inject", "config.trust"} | set(ACTIONS_OF_TASKS)
} | {
    "new with an id": Again(("new", "--title", "New", "--id", "new"), nothing, 4, "id-taken"),
    "update a section": Again(("update", "fix", "--field", "Overview", "- Text")),
    "update a box": Again(("update", "fix", "--check", "1")),
    "metadata set": Again(("metadata", "set", "fix", "../patch.json"), patching),
    "record with an id": Again((*RECORD, "--id", ATTEMPT, "--started-at", START)),
    "record --amend": Again(("record", "fix", "--amend", ATTEMPT, "--notes", "more"), known_attempt),
    "move --cascade": Again(("move", "epic", "ready", "--cascade", "ready"), closed_family),
    "init": Again(("init", "--yes", "--agents"), declaring),
    "doctor --fix": Again(("doctor", "--fix"), declaring),
    "run": Again(("run", "fix", "--", "true"), code=1, reason="not-ready"),
    "plan": Again(("plan",), reason=None),
    "plan --preview": Again(("plan", "--preview"), reason=None),
}
READING = {"plan", "plan --preview", "config.trust"}  # of the files of the project they change none


def told(project: Project, since: int = 0) -> list[dict[str, Any]]:
    """What the log says of the action itself, without the steps that it is made of."""
    steps = {"config.load", "config.validate", "config.validate.tracks", "project.convert", "plan.skip"}
    steps |= {"agent.supervisor.dispatch", "agent.task.resolve", "agent.validate"}
    events = [event["data"] for event in events_of(project)[since:]]
    return [data for data in events if data["action"] not in steps and "reconcile" not in data["action"]]


def attempts_of(project: Project) -> list[dict[str, Any]]:
    """The attempts at the one task."""
    attempts: list[Any] = attempt_list(project.get("fix").values)
    return attempts


@pytest.mark.parametrize("name", AGAIN)
def test_the_same_words_again_change_nothing(project: Project, name: str) -> None:
    case = AGAIN[name]
    case.before(project)
    before = project.tree()
    first = call(project, *case.line)
    assert first.code == 0, first
    after, since = project.tree(), len(events_of(project))
    assert (after == before) == (name in READING)
    records = len(records_of(project))
    second = call(project, *case.line)
    assert second.code == case.code, second
    assert project.tree() == after
    assert len(records_of(project)) == records
    (data,) = told(project, since)
    assert (data["outcome"], data["reason"]) == (SUCCESS if case.code == 0 else BLOCKED, case.reason)
    assert data["changes_made"] == []


def test_every_action_is_called_again() -> None:
    """No action of the matrix is left out, but for the log's own and the repair that a `list` makes."""
    lines = {each.line[0] for each in AGAIN.values()}
    assert {scene.line[0] for scene in SUCCEED.values()} - {"telemetry", "list"} == lines - {"metadata"}


def test_new_without_an_id_makes_another_task_and_leaves_the_first(project: Project) -> None:
    assert call(project, "new", "--title", "New").code == 0
    first = project.tree()
    done = call(project, "new", "--title", "New", "--output", "json")
    assert done.json["task"]["id"] == "new-2"
    assert project.tree().items() >= first.items()
    assert len(project.tree()) == len(first) + 1


def test_record_without_an_id_is_another_attempt_and_leaves_the_first(project: Project) -> None:
    recorded(project)
    (first,) = attempts_of(project)
    assert call(project, *RECORD).code == 0
    attempts = attempts_of(project)
    assert attempts[0] == first
    assert len(attempts) == 2
    assert attempts[1]["id"] != first["id"]


def test_a_plan_has_the_same_id_again(project: Project) -> None:
    project.task("fix")
    plans = [call(project, "plan", "--output", "json").json for _ in range(2)]
    assert plans[0] == plans[1]
    kept = [data["plan_id"] for data in told(project)]
    assert kept == [plans[0]["plan_id"]] * 2


def test_edit_with_the_same_text_writes_nothing(project: Project) -> None:
    project.task("fix")
    tree = project.tree()
    assert project.run("edit", "fix", env={"EDITOR": "true"}).code == 0
    assert project.tree() == tree
    (data,) = told(project)
    assert (data["outcome"], data["reason"]) == (SUCCESS, "unchanged")


def test_next_claim_again_takes_another_task_or_says_that_none_is_left(project: Project) -> None:
    project.task("one")
    project.task("two")
    ids = [call(project, "next", "--claim", "--output", "plain").out.split()[0] for _ in range(2)]
    assert sorted(ids) == ["one", "two"]
    tree = project.tree()
    third = call(project, "next", "--claim")
    assert third.code != 0
    assert project.tree() == tree


# The end of a task


def completions(project: Project) -> list[dict[str, Any]]:
    return [event for event in events_of(project) if event["type"] == COMPLETION]


def attempted(project: Project) -> None:
    """A task that can be completed, tried twice."""
    finishable(project)
    for status in ("failed", "completed"):
        line = ("record", "fix", "--status", status, "--tool", "claude-code", "--duration-seconds", "1")
        assert call(project, *line).code == 0
    assert completions(project) == []


@pytest.mark.parametrize(
    "line",
    [
        ("complete", "fix"),
        ("move", "fix", "canceled"),
        ("update", "fix", "--meta", "state=done"),
        ("release", "fix", "--force"),
    ],
    ids=" ".join,
)
def test_a_task_that_ends_is_told_once(project: Project, line: tuple[str, ...]) -> None:
    attempted(project)
    if line[0] == "release":
        assert call(project, "move", "fix", "ready").code == 0
        file = project.root / project.path()
        file.write_text(file.read_text().replace("- [x] Done", "- [ ] Done"))
        assert call(project, "pickup", "fix").code == 0
    assert call(project, *line).code == 0
    (event,) = completions(project)
    shown = call(project, "telemetry", "completion", "fix", "--output", "json").json
    assert shown == {"id": event["id"], "subject": "fix", **event["data"]["completion"]}
    told = event["data"]["completion"]
    assert (told["outcome"], told["retry_count"], told["harness"]) == ("success", 1, "claude_code")
    assert (event["subject"], event["data"]["outcome"]) == ("fix", "success")
    call(project, *line)
    assert completions(project) == [event]


def test_a_task_that_nobody_tried_has_no_completion(project: Project) -> None:
    finishable(project)
    assert call(project, "complete", "fix").code == 0
    assert completions(project) == []


def test_a_write_that_is_not_confirmed_is_partial(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file has changed, so that the event must not say that it hasn't."""
    project.task("fix")
    real, synced = os.fsync, []

    def failing(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:  # the content, then the directory
            raise OSError(5, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    assert call(project, "update", "fix", "--meta", "size=xl").code == 6
    assert project.get("fix").get("size") == "xl"
    (data,) = told(project)
    assert (data["outcome"], data["reason"]) == (PARTIAL, "io")


# Many at once

LOSERS = {1, 3, 4}  # what the others may be told: that it is done, gone, or somebody else's


@pytest.mark.parametrize(
    "name", some([name for name in AGAIN if name not in READING | {"run"}], 4)
)  # test_run_failures
def test_four_at_once_do_it_once(project: Project, name: str) -> None:
    """One of them makes the change; the files are those of one call, and the others say what they found."""
    case = AGAIN[name]
    case.before(project)
    since = len(events_of(project))
    ends = at_once(project, *([[*case.line, "--lock-timeout", "60"]] for _ in range(4)))
    codes = sorted(done.code for done in ends)
    assert codes[0] == 0, ends
    if case.code == 0:
        assert codes == [0, 0, 0, 0], ends
    else:
        assert codes.count(0) == 1, ends
        assert set(codes[1:]) <= LOSERS, ends
    events = told(project, since)
    assert len(events) == 4
    changing = [data for data in events if data["changes_made"]]
    assert len(changing) == 1, changing
    tree = project.tree()
    assert not [path for path in tree if ".tasks-" in path]
    again = call(project, *case.line)
    assert again.code == case.code
    assert project.tree() == tree


@pytest.mark.parametrize("line", [("new", "--title", "New"), RECORD], ids=["new", "record"])
def test_what_adds_one_thing_adds_as_many_as_there_are_callers(
    project: Project, line: tuple[str, ...]
) -> None:
    project.task("fix")
    assert_done(at_once(project, *([[*line, "--lock-timeout", "60"]] for _ in range(4))))
    tasks = [task.id for task in project.store.tasks()]
    ids = [attempt["id"] for attempt in attempts_of(project)]
    assert len(set(tasks)) + len(set(ids)) == len(tasks) + len(ids) == 5
    assert len({data["run_id"] for data in told(project) if data["changes_made"]}) == 4


# The order on disk


@pytest.mark.parametrize("line", [("validate", "--fix"), ("doctor", "--fix"), ("fmt",), ("init", "--yes")])
def test_fixes_give_the_same_bytes_in_whatever_order_files_were_made(
    tmp_path: Path, line: tuple[str, ...]
) -> None:
    trees = []
    for number, order in enumerate((range(12), reversed(range(12)))):
        project = Project(tmp_path / str(number) / "repo")
        project.configure("format = 1\n[labels]\n[milestones]\n[tracks]\n")
        project.git("init", "-q", "-b", "main")
        for each in order:
            text = (
                f"---\ntitle: T{each}\nlabels: [l{each % 5}]\ntrack: way{each % 3}\nmilestone: m{each % 2}\n"
            )
            text += f"id: t{each}\nkind: task\nstate: ready\n---\n"
            project.write(f"tasks/{'10-ready' if each % 2 else '00-idea'}/task-t{each}.md", text)
        assert call(project, *line).code in {0, 1}
        trees.append(
            {
                path: re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"NOW", data)
                for path, data in project.tree().items()
            }
        )
    assert trees[0] == trees[1]


# The page


def rows() -> list[list[str]]:
    """The rows of the page's tables, as cells."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if row[0] != "given" and not set(row[0]) <= set("-")]


needs_page = pytest.mark.skipif(not PAGE.is_file(), reason="the tests run without the repository's docs")


@needs_page
def test_each_row_of_the_page_names_tests_that_exist() -> None:
    missing = []
    for row in rows():
        assert len(row) == 3, row
        named = re.findall(r"`(test_\w+)::(test_\w+)`", row[2])
        assert named, row
        missing += [each for each in named if each not in functions_of(each[0])]
    assert missing == []


@cache
def functions_of(module: str) -> set[tuple[str, str]]:
    """The tests of a module's name, which may stand in several rooms."""
    trees = [ast.parse(file.read_bytes()) for file in TESTS.rglob(f"{module}.py")]
    return {(module, node.name) for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


@needs_page
def test_the_page_has_every_command_that_changes_something() -> None:
    given = " ".join(row[0] for row in rows())
    reads = {
        "list",
        "show",
        "metadata get",
        "tree",
        "log",
        "search",
        "stats",
        "attempts",
        "export",
        "report",
        "schema",
        "help",
        "next",
    }
    reads |= {"completion", "board", "web"}  # what is done on the boards are other commands' changes
    for name in COMMANDS.keys() - reads - ALIASES.keys():
        if not name.startswith("telemetry ") or name in {"telemetry push", "telemetry compact"}:
            assert re.search(rf"`{name}(?: [^`]*)?`", given), name
