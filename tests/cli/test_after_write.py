"""What can fail fails before the write; an error after it names what was written."""

from __future__ import annotations

import errno
import fcntl
import os

import pytest

from support.event_log import last_event
from support.in_process import call, ok
from support.layouts import in_states
from support.project import Project
from taskfiles import Store, Update, update
from taskfiles.store.journal import read_records


@pytest.mark.parametrize(
    "argv", [("update", "fix", "--meta", "size=xl"), ("move", "fix", "idea"), ("delete", "fix")]
)
def test_what_cannot_be_answered_is_not_written(project: Project, argv: tuple[str, ...]) -> None:
    """The caller's own work on a change comes before the change is made."""
    project.task("fix")
    before = project.tree()

    def refuse(changes: object) -> None:
        raise OverflowError("as a value would that nobody can compute with")

    store = Store(project.root, rehearse=refuse)
    with pytest.raises(OverflowError):
        update(store, "fix", Update(set={"size": "xl"}))
    assert (project.tree(), store.written) == (before, 0)
    assert not list(read_records(str(project.root / ".git/tasks")))
    ok(call(project, *argv))


def test_a_journal_that_cannot_be_locked_is_a_warning(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flock works for task locks and not for the journal: the change is made, and told as made."""
    project.task("fix")
    flock = fcntl.flock

    def failing(descriptor: int, kind: int) -> None:
        if "/journal/" in os.readlink(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
        flock(descriptor, kind)

    monkeypatch.setattr(fcntl, "flock", failing)
    for argv in (("update", "fix", "--meta", "size=xl"), ("delete", "fix")):
        done = call(project, *argv)
        assert done.code == 0
        assert "no undo" in done.err
        assert "tasks undo" not in done.out
    assert not (project.root / "tasks/10-ready/task-fix.md").exists()
    assert last_event(project)["data"]["outcome"] == "success"


@in_states
def test_an_error_after_the_write_names_what_was_changed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.task("fix")
    fsync, left = os.fsync, 2

    def failing(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    done = call(project, "update", "fix", "--meta", "size=xl", "-o", "json")
    assert (done.code, done.error["code"]) == (6, "io")
    assert done.error["details"]["changed"] == [project.path()]
    assert "Changed before that: tasks/10-ready/task-fix.md." in done.error["hint"]
    assert "othing was changed" not in done.error["hint"]
    data = last_event(project)["data"]
    assert (data["outcome"], [each["field"] for each in data["changes_made"]]) == ("partial", ["size"])
    ok(call(project, "undo"))
    assert "size" not in project.get("fix").values
