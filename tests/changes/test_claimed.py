"""Changes of claimed tasks: they are their holder's, and the claim lives and ends with its task."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from support.project import NOON, Project, store
from taskfiles import Store, TaskfilesError
from taskfiles.changes.claims import moving_claim
from taskfiles.changes.mutate import mutate
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.store.claims import find_lease, put_lease
from taskfiles.task.claim import new_lease


def sets(**values: Any) -> Any:
    return lambda draft: draft.values.update(values)


def claim(project: Project, task_id: str = "a", seconds: float = 60) -> None:
    put_lease(store(project), new_lease(task_id, "ana", NOON, seconds, "claim-ana"))


def as_ana(project: Project) -> Store:
    return Store(project.root, now=lambda: NOON + timedelta(seconds=30), claims=["claim-ana"])


def test_a_claimed_task_is_its_holder_s_who_thereby_renews_the_claim(project: Project) -> None:
    project.task("a")
    claim(project)
    with pytest.raises(TaskfilesError) as caught:
        mutate(store(project), "a", sets(size="xl"))
    assert caught.value.code == "claimed"
    before = find_lease(store(project), "a")
    assert mutate(as_ana(project), "a", sets(size="xl"), dry_run=True).changed
    assert find_lease(store(project), "a") == before
    assert mutate(as_ana(project), "a", sets(size="xl")).changed
    lease = find_lease(store(project), "a")
    assert lease is not None
    assert (lease.by, lease.until) == ("ana", NOON + timedelta(seconds=90))


@pytest.mark.parametrize(("state", "stays"), [("canceled", False), ("in-progress", True)])
def test_a_claim_ends_with_its_task(project: Project, state: str, stays: bool) -> None:
    project.task("a")
    claim(project)
    mutate(as_ana(project), "a", sets(state=state))
    assert (find_lease(store(project), "a") is not None) is stays


def test_a_claim_ends_where_its_task_is_deleted(project: Project) -> None:
    project.task("a")
    claim(project)
    mutate_all(as_ana(project), {}, removals=["a"], action="test")
    assert find_lease(store(project), "a") is None


def test_a_claim_goes_along_with_a_new_id(project: Project) -> None:
    project.task("a")
    claim(project)
    with moving_claim(as_ana(project), "a", "b"):
        assert all(find_lease(store(project), name) for name in "ab")
    lease = find_lease(store(project), "b")
    assert (find_lease(store(project), "a"), lease and lease.by) == (None, "ana")
    with moving_claim(as_ana(project), "c", "d"):  # claimed by nobody
        assert find_lease(store(project), "d") is None


def test_a_claim_stays_where_it_was_if_the_new_id_comes_to_nothing(project: Project) -> None:
    project.task("a")
    claim(project)
    with pytest.raises(ZeroDivisionError), moving_claim(as_ana(project), "a", "b"):
        raise ZeroDivisionError
    assert find_lease(store(project), "a") is not None
    assert find_lease(store(project), "b") is None
    with pytest.raises(TaskfilesError) as caught, moving_claim(store(project), "a", "b"):
        raise AssertionError("only its holder may carry it")
    assert caught.value.code == "claimed"
