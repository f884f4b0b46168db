"""The tasks that `list` shows: one look at them all, at as much of each as is asked for."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from taskfiles import Filter, Finding, Snapshot, Store, Task, sort_tasks, task_object
from taskfiles.backlog.graph import find_parents
from taskfiles.backlog.problems import Problems, find_problems
from taskfiles.backlog.query import Test, make_test, match_rows
from taskfiles.backlog.sieve import Sifted, make_sieve, sift_rows
from taskfiles.backlog.snapshot import readable_tasks
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.columns import find_invalid, pick, read_ids, read_states
from taskfiles.task.keys import ADDED_KEYS, KEY_ORDER, SHOW_KEYS
from taskfiles.task.order import sort_by_id
from taskfiles.task.rows import TaskRows
from taskfiles.task.wire import chosen_objects
from taskfiles.task.words import CLOSED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from taskfiles.backlog.readiness import Backlog
    from taskfiles.backlog.standing import Standings
    from taskfiles.backlog.unmatched import Lookout
    from taskfiles.store.claims import ProjectClaims


class Ask(NamedTuple):
    """What is asked for: which tasks, in which order, how many; the keys named, and those of the rows.

    Without `shown` rows have all keys; `with_rows` is whether the answer needs any. Without keys to sort by
    the order is that of people. `hides` leaves closed tasks out and counts them; `standings` describes where
    tasks stand, if the answer needs that.
    """

    wanted: Filter
    sort: Sequence[str]
    limit: int | None
    named: Sequence[str]
    shown: Sequence[str] | None
    with_rows: bool
    startable: Startable | None = None
    hides: bool = False
    standings: Callable[[Sequence[Task], Backlog], Standings] | None = None


class Startable(NamedTuple):
    """The claims and the instant that decide what can be started, and whether only such tasks are wanted."""

    claims: ProjectClaims
    wanted: bool | None
    now: datetime
    zone: tzinfo

    def find(self, tasks: Sequence[Task]) -> set[str]:
        """Return the ids of the tasks that `next` would offer."""
        from taskfiles.backlog.next import choose_next  # noqa: PLC0415 (few lists ask)

        choice = choose_next(tasks, count=len(tasks), **self.claims._asdict(), now=self.now, zone=self.zone)
        return {each.task.id for each in choice.candidates}


class Seen(NamedTuple):
    """The tasks asked for, their rows if needed, what is wrong, and the keys found of those named.

    `lookout` knows what is asked for and no task has. `hidden` counts the closed tasks that are left out, by
    state; `total` counts those of the project. `snapshot` has all tasks where they were needed.
    """

    tasks: Sequence[Task]
    rows: list[dict[str, Any]]
    problems: Problems
    keys: set[str]
    lookout: Lookout | None = None
    hidden: Mapping[str, int] = MappingProxyType({})
    total: int = 0
    standings: Standings | None = None
    snapshot: Snapshot | None = None


def survey(store: Store, ask: Ask) -> Seen:
    """Look at every task once, and keep only those asked for: a large store would not fit into memory.

    Raises TaskfilesError as `Store.read_all` does, and (bad-value) for a key that can't be sorted by.
    """
    if ask.wanted.parent is None and ask.startable is None and ask.standings is None:
        # Whether any task has a key of its own shows only where all are looked at.
        if _KNOWN.issuperset(ask.named):
            seen = store.read_all(
                lambda found: _look(found, ask, None, sifted=True), only=make_sieve(ask.wanted)
            )
            if seen is not None and (seen.lookout is None or not seen.lookout.missing()):
                return seen
        seen = store.read_all(lambda found: _look(found, ask, None))
        if seen is not None:
            return seen
    # Parents, what tasks wait for, and ids that stand twice show only where all tasks are at hand.
    return store.with_snapshot(lambda snapshot: _look_again(snapshot, ask))


_KNOWN = frozenset({*KEY_ORDER, *ADDED_KEYS, *SHOW_KEYS, "extra", "startable"})
_ALL = Filter()


def _look(
    found: Iterable[Task | Finding],
    ask: Ask,
    parents: Mapping[str, str] | None,
    can_start: Collection[str] = (),
    *,
    sifted: bool = False,
) -> Seen | None:
    """Look at tasks as they come; without `parents` None where an id stands twice.

    Of `sifted` tasks others may be left out; the lookout then sees those that match.
    """
    above = parents or {}
    own = set(ask.named) - _KNOWN
    wanted = None if ask.startable is None else ask.startable.wanted
    lookout = _make_lookout(ask.wanted)
    look = lookout.look if lookout is not None and not sifted else None
    meets = None if ask.wanted == _ALL else make_test(ask.wanted, above)
    if isinstance(found, TaskRows) and not own and look is None:
        gathered = _gather_rows(found, ask.wanted, meets, sifted=sifted)
    else:
        gathered = _gather(found, meets, own, look)
    chosen, others, invalid, unreadable, keys = gathered
    ids = read_ids(chosen) + others
    if parents is None and len(set(ids)) < len(ids):
        return None
    problems = find_problems(unreadable, sort_by_id([*invalid, *find_invalid(chosen)]))
    if lookout is not None and sifted:
        lookout.look_until_found(chosen)
    if wanted is not None:
        chosen = pick(chosen, (n for n, each in enumerate(read_ids(chosen)) if (each in can_start) == wanted))
    tasks, hidden = _hide_closed(chosen) if ask.hides else (chosen, {})
    tasks = (sort_tasks(tasks, ask.sort) if ask.sort else _sort_for_people(tasks))[: ask.limit]
    rows = _rows(tasks, ask.shown, above) if ask.with_rows else []
    if "startable" in ask.named:
        for row, task in zip(rows, tasks, strict=True):
            row["startable"] = task.id in can_start
    return Seen(tasks, rows, problems, keys, lookout, hidden, len(ids))


class _Gathered(NamedTuple):
    """The tasks that meet what is asked for; of the others the ids, and those with errors.

    Beside them what can't be read, and which of the keys asked for there are.
    """

    chosen: Sequence[Task]
    others: list[str]
    invalid: Sequence[Task]
    unreadable: list[Finding]
    keys: set[str]


def _gather(
    found: Iterable[Task | Finding],
    meets: Test | None,
    own: Collection[str],
    look: Callable[[Task], None] | None,
) -> _Gathered:
    chosen: list[Task] = []
    others: list[str] = []
    invalid: list[Task] = []
    unreadable: list[Finding] = []
    keys: set[str] = set()
    for each in readable_tasks(found, unreadable):
        if look is not None:
            look(each)
        if own:
            keys |= each.values.keys() & own
        if meets is None or each.is_certain or meets(each):
            chosen.append(each)
            continue
        others.append(each.id)
        if each.errors:
            invalid.append(each)
    return _Gathered(chosen, others, invalid, unreadable, keys)


def _gather_rows(rows: TaskRows, wanted: Filter, meets: Test | None, *, sifted: bool) -> _Gathered:
    """Gather rows of the index; a task is made only of those for which columns are not enough."""
    if meets is None:
        return _Gathered(rows, [], [], [], set())
    known = Sifted({*rows.places}, rows.table.certain) if sifted else sift_rows(rows, wanted)
    numbers = match_rows(rows, known, meets)
    others = rows.pick({*range(len(rows))}.difference(numbers))
    return _Gathered(rows.pick(numbers), read_ids(others), find_invalid(others), [], set())


def _hide_closed(tasks: Sequence[Task]) -> tuple[Sequence[Task], dict[str, int]]:
    """Leave closed tasks out, and count them by state."""
    states = [state if isinstance(state, str) else "" for state in read_states(tasks)]
    hidden = {state: states.count(state) for state in dict.fromkeys(states) if state in CLOSED}
    return pick(tasks, [number for number, state in enumerate(states) if state not in hidden]), hidden


def _sort_for_people(tasks: Sequence[Task]) -> Sequence[Task]:
    from taskfiles.backlog.standing import sort_by_urgency  # noqa: PLC0415 (programs need none)

    return sort_by_urgency(tasks)


def _make_lookout(wanted: Filter) -> Lookout | None:
    if not (wanted.labels or wanted.assignee or wanted.model or wanted.tool or wanted.meta):
        return None
    from taskfiles.backlog.unmatched import Lookout  # noqa: PLC0415 (most lists ask for no texts)

    return Lookout(wanted)


def _look_again(snapshot: Snapshot, ask: Ask) -> Seen:
    parents = {} if ask.wanted.parent is None else find_parents(snapshot.tasks)
    if ask.wanted.parent is not None:
        from taskfiles.backlog.unmatched import check_parents  # noqa: PLC0415 (as above)

        check_parents(snapshot, ask.wanted, parents)
    can_start = set() if ask.startable is None else ask.startable.find(snapshot.tasks)
    seen = _look(snapshot.tasks, ask, parents, can_start)
    assert seen is not None
    if (describe := ask.standings) is not None:
        from taskfiles.backlog.readiness import Backlog  # noqa: PLC0415 (programs need none)

        backlog = Backlog(snapshot.tasks)
        seen = seen._replace(standings=describe(seen.tasks, backlog))
    return seen._replace(problems=find_problems(snapshot.unreadable, snapshot.tasks), snapshot=snapshot)


def _rows(
    tasks: Sequence[Task], shown: Sequence[str] | None, parents: Mapping[str, str]
) -> list[dict[str, Any]]:
    rows = [task_object(task) for task in tasks] if shown is None else chosen_objects(tasks, shown)
    if parents and (shown is None or "parent" in shown):
        for task, row in zip(tasks, rows, strict=True):
            row["parent"] = parents.get(task.id, row["parent"])
    return rows
