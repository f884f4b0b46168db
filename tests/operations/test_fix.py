"""`validate --fix` and `doctor --fix`: rule by rule, the same whatever the order on disk, and done once."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.doctor_report import look
from support.in_process import call
from support.layouts import make_project
from support.project import BODY, Project
from taskfiles import FINDINGS, validate
from taskfiles.doctor.check import Scene
from taskfiles.doctor.checks import CHECKS
from taskfiles.operations.fix import MISPLACED, Fixes, fix
from taskfiles.store.index import writing as indexing
from taskfiles.task.layout import DIRECTORIES, FLAT, LAYOUTS, STATES
from taskfiles_cli.render.remedies import REMEDIES

MOVABLE = {
    ("wrong-directory", STATES): ("tasks/30-done/task-a.md", "tasks/10-ready/task-a.md"),
    ("wrong-name", STATES): ("tasks/10-ready/story-b.md", "tasks/10-ready/task-a.md"),
    ("wrong-name", FLAT): ("tasks/web/task-a.md", "tasks/web/a.md"),
}
SET = {"missing-completed-at"}  # see below


def text(task_id: str, kind: str = "task", state: str = "ready") -> str:
    return f"---\nid: {task_id}\ntitle: T\nkind: {kind}\nstate: {state}\n---\n{BODY}"


def codes(project: Project) -> set[str]:
    return {row["code"] for row in call(project, "validate", "--output", "json").json["findings"]}


def test_every_rule_that_can_be_fixed_has_its_row() -> None:
    named = {code for code in FINDINGS if "validate --fix" in REMEDIES.get(f"finding.{code}", "")}
    assert named == {code for code, _ in MOVABLE} | SET
    fixed = {name for name, check in CHECKS.items() if check.fix is not None}
    assert fixed == {"leftovers"} | FIXED.keys()  # of the first: test_doctor


@pytest.mark.parametrize(("code", "layout"), MOVABLE)
def test_a_rule_is_fixed_once_and_the_second_run_says_so(project: Project, code: str, layout: str) -> None:
    path, target = MOVABLE[code, layout]
    project.write(path, text("a"))
    assert code in codes(project)
    dry = call(project, "validate", "--fix", "--dry-run")
    assert f"Would move {path} to {target}" in dry.err
    assert list(project.tree()) == [path]
    first = call(project, "validate", "--fix")
    assert f"Moved {path} to {target}\n" in first.err
    tree = project.tree()
    assert tree == {target: text("a").encode()}
    assert not codes(project)
    second = call(project, "validate", "--fix")
    assert (second.code, second.err) == (0, "Nothing to fix.\n")
    assert project.tree() == tree


def damage_index(project: Project) -> None:
    project.task("a")
    directory = Scene(str(project.root), project.store).index
    assert directory is not None
    indexing.save_base(directory, str(project.root), {})
    base = Path(directory, "base")
    base.write_bytes(base.read_bytes()[:-10])


def use_undeclared(project: Project) -> None:
    project.configure("[labels]\n")
    project.task("a", labels="[x]")


def kill_a_run(project: Project) -> None:
    project.task("a")
    assert project.run("run", "a", "--", "sh", "-c", "kill -KILL $PPID").code == -signal.SIGKILL


FIXED = {"index": damage_index, "declarations": use_undeclared, "attempts": kill_a_run}


@pytest.mark.parametrize(("check", "arrange"), FIXED.items())
def test_a_check_is_fixed_once_and_the_second_run_says_so(
    project: Project, check: str, arrange: Callable[[Project], None]
) -> None:
    arrange(project)
    found = look(project).json["results"]
    assert {row["check"] for row in found if row["status"] == "wrong"} == {check}
    first = look(project, "--fix")
    assert (first.code, first.json["summary"]["fixed"]) == (0, 1)
    tree = project.tree()
    second = look(project, "--fix")
    assert (second.code, second.json["summary"]["fixed"]) == (0, 0)
    assert project.tree() == tree


def test_a_place_that_a_move_makes_free_is_used_in_the_same_run(project: Project) -> None:
    project.write(project.path("a"), text("b"))
    project.write(project.path("b"), text("c"))
    project.write(project.path("c"), text("d"))
    dry = fix(project.store, dry_run=True).made
    assert fix(project.store).made == dry
    assert [move.id for move in dry.done] == ["d", "c", "b"]
    assert list(project.tree()) == [project.path(task_id) for task_id in "bcd"]
    assert not fix(project.store).changes


def test_files_in_each_others_places_and_twins_are_left(project: Project) -> None:
    project.write(project.path("b"), text("a"))
    project.write(project.path("a"), text("b"))
    project.write(project.path("x"), text("c"))
    project.write(project.path("y"), text("c"))
    tree = project.tree()
    done = fix(project.store)
    assert not done.changes
    assert project.tree() == tree
    assert "wrong-name" in codes(project)
    assert {each.path: each.code for each in done.made.left} == {
        project.path("a"): "path-taken",
        project.path("b"): "path-taken",
        project.path("x"): "duplicate-id",
        project.path("y"): "duplicate-id",
    }


FILES = st.lists(
    st.tuples(
        st.sampled_from(["", *(f"{each}/" for each in sorted(DIRECTORIES.values()))]),
        st.sampled_from(["task-a.md", "task-b.md", "task-c.md", "story-a.md", "a.md", "b.md", "other.md"]),
        st.sampled_from(
            [
                *(text(task_id, kind) for task_id in "abc" for kind in ("task", "story")),
                *(text(task_id, state=state) for task_id in "ab" for state in ("idea", "canceled", "wrong")),
                "---\nid: a\ntitle: 'A\n---\n",
                "---\ntitle: no id\n---\n",
                "no frontmatter\n",
            ]
        ),
    ),
    max_size=6,
    unique_by=lambda file: file[:2],
)


def assert_left_is_what_is_wrong(project: Project, fixes: Fixes) -> None:
    """Whatever is misplaced afterwards was named as left, and its finding says why; nothing else was."""
    found = [finding for finding in validate(project.store).findings if finding.code in MISPLACED]
    left = {each.path: each for each in fixes.left}
    assert {finding.path for finding in found} == {each.path for each in fixes.left}
    for finding in found:
        assert left[finding.path].reason in finding.hint
        assert "moves it" not in finding.hint


@pytest.mark.slow
@given(layout=st.sampled_from(LAYOUTS), files=FILES, order=st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_any_set_of_files_comes_to_one_end_in_one_run(
    layout: str, files: list[tuple[str, str, str]], order: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shuffled = list(files)
    order.shuffle(shuffled)
    results = []
    for number, ordered in enumerate((files, shuffled)):
        project = Project(tmp_path_factory.mktemp("fix") / str(number))
        make_project(project.root, layout)
        for directory, name, content in ordered:
            project.write(f"tasks/{directory}{name}", content)
        before = sorted(project.tree().values())
        would = fix(project.store, dry_run=True).made
        done = fix(project.store).made
        assert would == done
        tree = project.tree()
        assert sorted(tree.values()) == before
        assert not fix(project.store).changes
        assert_left_is_what_is_wrong(project, done)
        assert project.tree() == tree
        results.append((done, tree))
    assert results[0] == results[1]


# Tasks that were completed by hand

DAYS = {
    "git": "2025-11-05T09:00:00Z",
    "updated_at": "2025-11-04T08:00:00.000Z",
    "added": "2025-11-03T07:00:00Z",
}


def by_hand(state: str, extra: str = "", task_id: str = "a") -> str:
    return text(task_id, state=state).replace("---\n\n", f"{extra}---\n\n", 1)


def commit_at(project: Project, moment: str) -> None:
    project.git("add", "-A")
    project.env |= {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
    project.git("commit", "-q", "-m", "x")


def arrange_history(project: Project, case: str) -> str | None:
    """Make a done task without `completed_at`; give the instant that a fix has to find, None if none can."""
    updated = f"updated_at: {DAYS['updated_at']}\n"
    if case == "nothing":
        project.write(project.path("a"), by_hand("done"))
        return None
    if case == "updated":
        project.write(project.path("a"), by_hand("done", updated))
        return DAYS["updated_at"]
    if case == "added":
        project.write(project.path("a"), by_hand("done"))
        commit_at(project, DAYS["added"])
        return DAYS["added"]
    if case == "added and updated":
        project.write(project.path("a"), by_hand("done", updated))
        commit_at(project, DAYS["added"])
        return DAYS["updated_at"]
    if case == "reopened by hand since":
        project.write(project.path("a"), by_hand("ready"))
        commit_at(project, DAYS["added"])
        project.write(project.path("a"), by_hand("done"))
        commit_at(project, "2025-11-03T08:00:00Z")
        project.write(project.path("a"), by_hand("ready"))
        commit_at(project, "2025-11-03T09:00:00Z")
        project.write(project.path("a"), by_hand("done", updated))
        return DAYS["updated_at"]
    project.write(project.path("a"), by_hand("ready", updated))
    commit_at(project, DAYS["added"])
    project.write(project.path("a"), by_hand("done", updated))
    if case == "moved with it":
        (project.root / project.path("a")).rename(project.root / "tasks/task-a b.md")
    commit_at(project, DAYS["git"])
    if case == "moved after":
        (project.root / project.path("a")).rename(project.root / "tasks/30-done-a.md")
        commit_at(project, "2025-11-06T09:00:00Z")
        (project.root / "tasks/30-done-a.md").write_text(by_hand("done", updated) + "More.\n")
        commit_at(project, "2025-11-07T09:00:00Z")
    return DAYS["git"]


HISTORIES = (
    "nothing",
    "updated",
    "added",
    "added and updated",
    "reopened by hand since",
    "committed",
    "moved with it",
    "moved after",
)


@pytest.mark.parametrize("case", HISTORIES)
def test_a_task_completed_by_hand_gets_its_instant_from_git_or_updated_at(
    project: Project, case: str
) -> None:
    instant = arrange_history(project, case)
    assert "missing-completed-at" in codes(project)
    first = call(project, "validate", "--fix", "--output", "json")
    said = [json.loads(line) for line in first.err.splitlines()]
    (row,) = call(project, "list", "--output", "json").json
    assert row["completed_at"] == instant
    if instant is None:
        left = [(each["left"]["code"], each["left"]["path"]) for each in said if "left" in each]
        assert left == [("missing-completed-at", row["path"])]
        assert codes(project) >= {"missing-completed-at"}
        assert row["path"] == project.path("a", "done")
    else:
        (fixed,) = (each["fixed"] for each in said if "fixed" in each)
        assert fixed["completed_at"] == instant
        assert fixed["taken_from"].partition(":")[0] == (
            "updated_at" if instant == DAYS["updated_at"] else "git"
        )
        assert row["path"] == project.path("a", "done", completed_at=instant)
    assert row["updated_at"] in {None, DAYS["updated_at"]}
    again = call(project, "validate", "--fix")
    assert "Set completed_at of" not in again.err
    assert not codes(project) & {"wrong-name", "wrong-directory"}


@pytest.mark.parametrize("command", [("complete", "a"), ("move", "a", "done")])
@pytest.mark.parametrize("case", ["nothing", "updated", "committed"])
def test_complete_sets_the_instant_too_and_says_from_where(
    project: Project, case: str, command: tuple[str, ...]
) -> None:
    instant = arrange_history(project, case)
    answer = call(project, *command, "--output", "json").json
    source = {"nothing": "now", "updated": "updated-at", "committed": "git"}[case]
    assert f"completed-at-from-{source}" in answer["applied_rules"]
    assert instant in {None, answer["task"]["completed_at"]}
    assert answer["task"]["path"] == project.path("a", "done", completed_at=answer["task"]["completed_at"])
    assert "missing-completed-at" not in codes(project)
    assert call(project, *command, "--output", "json").json["changed"] is False
    call(project, "undo")
    assert "Set completed_at of a to 20" in call(project, *command).out
