"""Use cases on whole tasks: create one, update one, put its keys in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from taskfiles.basics.instants import format_instant
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.mutate import Change, Draft, Edit, as_holder, invalid_edit, mutate
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task import values
from taskfiles.task.keys import KEY_ORDER, sort_keys
from taskfiles.task.names import expected_path, id_in_path, make_id
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.task.values import BadValue, plain_value
from taskfiles.text.nodes import MAX_DEPTH
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.reorder import reorder_yaml
from taskfiles.text.sections import (
    ACCEPTANCE_CRITERIA,
    INSIGHT_SECTIONS,
    INSIGHTS,
    SECTIONS,
    BadSection,
    find_checkboxes,
    split_lines,
    tick_checkbox,
    write_section,
)
from taskfiles.text.steps import field_name
from taskfiles.text.yaml_print import print_block

_FIXED = {
    "id": "`tasks rename {id} NEW-ID` changes it, and rewrites it in other tasks, too.",
}
_TEMPLATE = "- [ ] Say what must be true when this is done"


class Update(NamedTuple):
    """Changes to one task that are made in one write.

    `set` and `unset` work on top-level keys, `add` and `remove` on items of list keys, `patch` is a
    JSON Merge Patch (RFC 7386), `sections` replaces a section's text, `checks` ticks (true) or
    clears (false) checkboxes by number from 1.
    """

    set: Mapping[str, Any] = {}
    unset: Sequence[str] = ()
    add: Sequence[tuple[str, Any]] = ()
    remove: Sequence[tuple[str, Any]] = ()
    patch: Mapping[str, Any] = {}
    sections: Sequence[tuple[str, str]] = ()
    checks: Mapping[int, bool] = {}


def update(
    store: Store, task_id: str, changes: Update, *, if_match: str | None = None, dry_run: bool = False
) -> Change:
    """Change a task's keys, sections and checkboxes in one lossless write.

    Raises TaskfilesError: fixed-key, edit-unsafe, edit-invalid, section-text, no-such-checkbox, and
    as `mutate` does.
    """
    named = {
        *changes.set,
        *changes.unset,
        *changes.patch,
        *(key for key, _ in [*changes.add, *changes.remove]),
    }
    for key in sorted(named & _FIXED.keys()):
        raise TaskfilesError("fixed-key", field=key, remedy=_FIXED[key].format(id=task_id))

    def edit(draft: Draft) -> None:
        draft.values.update(changes.set)
        for key in changes.unset:
            draft.values.pop(key, None)
        draft.values = merge_patch(draft.values, changes.patch)
        for key, item in changes.add:
            _add_item(draft, key, item)
        for key, item in changes.remove:
            _remove_item(draft, key, item)
        for title, text in changes.sections:
            draft.write_section(title, text)
        for number, checked in changes.checks.items():
            _tick(draft, number, checked)

    return mutate(store, task_id, edit, if_match=if_match, dry_run=dry_run)


def merge_patch(target: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a JSON Merge Patch (RFC 7386): null removes a key, mappings merge, all else replaces.

    >>> merge_patch({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None}, "d": [4]})
    {'a': {'c': 2}, 'd': [4]}
    """
    result = dict(target)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            old = result.get(key)
            result[key] = merge_patch(old if isinstance(old, dict) else {}, value)
        else:
            result[key] = value
    return result


def _add_item(draft: Draft, key: str, item: Any) -> None:
    items = _items(draft, key)
    if item not in items:
        draft.values[key] = [*items, item]


def _remove_item(draft: Draft, key: str, item: Any) -> None:
    items = _items(draft, key)
    if item in items:
        draft.values[key] = [other for other in items if other != item]


def _items(draft: Draft, key: str) -> list[Any]:
    items = draft.values.get(key)
    if items is None:
        return []
    if not isinstance(items, list):
        problem = f"it is {values.describe(items)}, not a list"
        raise TaskfilesError("edit-unsafe", path=draft.task.path, field=key, problem=problem)
    return items


def _tick(draft: Draft, number: int, checked: bool) -> None:
    try:
        draft.body = tick_checkbox(draft.body, number, checked=checked)
    except IndexError:
        count = len(find_checkboxes(split_lines(draft.body)))
        raise TaskfilesError(
            "no-such-checkbox", path=draft.task.path, id=draft.task.id, number=number, count=count
        ) from None


# Creating


