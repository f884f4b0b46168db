"""Checks of the project itself: git, root, settings, index, ids, places."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from taskfiles.doctor.check import Scene, Seen, Status
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.merge.ancestry import ancestor_in, relation_in
from taskfiles.merge.twins import Twins, describe, find_twins, known_ids, list_merges, list_renames, unite
from taskfiles.operations.check_merges import check_merges
from taskfiles.remedy import Remedy
from taskfiles.store.disk import io_errors
from taskfiles.store.git import run_git
from taskfiles.store.index import reading
from taskfiles.store.repository import find_refusal
from taskfiles.store.store import Store
from taskfiles.task.findings import Finding
from taskfiles.task.keys import FORMAT
from taskfiles.task.layout import STATES, TASKS_DIR
from taskfiles.task.names import CONFIG_PATH, id_in_path
from taskfiles.task.task import Task


def check_git(scene: Scene) -> Iterator[Seen]:
    """Git runs, and its directory can be written."""
    try:
        version = run_git(Path(scene.root), "--version").strip().removeprefix("git version ")
    except TaskfilesError as error:
        version = ""
        yield Seen(Status.WRONG, f"git does not run: {error.message}", "Install git, or fix PATH.")
    if problem := find_refusal(Path(scene.root)):
        message = f"Git's directory can't be used: {problem}; tasks/ itself is locked."
        hint = "`git status` says how to correct it; `git worktree repair` may help."
        yield Seen(Status.WRONG, message, hint)
        return
    if scene.repository is None:
        yield Seen(
            Status.INFO,
            "Not a git repository: claims and trust are not available.",
            _without_git(scene.store),
        )
        return
    if version:
        yield Seen(Status.OK, f"git {version}; the repository is {scene.repository.top}.")
    common = scene.repository.common_dir
    if not os.access(common, os.W_OK | os.X_OK):
        hint = "Expected in a sandbox; elsewhere fix the permissions."
        yield Seen(Status.INFO, f"{common} can't be written; tasks/ itself is locked.", hint, str(common))


def _without_git(store: Store | None) -> str:
    """Say what is missing without git; what `undo` needs has a place in the user's own directory."""
    if store is None or store.journal is not None:
        return "Run `git init`; without it claims and trust are not there."
    lost = "and as neither $XDG_STATE_HOME nor $HOME is set, undo and the event log are not there either."
    return f"Run `git init`; without it claims and trust are not there, {lost}"


def check_root(scene: Scene) -> Iterator[Seen]:
    """There is a project, its directory can be written, and every file can be read."""
    if scene.store is None:
        assert scene.problem is not None
        yield Seen(Status.WRONG, scene.problem.message, scene.problem.hint, scene.problem.path)
        return
    count = number_of(len(scene.snapshot.tasks), "task")
    yield Seen(Status.OK, f"The project is {scene.root}; it holds {count}.")
    if not os.access(scene.store.directory, os.W_OK | os.X_OK):
        yield Seen(Status.WRONG, "tasks/ can't be written.", "Fix its permissions.", TASKS_DIR)
    absent = scene.store.find_absent()
    if absent.paths:
        count = number_of(len(absent.paths), "task file")
        message = f"{count} of git's index are not checked out ({absent.describe_patterns()}), and not read."
        yield Seen(Status.INFO, message, "`git sparse-checkout add tasks` checks them out.", absent.paths[0])
    for finding in scene.snapshot.unreadable:
        if finding.severity == "error":
            yield Seen(Status.WRONG, finding.message, finding.hint, finding.path, finding.line)
    for finding in check_merges(scene.store):
        yield Seen(Status.WRONG, finding.message, finding.hint, finding.path, finding.line)


def check_config(scene: Scene) -> Iterator[Seen]:
    """tasks/tasks.toml can be used, and says nothing unknown."""
    if scene.store is None:
        return
    config, findings = scene.config
    for finding in findings:
        status = Status.WRONG if finding.severity == "error" else Status.INFO
        yield Seen(status, finding.message, finding.hint, finding.path, finding.line)
    if config is None or findings:
        return
    if scene.store.config_bytes() is None:
        yield Seen(Status.OK, "There is no tasks/tasks.toml; the defaults apply.", path=CONFIG_PATH)
    else:
        yield Seen(
            Status.OK,
            f"tasks/tasks.toml can be used (format {min(config.format, FORMAT)}).",
            path=CONFIG_PATH,
        )


