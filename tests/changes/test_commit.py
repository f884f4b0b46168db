"""Planned changes are written all or none, each noted, whatever refuses a step in between."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from support.backlogs import make_task
from support.kill_steps import pending
from support.layouts import in_states
from support.project import NOON, Project
from taskfiles import Store, TaskfilesError
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import plan_creation, plan_edit, plan_removal
from taskfiles.store.journal import read_records

pytestmark = in_states

NOW = "2025-11-02T12:00:00.000Z"
NEW = make_task("new", path="tasks/00-idea/task-new.md", state="idea")
# As on a system that can't exchange two files: the plain rename can be made to fail.
NO_EXCHANGE = mock.patch("taskfiles.store.disk.exchange", return_value=False)


class Workspace:
    """A project, its store, and what the store has said."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.notices: list[tuple[str, str]] = []
        self.store = Store(project.root, now=lambda: NOON, notice=lambda *said: self.notices.append(said))

    def edit(self, task_id: str, **values: Any) -> Planned:
        loaded = self.store.load(task_id)
        return Planned(loaded, plan_edit(loaded.task, lambda draft: draft.values.update(values), NOW))

    def removal(self, task_id: str) -> Planned:
        loaded = self.store.load(task_id)
        return Planned(loaded, plan_removal(loaded.task))

    def commit(self, *planned: Planned) -> None:
        commit(self.store, planned, "test")

    def refused(self, *planned: Planned) -> TaskfilesError:
        with pytest.raises(TaskfilesError) as caught:
            self.commit(*planned)
        assert pending(self.project) == []
        return caught.value

    def noted(self) -> list[list[str]]:
        """The ids of the files of each record, the newest first."""
        records = read_records(self.project.root / ".git/tasks")
        return [[change.id for change in record.files] for record in records if record]


@pytest.fixture
def work(project: Project) -> Workspace:
    for name in "abc":
        project.task(name)
    return Workspace(project)


# Done


def test_nothing_to_change_writes_and_notes_nothing(work: Workspace) -> None:
    before = work.project.tree()
    work.commit()
    work.commit(work.edit("a"))
    assert (work.project.tree(), work.store.written, work.noted()) == (before, 0, [])


def test_every_kind_of_change_in_one_record(work: Workspace) -> None:
    changes = [
        Planned(None, plan_creation(NEW)),
        work.edit("a", size="xl"),
        work.edit("b", state="in-progress"),
        work.removal("c"),
    ]
    work.commit(*changes)
    assert work.project.tree() == {
        NEW.path: NEW.data,
        "tasks/10-ready/task-a.md": changes[1].change.after.data,
        "tasks/20-in-progress/task-b.md": changes[2].change.after.data,
    }
    assert (work.store.written, work.noted(), work.notices) == (4, [["new", "a", "b", "c"]], [])


def test_a_record_says_who_did_what_from_which_text_to_which(work: Workspace) -> None:
    change = work.edit("a", state="idea")
    work.commit(change)
    (record,) = read_records(work.project.root / ".git/tasks")
    assert record is not None
    assert (record.action, record.time, record.root) == ("test", NOW, "../..")
    (file,) = record.files
    assert (file.source, file.target) == ("tasks/10-ready/task-a.md", "tasks/00-idea/task-a.md")
    assert change.loaded is not None
    assert (file.before, file.after) == (change.loaded.task.data, change.change.after.data)


def test_without_git_changes_are_made_and_not_noted(work: Workspace) -> None:
    shutil.rmtree(work.project.root / ".git")
    bare = Workspace(work.project)
    bare.commit(bare.edit("a", size="xl"))
    bare.commit(bare.edit("b", size="xl"), bare.removal("c"))
    assert sorted(bare.project.tree()) == ["tasks/10-ready/task-a.md", "tasks/10-ready/task-b.md"]
    assert bare.notices == []


# Refused


def test_a_change_of_one_file_that_is_refused_changes_nothing(work: Workspace) -> None:
    before = work.project.tree()
    stale = work.edit("a", size="xl")
    file = work.project.root / "tasks/10-ready/task-a.md"
    file.write_bytes(file.read_bytes() + b"By hand.\n")
    assert work.refused(stale).code == "changed-underneath"
    assert work.refused(Planned(None, plan_creation(make_task("b")))).code == "path-taken"
    assert work.project.tree() == before | {"tasks/10-ready/task-a.md": file.read_bytes()}
    assert (work.store.written, work.noted()) == (0, [])


