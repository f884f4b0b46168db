"""After a pass over all files the index is renewed: as a delta if little is new, else as a new base.

A new base's stamp is returned; None where there is none, or it could not be written.
"""

from __future__ import annotations

from contextlib import suppress

from taskfiles.store.index import writing
from taskfiles.store.index.reading import task_entry
from taskfiles.task.remembered import Lost

TYPE_CHECKING = False
if TYPE_CHECKING:
    from taskfiles.store.index.changes import Changes
    from taskfiles.store.index.reading import Seen
    from taskfiles.store.index.table import Table


def renew_base(directory: str, root: str, seen: Seen) -> str | None:
    """Write an index of all files that were read."""
    return writing.save_base(directory, root, seen)


def renew_walked(table: Table, root: str, known: Seen, seen: Seen, *, is_new: bool) -> str | None:
    """Renew an index after a walk; `known` are the base's records, `seen` all that are current.

    `is_new` is whether any of them is in no file of the index.
    """
    quiet = writing.is_quiet(record for _, record in seen.values())
    if not is_new and not quiet:
        return None
    news = {path: record for path, record in seen.items() if known.get(path) is not record}
    if _is_delta(table, max(len(news), len(known.keys() - seen.keys())), quiet=quiet):
        writing.save_delta(table.base, news, quiet=quiet)
        return None
    return writing.save_base(table.base.directory, root, seen)


def renew_rows(table: Table, changes: Changes, redone: set[int], seen: Seen, *, is_new: bool) -> str | None:
    """Renew an index after a pass over a table, whose rows `redone` are not current; `seen` are all others.

    `is_new` is whether any of those is in no file of the index.
    """
    with suppress(Lost):
        quiet = _is_quiet(table, changes, redone, seen)
        if not is_new and not quiet:
            return None
        if _is_delta(table, max(len(seen), len(changes.missing)), quiet=quiet):
            writing.save_delta(table.base, seen, quiet=quiet)
            return None
        gone = changes.gone.union(table.paths[at] for at in redone)
        return writing.save_base(table.base.directory, changes.root, table.seen(gone) | seen)
    return None


def _is_delta(table: Table, count: int, *, quiet: bool) -> bool:
    """Return whether news fit a delta; where there are no warnings any more, a new base makes lists fast."""
    return count <= table.base.max_delta and (table.base.quiet or not quiet)


def _is_quiet(table: Table, changes: Changes, redone: set[int], seen: Seen) -> bool:
    """Return whether `list` has no warnings of what the index will hold."""
    if any(at not in redone for at in table.errors):
        return False
    gone = changes.gone
    if any(record is not None for path, record in table.base.others().items() if path not in gone):
        return False
    if not writing.is_quiet(record for _, record in seen.values()):
        return False
    new = [entry.id for _, record in seen.values() if (entry := task_entry(record))]
    ids = [task_id for at, task_id in enumerate(table.ids) if at not in redone] + new
    return len(set(ids)) == len(ids)