def check_index(scene: Scene) -> Iterator[Seen]:
    """The index is absent or whole; it may always be deleted."""
    directory = scene.index
    if directory is None:
        if scene.store is not None:
            yield Seen(Status.INFO, "There is no place for an index; every file is read each time.")
        return
    files = [os.path.join(directory, name) for name in reading.FILES]
    size = 0
    for file in files:
        with suppress(FileNotFoundError):
            size += os.lstat(file).st_size
    if reading.is_damaged(directory):
        yield Seen(Status.WRONG, "The index can't be read, and is not used.", path=directory)
    elif not os.path.lexists(os.path.join(directory, reading.BASE)):
        yield Seen(Status.OK, "There is no index yet; the next list writes it.", path=directory)
    elif reading.open_base(directory, scene.root) is None:
        message = f"The index ({_size(size)}) is of another version; the next list replaces it."
        yield Seen(Status.OK, message, path=directory)
    else:
        yield Seen(
            Status.OK, f"The index is whole ({_size(size)}); it can be deleted at any time.", path=directory
        )


def remove_index(scene: Scene) -> Iterator[Seen]:
    """Remove a damaged index."""
    for name in reading.FILES:
        file = os.path.join(scene.index or "", name)
        if scene.index and os.path.lexists(file):
            with io_errors("Removing", file), suppress(FileNotFoundError):  # others remove it, too
                os.unlink(file)
            yield Seen(Status.FIXED, f"Removed {file}.", path=file)


def check_duplicates(scene: Scene) -> Iterator[Seen]:
    """An id names one task, and that is one file; of several tasks the one with the first path keeps it."""
    if scene.store is None:
        return
    tasks, unreadable = scene.snapshot
    found = find_twins(tasks, relation_in(scene.store))
    taken = known_ids(tasks, unreadable)
    for twins in found:
        for files in twins.histories:
            if len(files) > 1:
                yield _one_task(scene.store, twins, files)
        first = twins.histories[0][0]
        renames = list_renames(twins, taken)
        for part, (task, new_id, way) in zip(twins.histories[1:], renames, strict=True):
            taken.add(new_id)
            if len(part) == 1:  # else its files are to be one first
                hint = Remedy("Give it another: {way}.", "another-id", way=way)
                yield Seen(Status.WRONG, f"{twins.id} is the id of {first.path} already.", hint, task.path)
    torn = list(_torn_apart(tasks, unreadable, scene.store.layout or STATES))
    yield from torn
    if not found and not torn:
        yield Seen(Status.OK, "Every id names one task.")


def _torn_apart(tasks: Sequence[Task], unreadable: Sequence[Finding], layout: str) -> Iterator[Seen]:
    """Find tasks that branches moved to different places: git leaves both files, with its marks in them."""
    places: dict[str, list[str]] = {}
    for finding in unreadable:
        task_id = id_in_path(finding.path, layout)
        if finding.code == "conflict-marker" and task_id is not None:
            places.setdefault(task_id, []).append(finding.path)
    for task_id, marked in places.items():
        paths = sorted([*marked, *(task.path for task in tasks if task.id == task_id)])
        if len(paths) > 1:
            message = f"{task_id} stands in {' and '.join(paths)}: branches moved it to different places."
            words = "Merge both sides."
            yield Seen(Status.WRONG, message, Remedy(words, "torn-apart", id=task_id), paths[0])


def _one_task(store: Store, twins: Twins, files: list[Task]) -> Seen:
    """Tell that a task has several files, and what makes one of them."""
    paths = " and ".join(task.path for task in files)
    message = f"{twins.id} stands in {paths}: one task in {len(files)} places, as a merge can leave it."
    try:
        differences = unite(files, ancestor_in(store)).differences
    except TaskfilesError as error:
        words = "Bring them together in an editor, for they can't be merged: {problem}"
        hint = Remedy(words, "unmergeable", problem=error.message)
        return Seen(Status.WRONG, message, hint, files[0].path)
    ways = list_merges(files, differ=bool(differences), by_path=not twins.is_one_task)
    choice = ""
    if differences:
        choice = f"; the named one's word counts where they differ, in {describe(differences)}"
    words = "To make one file of them, {ways}{choice}. All else of both is kept."
    return Seen(Status.WRONG, message, Remedy(words, "one-file", ways=ways, choice=choice), files[0].path)


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size} bytes"
