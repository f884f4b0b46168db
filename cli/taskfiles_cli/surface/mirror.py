"""The backlog as last seen: views that do not change, numbered."""

from __future__ import annotations

import gc
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from taskfiles import Backlog, Finding, Store, Task, TaskfilesError
from taskfiles.backlog.board import Key, order_key
from taskfiles.backlog.dates import is_past
from taskfiles.basics.digest import hex_digest
from taskfiles.basics.instants import find_instant, find_span, utc_now
from taskfiles.store.claims import claim_objects
from taskfiles.store.disk import read_regular
from taskfiles.task.columns import find_rows, read_column
from taskfiles.task.layout import CONFIG_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

_T = TypeVar("_T")
_LOOKS = 4  # at files that change while something is made of them
_FEW = 64  # files that are looked at one by one to find out whether all must be
_BOXES = 20_000  # files whose ticked boxes are remembered


class View(NamedTuple):
    """The backlog at one moment: it never changes, so that pages are made of it without a lock.

    `claims` are as `claim_objects` has them, `keys` the order keys of cards by path. `changes_at` is the next
    instant at which something changes by itself: a claim ends, a task becomes overdue. `saved` are the views
    of tasks.toml as they stand there, or why they can't be read; `milestones` maps some to their due days.
    """

    revision: int
    backlog: Backlog
    unreadable: tuple[Finding, ...]
    claims: Mapping[str, Mapping[str, Any]]
    keys: Mapping[str, Key]
    zone: tzinfo
    changes_at: datetime | None
    saved: Mapping[str, Any] | TaskfilesError
    milestones: Mapping[str, str]


class Mirror:
    """A project's backlog, read anew by `refresh` and looked at by `view`.

    `open_store` opens the project anew, `now` is the clock. The texts of files are kept out of memory:
    `count_boxes` reads those of the few tasks that are shown.
    """

    def __init__(self, open_store: Callable[[], Store], now: Callable[[], datetime] = utc_now) -> None:
        self.open_store, self.now = open_store, now
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[Any, ...]] = {}
        self._state: tuple[Any, ...] = ()
        self._keys: dict[str, tuple[Any, Key]] = {}
        self._boxes: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()
        self._view: View | None = None

    @property
    def view(self) -> View:
        """The latest view; the first one is read when it is asked for."""
        return self._view or self.refresh()

    def look(self, make: Callable[[View], _T]) -> _T:
        """Make something of the latest view; if a text has changed since, of a view that has the new one.

        A view knows most files from the index, and reads their texts when they are needed. Raises what `make`
        raises.
        """
        for _ in range(_LOOKS - 1):
            try:
                return make(self.view)
            except TaskfilesError as error:
                if error.code != "changed-underneath":
                    raise
            self.refresh()
        return make(self.view)

    def refresh(self) -> View:
        """Read the backlog, and publish a new view if anything differs from the last one.

        One at a time: who comes while another reads waits, and reads then. Raises TaskfilesError.
        """
        with self._lock, _without_collector():
            store = self.open_store()
            snapshot = store.snapshot()
            if self._view is None and find_rows(snapshot.tasks) is None:
                snapshot = store.snapshot()  # from the index that there is now: smaller, and quickly searched
            return self._publish(store, snapshot.tasks, tuple(snapshot.unreadable))

    def refresh_at(self, paths: Collection[str]) -> View:
        """Read these files of tasks anew and leave the others; as `refresh` where they are not as before.

        What else has changed is for the next look: `wake` is called for it. Raises TaskfilesError.
        """
        with self._lock, _without_collector():
            store, last = self.open_store(), self._view
            tasks = None if last is None else _replace(store, last.backlog, paths)
            if last is not None and tasks is not None:
                return self._publish(store, tasks, last.unreadable)
        return self.refresh()

    def _publish(self, store: Store, tasks: Sequence[Task], unreadable: tuple[Finding, ...]) -> View:
        now, last, claims = self.now(), self._view, claim_objects(store)
        seen = dict(_list_marks(tasks, claims, now, store.zone))
        saved = _read_saved(store)
        dues = store.milestones
        over = [name for name, due in dues.items() if is_past(due, now, store.zone)]
        state = (unreadable, store.zone, str(saved), dues, over)
        changes_at = _find_next(tasks, claims, dues, now, store.zone)
        if last is not None and seen == self._seen and state == self._state:
            self._view = last._replace(changes_at=changes_at)
            return self._view
        revision = 1 if last is None else last.revision + 1
        self._seen, self._state = seen, state
        keys = self._find_keys(tasks, claims)
        backlog = Backlog(tasks)
        self._view = View(revision, backlog, unreadable, claims, keys, store.zone, changes_at, saved, dues)
        return self._view

    def wake(self, changed: Collection[str]) -> bool:
        """Look at the files if these may have changed, or if something changes by itself at this time.

        What the view shows already is not looked for again, as after a change of one's own. Gives whether
        there is a new view. Raises TaskfilesError, OSError.
        """
        view = self.view
        is_due = view.changes_at is not None and self.now() > view.changes_at
        if not is_due and (not changed or self._shows(changed)):
            return False
        return self.refresh().revision != view.revision

    def _shows(self, changed: Collection[str]) -> bool:
        """Return whether the view is of these files as they are now; of any doubt, that it is not."""
        if len(changed) > _FEW:
            return False
        with self._lock:  # a look that is under way may see them
            store = self.open_store()
            root, beside = f"{os.fspath(store.root)}/", f"{store.leases}/"
            if self._view is None or claim_objects(store) != self._view.claims:
                return False
            return all(
                path.startswith(beside)
                or (path.startswith(root) and self._knows(self._view, path, path[len(root) :]))
                for path in changed
            )

    def _knows(self, view: View, file: str, path: str) -> bool:
        name = path.rpartition("/")[2]
        if name.startswith("."):  # no task file
            return True
        if name == CONFIG_NAME:
            return False
        try:
            found = read_regular(file)
        except FileNotFoundError:  # also of a directory, which takes all below it along
            shown = (*view.keys, *(each.path for each in view.unreadable))
            return not any(each == path or each.startswith(f"{path}/") for each in shown)
        except OSError:
            return False
        known = self._keys.get(path)
        return known is not None and found is not None and known[0][0] == hex_digest(found[0])[:32]

    def _find_keys(self, tasks: Sequence[Task], claims: Mapping[str, Any]) -> dict[str, Key]:
        """Return the order keys of all tasks; those of files that are as they were are known."""
        found = {}
        for task in tasks:
            mark = (task.etag, task.id in claims)
            known = self._keys.get(task.path)
            found[task.path] = (
                known if known is not None and known[0] == mark else (mark, order_key(task, claims))
            )
        self._keys = found
        return {path: key for path, (_, key) in found.items()}

    def find_path(self, task_id: str) -> str | None:
        """Return the path of a task as it was last seen; None for an id that no task or several had."""
        paths = self.view.backlog.paths.get(task_id, ())
        return paths[0] if len(paths) == 1 else None

    def count_boxes(self, task: Task) -> tuple[int, int]:
        """Count the ticked boxes of a task's acceptance criteria, and all of them.

        A file that changes meanwhile has none: the next view has them.
        """
        key = (task.path, task.etag)
        if (known := self._boxes.get(key)) is not None:
            return known
        try:
            found = task.criteria
        except TaskfilesError:
            return (0, 0)
        finally:
            task.drop_cached()
        self._boxes[key] = found
        if len(self._boxes) > _BOXES:
            self._boxes.popitem(last=False)
        return found


