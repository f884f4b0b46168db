"""Filtering and sorting tasks; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any, TypeAlias

from taskfiles.backlog.filter import Filter
from taskfiles.backlog.graph import find_parents, words
from taskfiles.backlog.sieve import ACTIVITY, Sifted, sift_rows
from taskfiles.basics.instants import find_instant, find_span
from taskfiles.basics.patterns import lazy
from taskfiles.basics.unicode import fold, normal
from taskfiles.errors import TaskfilesError
from taskfiles.task.attempts import attempt_list
from taskfiles.task.columns import find_invalid, find_rows, pick, read_column
from taskfiles.task.keys import DEFAULTS, INSTANT_KEYS, KEY_ORDER, NUMBER_KEYS, WORDS
from taskfiles.task.order import sort_by_id
from taskfiles.task.rows import TaskRows
from taskfiles.task.task import Task
from taskfiles.task.values import BadValue, check_number, is_word, suggest
from taskfiles.task.words import CLOSED
from taskfiles.text.nodes import Value, YamlProblem, same

_KEYS = frozenset(KEY_ORDER)
_MAY_BE_NUMBER = lazy(r"\d|\.inf|\.nan|true|false", re.IGNORECASE)
Test: TypeAlias = "Callable[[Task], bool]"


def find_tasks(tasks: Sequence[Task], wanted: Filter) -> Sequence[Task]:
    """Return the tasks that match a filter, in their given order.

    `tasks` are all tasks of a store, since parents are looked up among them.
    """
    matches = make_test(wanted, {} if wanted.parent is None else find_parents(tasks))
    if isinstance(tasks, TaskRows):
        return tasks.pick(match_rows(tasks, sift_rows(tasks, wanted), matches))
    return [task for task in tasks if matches(task)]


def match_rows(rows: TaskRows, sifted: Sifted, matches: Test) -> list[int]:
    """Return the numbers of the tasks that match; one is made only where columns alone do not say it."""
    possible, certain = sifted
    return [
        number
        for number, at in enumerate(rows.places)
        if at in certain or (at in possible and matches(rows[number]))
    ]


def make_test(wanted: Filter, parents: Mapping[str, str]) -> Callable[[Task], bool]:
    """Return the predicate of a filter; `parents` (parent by child) is needed only if the filter has one."""
    tests = list(_own_tests(wanted))
    if wanted.parent is not None:
        above = wanted.parent
        tests.insert(0, lambda task: parents.get(task.id) in above)
    if len(tests) == 1:
        return tests[0]
    return lambda task: all(meets(task) for meets in tests)


def _own_tests(wanted: Filter) -> Iterator[Test]:
    """Yield what a task must meet by itself, as the filter asks for it; what reads its text comes last."""
    for key in WORDS:
        if (allowed := getattr(wanted, key)) is not None:
            yield partial(_has_word, key=key, allowed=allowed)
    for group in wanted.labels:
        yield partial(_has_label, group={normal(label) for label in group})
    if wanted.assignee is not None:
        yield partial(_has_person, people={person(name) for name in wanted.assignee})
    if wanted.blocked is not None:
        yield lambda task: is_blocked(task) is wanted.blocked
    if wanted.open:
        yield lambda task: not is_word(task.state, CLOSED)
    for key, value in wanted.meta:
        yield partial(_has_meta, dotted=key, wanted=_meanings(value))
    if wanted.has_execution or any(each is not None for each in (wanted.status, wanted.model, wanted.tool)):
        given = {"model": wanted.model, "tool": wanted.tool}
        agents = {key: {*map(normal, texts)} for key, texts in given.items() if texts is not None}
        yield lambda task: _matches_execution(task, wanted, agents)
    if wanted.since is not None:
        yield partial(_is_active_since, since=wanted.since, zone=wanted.zone)
    if (before := wanted.due_before) is not None:
        from taskfiles.backlog.dates import is_overdue  # noqa: PLC0415 (few filters ask for days)

        yield lambda task: is_overdue(task, before, wanted.zone)
    if needle := fold(wanted.search):
        yield lambda task: any(needle in text for text in searched_texts(task))


def _has_word(task: Task, key: str, allowed: Collection[str]) -> bool:
    return is_word(task.state if key == "state" else task.get(key), allowed)  # the index knows the state


def _has_label(task: Task, group: set[str]) -> bool:
    return bool(group & {normal(label) for label in words(task, "labels")})


def _has_person(task: Task, people: set[str]) -> bool:
    return bool(people & {person(name) for name in words(task, "assignees")})


def is_blocked(task: Task) -> bool:
    """Return whether a task's `blocked` says that something blocks it."""
    return says_blocked(task.get("blocked"))


