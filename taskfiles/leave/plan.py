"""Tasks of this project as those of another tool: their ids there, words, keys and relations; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from taskfiles.leave.target import Item, Leaving, Target
from taskfiles.leave.words import Words, find_blocked, find_theirs
from taskfiles.migrate.known import BASE, OLD_ID
from taskfiles.migrate.render import prefix_of
from taskfiles.migrate.rows import Row
from taskfiles.task.task import Task
from taskfiles.task.words import State
from taskfiles.text.nodes import Value

_LISTS = ("children", "depends_on")


class Spoken(NamedTuple):
    """A word of ours and what it is there; None while nothing says so, "" where no key does."""

    key: str
    value: str
    row: str
    word: str | None


def plan_leaving(
    tasks: Sequence[Task], target: Target, choices: Words, project: str
) -> tuple[Leaving, Counter[Spoken]]:
    """Return all tasks as another tool has them, and the words that they have with their counts."""
    ordered = list(_order(tasks))
    waits, below = find_waits(ordered), find_children(ordered)
    named = {each for found in (waits, below) for names in found.values() for each in names}
    named |= {task_id for task_id, children in below.items() if children}
    names = _name_all(ordered, target, named)
    spoken: Counter[Spoken] = Counter()
    items = [_make_item(task, target, choices, names, spoken) for task in ordered]
    for item in items:
        _relate(item, names, waits[item.task.id], below[item.task.id])
    _set_parents(items)
    _undo_lifts(items)
    for item in items:
        _fill_relations(item, target)
    return Leaving(items, project), spoken


def find_waits(tasks: Sequence[Task]) -> dict[str, list[str]]:
    """Return for each task those that it waits for, whichever of both says so."""
    waits = {task.id: _names(task.values.get("depends_on")) for task in tasks}
    for task in tasks:
        for other in _names(task.values.get("blocks")):
            if other in waits and task.id not in waits[other]:
                waits[other].append(task.id)
    return waits


def find_children(tasks: Sequence[Task]) -> dict[str, list[str]]:
    """Return the children of each task, whichever of both says so."""
    below = {task.id: _names(task.values.get("children")) for task in tasks}
    for task in tasks:
        parent = str(task.values.get("parent"))
        if parent in below and task.id not in below[parent]:
            below[parent].append(task.id)
    return below


def _order(tasks: Sequence[Task]) -> Iterator[Task]:
    """Yield parents before their children, and these in their order."""
    below = find_children(tasks)
    named = {child for each in below.values() for child in each}
    left = {task.id: task for task in tasks}
    for top in [*(task for task in tasks if task.id not in named), *tasks]:
        pending = [top.id]
        while pending:
            task = left.pop(pending.pop(), None)
            if task is not None:
                yield task
                pending += reversed(below[task.id])


def _name_all(tasks: Sequence[Task], target: Target, named: Collection[str]) -> dict[str, str]:
    """Return the id there of each task: the one it came with, else a new one; others name those `named`."""
    key = f"{prefix_of(target.source.name)}{OLD_ID}"
    names: dict[str, str] = {}
    taken: set[str] = set()
    olds = [(task, task.values.get(key) if target.renames else task.id) for task in tasks]
    olds += [(task, target.remembers(task)) for task in tasks]
    for task, old in olds:
        is_fit = old not in (None, "") and target.fits(task, str(old), task.id in named)
        if is_fit and task.id not in names and str(old).casefold() not in taken:
            names[task.id] = str(old)
            taken.add(str(old).casefold())
    name_task = target.names(frozenset(taken))
    for task in tasks:
        if task.id not in names:
            wanted = name = name_task(task, task.id in named)
            number = 2
            while name.casefold() in taken:
                name, number = f"{wanted}-{number}", number + 1
            names[task.id] = name
            taken.add(name.casefold())
    return names


def _make_item(
    task: Task,
    target: Target,
    choices: Words,
    names: Mapping[str, str],
    spoken: Counter[Spoken],
) -> Item:
    values, rows = task.values, target.source.rows
    prefix = prefix_of(target.source.name)
    own = {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}
    item = Item(task, names[task.id], "", body=task.document.body)
    item.own = {_restore(key, prefix): value for key, value in own.items() if key not in {OLD_ID, BASE}}
    taken = set()
    for name, row in rows.items():
        value = values.get(row.ours)
        if not row.ours or row.ours in taken or row.how == "drop":
            continue
        if row.how == "word":
            ours = value if isinstance(value, str) else ""
            word = _say(item, target, name, ours, choices=choices, spoken=spoken)
            if word and name != target.state_row:
                item.keys[name] = target.spell(word)
        elif row.how != "refs" and value not in (None, "", []):
            item.keys[name] = _carry(target, name, row, value)
        taken.add(row.ours)
    return item


def _restore(key: str, prefix: str) -> str:
    """Return a key as its tool has it; `id_` and `base_` would have met our own bookkeeping.

    >>> _restore("ordinal", "x_backlog_"), _restore("id_", "x_backlog_")
    ('ordinal', 'x_backlog_id')
    """
    return f"{prefix}{OLD_ID}" if key == f"{OLD_ID}_" else BASE if key == f"{BASE}_" else key


def _say(item: Item, target: Target, name: str, ours: str, *, choices: Words, spoken: Counter[Spoken]) -> str:
    """Return the word of a row for ours, and count it; a state is kept in the item."""
    key, is_state = target.source.rows[name].ours, name == target.state_row
    blocked = item.task.values.get("blocked")
    theirs = None
    if is_state and ours == State.READY and isinstance(blocked, str):
        theirs = find_blocked(target, blocked)
    if theirs is None and ours:
        theirs = find_theirs(target, name, ours, choices)
    if ours:
        shown = None if theirs is None else str(target.spell(theirs)) if theirs else ""
        spoken[Spoken(key, ours, name, shown)] += 1
    if is_state:
        item.state = theirs or ""
    return theirs or ""


def _relate(item: Item, names: Mapping[str, str], waits: Sequence[str], below: Sequence[str]) -> None:
    """Set the relations by the ids there; those kept aside when the task came in go back."""
    lists = [key for key in ("parent", *_LISTS) if isinstance(item.own.get(key), list)]
    item.kept = {key: [] for key in ("parent", *_LISTS)} | {key: _names(item.own.pop(key)) for key in lists}
    item.children = [names.get(each, each) for each in below]
    item.waits = [names.get(each, each) for each in waits]
    item.children += [each for each in item.kept["children"] if each not in item.children]
    item.waits += [each for each in item.kept["depends_on"] if each not in item.waits]


def _set_parents(items: Sequence[Item]) -> None:
    by_old = {item.old_id: item for item in items}
    for item in items:
        for child in item.children:
            is_kept = child in item.kept["children"]
            if child in by_old and by_old[child].parent is None and not is_kept:
                by_old[child].parent = item.old_id


def _undo_lifts(items: Sequence[Item]) -> None:
    """Put tasks of a fourth level, which became siblings of their parent here, back below it."""
    by_old = {item.old_id: item for item in items}
    for item in items:
        kept = item.kept["parent"]
        old = by_old.get(kept[0]) if len(kept) == 1 else None
        if old is not None and old.parent is not None and old.parent == item.parent:
            above = by_old.get(item.parent)
            if above is not None and item.old_id in above.children:
                above.children.remove(item.old_id)
            item.parent = old.old_id
            old.children.append(item.old_id)
            item.kept["parent"] = []


def _fill_relations(item: Item, target: Target) -> None:
    """Set the keys that name other tasks, by the first row for each relation."""
    relations = {"children": item.children, "depends_on": item.waits}
    relations["parent"] = [*([item.parent] if item.parent is not None else []), *item.kept["parent"]]
    done = set()
    for name, row in target.source.rows.items():
        found = relations.get(row.ours, []) if row.how == "refs" and row.ours not in done else []
        if found:
            item.keys[name] = found[0] if row.ours == "parent" and len(found) == 1 else list(found)
        done.add(row.ours)
    item.keys = {name: item.keys[name] for name in target.source.rows if name in item.keys}


def _names(given: Value) -> list[str]:
    return [str(each) for each in given] if isinstance(given, list) else []


def _carry(target: Target, name: str, row: Row, value: Value) -> Value:
    if row.how == "moment":
        return target.prints(str(value))
    if row.how == "names" and isinstance(value, list):
        return ", ".join(map(str, value)) if name in target.single else list(value)
    return value