def _replace(store: Store, backlog: Backlog, paths: Collection[str]) -> list[Task] | None:
    """Return all tasks, those at some paths as they are now; None unless each is where it was, alone."""
    fresh = {}
    for path in paths:
        try:
            task = store.load_at(path).task
        except TaskfilesError:
            return None
        if backlog.paths.get(task.id) != [path]:
            return None
        fresh[path] = task
    return [fresh.get(task.path, task) for task in backlog.tasks]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the search for circles: ten thousand tasks that are there to stay would be looked at thrice."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_saved(store: Store) -> Mapping[str, Any] | TaskfilesError:
    """Return the saved views; settings that can't be read are the affair of who asks for one."""
    try:
        return store.config.views
    except TaskfilesError as error:
        return error


def _list_marks(
    tasks: Iterable[Task], claims: Mapping[str, Any], now: datetime, zone: tzinfo
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield what tells of each file whether its card could differ: text, place, claim, the due day's end."""
    rows = list(tasks)
    dues = read_column(rows, "due")
    for task, due in zip(rows, dues, strict=True):
        mark = (task.etag, claims.get(task.id), due is not None and is_past(due, now, zone))
        yield f"{task.id}\0{task.path}", mark


def _find_next(
    tasks: Sequence[Task], claims: Mapping[str, Any], dues: Mapping[str, str], now: datetime, zone: tzinfo
) -> datetime | None:
    ends = [find_instant(claim.get("until")) for claim in claims.values()]
    days = (due for due in (*read_column(tasks, "due"), *dues.values()) if due is not None)
    spans = (find_span(due, zone) for due in days)
    ends += [span[1] for span in spans if span is not None]
    return min((end for end in ends if end is not None and end >= now), default=None)
