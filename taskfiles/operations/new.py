"""Use case: create a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from taskfiles.backlog.graph import find_parents
from taskfiles.basics.instants import format_instant
from taskfiles.changes.draft import plain_values
from taskfiles.changes.mutate import Draft, Edit, invalid_edit
from taskfiles.changes.result import Result
from taskfiles.changes.write import check_new_id
from taskfiles.errors import TaskfilesError
from taskfiles.operations.given_id import check_given_id
from taskfiles.operations.repeated import FIXED
from taskfiles.operations.templated import Beginning, complete_from, load_templates
from taskfiles.operations.update import add_item, is_there
from taskfiles.store.store import Store
from taskfiles.task.keys import KEY_ORDER, sort_keys
from taskfiles.task.layout import FLAT
from taskfiles.task.names import RESERVED_IDS, expected_path, ids_in_path, make_id
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.task.words import Kind
from taskfiles.text.sections import (
    ACCEPTANCE_CRITERIA,
    CRITERION_TO_WRITE,
    INSIGHT_SECTIONS,
    INSIGHTS,
    KNOWN,
    SECTIONS,
    BadSection,
    canonical_title,
    find_section,
    split_lines,
    write_section,
)
from taskfiles.text.yaml_print import print_block

STORY_BY_CHILD = "story-by-child"  # the rule by which a task that gets a child becomes a story


def create(
    store: Store,
    title: str,
    *,
    task_id: str | None = None,
    keys: Mapping[str, Any] | None = None,
    sections: Sequence[tuple[str, str]] = (),
    body: str | None = None,
    parent: str | None = None,
    allow_missing: bool = False,
    created_by: str | None = None,
    from_template: str | None = None,
    dry_run: bool = False,
) -> Result[None]:
    """Create a task in its state's directory (default: idea), and add it to the children of `parent`.

    Without `task_id` the id is made from the title, with a number if it is taken. Without a kind it has the
    level below its parent's: a story below an epic, else a task; and a parent that is a task becomes a story,
    unless it is below one. The new task's change comes first, then the parent's. The ids that the keys name
    must be those of tasks, unless `allow_missing` is given. `created_by` is who wrote it, unless the keys say
    so. `from_template` names a template of tasks.toml; without it that of the kind is used, if there is one.

    Raises TaskfilesError: bad-value, bad-config, edit-invalid, path-taken, no-such-task, section-text, io.
    """
    if task_id is not None:
        check_given_id(task_id, option="task_id")
        check_new_id(store, task_id)
    store.check_writable()
    for key in FIXED.keys() & (keys or {}).keys() - {"id"}:
        raise TaskfilesError("fixed-key", field=key, remedy="A task's file has no such key of its own.")
    above = None
    if parent is not None and is_there(store, parent, allow_missing=allow_missing):
        above = store.get(parent)
    level = Kind.TASK.value if above is None else Kind.below(above.kind).value
    begun = complete_from(load_templates(store), from_template, Beginning(keys or {}, body, sections, level))
    given = {key: value for key, value in begun.keys.items() if value is not None}
    wanted = {"state": "idea", "kind": level, **name_author(created_by), **given, "title": title}
    lifts = (
        above is not None and "kind" not in given and above.kind == Kind.TASK and _may_be_story(store, above)
    )
    if parent is not None and above is None:
        wanted, parent = {**wanted, "parent": parent}, None  # only the task itself can name it
    text = template(done=wanted["state"] == "done") if begun.body is None else begun.body
    taken = taken_ids(store) if task_id is None else set()
    while True:
        chosen = task_id or make_id(title, taken)
        task = make_task(store, {**wanted, "id": chosen}, text, begun.sections)
        from taskfiles.changes.mutate_all import mutate_all  # noqa: PLC0415 (updates don't need it)

        # A story's file may have another name, so that links to it change, too.
        with store.locks.store() if lifts else store.locks.tasks(chosen, *([parent] if parent else [])):
            if (holder := store.find_file(chosen)) is not None:
                if task_id is not None:
                    raise TaskfilesError("id-taken", path=holder, id=chosen)
                taken.add(chosen)
                continue
            add_child = partial(_add_child, child=chosen, lifts=lifts)
            edits: dict[str, Edit] = {} if parent is None else {parent: add_child}
            changes = mutate_all(
                store,
                edits,
                creations=[task],
                action="task.create",
                dry_run=dry_run,
                allow_missing=allow_missing,
            )
            unknown = [title for title, _ in sections if canonical_title(title) not in KNOWN]
            added = [title for title in unknown if find_section(split_lines(text), title) is None]
            changes[0] = changes[0]._replace(added=tuple(added))
            return Result(changes, None, dry_run)


def name_author(name: str | None) -> dict[str, str]:
    """Return the key that says who wrote a task; none where nobody is named."""
    return {} if name is None else {"created_by": name}


def _may_be_story(store: Store, task: Task) -> bool:
    """Return whether the levels above a task leave room for one below it: it is below an epic or nothing."""
    tasks = store.snapshot().tasks
    above = find_parents(tasks).get(task.id)
    return above is None or all(task.kind == Kind.EPIC for task in tasks if task.id == above)


def _add_child(draft: Draft, child: str, *, lifts: bool) -> None:
    if lifts and draft.task.kind == Kind.TASK:
        draft.values["kind"] = Kind.STORY.value
        draft.rules.append(STORY_BY_CHILD)
    add_item(draft, "children", child)


def taken_ids(store: Store) -> set[str]:
    """Return the ids that a new task can't be given: those in the names of files, and reserved ones."""
    taken: set[str] = set(RESERVED_IDS) if store.settings.layout == FLAT else set()
    taken.update(name for path in store.walk() for name in ids_in_path(path))
    return taken | store.find_absent().ids.keys()


def make_task(store: Store, wanted: dict[str, Any], body: str, sections: Sequence[tuple[str, str]]) -> Task:
    """Return a new, valid task. Raises TaskfilesError: edit-invalid, section-text, bad-text."""
    task = read_new(store, wanted, body, sections)
    for finding in task.errors:
        raise invalid_edit(wanted["id"], finding)
    task.path = expected_path(task.values, store.settings.layout)
    return task


def read_new(store: Store, wanted: dict[str, Any], body: str, sections: Sequence[tuple[str, str]]) -> Task:
    """Return a new task of its keys and text, valid or not, without a path. Raises as `make_task` does."""
    now = format_instant(store.now())
    if store.settings.timestamps:
        wanted = {"created_at": now, "updated_at": now, **wanted}
    if wanted["state"] == "done":
        wanted.setdefault("completed_at", now)
    keys = sort_keys(plain_values(wanted))
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
        raise TaskfilesError("bad-text", field="The body") from None
    return task


def template(*, done: bool) -> str:
    """Return the body of a new task."""
    heads = [f"## {name}" for name in SECTIONS]
    if done:
        heads += [f"## {INSIGHTS}", *(f"### {name}" for name in INSIGHT_SECTIONS)]
    criteria = f"## {ACCEPTANCE_CRITERIA}"
    return "".join(
        f"\n{head}\n" + (f"\n{CRITERION_TO_WRITE}\n" if head == criteria else "") for head in heads
    )
