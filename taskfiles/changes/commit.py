"""Write planned changes: one file in one step, several all or nothing, each recorded in the journal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from taskfiles.basics.instants import format_instant
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.signals import uninterrupted
from taskfiles.changes import write
from taskfiles.changes.draft import Change
from taskfiles.changes.write import SettingsChange
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.store import disk, journal
from taskfiles.store.location import NOWHERE
from taskfiles.store.reader import Loaded
from taskfiles.store.store import Store
from taskfiles.task.layout import CONFIG_NAME
from taskfiles.task.names import CONFIG_PATH


class Planned(NamedTuple):
    """A planned change and the file on which it is based; None for a new task."""

    loaded: Loaded | None
    change: Change


def commit(
    store: Store,
    planned: Sequence[Planned],
    action: str,
    undoes: Sequence[str] = (),
    settings: SettingsChange | None = None,
) -> None:
    """Write planned changes, all or none; the caller holds the locks of their tasks.

    `settings` is a change of tasks.toml that belongs to them. Changes of more than one step are recorded in
    the journal first, so that if this command is killed the next one rolls them back.
    Raises TaskfilesError: changed-underneath, path-taken, outside-root, edit-unsafe for a link, io.
    """
    writes = _order([each for each in planned if each.change.changed])
    if not writes and settings is None:
        return
    # What the caller reports of a change is worked out once before it is made: it must not fail afterwards.
    store.rehearse([each.change for each in writes])
    record = _make_record(store, writes, action, undoes, settings)
    if settings is None and len(writes) == 1 and _is_one_step(record.files[0]):
        _write_one(store, writes[0], record)
    else:
        _write_all(store, writes, record, settings)


def _order(writes: Sequence[Planned]) -> list[Planned]:
    """Order writes so that a file leaves its path before another takes it."""
    leaving = {loaded.task.path: each for each in writes if (loaded := each.loaded) and _leaves(each)}
    ordered: list[Planned] = []
    seen: set[int] = set()
    for first in writes:
        chain: list[Planned] = []
        each: Planned | None = first
        while each is not None and id(each) not in seen:
            seen.add(id(each))
            chain.append(each)
            each = None if each.change.removed else leaving.get(each.change.after.path)
        ordered += reversed(chain)
    return ordered


def _leaves(planned: Planned) -> bool:
    loaded, change = planned
    return loaded is not None and (change.removed or change.after.path != loaded.task.path)


def _write_one(store: Store, planned: Planned, record: journal.Record) -> None:
    """Make a change of one step; signals wait until it is in the file and confirmed in the journal."""
    with uninterrupted():
        announced, problem, made = *_announce(store, record), False
        try:
            _write(store, planned)
            made = True
        except BaseException as error:
            made = _was_written(store, record.files[0])
            if not made:
                _say_unchanged(store, error)
            raise
        finally:
            if made:
                _note_written(store, [planned])
            if announced is not None:
                with suppress(OSError):  # an unconfirmed record of a change that was made is one, too
                    journal.settle(announced, made=made)
            elif problem is not None and made:
                _report_no_journal(store, problem)


def _note_written(store: Store, writes: Sequence[Planned]) -> None:
    for _, change in writes:
        store.note_written(change.after.path, change.changes)


def _make_record(
    store: Store,
    writes: Sequence[Planned],
    action: str,
    undoes: Sequence[str],
    settings: SettingsChange | None,
) -> journal.Record:
    changes = []
    for loaded, change in writes:
        before, after = loaded.task if loaded else None, None if change.removed else change.after
        changes.append(
            journal.FileChange(
                change.after.id,
                before.path if before else None,
                after.path if after else None,
                before.data if before else None,
                after.data if after else None,
            )
        )
    if settings is not None:
        texts = settings.before, settings.after
        source, target = (None if data is None else CONFIG_PATH for data in texts)
        changes.append(journal.FileChange(CONFIG_NAME, source, target, *texts))
    root = os.path.relpath(store.reader.root, store.journal) if store.journal else ""
    run_id, actor, command = store.caller
    time = format_instant(store.now())
    return journal.Record(
        key=journal.new_key(),
        command=command,
        action=action,
        run_id=run_id,
        actor=actor,
        root=root,
        time=time,
        files=tuple(changes),
        undoes=tuple(undoes),
        site=store.find_site(make=True) if store.journal else None,
    )


def _is_one_step(change: journal.FileChange) -> bool:
    return change.source == change.target or change.before == change.after or None in change[1:3]


def _write(store: Store, planned: Planned) -> None:
    loaded, change = planned
    after = change.after
    if loaded is None:
        write.create(store, after)
    elif change.removed:
        write.remove(store, loaded)
    elif after.path == loaded.task.path:
        write.replace(loaded, after.data)
    else:
        _move_and_write(store, loaded, change)


def _move_and_write(store: Store, loaded: Loaded, change: Change) -> None:
    """Move a file, then replace its content there: a kill in between leaves a complete file."""
    path = change.after.path
    with disk.io_errors("Moving", loaded.task.path), suppress(FileNotFoundError):  # which the move refuses
        if disk.identity_of(os.stat(loaded.file)) != loaded.identity:
            raise TaskfilesError("changed-underneath", path=loaded.task.path)
    write.move(store, loaded.task, path)
    if change.after.data == loaded.task.data:
        return
    file = store.reader.file(path)
    with disk.io_errors("Reading", path):
        identity = disk.identity_of(os.stat(file))
    if identity[:4] != loaded.identity[:4]:  # a rename may change the fifth, ctime
        raise TaskfilesError("changed-underneath", path=loaded.task.path)
    write.replace(loaded._replace(identity=identity, file=file), change.after.data)


def _was_written(store: Store, change: journal.FileChange) -> bool:
    """Return whether a write that ended in an error, or in Ctrl-C, was made nevertheless."""
    from taskfiles.store.recovery import find_stage  # noqa: PLC0415 (few writes fail)

    try:
        return find_stage(store.reader.root, change) == "after"
    except OSError:
        return False


def _announce(store: Store, record: journal.Record) -> tuple[journal.Pending | None, OSError | None]:
    """Store the record of a change about to be made; return the error if that fails: it stops no change."""
    if store.journal is None:
        _report_no_place(store)
        return None, None
    try:
        return journal.announce(store.journal, record), None
    except OSError as error:
        return None, error


def _report_no_journal(store: Store, error: OSError) -> None:
    if not store.fell_back:  # that was reported already, with its consequences
        problem = reason_of(error)
        store.notice(f"The journal in {store.journal} can't be written ({problem}): no undo.", "no-journal")


def _report_no_place(store: Store) -> None:
    """Say that git's directory, in which the journal lies, may not be looked at."""
    if store.common is not None and not store.fell_back:
        what = "Git's directory can't be used"
        if store.common != NOWHERE:
            what = f"No journal can be kept below {store.common}"
        store.notice(f"{what}: no undo.", "no-journal")


