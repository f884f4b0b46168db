"""Use case: create several tasks that name each other, all or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from taskfiles.backlog.graph import linked_tasks, words
from taskfiles.changes.mutate import Edit
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result
from taskfiles.changes.write import check_new_id
from taskfiles.errors import TaskfilesError
from taskfiles.operations.given_id import check_given_id
from taskfiles.operations.new import make_task, name_author, read_new, taken_ids, template
from taskfiles.operations.repeated import FIXED
from taskfiles.operations.templated import Beginning, complete_from, load_templates
from taskfiles.operations.update import add_item
from taskfiles.store.store import Store
from taskfiles.task.names import expected_path, make_id
from taskfiles.task.task import Task
from taskfiles.task.words import Kind

_LISTS = ("children", "depends_on", "blocks")
_NAMED = 10  # problems in the sentence; the details have all


class NewTask(NamedTuple):
    """A task to be created: its title and keys, and what its text has.

    Others name it by `ref`, by the id in its keys, or by its title. `template` names one of tasks.toml.
    """

    title: str
    keys: Mapping[str, Any] = {}
    sections: Sequence[tuple[str, str]] = ()
    body: str | None = None
    ref: str | None = None
    template: str | None = None


class Problem(NamedTuple):
    """What is wrong with one entry, counted from 1."""

    entry: int
    title: str
    code: str
    message: str


def create_all(
    store: Store,
    entries: Sequence[NewTask],
    *,
    allow_missing: bool = False,
    created_by: str | None = None,
    from_template: str | None = None,
    dry_run: bool = False,
) -> Result[list[str]]:
    """Create tasks in one change; `made` are their ids, in the order given.

    References in parent, children, depends_on and blocks may be to each other. An entry without a kind has
    the level below its parent's, as with `create`. `created_by` is who wrote those that don't say so,
    `from_template` the template of those that name none.

    Raises TaskfilesError: bad-entries with every problem of every entry, and as `mutate_all` does.
    """
    store.check_writable()
    with store.locks.store():
        snapshot = store.snapshot()
        known = {task.id for task in snapshot.tasks} | set(store.find_absent().ids)
        problems: list[Problem] = []
        templates = load_templates(store)
        ids = _choose_ids(store, entries, problems)
        names = _find_names(entries, ids, problems)
        made: list[Task] = []
        parents: list[tuple[str, str]] = []
        resolved = [_resolve(entry.keys, names) for entry in entries]
        kinds = _find_kinds(dict(zip(ids, resolved, strict=True)), snapshot.tasks)
        for number, (entry, task_id, named) in enumerate(zip(entries, ids, resolved, strict=True), 1):
            note = partial(_note, problems, number, entry.title)
            try:
                begun = complete_from(
                    templates,
                    entry.template or from_template,
                    Beginning(named, entry.body, entry.sections, kinds[task_id]),
                )
            except TaskfilesError as error:
                note(error.code, error.message)
                continue
            keys = dict(begun.keys)
            for key, target in _list_references(keys):
                if not allow_missing and target not in known and target not in ids:
                    note("no-such-task", f"{key} names {target}, which is neither a task nor an entry.")
            parent = keys.pop("parent", None)
            if isinstance(parent, str) and parent in {*known, *ids}:
                parents.append((parent, task_id))
            elif parent is not None:
                keys["parent"] = parent
            wanted = {"state": "idea", "kind": kinds[task_id], **name_author(created_by), **keys}
            wanted |= {"title": entry.title, "id": task_id}
            body = template(done=wanted["state"] == "done") if begun.body is None else begun.body
            try:
                task = read_new(store, wanted, body, begun.sections)
                for finding in task.errors:
                    note(finding.code, f"{finding.field}: {finding.message}")
                made.append(task)
            except TaskfilesError as error:
                note(error.code, error.message)
        if problems:
            raise _bad_entries(problems)
        creations, edits = _place(store, made, parents)
        changes = mutate_all(
            store, edits, creations=creations, action="task.create", dry_run=dry_run, allow_missing=True
        )
    return Result(changes, ids, dry_run)


def _list_references(keys: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each key that names a task, with the name; what is no text is for the rules to refuse."""
    for key in ("parent", *_LISTS):
        value = keys.get(key)
        texts = [value] if key == "parent" else value if isinstance(value, list) else []
        yield from ((key, each) for each in texts if isinstance(each, str))
    yield from (("links", each) for each in linked_tasks(keys.get("links")))


def _note(problems: list[Problem], number: int, title: str, code: str, message: str) -> None:
    problems.append(Problem(number, title, code, message))


