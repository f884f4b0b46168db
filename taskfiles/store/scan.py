"""One pass over all task files: unchanged ones come from the index, all others are read and added to it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import count, zip_longest
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from taskfiles.basics.digest import expect_many
from taskfiles.store.disk import read_small
from taskfiles.store.index import reading
from taskfiles.store.index.changes import Changes
from taskfiles.store.index.order import in_walk_order, walk_key
from taskfiles.store.index.table import Stored, Table
from taskfiles.store.reader import LateRead, Reader, is_task_file
from taskfiles.task.findings import Finding, unpack_finding
from taskfiles.task.layout import TASKS_DIR
from taskfiles.task.remembered import COUNTED, RACY_NS, Entry, Key, Lost, Record, fits, is_racy, key_of
from taskfiles.task.rows import TaskRows
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.task.wire import make_entry
from taskfiles.text.document import split_document

if TYPE_CHECKING:
    from taskfiles.backlog.sieve import Sieve

T = TypeVar("T")
Take: TypeAlias = "Callable[[str], Task | Finding | None]"
Found: TypeAlias = "Iterable[Task | Finding]"  # in the order of paths; `TaskRows` where all are of the index
_MANY = 1000  # files to read, for which it pays to load what reads them faster


def _is_any(_: Finding) -> bool:
    """Count every file that can't be read."""
    return True


class Moved(Exception):
    """Files appeared or disappeared during a pass, or a change of several steps was made."""


def read_all(
    reader: Reader,
    use: Callable[[Found], T],
    *,
    check: bool = False,
    journal: str | None = None,
    only: Sieve | None = None,
    counts: Callable[[Finding], bool] = _is_any,
) -> T:
    """Pass all tasks, and a finding for each unreadable file, to `use`, in the order of their paths.

    A finding that does not count is left out. `only` gives the rows of the index that `use` needs: others
    may be left out, if they have no errors and their ids stand once.

    A task drops its cached data as soon as the next one is requested. With `check` each one's findings are
    computed. Raises Moved if files appear or disappear meanwhile, and with `journal`, the journal's
    directory, if a change of several steps is made; TaskfilesError (io).
    """
    before = _stamp(journal)
    scan = _Scan(reader, check, only, counts)
    try:
        result = use(scan.tasks())
    except _Twins:
        return read_all(reader, use, check=check, journal=journal, counts=counts)
    if not scan.is_unchanged() or before is None or before != _stamp(journal):
        raise Moved
    if not scan.is_saved:
        scan.save()
    return result


class _Twins(Exception):
    """A task that was read has the id of one that was left out."""