def _write_all(
    store: Store, writes: Sequence[Planned], record: journal.Record, settings: SettingsChange | None
) -> None:
    pending, made = _begin(store, record), False
    try:
        *steps, last = [partial(_write, store, each) for each in writes] + (
            [] if settings is None else [partial(write.change_settings, store, settings)]
        )
        for step in steps:
            with uninterrupted():  # between two files, so that no temporary file is left
                step()
        with uninterrupted():
            last()
            made = True
            _note_written(store, writes)
            if settings is not None:
                store.note_written(CONFIG_PATH, settings.changes)
            _finish(store, pending)
    except BaseException as error:
        if not made:
            _roll_back(store, record, pending, error)
        raise
    finally:
        if pending is not None:
            os.close(pending.descriptor)


def _finish(store: Store, pending: journal.Pending | None) -> None:
    if pending is None or store.journal is None:
        return
    try:
        journal.finish(store.journal, pending)
    except OSError as error:  # the next command finds the change whole, and finishes its record
        _report_no_journal(store, error)


def _begin(store: Store, record: journal.Record) -> journal.Pending | None:
    """Record what is about to be written; None if no journal can be written, which stops no change."""
    if store.journal is None:
        _report_no_place(store)
        return None
    try:
        with disk.io_errors("Writing", store.journal):
            try:
                return journal.begin(store.journal, record)
            except OSError as error:
                if error.errno not in disk.UNWRITABLE:
                    raise
                _report_no_journal(store, error)
                return None
    except TaskfilesError as refused:
        _say_unchanged(store, refused)
        raise


def _roll_back(
    store: Store, record: journal.Record, pending: journal.Pending | None, error: BaseException
) -> None:
    """Roll back what was written before the error; if that fails too, the next command continues it."""
    from taskfiles.store.recovery import roll_back  # noqa: PLC0415 (few changes fail half-way)

    try:
        left = roll_back(store.reader.root, record)
    except TaskfilesError as worse:
        paths = ", ".join(change.target or change.source or "" for change in record.files)
        remedy = (
            f"{worse.message} The next command will go on undoing the change."
            if pending is not None
            else f"{worse.message} Look at these files, some may be changed: {paths}."
        )
        raise _write_error(error, remedy) from error
    if pending is not None:
        with suppress(OSError):
            os.unlink(pending.path)
    if isinstance(error, TaskfilesError) and error.code == "changed-underneath":
        # Nothing was written to that file, and the caller tries again or gets this error.
        changed = [each.target for each in record.files if each.source == error.path]
        left = [path for path in left if path not in {error.path, *changed}]
    if left:
        store.notice(f"Changed meanwhile, and left as they are: {', '.join(left)}.", "cut-short")
    if isinstance(error, TaskfilesError) and error.details.get("written"):
        error = _write_error(error, "The disk did not confirm a write.")
        _say_unchanged(store, error)
        raise error from error.__cause__
    if not left:
        _say_unchanged(store, error)


def _say_unchanged(store: Store, error: BaseException) -> None:
    """Say of an error of the system that nothing was changed, which is known where nothing was written."""
    if isinstance(error, TaskfilesError) and error.code == "io" and not store.written:
        error.add_hint("Nothing was changed.")


def _write_error(error: BaseException, remedy: str) -> TaskfilesError:
    cause = error.__cause__ if isinstance(error, TaskfilesError) else error
    problem = (getattr(cause, "strerror", None) or str(error)).lower()
    path = (error.path if isinstance(error, TaskfilesError) else None) or "the files"
    return TaskfilesError("io", path=path, action="Writing", problem=problem, remedy=remedy)
