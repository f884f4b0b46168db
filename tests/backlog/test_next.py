"""What to work on next: who is offered, and what goes together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import backlogs, conflict, make_task
from support.in_process import call, ok
from support.project import BODY, Project
from taskfiles import Filter, Task
from taskfiles.backlog.next import choose_next
from taskfiles.backlog.wire import choice_object
from taskfiles.task.words import ExecutorLevel, Size

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)


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


def test_where_nothing_is_offered_what_waits_for_tasks_below_it_is_named() -> None:
    tasks = [
        make_task("urgent", children=["below"]),
        make_task("below", state="idea"),
        make_task("over", children=["closed"]),
        make_task("closed", state="done"),
        make_task("thought", state="idea", children=["below-it"]),
        make_task("below-it", state="idea"),
    ]
    assert choose_next(tasks).left_out == {"idea": ["below", "below-it"], "children": ["urgent"]}
    assert choose_next([*tasks, make_task("other")]).left_out == {"idea": ["below", "below-it"]}


def test_who_is_not_offered_is_counted_by_the_reason() -> None:
    tasks = [
        make_task("epic", children=["a"]),
        make_task("a"),
        make_task("held"),
        make_task("waits", depends_on=["a"]),
        make_task("blocked", blocked="x"),
        make_task("idea", state="idea"),
        make_task("large", size="xl"),
        make_task("moving", state="in-progress"),
        make_task("lapsed", state="in-progress"),
        make_task("lapsed-waits", state="in-progress", depends_on=["a"]),
    ]
    choice = choose_next(tasks, held={"held"}, lapsed={"lapsed", "lapsed-waits"}, max_size="large")
    assert [each.task.id for each in choice.candidates] == ["a", "lapsed"]
    assert choice.left_out == {
        "blocked": ["blocked"],
        "claimed": ["held"],
        "dependency": ["lapsed-waits", "waits"],
        "idea": ["idea"],
        "in-progress": ["moving"],
        "unfit": ["large"],
    }


def test_only_what_a_filter_matches_is_looked_at() -> None:
    tasks = [
        make_task("epic", kind="epic", children=["story", "own"]),
        make_task("story", kind="story", children=["a", "idea"]),
        make_task("a", labels=["ui"]),
        make_task("idea", state="idea"),
        make_task("own", kind="story"),
        make_task("other", labels=["ui"], isolation="shared"),
    ]

    def find(**wanted: Any) -> tuple[list[str], dict[str, list[str]]]:
        choice = choose_next(tasks, wanted=Filter(**wanted))
        return sorted(each.task.id for each in choice.candidates), choice.left_out

    assert find(parent="epic") == (["a", "own"], {"idea": ["idea"]})  # at any depth
    assert find(parent={"story", "other"}) == (["a", "other"], {"idea": ["idea"]})
    assert find(kind="story") == (["own"], {})
    assert find(label="ui", isolation="module") == (["a"], {})
    assert find(parent="nobody") == ([], {})


def test_what_is_blocked_is_offered_to_who_asks() -> None:
    tasks = [
        make_task("b", blocked="no key"),
        make_task("story", kind="story", children=["below"], blocked="later"),
        make_task("below"),
        make_task("waits", depends_on=["below"], blocked="x"),
    ]
    assert choose_next(tasks).candidates == []
    choice = choose_next(tasks, include_blocked=True)
    assert sorted(each.task.id for each in choice.candidates) == ["b", "below"]
    assert choice.left_out == {"dependency": ["waits"]}
    rows = {each["id"]: each["blocked"] for each in choice_object(choice)["candidates"]}
    assert rows == {"b": "no key", "below": None}


def test_tasks_without_criteria_come_last_or_with_strict_not_at_all() -> None:
    tasks = [make_task("bare", body="", priority="urgent"), make_task("a", priority="low")]
    choice = choose_next(tasks)
    assert [each.task.id for each in choice.candidates] == ["a", "bare"]
    assert choice.candidates[1].reasons[-1][:2] == ("criteria", -600)
    strict = choose_next(tasks, strict=True)
    assert [each.task.id for each in strict.candidates] == ["a"]
    assert strict.left_out == {"criteria": ["bare"]}


def test_a_count_bounds_the_candidates_and_not_who_is_looked_at() -> None:
    tasks = [make_task(name, touches=["src"]) for name in "abcd"]
    assert [each.task.id for each in choose_next(tasks, count=2).candidates] == ["a", "b"]
    choice = choose_next(tasks, count=1, parallelize=2)
    assert [each.task.id for each in choice.candidates] == ["a", "b", "c", "d"]
    assert (choice.selected, [each.id for each in choice.passed_over]) == (["a"], ["b", "c", "d"])


@given(backlogs(), st.integers(1, 4))
def test_what_is_selected_goes_together(tasks: list[Task], count: int) -> None:
    choice = choose_next(tasks, parallelize=count)
    ranked = {each.task.id: each.task for each in choose_next(tasks, count=100).candidates}
    selected = [ranked[task_id] for task_id in choice.selected]
    assert len(selected) <= count
    assert not any(conflict(one, other) for one in selected for other in selected if one is not other)
    skipped = {each.id: each for each in choice.passed_over}
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
    assert list(done.json) == ["candidates", "selected", "passed_over", "skipped"]
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


def test_in_a_pipe_the_ids_of_several_are_printed(queue: Project) -> None:
    for output in ([], ["--output", "ids"], ["-o", "IDS"], ["-o", "plain"]):
        assert call(queue, "next", "--parallelize", "2", *output).out == "navbar\nfeed\n"
    assert call(queue, "next", "-o", "ids").out == "navbar\nfeed\nfooter\n"
    assert call(queue, "next", "--parallelize", "2", "-o", "human").out.endswith("\nTogether: navbar, feed\n")
    assert call(queue, "next").out.startswith("  1. navbar")


def test_filters_of_the_command_line(queue: Project) -> None:
    queue.task("stuck", blocked="no key", labels="[ui]")
    (queue.root / "tasks/tasks.toml").write_text('[views.small]\nsize = "tiny"\n', encoding="utf-8")
    for argv, out in [
        (["--parent", "epic"], "navbar\nfooter\n"),
        (["--kinds", "story"], ""),
        (["--isolation", "isolated"], "feed\n"),
        (["--view", "small"], "feed\n"),
        (["--search", "foot", "--ambiguity", "low"], "footer\n"),
        (["--label", "ui"], ""),
        (["--label", "ui", "--include-blocked"], "stuck\n"),
    ]:
        assert ok(call(queue, "next", "-o", "ids", *argv)).out == out
    shown = ok(call(queue, "next", "--label", "ui", "--include-blocked")).out
    assert "\n     blocked: no key\n" in shown
    assert call(queue, "next", "--kind", "epic").err.startswith("1 has open tasks below it: epic; ")
    assert call(queue, "next", "--kind", "epic", "--label", "ui").out.startswith("No open task matches; ")
    assert "No task has the label “uii”. Did you mean ui?" in call(queue, "next", "--label", "uii").err
    assert call(queue, "next", "--parent", "nope").code == 3
    assert call(queue, "next", "--claim", "--include-blocked").code == 2
    assert ok(call(queue, "next", "--claim", "--parent", "epic", "-o", "plain")).out == "navbar\n"


def test_what_is_passed_over_is_named_with_the_conflict(queue: Project) -> None:
    answer = call(queue, "next", "--parallelize", "3", "-o", "json").json
    assert answer["selected"] == ["navbar", "feed"]
    assert answer["passed_over"] == [
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
        assert "1 other task has errors (tasks/10-ready/task-odd.md)" in done.err
        assert "task-bad.md:1:1: error[" in done.err


def test_an_empty_queue_is_no_error(project: Project) -> None:
    done = call(project, "next")
    first = 'There is no task to begin. `tasks new "Fix the navbar" --state ready` creates one.\n'
    assert (done.code, done.out, done.err) == (0, first, "")


def test_what_is_beyond_the_limits_is_counted(project: Project) -> None:
    project.task("a", executor="expert")
    project.task("b", size="xl")
    done = call(project, "next", "--executor", "standard", "--max-size", "small")
    assert done.out == "There is no task to begin.\n"
    assert done.err == "2 are beyond --executor or --max-size: a, b.\n"


def test_an_empty_queue_says_what_there_is_instead(project: Project) -> None:
    project.task("s", kind="story", children="[a]", state="idea")
    project.task("a", state="idea")
    assert call(project, "next").err == "1 is in state idea: a; `tasks move ID ready` makes one ready.\n"
    assert "`tasks move ID ready`" in call(project, "plan").err
    project.task("b")
    assert call(project, "pickup", "b", "--by", "ada").code == 0
    (project.root / project.path("b", "in-progress")).unlink()
    project.task("b")  # as another worktree still sees it
    done = call(project, "next")
    assert done.out == "There is no task to begin.\n"
    assert done.err.startswith("1 is claimed: b; `tasks show ID` says by whom.\n")


def test_titles_stay_on_one_line(project: Project) -> None:
    project.task("a", title='"First\\nSecond \\e[31m"')
    for command in ("next", "plan"):
        assert "a  First\\nSecond \\x1b[31m\n" in call(project, command).out