def create(
    store: Store,
    title: str,
    *,
    task_id: str | None = None,
    keys: Mapping[str, Any] | None = None,
    sections: Sequence[tuple[str, str]] = (),
    body: str | None = None,
    parent: str | None = None,
    dry_run: bool = False,
) -> list[Change]:
    """Create a task in its state's directory (default: idea) and, with `parent`, enter it there.

    The id comes from the title where none is given, with a number where it is taken. Gives the new
    task's change first, then the parent's.

    Raises TaskfilesError: edit-invalid, path-taken, no-such-task (the parent), section-text, io.
    """
    store.check_writable()
    wanted = {"state": "idea", "kind": "task", **(keys or {}), "title": title}
    text = _template(done=wanted["state"] == "done") if body is None else body
    taken: set[str] = set()
    if task_id is None:
        taken = {name for path in store.walk() if (name := id_in_path(path))}
    while True:
        chosen = task_id or make_id(title, taken)
        task = _new_task(store, {**wanted, "id": chosen}, text, sections)
        from taskfiles.changes.mutate_all import mutate_all  # noqa: PLC0415 (updates don't need it)

        with store.locks.tasks(chosen, *([parent] if parent else [])):
            if (holder := store.holder(chosen)) is not None:
                if task_id is not None:
                    raise TaskfilesError("id-taken", path=holder, id=chosen)
                taken.add(chosen)
                continue
            enter = partial(_add_item, key="children", item=chosen)
            edits: dict[str, Edit] = {} if parent is None else {parent: enter}
            return mutate_all(store, edits, creations=[task], action="task.create", dry_run=dry_run)


def _new_task(store: Store, wanted: dict[str, Any], body: str, sections: Sequence[tuple[str, str]]) -> Task:
    now = format_instant(store.now())
    if store.settings.timestamps:
        wanted = {"created_at": now, "updated_at": now, **wanted}
    if wanted["state"] == "done":
        wanted.setdefault("completed_at", now)
    try:
        plain = {key: plain_value(value, MAX_DEPTH) for key, value in wanted.items() if value is not None}
    except BadValue as bad:
        raise TaskfilesError("edit-unsafe", field="A value", problem=bad.params["problem"]) from bad
    keys = sort_keys(plain)
    for title, text in sections:
        try:
            body = write_section(body, title, text)
        except BadSection as bad:
            raise TaskfilesError("section-text", field=f"“{title}”", problem=str(bad)) from bad
    ordered = {key: keys[key] for key in (*KEY_ORDER, *keys) if key in keys}
    front = "".join(print_block(ordered, 0)[1:])
    try:
        task = parse_task("", f"---\n{front}---\n{body}".encode())
    except Unreadable as error:
        raise invalid_edit(wanted["id"], error.finding) from error
    except UnicodeEncodeError:
        raise TaskfilesError(
            "edit-unsafe", field="The body", problem="it holds bytes that are not UTF-8"
        ) from None
    for finding in task.errors:
        raise invalid_edit(wanted["id"], finding)
    task.path = expected_path(task.values)
    return task


def _template(*, done: bool) -> str:
    heads = [f"## {name}" for name in SECTIONS]
    if done:
        heads += [f"## {INSIGHTS}", *(f"### {name}" for name in INSIGHT_SECTIONS)]
    criteria = f"## {ACCEPTANCE_CRITERIA}"
    return "".join(f"\n{head}\n" + (f"\n{_TEMPLATE}\n" if head == criteria else "") for head in heads)


# Order


def plan_reorder(task: Task) -> Change:
    """Tell what canonical key order would change in a task, and nothing else, timestamps included.

    Raises TaskfilesError (edit-unsafe) where an entry can't move.
    """
    document = task.document
    try:
        front = reorder_yaml(document.front, KEY_ORDER, document.newline)
    except UnsafeEdit as unsafe:
        field = field_name(unsafe.path) or "The frontmatter"
        raise TaskfilesError("edit-unsafe", path=task.path, field=field, problem=unsafe.problem) from unsafe
    if front == document.front:
        return Change(task, task, False, True, [], [])
    after = parse_task(task.path, document._replace(front=front).to_bytes())
    changes = [{"path": task.path, "field": "key order", "from": list(task.values), "to": list(after.values)}]
    return Change(task, after, True, True, changes, ["canonical-order"])


def reorder(store: Store, task_id: str) -> Change:
    """Put a task's keys into canonical order.

    Raises TaskfilesError: claimed, and as `plan_reorder`, `Store.load` and `commit` do.
    """
    store.check_writable()
    with store.locks.tasks(task_id), as_holder(store, task_id):
        loaded = store.load(task_id)
        change = plan_reorder(loaded.task)._replace(dry_run=False)
        commit(store, [Planned(loaded, change)], "task.format")
        return change