@pytest.mark.parametrize(
    ("place", "code"), [("tasks/40-canceled", "io"), ("tasks/40-canceled/task-c.md/x", "path-taken")]
)
def test_what_was_written_before_a_refusal_is_undone(work: Workspace, place: str, code: str) -> None:
    work.project.write(place, "in the way")
    before = work.project.tree()
    changes = [work.edit("a", state="idea", size="xl"), work.removal("b"), Planned(None, plan_creation(NEW))]
    changes += [work.edit("c", state="canceled")]
    assert work.refused(*changes).code == code
    assert work.project.tree() == before
    assert (work.store.written, work.noted()) == (0, [])


def test_a_task_that_was_saved_by_hand_is_not_moved(work: Workspace) -> None:
    stale = work.edit("a", state="in-progress", size="xl")
    file = work.project.root / "tasks/10-ready/task-a.md"
    file.write_bytes(file.read_bytes() + b"By hand.\n")
    before = work.project.tree()
    assert work.refused(stale).code == "changed-underneath"
    assert (work.project.tree(), work.notices) == (before, [])


def test_a_file_that_was_saved_by_hand_after_it_was_written_is_left_and_named(work: Workspace) -> None:
    first, second = work.edit("a", size="xl"), work.edit("b", size="xl")
    path = "tasks/10-ready/task-a.md"
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if Path(target).name == "task-b.md":
            (work.project.root / path).write_bytes(b"mine")
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    with NO_EXCHANGE, mock.patch("os.replace", replace):
        assert work.refused(first, second).code == "io"
    assert work.project.tree()[path] == b"mine"
    assert work.notices == [(f"Changed meanwhile, and left as they are: {path}.", "cut-short")]


# What the disk does not confirm, and what can't be noted


def test_a_write_that_landed_counts_though_the_disk_did_not_confirm_it(work: Workspace) -> None:
    change = work.edit("a", size="xl")
    # The content is confirmed, the directory's new entry is not.
    with mock.patch("os.fsync", side_effect=[None, OSError(errno.EIO, "Input/output error")]):
        error = work.refused(change)
    assert (error.code, error.details) == ("io", {"written": True})
    assert "size" in work.project.get("a").values
    assert work.store.written == 1


@pytest.mark.parametrize("place", ["tasks", "tasks/journal"])
def test_a_journal_that_can_not_be_kept_is_said_once_and_stops_no_change(work: Workspace, place: str) -> None:
    work.project.write(f".git/{place}", "a file in the way")
    work.commit(work.edit("a", size="xl"), work.edit("b", size="xl"))
    assert [work.project.get(name).get("size") for name in "ab"] == ["xl", "xl"]
    assert [code for _, code in work.notices] == ["no-journal"]
    assert work.notices[0][0].endswith("no undo.")


def test_one_file_is_changed_where_no_journal_can_be_kept(work: Workspace) -> None:
    work.project.write(".git/tasks/journal", "a file in the way")
    work.commit(work.edit("a", size="xl"))
    assert work.project.get("a").get("size") == "xl"
    assert [code for _, code in work.notices] == ["no-journal"]


def test_without_a_journal_what_can_not_be_undone_is_named(work: Workspace) -> None:
    work.project.write(".git/tasks", "a file in the way")
    changes = work.edit("a", size="xl"), work.edit("b", size="xl")
    real = os.replace
    left = [1]

    def replace(source: Path, target: Path) -> None:
        if not left:
            raise OSError(errno.EIO, "Input/output error")
        left.pop()
        real(source, target)

    with NO_EXCHANGE, mock.patch("os.replace", replace), pytest.raises(TaskfilesError) as caught:
        work.commit(*changes)
    assert caught.value.code == "io"
    assert caught.value.hint.endswith(
        "Look at these files, some may be changed: tasks/10-ready/task-a.md, tasks/10-ready/task-b.md."
    )