def says_blocked(blocked: object) -> bool:
    """Return whether a value of `blocked` says that something blocks a task."""
    return bool(blocked.strip()) if isinstance(blocked, str) else bool(blocked)


def person(name: str) -> str:
    """Return the form in which names of people are compared: `@bob` and `bob` are one.

    >>> person("@bob") == person("bob")
    True
    """
    return normal(name).removeprefix("@")


def searched_texts(task: Task) -> Iterator[str]:
    """Yield the texts of a task that a search looks into, in the form in which they are compared."""
    yield fold(task.id)
    yield fold(str(task.title))
    yield from map(fold, words(task, "labels"))
    yield fold(task.body)


def _meanings(value: Value) -> list[Value]:
    """Return what a wanted value may mean: itself, and for a text what it is as typed, and as YAML."""
    meanings = [value]
    if isinstance(value, str):
        from taskfiles.text.typed import read_typed, read_value  # noqa: PLC0415 (few filters have values)

        meanings.append(read_typed(value))
        if _MAY_BE_NUMBER.search(value) is None:  # what reads YAML takes long to import
            return meanings
        with suppress(YamlProblem):
            number = read_value(value)  # as a file may write it: 1.10, 1e3
            is_number = isinstance(number, (int, float)) and "#" not in value
            meanings += [number] if is_number else []
    return meanings


def has_meta(task: Task, dotted: str, wanted: Value) -> bool:
    """Return whether a filter by a key, or a dotted path of keys, and a value matches a task."""
    return _has_meta(task, dotted, _meanings(wanted))


def _has_meta(task: Task, dotted: str, wanted: list[Value]) -> bool:
    """Return whether a key, or a dotted path of keys, has one of the wanted values."""
    value = find_meta(task, dotted)
    candidates = value if isinstance(value, list) else []
    equals = _is_same_person if dotted == "assignees" else _equals
    return any(_equals(value, each) or any(equals(item, each) for item in candidates) for each in wanted)


def _is_same_person(value: Value, wanted: Value) -> bool:
    return isinstance(value, str) and isinstance(wanted, str) and person(value) == person(wanted)


def _equals(value: Value, wanted: Value) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return normal(value) == normal(wanted)
    return same(value, wanted)


def find_meta(task: Task, dotted: str) -> Any:
    """Return the value of a key or a dotted path of keys, else a known key's default, else None."""
    return task.get(dotted) if dotted in _KEYS else find_own(task.values, dotted)


def find_own(values: Mapping[str, Any], dotted: str) -> Any:
    """Return the value of a key or a dotted path of keys among those of a file; None if it has none."""
    if dotted in values:
        return values[dotted]
    value: Any = values
    for step in dotted.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _matches_execution(task: Task, wanted: Filter, agents: Mapping[str, Collection[str]]) -> bool:
    attempts = [
        attempt
        for attempt in attempt_list({"execution": task.value("execution")})
        if isinstance(attempt, dict)
    ]
    if wanted.status is None and not agents:
        return bool(attempts)
    return any(_matches_attempt(attempt, wanted.status, agents) for attempt in attempts)


def _matches_attempt(
    attempt: dict[str, Any], status: Collection[str] | None, agents: Mapping[str, Collection[str]]
) -> bool:
    if status is not None and not is_word(attempt.get("status"), status):
        return False
    executor = attempt.get("executor") if agents else None
    for key, texts in agents.items():
        text = executor.get(key) if isinstance(executor, dict) else None
        if not isinstance(text, str) or normal(text) not in texts:
            return False
    return True


