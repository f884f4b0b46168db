"""`validate --fix` and `doctor --fix`: rule by rule, the same whatever the order on disk, and done once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.doctor_report import look
from support.in_process import call
from support.project import BODY, Project
from taskfiles import FINDINGS
from taskfiles.doctor.check import Scene
from taskfiles.doctor.checks import CHECKS
from taskfiles.operations.validate import fix
from taskfiles.store.index import writing as indexing
from taskfiles.task.names import DIRECTORIES

MOVABLE = {
    "wrong-directory": ("tasks/30-done/task-a.md", "tasks/10-ready/task-a.md"),
    "wrong-name": ("tasks/10-ready/story-b.md", "tasks/10-ready/task-a.md"),
}


def text(task_id: str, kind: str = "task", state: str = "ready") -> str:
    return f"---\nid: {task_id}\ntitle: T\nkind: {kind}\nstate: {state}\n---\n{BODY}"


def codes(project: Project) -> set[str]:
    return {row["code"] for row in call(project, "validate", "--output", "json").json["findings"]}


def test_every_rule_that_can_be_fixed_has_its_row() -> None:
    assert {code for code, spec in FINDINGS.items() if "validate --fix" in spec.hint} == MOVABLE.keys()
    mended = {name for name, check in CHECKS.items() if check.mend is not None}
    assert mended == {"leftovers"} | MENDED.keys()  # of the first: test_doctor


@pytest.mark.parametrize("code", MOVABLE)
def test_a_rule_is_fixed_once_and_the_second_run_says_so(project: Project, code: str) -> None:
    path, target = MOVABLE[code]
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
    assert (second.code, second.err) == (0, "Nothing to move.\n")
    assert project.tree() == tree


def damage_index(project: Project) -> None:
    project.task("a")
    directory = Scene(str(project.root), project.store).index
    assert directory is not None
    indexing.save(directory, str(project.root), None, {}, {})
    base = Path(directory, "base")
    base.write_bytes(base.read_bytes()[:-10])


def use_undeclared(project: Project) -> None:
    project.write("tasks/tasks.toml", "[labels]\n")
    project.task("a", labels="[x]")


def kill_a_run(project: Project) -> None:
    project.task("a")
    assert project.run("run", "a", "--", "sh", "-c", "kill -KILL $PPID").code == -signal.SIGKILL


MENDED = {"index": damage_index, "declarations": use_undeclared, "attempts": kill_a_run}


@pytest.mark.parametrize(("check", "arrange"), MENDED.items())
def test_a_check_is_mended_once_and_the_second_run_says_so(
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
    project.write("tasks/10-ready/task-a.md", text("b"))
    project.write("tasks/10-ready/task-b.md", text("c"))
    project.write("tasks/10-ready/task-c.md", text("d"))
    dry = fix(project.store, dry_run=True).made
    assert fix(project.store).made == dry
    assert [move.id for move in dry] == ["d", "c", "b"]
    assert list(project.tree()) == [f"tasks/10-ready/task-{task_id}.md" for task_id in "bcd"]
    assert not fix(project.store).changes


def test_files_in_each_others_places_and_twins_are_left(project: Project) -> None:
    project.write("tasks/10-ready/task-b.md", text("a"))
    project.write("tasks/10-ready/task-a.md", text("b"))
    project.write("tasks/10-ready/task-x.md", text("c"))
    project.write("tasks/10-ready/task-y.md", text("c"))
    tree = project.tree()
    assert not fix(project.store).changes
    assert project.tree() == tree
    assert "wrong-name" in codes(project)


FILES = st.lists(
    st.tuples(
        st.sampled_from(sorted(DIRECTORIES.values())),
        st.sampled_from(["task-a.md", "task-b.md", "task-c.md", "story-a.md", "other.md"]),
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


@given(files=FILES, order=st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_any_set_of_files_comes_to_one_end_in_one_run(
    files: list[tuple[str, str, str]], order: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shuffled = list(files)
    order.shuffle(shuffled)
    results = []
    for number, ordered in enumerate((files, shuffled)):
        project = Project(tmp_path_factory.mktemp("fix") / str(number))
        (project.root / "tasks").mkdir(parents=True)
        for directory, name, content in ordered:
            project.write(f"tasks/{directory}/{name}", content)
        before = sorted(project.tree().values())
        would = fix(project.store, dry_run=True).made
        done = fix(project.store).made
        assert would == done
        tree = project.tree()
        assert sorted(tree.values()) == before
        assert not fix(project.store).changes
        assert project.tree() == tree
        results.append((done, tree))
    assert results[0] == results[1]
