"""Ranks are spaced anew: each state keeps its order, and a second time nothing changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from support.in_process import call
from support.project import Project
from taskfiles.backlog.ranks import STEP, space_ranks
from taskfiles.task.task import Task

RANKS = st.none() | st.integers(-3, 30) | st.floats(-3, 30, allow_nan=False)
TASKS = st.lists(st.tuples(RANKS, st.sampled_from(["ready", "idea", "done"])), max_size=8)


def order(tasks: list[Task], state: str) -> list[str]:
    ranked = [task for task in tasks if task.state == state and task.value("rank") is not None]
    return [task.id for task in sorted(ranked, key=lambda task: (task.value("rank"), task.id))]


def make(rows: list[tuple[float | None, str]]) -> list[Task]:
    return [
        make_task(
            f"t{number}", state=state, rank=rank, **({"commit_message": "m"} if state == "done" else {})
        )
        for number, (rank, state) in enumerate(rows)
    ]


@given(TASKS)
def test_each_state_keeps_its_order_and_ranks_are_a_step_apart(rows: list[tuple[float | None, str]]) -> None:
    tasks = make(rows)
    new = space_ranks(tasks)
    after = make([(new.get(task.path, rank), state) for task, (rank, state) in zip(tasks, rows, strict=True)])
    for state in ("ready", "idea", "done"):
        assert order(after, state) == order(tasks, state)
        ranks = [
            task.value("rank") for task in after if task.state == state and task.value("rank") is not None
        ]
        if state != "done":
            assert sorted(ranks) == [STEP * number for number in range(1, len(ranks) + 1)]
    assert [task.value("rank") for task in after if task.state == "done"] == [
        rank for rank, state in rows if state == "done"
    ]
    assert space_ranks(after) == {}


def test_fmt_spaces_ranks_in_one_change_that_undo_reverts(project: Project) -> None:
    project.task("a", extra="rank: 1.5 # first\n")
    project.task("b", extra="rank: 1.25\n", updated_at="2025-11-02T15:03:00Z")
    project.task("c", extra="rank: high\n")
    project.task("d")
    before = project.tree()
    checked = call(project, "fmt", "--ranks", "--check")
    assert (checked.code, project.tree()) == (1, before)
    done = call(project, "fmt", "--ranks", "-o", "plain")
    assert (done.code, done.out) == (0, "a\nb\n")
    text = (project.root / project.path("a")).read_text()
    assert "rank: 20 # first\n" in text
    assert project.get("b").values["updated_at"] == "2025-11-02T15:03:00Z"
    assert call(project, "fmt", "--ranks").out == "Ranks have room between them already.\n"
    assert call(project, "undo").code == 0
    assert project.tree() == before
    assert call(project, "fmt", "a", "--ranks").code == 2


def test_ranks_of_claimed_tasks_are_spaced_too(project: Project) -> None:
    project.git("init", "-q")
    for name, rank in (("a", 2), ("b", 1)):
        project.task(name, extra=f"rank: {rank}\n")
    assert call(project, "pickup", "a", "--by", "ana").code == 0
    assert call(project, "fmt", "--ranks", "--by", "bob", "-o", "plain").out == "a\nb\n"
