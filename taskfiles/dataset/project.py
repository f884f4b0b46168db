"""What a project gives to a dataset: its tasks, its clone's log, and what is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from taskfiles.backlog.problems import Problems, find_problems
from taskfiles.backlog.snapshot import readable_tasks
from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.flatten import INVALID, TWIN, Flat, flatten_tasks
from taskfiles.dataset.happenings import flatten_events
from taskfiles.dataset.manifest import TABULAR, Counts
from taskfiles.dataset.rows import count_rows, cut, settle
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Given
from taskfiles.store.disk import io_errors
from taskfiles.store.repository import count_tracked
from taskfiles.store.store import Store
from taskfiles.task.findings import Finding
from taskfiles.task.order import sort_by_id
from taskfiles.task.task import Task
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.reading import read_events
from taskfiles.telemetry.skipped import Skipped

if TYPE_CHECKING:
    from taskfiles.telemetry.spans import Tried


class Gathered(NamedTuple):
    """What a project gives, and what is to be said of its files.

    `spanless` are the attempts that can't be spans: see `telemetry.spans.find_spanless`; `skipped` is what
    of the event log could not be read.
    """

    given: Given
    problems: Problems
    spanless: list[Tried]
    skipped: Skipped


class _Look(NamedTuple):
    flat: Flat
    documents: list[bytes]
    problems: Problems
    unreadable: int
    spanless: list[Tried]


def gather_project(
    store: Store, repo: str, format_: DatasetFormat, version: str, *, with_events: bool
) -> Gathered:
    """Look at every task once, and at the log; `version` is the library's, which spans carry.

    Events are redacted whatever tasks.toml says: a dataset is made to leave the machine.
    Raises TaskfilesError as `Store.read_all` does, and (io) where the log or its key can't be read.
    """
    tracked = count_tracked(store.repository) if format_ is DatasetFormat.COMPLETION else None
    zone = store.zone
    look = store.read_all(lambda found: _look(found, repo, format_, version, tracked=tracked, zone=zone))
    is_tabular, skipped = format_ in TABULAR, Skipped()
    happenings = flatten_events(_read_log(store, skipped), repo) if is_tabular and with_events else None
    flat = look.flat._asdict()
    if happenings is not None:
        flat |= {
            name: {column.name: [row[column.name] for row in rows] for column in TABLES[name]}
            for name, rows in happenings._asdict().items()
        }
    tables = {name: settle(name, values) for name, values in flat.items()}
    counts = Counts(
        **{name: count_rows(values) for name, values in tables.items()},
        invalid=tables["tasks"]["problem"].count(INVALID),
        twins=tables["tasks"]["problem"].count(TWIN),
        unreadable=look.unreadable,
    )
    given = Given(
        {repo: counts}, lambda name: cut(tables[name]) if name in tables else (), lambda _: look.documents
    )
    return Gathered(given, look.problems, look.spanless, skipped)


def _look(
    found: Iterable[Task | Finding],
    repo: str,
    format_: DatasetFormat,
    version: str,
    *,
    tracked: int | None,
    zone: tzinfo,
) -> _Look:
    unreadable: list[Finding] = []
    readable: list[Task] = []

    def read() -> Iterator[Task]:
        for task in readable_tasks(found, unreadable):
            readable.append(task)
            yield task

    flat = flatten_tasks(read(), repo, zone)
    ordered = sort_by_id(readable)
    problems = find_problems(unreadable, ordered)
    if format_ in TABULAR:
        return _Look(flat, [], problems, len(unreadable), [])
    from taskfiles.dataset.documents import make_documents  # noqa: PLC0415 (tables need nothing of it)

    places = zip(flat.tasks["path"], flat.tasks["problem"], strict=True)
    sound = {path for path, problem in places if problem is None}
    tasks = [task for task in ordered if task.path in sound]
    made = make_documents(tasks, format_, repo, version, tracked=tracked)
    return _Look(flat, made.lines, problems, len(unreadable), made.spanless)


def _read_log(store: Store, skipped: Skipped) -> Iterator[dict[str, Any]]:
    """Read the events of the clone's log, redacted; no key is made for a log that is empty."""
    if store.journal is None:
        return
    place = directory_of(store.journal)
    key = None
    with io_errors("Reading", place):
        for event in read_events(place, skipped):
            from taskfiles.telemetry.key import load_key  # noqa: PLC0415 (many a log is empty)
            from taskfiles.telemetry.redact import redact_event  # noqa: PLC0415 (as above)

            key = key or load_key(store.journal)
            yield redact_event(event, key)