def _is_active_since(task: Task, since: datetime, zone: tzinfo) -> bool:
    spans = (find_span(task.value(key), zone) for key in ACTIVITY)
    return any(span[1] >= since for span in spans if span is not None)


def latest_activity(task: Task, zone: tzinfo = UTC) -> datetime | None:
    """Return the latest of a task's own instants, of a day its last in `zone`; None if it has none."""
    return find_latest([task.value(key) for key in ACTIVITY], zone)


def find_latest(activity: Sequence[Value], zone: tzinfo = UTC) -> datetime | None:
    """Return the latest of some values of a file, as `latest_activity` does."""
    values = [value for value in activity if value is not None]
    forms = {_form(value) for value in values}
    if len(forms) == 1 and None not in forms:  # texts of one form sort by time
        latest = find_instant(max(values, key=str))
        if latest is not None:
            return latest
    spans = (find_span(value, zone) for value in values)
    return max((span[1] for span in spans if span is not None), default=None)


def _form(value: object) -> int | None:
    """Return the length of an instant as this tool writes it; None for one of any other form."""
    if type(value) is not str or value[-1:] != "Z" or value[10:11] != "T":
        return None
    return len(value) if len(value) == 20 or (len(value) == 24 and value[19] == ".") else None


def sort_tasks(tasks: Sequence[Task], keys: Sequence[str]) -> Sequence[Task]:
    """Return tasks sorted by keys, `-key` descending, ties by id; missing values come last either way.

    Words sort by rank (low before high), instants by time. Raises TaskfilesError (bad-value) for a key
    that the format does not define.
    """
    by_id = sort_by_id(tasks)
    order: Sequence[int] = range(len(by_id))
    for key in reversed(keys[:-1] if keys[-1:] == ["id"] else keys):
        name = key.removeprefix("-")
        if name not in KEY_ORDER:
            remedy = suggest(name, KEY_ORDER) + "Sort by keys of the format, `-` before one for the reverse."
            raise TaskfilesError(
                "bad-value",
                option="The sort key",
                given=f"“{name}”",
                problem="it is not a key",
                remedy=remedy,
            )
        ranks = [*_ranks(by_id, name)]
        known = [number for number in order if ranks[number] is not None]
        known.sort(key=ranks.__getitem__, reverse=key.startswith("-"))
        order = known + [number for number in order if ranks[number] is None]
    return pick(by_id, order)


def _ranks(tasks: Sequence[Task], key: str) -> Iterator[Any]:
    """Yield what tasks are ordered by; None for a missing value."""
    rank, default = _make_rank(key), DEFAULTS.get(key)
    if find_rows(tasks) is not None:
        values = read_column(tasks, key)
        if key in INSTANT_KEYS and _sort_as_texts(values) and not find_invalid(tasks):
            yield from values
            return
        yield from (rank(default if value is None else value) for value in values)
        return
    for task in tasks:
        yield rank(task.get(key))
        task.drop_cached()  # the values of many tasks take more memory than all else


def _sort_as_texts(values: Sequence[Value]) -> bool:
    """Return whether valid instants are in time order as their texts are: in UTC, and equally precise."""
    texts = [value for value in values if type(value) is str]
    return (
        len(texts) + values.count(None) == len(values)
        and len({*map(len, texts)}) <= 1
        and {text[10:20:3] + text[-1:] for text in texts} <= {"T::ZZ", "T::.Z"}
    )


def _make_rank(key: str) -> Callable[[Any], Any]:
    if key in WORDS:
        words = {str(word): number for number, word in enumerate(WORDS[key])}
        return lambda value: words.get(value) if isinstance(value, str) else None
    if key in INSTANT_KEYS:
        return find_instant
    if key in NUMBER_KEYS:
        return lambda value: value if type(value) in {int, float} else None
    return lambda value: fold(str(value)) if value not in (None, [], {}) else None


def rank_of(task: Task) -> float | None:
    """Return where people have placed a task; None where its `rank` is no number that a file may hold."""
    return read_rank(task.value("rank"))


def read_rank(rank: Value) -> float | None:
    """Return the number that a value of `rank` is; None if it is none that a file may hold."""
    if rank is None:
        return None
    try:
        return check_number(rank)
    except BadValue:
        return None
