"""A claim is kept alive while an agent is at work, and is nobody's business once it is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from support.project import NOON, Project
from taskfiles import Store
from taskfiles.operations.pickup import pickup
from taskfiles.run.renewer import LeaseRenewer
from taskfiles.store.claims import find_lease
from taskfiles.task.claim import Lease


class Clock:
    """A clock that is moved by hand."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def holder(project: Project, clock: Clock) -> Store:
    """The store of a holder of `fix` for half an hour."""
    project.task("fix")
    store = Store(project.root, now=clock)
    store.claims = [pickup(store, "fix", by="me").made.token or ""]
    return store


def lease(store: Store) -> Lease:
    found = find_lease(store, "fix")
    assert found is not None
    return found


def test_a_renewal_gives_the_claim_its_length_again(holder: Store, clock: Clock) -> None:
    clock.now += timedelta(minutes=20)
    LeaseRenewer(holder, "fix").renew()
    assert lease(holder).until == clock.now + timedelta(seconds=lease(holder).seconds)


def test_a_claim_is_renewed_when_it_is_time_to_and_not_at_each_look(holder: Store, clock: Clock) -> None:
    renewer = LeaseRenewer(holder, "fix")
    renewer.renew()
    until = lease(holder).until
    clock.now += timedelta(minutes=20)
    renewer.renew()
    assert lease(holder).until == until


def test_who_has_lost_the_claim_goes_on(holder: Store, clock: Clock) -> None:
    clock.now += timedelta(hours=1)
    other = Store(holder.root, now=clock)
    taken = pickup(other, "fix", by="other").made.lease
    LeaseRenewer(holder, "fix").renew()
    assert lease(holder) == taken


def test_without_a_claim_none_is_made(project: Project) -> None:
    project.task("fix")
    LeaseRenewer(project.store, "fix").renew()
    assert find_lease(project.store, "fix") is None


def test_a_lease_that_cannot_be_read_stays_as_it_is(holder: Store) -> None:
    assert holder.leases is not None
    (file,) = (holder.root / ".git/tasks/leases").glob("*.json")
    file.write_text("{")
    LeaseRenewer(holder, "fix").renew()
    assert file.read_text() == "{"
