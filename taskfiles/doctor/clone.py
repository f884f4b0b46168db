"""Checks of what a clone keeps beside the tasks: claims, changes that were cut short, git's merge driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from taskfiles.basics.instants import format_instant
from taskfiles.doctor.check import Scene, Seen, Status
from taskfiles.errors import TaskfilesError
from taskfiles.merge.driver import driver_status
from taskfiles.merge.twins import known_ids
from taskfiles.remedy import Remedy
from taskfiles.store.claims import list_leases
from taskfiles.store.closings import list_closings
from taskfiles.store.locks import find_leftovers, try_lock
from taskfiles.store.recovery import list_pending, recover
from taskfiles.task.claim import is_live
from taskfiles.task.layout import TASKS_DIR
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED
from taskfiles.telemetry.requirement import check_requirement


def check_leftovers(scene: Scene) -> Iterator[Seen]:
    """No command was cut short and left something; one at work is no leftover."""
    if scene.store is None:
        return
    found = False
    for path in find_leftovers(scene.store.reader.file(TASKS_DIR)):
        found = True
        message = "A command was cut short; this is a temporary file of it, which nothing needs."
        yield Seen(Status.WRONG, message, path=scene.store.reader.relative(path))
    for path, is_left in list_pending(scene.store.journal) if scene.store.journal else ():
        if is_left:
            found = True
            yield Seen(Status.WRONG, "A command was cut short; its change is not settled.", path=path)
        else:
            yield Seen(Status.INFO, "A command is changing tasks right now.", path=path)
    if not found:
        yield Seen(Status.OK, "No change was cut short.")


def settle_leftovers(scene: Scene) -> Iterator[Seen]:
    """Undo what was left half done, as every command does that reads tasks."""
    if scene.store is None:
        return
    removed = find_leftovers(scene.store.reader.file(TASKS_DIR))
    if removed:
        with scene.store.locks.store():  # whoever holds it removes them
            pass
    for path in removed:
        yield Seen(Status.FIXED, f"Removed the temporary file {scene.store.reader.relative(path)}.")
    if scene.store.journal is None:
        return
    notices: list[str] = []
    if recover(scene.store.journal, try_lock, lambda message, _: notices.append(message)):
        for message in notices or ["A command that was cut short had written everything; nothing is undone."]:
            yield Seen(Status.FIXED, message)


def check_claims(scene: Scene) -> Iterator[Seen]:
    """Every lease can be read; who holds what is worth knowing, and whose claims have run out."""
    if scene.store is None or scene.store.leases is None:
        return
    leases, bad = list_leases(scene.store)
    for error in bad:
        yield Seen(Status.WRONG, error.message, error.hint, error.path, error.line)
    now = scene.store.now()
    known = known_ids(*scene.snapshot)
    for lease in leases:
        until = format_instant(lease.until)
        told = f"{lease.by} {'holds' if is_live(lease, now) else 'held'} {lease.id} until {until}"
        if lease.id not in known:
            # Another worktree may have the task, or another branch: no reason to end it unasked.
            hint = Remedy("If it is gone for good, force the claim's release.", "claim-left", id=lease.id)
            yield Seen(Status.INFO, f"{told}; there is no such task here.", hint)
        elif is_live(lease, now):
            yield Seen(Status.INFO, f"{told}.")
        else:
            yield Seen(Status.INFO, f"{told}; others may take it.")
    if not leases and not bad:
        yield Seen(Status.OK, "No task is claimed.")
    states = {task.id: task.state for task in scene.snapshot.tasks}
    for each in list_closings(scene.store).values():
        if each.id in states and not is_word(states[each.id], CLOSED):
            told = (
                f"{each.id} is {each.state} in {each.worktree} since {format_instant(each.at)}, and not here."
            )
            hint = Remedy(
                "Merge it; if that work is dropped, force the task's release.", "closed-elsewhere", id=each.id
            )
            yield Seen(Status.INFO, told, hint)


def check_telemetry(scene: Scene) -> Iterator[Seen]:
    """Events are kept where the project requires it."""
    if scene.store is None:
        return
    config, _ = scene.config
    if config is None:
        return
    if config.telemetry.require is None:
        yield Seen(Status.OK, "Events need not be kept anywhere else.")
        return
    problems = list(check_requirement(scene.store, config))
    for problem in problems:
        yield Seen(Status.WRONG, problem.message)
    if not problems:
        yield Seen(Status.OK, "All events are in the repository that telemetry.require asks for.")


def check_driver(scene: Scene) -> Iterator[Seen]:
    """Git merges task files by meaning, where .gitattributes asks for it."""
    if scene.store is None or scene.repository is None:
        return
    try:
        status = driver_status(Path(scene.root))
    except TaskfilesError:
        yield Seen(Status.INFO, "Git can't tell how task files are merged.")
        return
    if status.is_complete:
        yield Seen(Status.OK, "Git merges task files by meaning.")
    elif status.has_attribute:
        yield Seen(Status.WRONG, "Task files ask for the merge driver, and this clone has not set it up.")
    else:
        hint = Remedy("With the merge driver set up git merges them by meaning.", "merged-by-lines")
        yield Seen(Status.INFO, "Git merges task files by lines.", hint)
