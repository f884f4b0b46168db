"""The library as Python callers use it: values they give, results they get, the clock they hand in."""

from __future__ import annotations

import ast
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import taskfiles
from support.in_process import call
from support.layouts import in_states
from support.project import Project
from support.syntax import parse
from taskfiles import (
    ERRORS,
    Store,
    TaskfilesError,
    Update,
    create,
    merge_files,
    move,
    pickup,
    record,
    rename,
    review,
    update,
)
from taskfiles.task.words import ExecutionStatus, Priority
from taskfiles_cli.render.remedies import say

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(project: Project) -> Store:
    project.task("fix", updated_at="2025-01-01T00:00:00Z")
    return Store(project.root, now=lambda: NOON)


def test_words_datetimes_and_tuples_are_taken(store: Store) -> None:
    when = datetime(2026, 1, 2, 13, 30, tzinfo=timezone(timedelta(hours=1)))
    wanted = {"priority": Priority.HIGH, "created_at": when, "labels": ("a", "b"), "x_own": {"n": 1}}
    values = update(store, "fix", Update(set=wanted)).changes[0].after.values
    assert values["priority"] == "high"
    assert values["created_at"] == "2026-01-02T12:30:00.000Z"
    assert values["labels"] == ["a", "b"]
    assert values["updated_at"] == "2026-01-02T12:00:00.000Z"


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, b"bytes", datetime(2026, 1, 1), Path("x")],
    ids=lambda value: type(value).__name__,
)
def test_what_yaml_cannot_hold_is_refused(store: Store, project: Project, value: object) -> None:
    before = project.tree()
    with pytest.raises(TaskfilesError) as caught:
        update(store, "fix", Update(set={"x_own": value}))
    assert caught.value.code == "edit-unsafe"
    assert project.tree() == before


@pytest.mark.parametrize(
    "wanted",
    [
        Update(set={"title": "\ud800"}),
        Update(set={"x_own": {"a": ["b\udcff"]}}),
        Update(set={"x_\udcff": 1}),
        Update(sections=[("Overview", "a\udc80\ud800")]),
        Update(sections=[("Over\ud800", "a")]),
    ],
    ids=ascii,
)
def test_what_is_no_text_is_refused(store: Store, project: Project, wanted: Update) -> None:
    """Halves of surrogate pairs, as of arguments that are not UTF-8, have no form in a file."""
    before = project.tree()
    with pytest.raises(TaskfilesError) as caught:
        update(store, "fix", wanted)
    assert caught.value.code == "bad-text"
    with pytest.raises(TaskfilesError) as caught:
        create(store, "Title \ud800")
    assert caught.value.code == "bad-text"
    assert project.tree() == before


def test_depth_is_bounded(store: Store) -> None:
    value: list[object] = []
    for _ in range(5_000):
        value = [value]
    with pytest.raises(TaskfilesError, match="nests too deep"):
        update(store, "fix", Update(set={"x_own": value}))


def test_attempts_take_python_values(store: Store) -> None:
    attempt = {
        "status": ExecutionStatus.FAILED,
        "ended_at": NOON,
        "duration_seconds": 30,
        "executor": {"tool": "t"},
    }
    (attempt_id,) = record(store, "fix", [attempt]).made
    done = review(store, "fix", {"name": "ana", "approved": False})
    assert done.made == attempt_id
    assert done.task is not None
    (recorded,) = done.task.attempts
    assert recorded.started_at == NOON - timedelta(seconds=30)
    assert recorded.reviewer is not None
    assert recorded.reviewer.reviewed_at == NOON


def test_paths_may_be_text(project: Project, store: Store) -> None:
    below = project.root / "tasks" / "10-ready"
    assert Store.find(str(below)).root == Store(str(project.root)).root == project.root


@in_states
def test_the_nearest_project_within_the_work_tree(project: Project, tmp_path: Path) -> None:
    inner = project.root / "deep" / "er"
    inner.mkdir(parents=True)
    assert Store.find(inner).root == project.root
    (tmp_path / "tasks" / "10-ready").mkdir(parents=True)
    (project.root / "tasks" / "10-ready").rmdir()
    with pytest.raises(TaskfilesError) as caught:  # the one above lies beyond the git work tree
        Store.find(inner)
    assert caught.value.code == "no-project"


def test_create_gives_the_task_and_its_parent(store: Store) -> None:
    top = create(store, "Top", keys={"kind": "story"}).changes[0].after
    created, parent = create(store, "Below it", parent=top.id, sections=[("Overview", "Why.")]).changes
    assert parent.after.values["children"] == [created.after.id]
    assert "\n## Overview\n\nWhy.\n\n## Acceptance Criteria\n" in created.after.body


