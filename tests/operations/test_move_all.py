"""Several tasks moved at once: all or none, each refusal named, claims that end, one undo."""

from __future__ import annotations

import pytest

from support.in_process import call, ok
from support.project import BODY, Project
from taskfiles import Caller, Store, TaskfilesError, Update, move_all, pickup, undo, update_all
from taskfiles.operations.update import apply_update
from taskfiles.store.claims import find_lease
from taskfiles.task.claim import is_live

DONE = BODY.replace("[ ]", "[x]")


@pytest.fixture
def three(project: Project) -> Project:
    for name in ("a", "b", "c"):
        project.task(name, body=DONE)
    return project


def states(project: Project) -> dict[str, object]:
    return {task.id: task.state for task in project.store.tasks()}


def test_all_move_in_one_change_with_what_belongs_to_it(three: Project) -> None:
    wanted = Update(set={"priority": "high"})
    done = move_all(
        three.store, ["b", "a", "b"], "canceled", also=lambda draft: apply_update(draft, wanted) and None
    )
    assert [change.after.id for change in done.changes] == ["b", "a"]
    assert states(three) == {"a": "canceled", "b": "canceled", "c": "ready"}
    assert [three.get(each).get("priority") for each in ("a", "b", "c")] == ["high", "high", "normal"]
    again = move_all(three.store, ["b", "a"], "canceled")
    assert not again.changed


def test_one_undo_brings_all_back(three: Project) -> None:
    before, store = three.tree(), Store(three.root, caller=Caller("run-1", "me"))
    move_all(store, ["a", "b", "c"], "done")
    assert set(states(three).values()) == {"done"}
    assert len(undo(store, "run-1").made.records) == 1
    assert three.tree() == before


def test_every_refusal_is_named_and_nothing_is_written(three: Project) -> None:
    three.task("open")
    three.task("half")
    three.task("held", body=DONE)
    ok(call(three, "pickup", "held", "--by", "agent-7"))
    before = three.tree()
    with pytest.raises(TaskfilesError) as refused:
        move_all(three.store, ["a", "held", "open", "half", "gone"], "done", if_match={"a": "old"})
    found = [refused.value, *refused.value.others]
    assert [error.code for error in found] == [
        "claimed",
        "etag-mismatch",
        "incomplete",
        "incomplete",
        "no-such-task",
    ]
    assert three.tree() == before
    with pytest.raises(TaskfilesError, match="begun by itself"):
        move_all(three.store, ["a"], "in-progress")


def test_the_same_change_of_keys_names_every_refusal(three: Project) -> None:
    ok(call(three, "pickup", "a", "--by", "agent-7"))
    ok(call(three, "pickup", "b", "--by", "agent-8"))
    before = three.tree()
    with pytest.raises(TaskfilesError) as refused:
        update_all(three.store, ["a", "b", "c"], Update(set={"priority": "high"}), if_match={"c": "old"})
    found = [refused.value, *refused.value.others]
    assert [error.code for error in found] == ["claimed", "claimed", "etag-mismatch"]
    assert three.tree() == before


def test_a_parent_closes_with_what_is_below_it(three: Project) -> None:
    three.task("top", kind="story", children="[a, b]", body=DONE)
    with pytest.raises(TaskfilesError, match="b below it is open"):
        move_all(three.store, ["top", "a"], "canceled")
    move_all(three.store, ["top", "a", "b"], "canceled")
    assert states(three) == {"a": "canceled", "b": "canceled", "c": "ready", "top": "canceled"}


def test_what_is_given_back_loses_its_claim_or_none_does(three: Project) -> None:
    mine = three.store
    for each in ("a", "b"):
        token = pickup(mine, each, by="ana").made.token
        mine = Store(three.root, claims=[*mine.claims, str(token)])
    pickup(three.store, "c", by="bob")
    before = three.tree()
    with pytest.raises(TaskfilesError) as refused:
        move_all(mine, ["a", "b", "c"], "ready")
    assert (refused.value.code, refused.value.others, three.tree()) == ("claimed", [], before)
    assert all(is_live(lease, mine.now()) for each in ("a", "b", "c") if (lease := find_lease(mine, each)))
    move_all(mine, ["a", "b"], "ready")
    assert states(three) == {"a": "ready", "b": "ready", "c": "in-progress"}
    assert [find_lease(mine, each) is None for each in ("a", "b", "c")] == [True, True, False]
    assert [three.get(each).get("assignees") for each in ("a", "b", "c")] == [[], [], ["bob"]]
