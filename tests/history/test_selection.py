"""Which entries of a log are asked for: by whom, to which state, of how many changes."""

from __future__ import annotations

from support.backlogs import make_task
from support.in_process import call, ok
from support.project import Project
from taskfiles.history.log import LogEntry
from taskfiles.history.selection import select_entries
from taskfiles.history.versions import Pair

A, DONE = make_task("a"), make_task("a", state="done")
B, B_DONE = make_task("b"), make_task("b", state="done")


def entry(
    run: str | None, by: str | None, pair: Pair, *, commit: str | None = None, time: str = "t"
) -> LogEntry:
    return LogEntry(time, by, "commit" if commit else "journal", commit, None, None, run, pair)


FINISHED = entry("1", "user 0 name ana", Pair(A, DONE))
AS_WELL = entry("1", "user 0 name ana", Pair(B, B_DONE))
EDITED = entry("2", "user 0 session 7", Pair(A, make_task("a", priority="high")))
COMMITTED = entry(None, "Ana", Pair(None, DONE), commit="abc")
GONE = entry(None, "bo", Pair(B_DONE, None), commit="def")
ALL = [FINISHED, AS_WELL, EDITED, COMMITTED, GONE]


def test_nothing_is_left_out_unasked() -> None:
    assert select_entries(ALL) == ALL


def test_people_are_named_as_they_are_shown_or_whole() -> None:
    assert select_entries(ALL, by=["ANA"]) == [FINISHED, AS_WELL, COMMITTED]
    assert select_entries(ALL, by=["user 0 session 7"]) == [EDITED]
    assert select_entries(ALL, by=["bo", "nobody"]) == [GONE]


def test_what_came_to_a_state_is_not_what_was_in_it() -> None:
    assert select_entries(ALL, states=["done"]) == [FINISHED, AS_WELL, COMMITTED]
    assert select_entries(ALL, states=["done", "ready"], by=["ana"]) == [FINISHED, AS_WELL, COMMITTED]
    assert select_entries(ALL, states=["canceled"]) == []


def test_a_change_of_several_tasks_counts_once() -> None:
    assert select_entries(ALL, limit=0) == []
    assert select_entries(ALL, limit=1) == [FINISHED, AS_WELL]
    assert select_entries(ALL, limit=2) == [FINISHED, AS_WELL, EDITED]
    hands = [entry(None, None, Pair(A, DONE), time=time) for time in ("t2", "t1")]
    assert select_entries(hands, limit=1) == hands[:1]


def test_what_was_done_today_and_by_whom(project: Project) -> None:
    for name in ("fix", "other"):
        project.task(name, state="in-progress", body="\n## Acceptance Criteria\n\n- [x] It works\n")
    ana = {"TASKS_ACTOR": "ana"}
    ok(call(project, "done", "fix", env=ana))
    ok(call(project, "update", "other", "-p", "high", env={"TASKS_ACTOR": "bo"}))
    asked = ("log", "--since", "today", "--state", "done", "-o", "json")
    (found,) = ok(call(project, *asked, env={"TASKS_ACTOR": "bo"})).json
    assert (found["id"], found["by"].endswith("name ana")) == ("fix", True)
    assert ok(call(project, *asked, "--by", "me", env=ana)).json == [found]
    assert ok(call(project, *asked, "--by", "me", env={"TASKS_ACTOR": "bo"})).json == []
    assert call(project, "log", "--state", "redy").code == 2
