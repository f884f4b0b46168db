"""Others end their work between any two steps of a check, which then does not call it left or wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from uuid import UUID

import pytest

from support.in_process import call, ok
from support.interleaving import stop_work_at
from support.project import Project
from taskfiles.doctor.attempts import check_attempts
from taskfiles.doctor.check import Scene
from taskfiles.doctor.clone import check_driver, check_leftovers
from taskfiles.doctor.project import check_index
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.plan_ledger import PlanLedger
from taskfiles.store import journal

RUN = str(UUID(int=1))


Work = Callable[[Project], AbstractContextManager[None]]


def scene_of(project: Project) -> Scene:
    return Scene(str(project.root), project.store)


def state_of(project: Project) -> str:
    return str(project.store.journal)


@contextmanager
def attempt(project: Project) -> Iterator[None]:
    ledger = Ledger(state_of(project))
    with ledger.held(Entry(RUN, "fix", str(project.root), {"started_at": "2025-11-02T11:00:00Z"})):
        yield
        ledger.drop(RUN)


@contextmanager
def plan(project: Project) -> Iterator[None]:
    with PlanLedger(state_of(project)).held(RUN, {"plan_id": "p"}):
        yield


@contextmanager
def change(project: Project) -> Iterator[None]:
    record = journal.Record(os.urandom(8).hex(), "c", "task.update", "", "", "..", "", ())
    pending = journal.begin(state_of(project), record)
    yield
    journal.finish(state_of(project), pending)
    os.close(pending.descriptor)


@contextmanager
def driver(project: Project) -> Iterator[None]:
    if (attributes := project.root / ".gitattributes").exists():
        attributes.unlink()
        project.git("config", "--remove-section", "merge.tasks")
    yield
    ok(call(project, "init", "--merge-driver"))


@contextmanager
def index(project: Project) -> Iterator[None]:
    ok(call(project, "list"))
    yield
    shutil.rmtree(str(scene_of(project).index))


def at_work(work: AbstractContextManager[None]) -> Callable[[], None]:
    """Begin work in another process, since locks stay with a fork of their holder; return what ends it."""
    told, tell = os.pipe()
    gate, opener = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with work:
                os.write(tell, b".")
                os.read(gate, 1)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(tell)
    os.close(gate)
    assert os.read(told, 1), "the work has not begun"
    os.close(told)

    def end() -> None:
        os.write(opener, b".")
        os.close(opener)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0, "the work failed"

    return end


LOOKS = {attempt: check_attempts, plan: check_attempts, change: check_leftovers, driver: check_driver}


@pytest.mark.parametrize("work", [*LOOKS, index], ids=lambda work: work.__name__)
def test_what_ends_meanwhile_is_not_wrong(old: Project, work: Work) -> None:
    check = LOOKS.get(work, check_index)

    def look() -> list[object]:
        return [[seen.status, seen.message] for seen in check(scene_of(old))]

    for step in count(1):
        end = at_work(work(old))
        seen = stop_work_at(step, look, old.root / ".git/tasks", end)
        if seen is None:
            end()
            break
        assert [message for status, message in seen if status == "wrong"] == [], step
    assert step > 2