class _Scan:
    """One pass over all files."""

    def __init__(
        self,
        reader: Reader,
        check: bool,
        only: Sieve | None = None,
        counts: Callable[[Finding], bool] = _is_any,
    ) -> None:
        self.reader, self.check, self.only, self.counts = reader, check, only, counts
        self.left_out: set[str] = set()  # ids
        self.started_ns = time.time_ns()
        self.known: reading.Seen = {}  # where the files were walked, all that the base holds
        self.seen: reading.Seen = {}  # current records, where the table was used only those not in it
        self.fresh: reading.Seen = {}  # those of them that no file of the index holds
        self.table: Table | None = None
        self.changes: Changes | None = None  # None where the files were walked
        self.redone: set[int] = set()  # rows of the table that are not current, or not enough
        self.paths: list[str] = []
        self.is_long = False  # whether so much is read for a check that it is saved before it is used
        self.is_saved = False
        self.visited: dict[str, int] = {}  # directories walked, and their times of modification

    def tasks(self) -> Found:
        found = self._tasks()
        return self._saved(found) if self.is_long else found

    def _saved(self, found: Found) -> Iterator[Task | Finding]:
        """Read all files, save the index, and only then yield tasks: as its rows, whose values are columns.

        Rules between files need values of all tasks, which take ten times as much memory task by task.
        """
        order = [each.path if isinstance(each, Task) and each.path in self.seen else each for each in found]
        if not self.is_unchanged():
            raise Moved
        restore = self._restoring(self.save())
        for each in order:
            task = restore(each)
            yield task
            if isinstance(task, Task):
                task.drop_cached()

    def _restoring(self, stamp: str | None) -> Callable[[str | Task | Finding], Task | Finding]:
        """Return what makes tasks of paths: from the index that was saved, else from what was read."""
        table = self._open_saved(stamp)
        if table is None:
            return lambda each: self._seen_at(each) if isinstance(each, str) else each
        rows = {path: at for at, path in enumerate(table.paths)}
        self.seen, self.fresh, self.known, self.table = {}, {}, {}, table
        make = self._maker(table)

        def restore(each: str | Task | Finding) -> Task | Finding:
            path = each if isinstance(each, str) else each.path
            if path not in rows and not isinstance(each, str):
                return each  # the index may not hold it, or it is unreadable
            return make(rows[path])

        return restore

    def _open_saved(self, stamp: str | None) -> Table | None:
        """Open the base that was saved; None if there is none, or already another."""
        self.is_saved = True
        with suppress(Lost):
            base = self._open_base()
            return Table(base) if base is not None and base.stamp == stamp else None
        return None

    def _seen_at(self, path: str) -> Task:
        entry = reading.task_entry(self.seen[path][1])
        assert entry is not None
        return self.reader.restore(path, entry)

    def _open_base(self) -> reading.Base | None:
        cache = self.reader.cache
        base = reading.open_base(cache, self.reader.root) if cache is not None else None
        if cache is not None and base is not None:
            base.on_lost = partial(_drop, cache)  # the next pass reads all files, and writes another
        return base

    def _tasks(self) -> Found:
        base = self._open_base()
        self.is_long = self.check and self.reader.cache is not None  # if all files are walked
        if base is None:
            return self._walk({})
        try:
            self.table = Table(base)
            changes = Changes(self.reader.root, base.listings())
            with suppress(OSError):
                if changes.find():
                    return self._since(self.table, changes)
            return self._walk(self.table.seen())
        except Lost:
            self.table = None
            return self._walk({})

    def _since(self, table: Table, changes: Changes) -> Found:
        """Take what has not changed from the table, and read the rest. Raises Lost."""
        base, gone = table.base, changes.gone
        others = {path: record for path, record in base.others().items() if path not in gone}
        if gone:
            self.redone = {at for at, path in enumerate(table.paths) if path in gone}
        if self.check and 0 in table.checked()[0]:
            from taskfiles.store.unchecked import check_rows  # noqa: PLC0415 (only first checks need it)

            check_rows(self.reader, table, gone)
        wanting = {at for at in self._wanting(table) if at not in self.redone}
        self.redone |= wanting
        wanted = dict(changes.paths)
        if wanting:
            wanted |= table.keys([table.paths[at] for at in wanting])
        self.is_long = self.check and len(wanted) > base.max_delta
        extra = wanted.keys() | {path for path, record in others.items() if record is not None}
        rows = [at for at in table.walk if at not in self.redone] if self.redone else table.walk
        self.changes = changes
        rows = self._sift(table, rows)
        if not extra:
            return TaskRows(table, rows, self._maker(table))
        take = self._taker(table, wanted, others)
        order = in_walk_order(table, rows, extra)
        if self.is_long or len(extra) > base.max_delta:
            return self._pass(table, order, take)
        found: dict[str, Task | Finding | None] = {}
        for path in sorted(extra, key=walk_key):
            found[path] = each = take(path)
            if isinstance(each, Task):
                each.drop_cached()
        if any(isinstance(each, Finding) for each in found.values()):
            return self._pass(table, order, found.get)
        return self._join(table, order, [each for each in found.values() if isinstance(each, Task)])

    def _join(self, table: Table, order: Iterable[int | str], tasks: Sequence[Task]) -> TaskRows:
        """Return rows of the table and tasks that are not in it as rows of both."""
        from taskfiles.store.index.joined import Joined  # noqa: PLC0415 (often nothing has changed)

        if any(task.id in self.left_out for task in tasks):
            raise _Twins
        numbers = {task.path: len(table) + number for number, task in enumerate(tasks)}
        places = [at if isinstance(at, int) else numbers.get(at, -1) for at in order]
        make = self._maker(table)
        return TaskRows(
            Joined(table, tasks),
            [at for at in places if at >= 0],
            lambda at: make(at) if at < len(table) else tasks[at - len(table)],
        )

    def _maker(self, table: Table) -> Callable[[int], Task]:
        """Return what makes tasks of rows."""
        paths, restore, read = table.paths, Task.from_row, self.reader.document
        return lambda at: restore(paths[at], Stored(table, at), read)

    def _sift(self, table: Table, rows: list[int]) -> list[int]:
        """Leave rows out that are not asked for. Raises Lost."""
        chosen = self.only(table.column, partial(self._containing, table)) if self.only is not None else None
        if chosen is None or len(set(table.ids)) < len(table):
            return rows
        wanted = chosen.rows | table.errors.keys()
        kept = [at for at in rows if at in wanted]
        table.certain = chosen.certain - table.errors.keys()
        if self.changes is not None and (self.redone or self.changes.paths):
            self.left_out = {table.ids[at] for at in set(rows).difference(kept)}
        return kept

    def _containing(self, table: Table, needle: str) -> set[int]:
        """Return the rows that may contain a folded text; the first time all texts are read and written."""
        from taskfiles.store.index import texts  # noqa: PLC0415 (few passes look for a text)

        found = texts.find_rows(table.base, needle)
        return (
            found
            if found is not None
            else texts.make_rows(table.base, len(table), partial(self._texts, table), needle)
        )

    def _texts(self, table: Table, at: int) -> list[str] | None:
        """Return what a search looks into of a row; None if its file has changed."""
        from taskfiles.backlog.query import searched_texts  # noqa: PLC0415 (only the first search needs it)

        self.reader.progress(at, len(table))
        with suppress(LateRead):
            return list(searched_texts(self._maker(table)(at)))
        return None

    def _taker(self, table: Table, wanted: dict[str, Key], others: dict[str, Record]) -> Take:
        """Return what gives a file that is not in the table: one wanted is read if the delta lacks it."""
        delta = table.base.delta()[0] if wanted else {}
        done = count()

        def take(path: str) -> Task | Finding | None:
            if path in wanted:
                found = self._recall_or_read(path, wanted[path], delta)
                self.reader.progress(next(done) + 1, len(wanted))
            else:
                found = self._from_record(path, others[path])
            return None if isinstance(found, Finding) and not self.counts(found) else found

        return take

    def _pass(self, table: Table, order: Iterable[int | str], take: Take) -> Iterator[Task | Finding]:
        """Yield rows of the table, and files that are not in it."""
        make = self._maker(table)
        for at in order:
            if isinstance(at, int):
                task = make(at)
                yield task
                if not task.is_bare:
                    task.drop_cached()
            elif (found := take(at)) is not None:
                yield found
                if isinstance(found, Task):
                    if found.id in self.left_out:
                        raise _Twins
                    found.drop_cached()

    def _wanting(self, table: Table) -> list[int]:
        """Return the rows without the number of boxes or, for a check, the findings."""
        if not self.check:
            return table.uncounted
        checked = table.checked()[0]
        if 0 not in checked:
            return table.uncounted
        return sorted({*table.uncounted, *(at for at, known in enumerate(checked) if not known)})

    def _recall_or_read(self, path: str, key: Key, delta: reading.Seen) -> Task | Finding | None:
        known = delta.get(path)
        if known is not None and known[0] == key and self._suffices(reading.task_entry(known[1])):
            self.seen[path] = known
            return self._from_record(path, known[1])
        return self._read(path, keep=True)

    def _walk(self, known: reading.Seen) -> Iterator[Task | Finding]:
        """Walk all files, through links too, and read those of which no record is known."""
        from taskfiles.store.walk import walk_files  # noqa: PLC0415 (the index knows most names)

        self.known = known
        if self.table is not None:
            known = known | self.table.base.delta()[0]
        reader = self.reader
        keys: list[Key | None] = []  # None for a link, which is always read
        for file, listed in walk_files(reader.file(TASKS_DIR), reader.is_inside, self.visited):
            path = reader.relative(file)
            self.paths.append(path)
            keys.append(None if listed is None else _key(listed) if path in known else reading.NO_KEY)
        if keys.count(reading.NO_KEY) > _MANY:
            expect_many()
        for done, (path, key) in enumerate(zip(self.paths, keys, strict=True)):
            indexed = known.get(path)
            if indexed and indexed[0] == key and self._suffices(reading.task_entry(indexed[1])):
                self.seen[path] = indexed
                found = self._from_record(path, indexed[1])
            else:
                reader.progress(done, len(keys))
                found = self._read(path, keep=key is not None)
            if isinstance(found, Task):
                yield found
                found.drop_cached()
            elif found is not None and self.counts(found):
                yield found
        reader.progress(len(keys), len(keys))

    def _suffices(self, entry: Entry | None) -> bool:
        if entry is None:
            return True
        # The checkboxes are needed for queues, and a text that is read later may have changed by then.
        counted = entry.boxes is not None or entry.state not in COUNTED
        return counted and (not self.check or entry.findings is not None)

    def _from_record(self, path: str, record: Record) -> Task | Finding | None:
        if record is None:
            return None
        entry = reading.task_entry(record)
        return unpack_finding(record[0]) if entry is None else self.reader.restore(path, entry)

    def _read(self, path: str, *, keep: bool) -> Task | Finding | None:
        """Read a file, and index it if every later change of the file would change its key."""
        try:
            data, key, is_open = self._load(path, keep=keep)
        except Unreadable as error:
            return error.finding
        except FileNotFoundError:
            raise Moved from None
        record: Record
        found: Task | Finding | None
        try:
            record, found = self._parse(path, data)
        except Unreadable as error:
            record, found = (error.finding.pack(),), error.finding
        if (
            keep
            and is_open
            and self.reader.cache is not None
            and not is_racy(key, self.started_ns)
            and fits(key)
            and "\n" not in path  # the index has one line for each path
        ):
            self.seen[path] = self.fresh[path] = (key, record)
        return found

    def _load(self, path: str, *, keep: bool) -> tuple[bytes, Key, bool]:
        """Read a file; the last is whether others than root may read it, which the next process may need."""
        file = self.reader.file(path)
        if keep and (small := read_small(file)) is not None:  # no link, as it was listed
            data, status = small
            return data, key_of(status), _is_open(status)
        data, identity = self.reader.read_regular(path)
        with suppress(FileNotFoundError):  # moved since, which `is_unchanged` notices
            return data, identity[1:], keep and _is_open(os.stat(file))
        return data, identity[1:], False

    def _parse(self, path: str, data: bytes) -> tuple[Record, Task | None]:
        if not is_task_file(path, data):
            return None, None
        if self.reader.cache is None:
            task = parse_task(path, data)
            _ = task.findings if self.check else ()  # computed while the nodes are in memory
            return None, task
        from taskfiles.store.index.sound import read_sound  # noqa: PLC0415 (most passes read no file)

        quick = read_sound(path, data) if not self.check else None
        if quick is not None:
            entry, values = quick
            task = self.reader.restore(path, entry)
            task.values, task.is_bare = values, False  # at hand until the next task is asked for
            if entry.state in COUNTED:
                task.document = split_document(data)
                entry.boxes = task.criteria
            return entry.record(), task
        task = parse_task(path, data)
        entry = make_entry(task, check=self.check)
        return entry.record(), self.reader.restore(path, entry)

    def is_unchanged(self) -> bool:
        """Return whether the list of files is the same: by the directories' times if old, else by names."""
        if self.changes is not None:
            return self.changes.is_unchanged(self.started_ns)
        if not self.visited:  # `tasks/` itself has disappeared
            return False
        if self.reader.cache is not None and max(self.visited.values()) <= self.started_ns - RACY_NS:
            with suppress(OSError):
                if all(os.stat(place).st_mtime_ns == moment for place, moment in self.visited.items()):
                    return True
        return all(before == after for before, after in zip_longest(self.paths, self.reader.walk()))

    def save(self) -> str | None:
        """Save the index if anything is new, or all that it warned of is fixed; return a new base's stamp."""
        cache, table, root = self.reader.cache, self.table, self.reader.root
        is_new = bool(self.fresh)
        if cache is None or not (is_new or (table is not None and not table.base.quiet)):
            return None
        from taskfiles.store.index.renewal import (  # noqa: PLC0415 (most passes find nothing new)
            renew_base,
            renew_rows,
            renew_walked,
        )

        if table is None:
            return renew_base(cache, root, self.seen)
        if self.changes is None:
            return renew_walked(table, root, self.known, self.seen, is_new=is_new)
        return renew_rows(table, self.changes, self.redone, self.seen, is_new=is_new)


def _drop(directory: str) -> None:
    from taskfiles.store.index.writing import drop  # noqa: PLC0415 (few are damaged)

    drop(directory)


def _stamp(journal: str | None) -> int | None:
    if journal is None:
        return 0
    from taskfiles.store.recovery import change_stamp  # noqa: PLC0415 (only checks need it)

    return change_stamp(journal)


def _is_open(status: os.stat_result) -> bool:
    """Return whether a file is readable without root's rights."""
    return os.geteuid() != 0 or bool(status.st_mode & stat.S_IRUSR)


def _key(entry: os.DirEntry[str]) -> Key:
    try:
        key: Key = key_of(entry.stat(follow_symlinks=False))
    except OSError:
        return reading.NO_KEY
    return key
