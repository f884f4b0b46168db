"""Which attempts a command is asked about, and the look at every task that finds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from taskfiles import Finding, Snapshot, Store, Task, TaskfilesError
from taskfiles.backlog.graph import find_descendants
from taskfiles.backlog.problems import Problems, find_problems
from taskfiles.backlog.snapshot import ambiguous_task, no_such_task
from taskfiles.dataset.words import Engine
from taskfiles.stats.rows import Gathered, Scope, gather
from taskfiles.task.columns import find_invalid
from taskfiles.task.order import sort_by_id
from taskfiles.task.rows import TaskRows
from taskfiles_cli.line.values import read_when, read_words

if TYPE_CHECKING:
    from taskfiles_cli.figures.dataset import Fleet


def read_scope(
    now: datetime, since: str | None, until: str | None, state: Sequence[str] | None, zone: tzinfo = UTC
) -> Scope:
    """Read which attempts are asked for; days are those of `zone`. Raises TaskfilesError (bad-value)."""
    start = read_when("--since", since, now, zone) if since is not None else None
    end = read_when("--until", until, now, zone) if until is not None else None
    if start is not None and end is not None and end <= start:
        problem, remedy = (
            "it is not after --since",
            "Name a later day; --until itself is left out.",
        )
        raise TaskfilesError(
            "bad-value", option="--until", given=f"“{until}”", problem=problem, remedy=remedy
        )
    return Scope(start, end, read_words({"state": state}).get("state", frozenset()), zone=zone, now=now)


def survey(
    store: Store, scope: Scope, by: Sequence[str], task: str | None
) -> tuple[Gathered, Scope, Problems]:
    """Look at every task once; what concerns several files shows only where all tasks are at hand.

    Gives the scope with the ids below `task`, and what is wrong with files, too. Raises TaskfilesError
    (no-such-task, ambiguous-task).
    """
    if task is None:
        gathered, problems = store.read_all(lambda found: _look(found, scope, by))
        if not gathered.twins:
            return gathered, scope, problems
    return store.with_snapshot(lambda snapshot: look_again(snapshot, scope, by, task))


def _look(found: Iterable[Task | Finding], scope: Scope, by: Sequence[str]) -> tuple[Gathered, Problems]:
    if isinstance(found, TaskRows):
        return gather(found, scope, by), find_problems((), find_invalid(found.sorted()))
    unreadable: list[Finding] = []
    invalid: list[Task] = []

    def watched() -> Iterator[Task | Finding]:
        for each in found:
            if isinstance(each, Finding):
                unreadable.append(each)
            elif each.errors:
                invalid.append(each)
            yield each

    gathered = gather(watched(), scope, by)
    return gathered, find_problems(unreadable, sort_by_id(invalid))


def look_again(
    snapshot: Snapshot, scope: Scope, by: Sequence[str], task: str | None
) -> tuple[Gathered, Scope, Problems]:
    """Look at the tasks of a snapshot, below a task or at all of them.

    Raises TaskfilesError (no-such-task, ambiguous-task).
    """
    if task is not None:
        scope = scope._replace(ids=find_below(snapshot, task))
    gathered = gather([*snapshot.unreadable, *snapshot.tasks], scope, by)
    return gathered, scope, find_problems(snapshot.unreadable, snapshot.tasks)


def find_below(snapshot: Snapshot, task: str) -> frozenset[str]:
    """Return the ids of a task and of all below it. Raises TaskfilesError (no-such-task, ambiguous-task)."""
    paths = [each.path for each in snapshot.tasks if each.id == task]
    if not paths:
        raise no_such_task(task, snapshot)
    if len(paths) > 1:
        raise ambiguous_task(task, paths)
    return frozenset([task, *find_descendants(snapshot.tasks, task)])


def choose_fleet(
    dataset: str | None, engine: Engine | None, repos: Sequence[str] | None, command: str
) -> Fleet | None:
    """Open a dataset where one is given; without it nothing else is of use.

    Raises TaskfilesError (usage), and as `open_fleet` does.
    """
    if dataset is not None:
        from taskfiles_cli.figures.dataset import open_fleet  # noqa: PLC0415 (few calls are of datasets)

        return open_fleet(dataset, engine, repos or ())
    if given := [name for name, value in {"--engine": engine, "--repo": repos}.items() if value]:
        problem = f"{' and '.join(given)} can't go without --dataset."
        raise TaskfilesError("usage", problem=problem, command=command)
    return None