def _choose_ids(store: Store, entries: Sequence[NewTask], problems: list[Problem]) -> list[str]:
    taken = taken_ids(store)
    given = [entry.keys.get("id") for entry in entries]
    taken.update(each for each in given if isinstance(each, str))
    found: list[str] = []
    for number, (entry, task_id) in enumerate(zip(entries, given, strict=True), 1):
        note = partial(_note, problems, number, entry.title)
        for key in sorted(FIXED.keys() & entry.keys.keys() - {"id"}):
            note("fixed-key", f"{key} is not a key of a task's file.")
        if task_id is None:
            chosen = make_id(entry.title, taken)
            taken.add(chosen)
        else:
            chosen = str(task_id)
            try:
                check_given_id(chosen, option="id")
                check_new_id(store, chosen)
            except TaskfilesError as error:
                note(error.code, error.message)
            if chosen in found or store.find_file(chosen) is not None:
                note("id-taken", f"{chosen} is the id of another task.")
        found.append(chosen)
    return found


def _find_names(entries: Sequence[NewTask], ids: Sequence[str], problems: list[Problem]) -> dict[str, str]:
    """Map what entries may call each other to their ids; refs first, then ids, then titles."""
    names: dict[str, str] = {}
    for number, (entry, task_id) in enumerate(zip(entries, ids, strict=True), 1):
        if entry.ref is not None:
            if entry.ref in names:
                _note(problems, number, entry.title, "ref-taken", f"{entry.ref} is the ref of another entry.")
            names[entry.ref] = task_id
    for task_id in ids:
        names.setdefault(task_id, task_id)
    for entry, task_id in zip(entries, ids, strict=True):
        names.setdefault(entry.title, task_id)
    return names


def _resolve(keys: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = {key: value for key, value in keys.items() if value is not None and key not in FIXED}
    if isinstance(found.get("parent"), str):
        found["parent"] = names.get(found["parent"], found["parent"])
    for key in _LISTS:
        if isinstance(found.get(key), list):
            found[key] = [names.get(each, each) if isinstance(each, str) else each for each in found[key]]
    if (linked := linked_tasks(found.get("links"))) and not names.keys().isdisjoint(linked):
        found["links"] = [
            {**link, "id": names.get(link["id"], link["id"])} if linked_tasks([link]) else link
            for link in found["links"]
        ]
    return found


def _find_kinds(entries: Mapping[str, Mapping[str, Any]], tasks: Sequence[Task]) -> dict[str, str]:
    """Map the ids of entries to their kinds: the one given, else the level below their parent's."""
    parents = {task_id: keys.get("parent") for task_id, keys in entries.items()}
    for task_id, keys in entries.items():
        children = keys.get("children")
        listed = children if isinstance(children, list) else []
        parents |= {child: task_id for child in listed if isinstance(child, str) and child in entries}
    known: dict[str, Any] = {task.id: task.kind for task in tasks}
    known |= {task_id: keys["kind"] for task_id, keys in entries.items() if "kind" in keys}
    for task_id in entries:
        trail: list[str] = []
        node: Any = task_id
        while isinstance(node, str) and node in entries and node not in known and node not in trail:
            trail.append(node)
            node = parents[node]
        above = known.get(node) if isinstance(node, str) else None
        for each in reversed(trail):
            known[each] = above = Kind.below(above).value
    return {task_id: known[task_id] for task_id in entries}


def _place(
    store: Store, made: Sequence[Task], parents: Sequence[tuple[str, str]]
) -> tuple[list[Task], dict[str, Edit]]:
    """Add tasks to their parents, in new ones at once, in others by an edit."""
    new = {task.id: task for task in made}
    below: dict[str, list[str]] = {}
    for parent, child in parents:
        below.setdefault(parent, []).append(child)
    edits: dict[str, Edit] = {}
    for parent, children in below.items():
        if parent in new:
            task = new[parent]
            all_of = list(dict.fromkeys([*words(task, "children"), *children]))
            new[parent] = make_task(store, {**task.values, "children": all_of}, task.body, ())
            continue

        def add(draft: Any, children: Sequence[str] = tuple(children)) -> None:
            for child in children:
                add_item(draft, "children", child)

        edits[parent] = add
    for task in new.values():
        task.path = expected_path(task.values, store.settings.layout)
    return list(new.values()), edits


def _bad_entries(problems: Sequence[Problem]) -> TaskfilesError:
    ordered = sorted(problems)
    named = "; ".join(f"{each.entry} “{each.title}”: {each.message.rstrip('.')}" for each in ordered[:_NAMED])
    more = f"; and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else ""
    details = {"problems": [each._asdict() for each in ordered]}
    return TaskfilesError("bad-entries", problem=named + more, details=details)
