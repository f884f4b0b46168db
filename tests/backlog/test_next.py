"""What is ready, in which order, why, and what goes together."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import DONE, PRIORITIES, backlogs, conflict, make_task
from support.in_process import call
from support.project import BODY, Project
from taskfiles import Backlog, Task, choose_next, find_obstacles
from taskfiles.backlog.ranking import LEVELS, WEIGHTS, rank_tasks
from taskfiles.task.words import Ambiguity, ExecutorLevel, Isolation, Priority, Size

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)


def obstacles(task: Task, *others: Task) -> list[tuple[str, str | None]]:
    return [(each.code, each.other) for each in find_obstacles(task, Backlog([task, *others]))]


# Readiness


@pytest.mark.parametrize(
    ("task", "others", "expected"),
    [
        (make_task("a"), [], []),
        (make_task("a", state="idea"), [], [("state", None)]),
        (make_task("a", state="in-progress"), [], [("state", None)]),
        (make_task("a", blocked="waits"), [], [("blocked", None)]),
        (make_task("a", blocked=" "), [], []),
        (make_task("a", depends_on=["b"]), [make_task("b")], [("dependency", "b")]),
        (make_task("a", depends_on=["b"]), [make_task("b", **DONE)], []),
        (make_task("a", depends_on=["b"]), [], [("dependency", "b")]),
        (make_task("a", depends_on=["b"]), [make_task("b", state="canceled")], [("dependency", "b")]),
        (make_task("a"), [make_task("b", blocks=["a"])], [("dependency", "b")]),
        (make_task("a"), [make_task("b", blocks=["a"], **DONE)], []),
        (make_task("a", depends_on=["b", "b"]), [], [("dependency", "b")]),
        (make_task("a", body="\n## Overview\n"), [], [("criteria", None)]),
        (make_task("a", body="\n## Acceptance Criteria\n\n- no box\n"), [], [("criteria", None)]),
        (make_task("a", body="\n## Notes\n\n- [ ] elsewhere\n"), [], [("criteria", None)]),
        (make_task("a", children=["b"]), [make_task("b")], [("children", None)]),
        (make_task("a"), [make_task("b", parent="a")], [("children", None)]),
        (make_task("a", children=["gone"]), [], []),
        (make_task("a", priority="hihg"), [], [("invalid", None)]),
        (make_task("a"), [make_task("a", path="tasks/00-idea/task-a.md")], [("duplicate-id", None)]),
        (make_task("a", state="idea", blocked="x"), [], [("state", None), ("blocked", None)]),
    ],
)  # fmt: skip
def test_obstacles(task: Task, others: list[Task], expected: list[tuple[str, str | None]]) -> None:
    assert obstacles(task, *others) == expected


def test_obstacles_are_told_in_words() -> None:
    task = make_task("a", blocked="waits for Bo", depends_on=["b", "c"], body="")
    told = [each.message for each in find_obstacles(task, Backlog([task, make_task("b", state="idea")]))]
    assert told == [
        "it is blocked: waits for Bo",
        "it depends on b, which is not done but idea",
        "it depends on c, which does not exist",
        "its Acceptance Criteria hold no checkbox",
    ]


# Ranking


def order(*tasks: Task, **settings: Any) -> list[str]:
    return [each.task.id for each in rank_tasks(tasks, Backlog(tasks), **settings)]


def test_the_table_has_every_word() -> None:
    words = {"priority": Priority, "size": Size, "ambiguity": Ambiguity, "isolation": Isolation}
    for part, kind in words.items():
        assert WEIGHTS[part].keys() == {word.value for word in kind}
    assert len(WEIGHTS["executor"]) == len(LEVELS) == len(ExecutorLevel)


def test_a_step_of_priority_outweighs_all_else() -> None:
    steps = [low - high for high, low in pairwise(WEIGHTS["priority"].values())]
    others = sum(max(weights.values()) for part, weights in WEIGHTS.items() if part != "priority")
    assert all(-step > others for step in steps)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"priority": "urgent", "size": "xl"}, {"priority": "high", "size": "tiny"}),
        ({"size": "small"}, {"size": "medium"}),
        ({"ambiguity": "low"}, {"ambiguity": "medium"}),
        ({"isolation": "isolated"}, {"isolation": "module"}),
        ({"updated_at": "2026-01-01T00:00:00Z"}, {"updated_at": "2026-01-22T00:00:00Z"}),
        ({"executor": "expert"}, {"executor": "standard"}),
        ({"executor": "standard"}, {"executor": "simple"}),
    ],
)
def test_each_part_decides_where_the_others_are_equal(first: dict[str, str], second: dict[str, str]) -> None:
    settings: dict[str, Any] = {"now": NOON, "executor": "expert"}
    assert order(make_task("b", **first), make_task("a", **second), **settings) == ["b", "a"]


def test_an_epic_in_flight_goes_on_first() -> None:
    tasks = [
        make_task("moving", kind="epic", children=["story"]),
        make_task("story", kind="story", children=["b", "c"]),
        make_task("still", kind="epic", children=["a"]),
        make_task("a"),
        make_task("b"),
        make_task("c", state="in-progress"),
    ]
    choice = choose_next(tasks)
    assert [each.task.id for each in choice.candidates] == ["b", "a"]
    told = {each.task.id: each.reasons[1] for each in choice.candidates}
    assert told["b"] == ("epic", 30, "epic moving is in flight")
    assert told["a"] == ("epic", 0, "epic still has not been started")


def test_a_circle_of_parents_is_no_epic() -> None:
    tasks = [make_task("a", parent="x"), make_task("x", parent="y"), make_task("y", parent="x")]
    assert [each.task.id for each in choose_next(tasks).candidates] == ["a"]


def test_a_deep_hierarchy_is_walked() -> None:
    tasks = [make_task(f"t{n}", parent=f"t{n + 1}") for n in range(5000)]
    assert [each.task.id for each in choose_next(tasks).candidates] == ["t0"]


@given(backlogs())
def test_ranks_are_a_total_order(tasks: list[Task]) -> None:
    choice = choose_next(tasks, now=NOON, count=100)
    ranked = [(each.score, each.task.id) for each in choice.candidates]
    assert ranked == sorted(ranked, key=lambda pair: (-pair[0], pair[1]))
    assert [each.rank for each in choice.candidates] == list(range(1, len(ranked) + 1))
    levels = [PRIORITIES.index(each.task.get("priority")) for each in choice.candidates]
    assert levels == sorted(levels, reverse=True)
    for each in choice.candidates:
        assert [reason.part for reason in each.reasons] == list(WEIGHTS)
        assert sum(reason.points for reason in each.reasons) == each.score
    assert choose_next(tasks[::-1], now=NOON, count=100) == choice
    assert {each.task.id for each in choice.candidates} == {
        task.id for task in tasks if not find_obstacles(task, Backlog(tasks))
    }


# Choosing


def test_executor_leaves_out_what_asks_for_more() -> None:
    tasks = [make_task(level.replace("_", "-"), executor=level) for level in ExecutorLevel]
    chosen = {
        level: [each.task.id for each in choose_next(tasks, executor=level).candidates]
        for level in ExecutorLevel
    }
    assert chosen == {
        "simple": ["simple"],
        "standard": ["standard", "simple"],
        "expert": ["expert", "standard", "simple"],
        "human_review": ["human-review", "expert", "standard", "simple"],
    }


def test_max_size_and_what_others_hold() -> None:
    tasks = [make_task(size, size=size) for size in Size]
    assert [each.task.id for each in choose_next(tasks, max_size="small").candidates] == ["tiny", "small"]
    assert choose_next(tasks, held={"tiny"}).selected == ["small"]


@given(backlogs(), st.integers(1, 4))
def test_what_is_selected_goes_together(tasks: list[Task], count: int) -> None:
    choice = choose_next(tasks, parallelize=count)
    ranked = {each.task.id: each.task for each in choose_next(tasks, count=100).candidates}
    selected = [ranked[task_id] for task_id in choice.selected]
    assert len(selected) <= count
    assert not any(conflict(one, other) for one in selected for other in selected if one is not other)
    skipped = {each.id: each for each in choice.skipped}
    for task_id, task in list(ranked.items())[: len(selected) + len(skipped)]:
        assert (task_id in choice.selected) != (task_id in skipped)
        if task_id in skipped:
            assert skipped[task_id].conflict in conflict(task, ranked[skipped[task_id].other])
            assert skipped[task_id].other in choice.selected
    if len(selected) < count:
        assert len(selected) + len(skipped) == len(ranked)


# The command


@pytest.fixture
def queue(project: Project) -> Project:
    project.task("epic", kind="epic", children="[navbar, footer]", state="ready")
    project.task("navbar", priority="high", size="small", touches="[src/web/**]")
    project.task("footer", touches="[src/web/footer.css]", executor="simple")
    project.task("feed", touches="[src/feed]", isolation="isolated", size="tiny")
    project.task("search", state="in-progress")
    project.task("waits", depends_on="[search]")
    return project


def test_the_best_comes_first_with_its_reasons(queue: Project) -> None:
    done = call(queue, "next", "--output", "json")
    assert done.code == 0
    assert list(done.json) == ["candidates", "selected", "skipped"]
    assert done.json["selected"] == ["navbar"]
    first = done.json["candidates"][0]
    assert (first["rank"], first["id"], first["score"]) == (1, "navbar", 332)
    assert first["reasons"][0] == {"part": "priority", "points": 300, "reason": "priority high"}
    assert [each["id"] for each in done.json["candidates"]] == ["navbar", "feed", "footer"]


def test_next_writes_nothing(queue: Project) -> None:
    before = queue.tree()
    assert call(queue, "next").code == 0
    assert call(queue, "plan").code == 0
    assert queue.tree() == before


def test_plain_is_ids(queue: Project) -> None:
    assert call(queue, "next", "-o", "plain").out == "navbar\nfeed\nfooter\n"
    assert call(queue, "next", "--count", "1", "-o", "plain").out == "navbar\n"
    assert call(queue, "next", "--parallelize", "2", "-o", "plain").out == "navbar\nfeed\n"
    assert call(queue, "next", "--executor", "SIMPLE", "-o", "plain").out == "footer\n"
    assert call(queue, "next", "--max-size", "tiny", "-o", "plain").out == "feed\n"


def test_what_is_passed_over_is_named_with_the_conflict(queue: Project) -> None:
    answer = call(queue, "next", "--parallelize", "3", "-o", "json").json
    assert answer["selected"] == ["navbar", "feed"]
    assert answer["skipped"] == [
        {"id": "footer", "conflict": "touches:src/web/**|src/web/footer.css", "with": "navbar"}
    ]


def test_broken_files_are_named(queue: Project) -> None:
    queue.write(
        "tasks/10-ready/task-odd.md", f"---\nid: odd\ntitle: Odd\nstate: ready\npriority: hihg\n---\n{BODY}"
    )
    queue.write("tasks/10-ready/task-bad.md", "---\nid: bad\n")
    for command in ("next", "plan"):
        done = call(queue, command, "-o", "plain")
        assert "odd" not in done.out
        assert "task-odd.md:5:11: error[unknown-value]" in done.err
        assert "task-bad.md:1:1: error[" in done.err


def test_an_empty_queue_is_no_error(project: Project) -> None:
    done = call(project, "next")
    assert (done.code, done.out, done.err) == (0, "There is no task to begin.\n", "")


def test_what_is_beyond_the_limits_is_counted(project: Project) -> None:
    project.task("a", executor="expert")
    project.task("b", size="xl")
    done = call(project, "next", "--executor", "standard", "--max-size", "small")
    assert done.out == "There is no task to begin.\n"
    assert done.err == "2 more are ready and beyond what --executor or --max-size allows.\n"


def test_an_empty_queue_says_what_there_is_instead(project: Project) -> None:
    project.task("s", kind="story", children="[a]", state="idea")
    project.task("a", state="idea")
    assert call(project, "next").err == "1 is in state idea; `tasks move ID ready` makes one ready.\n"
    assert "`tasks move ID ready`" in call(project, "plan").err
    project.task("b")
    assert call(project, "pickup", "b", "--by", "ada").code == 0
    (project.root / "tasks/20-in-progress/task-b.md").unlink()
    project.task("b")  # as another worktree still sees it
    done = call(project, "next")
    assert done.out == "There is no task to begin.\n"
    assert done.err.startswith("1 is claimed by others; `tasks doctor` says by whom.\n")


def test_titles_stay_on_one_line(project: Project) -> None:
    project.task("a", title='"First\\nSecond \\e[31m"')
    for command in ("next", "plan"):
        assert "a  First Second \\x1b[31m\n" in call(project, command).out