def test_an_insight_brings_its_heading_along(store: Store) -> None:
    body = update(store, "fix", Update(sections=[("Changelog", "- Done")])).changes[0].after.body
    assert body.endswith("\n## Post-Implementation Insights\n\n### Changelog\n\n- Done\n")


def test_typed_reading_refuses_wrong_files(project: Project, store: Store) -> None:
    project.task("odd", priority="hihg")
    task = store.get("odd")
    assert (task.valid, task.get("priority")) == (False, "hihg")
    with pytest.raises(TaskfilesError) as caught:
        assert task.meta
    assert (caught.value.code, caught.value.line, caught.value.column) == ("unreadable-task", 6, 11)


def test_worktrees_share_locks_and_keep_files_apart(project: Project, store: Store, tmp_path: Path) -> None:
    project.git("add", "tasks")
    project.git("commit", "-q", "-m", "tasks")
    project.git("worktree", "add", "-q", str(tmp_path / "other"), "-b", "other")
    other = Store(tmp_path / "other")
    assert other.state == store.state == project.root / ".git" / "tasks"
    update(other, "fix", Update(set={"priority": "low"}))
    assert other.get("fix").get("priority") == "low"
    assert store.get("fix").get("priority") == "normal"


def test_the_example_of_the_package_is_true(project: Project) -> None:
    attempt = "{started_at: 2025-11-02T12:00:00Z, ended_at: 2025-11-02T12:00:09Z, duration_seconds: 9"
    attempt += ", status: completed, executor: {tool: t, model: m1}}"
    project.task("old", state="done", labels="[bug]", execution=f"{{attempts: [{attempt}]}}")
    project.task("fix-login", priority="low")
    lines = [line[4:] for line in str(taskfiles.__doc__).splitlines() if line.startswith("    ")]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=project.root,
        env=project.environment(None),
        capture_output=True,
        text=True,
        check=True,
    )
    first, *diff = done.stdout.splitlines()
    assert first == "old 2025-11-02 12:00:00+00:00 ['m1']"
    assert "+priority: high" in diff
    assert project.get("fix-login").get("priority") == "low"


# Sentences of the library are about Python; the command line says them in its own words


@pytest.mark.parametrize(
    ("work", "argument", "line", "option"),
    [
        (
            lambda s: move(s, "fix", "ready", cascade="done"),
            "cascade",
            "move fix ready --cascade done",
            "--cascade",
        ),
        (lambda s: rename(s, "fix", "Bad_"), "new_id", "rename fix Bad_", "NEW-ID"),
        (lambda s: create(s, "T", task_id="Bad_"), "task_id", "new --title T --id Bad_", "--id"),
        (lambda s: pickup(s, "fix", by=" "), "by", "pickup fix --by \u2028", "--by"),
        (lambda s: pickup(s, "fix", by="a", seconds=0), "seconds", "pickup fix --lease 0s", "--lease"),
        (lambda s: merge_files(s, "fix", prefer="x.md"), "prefer", "merge fix --prefer x.md", "--prefer"),
    ],
)
def test_a_wrong_argument_is_named_as_the_caller_names_it(
    project: Project, work: Callable[[Store], object], argument: str, line: str, option: str
) -> None:
    project.task("fix")
    with pytest.raises(TaskfilesError) as caught:
        work(project.store)
    assert caught.value.code == "bad-value"
    assert caught.value.message.startswith(f"{argument} can't be ")
    told = call(project, *line.split(" "), "--output", "json").error
    assert told["message"].startswith(f"{option} can't be ")
    assert told["hint"] == say(caught.value.hint)


def test_an_error_stays_what_it_is() -> None:
    error = TaskfilesError("bad-value", option="by", given="x", problem="it is none", remedy="Name one.")
    again = pickle.loads(pickle.dumps(error))
    for each in (error, again):
        each.rename_argument({"by": "--by", "other": "--other"})
        assert (each.message, each.hint) == ("--by can't be x: it is none.", "Name one.")
    plain = TaskfilesError("interrupted")
    plain.rename_argument({"by": "--by"})
    assert plain.message == "Interrupted."


def test_sentences_name_no_option() -> None:
    """What a command line does about an error is in the hint."""
    assert not [code for code, spec in ERRORS.items() if "--" in spec.message or "`tasks " in spec.message]
    named = set()
    for file in Path(taskfiles.__file__).parent.rglob("*.py"):
        if not re.search(r"\boption\s*=", file.read_text(encoding="utf-8")):
            continue
        for node in ast.walk(parse(file)):
            if isinstance(node, ast.keyword) and node.arg == "option":
                named.add(str(getattr(node.value, "value", "")))
    assert {"by", "cascade", "new_id"} <= named
    assert not [name for name in named if name.startswith("-") or name.isupper()]
