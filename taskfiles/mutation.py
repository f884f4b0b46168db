"""Changing one task: lock, read, edit losslessly, check, write; every command's way to the disk."""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from taskfiles.change import field_name, list_changes
from taskfiles.diagnostics import Finding
from taskfiles.errors import TaskfilesError
from taskfiles.instants import format_instant
from taskfiles.keys import key_order, sort_keys
from taskfiles.names import expected_path
from taskfiles.nodes import MAX_DEPTH, Value, same
from taskfiles.reader import Loaded
from taskfiles.rules.references import RELATION_RULES
from taskfiles.sections import find_headings, split_lines
from taskfiles.splice import UnsafeEdit, edit_yaml
from taskfiles.store import Store
from taskfiles.task import Task, Unreadable, parse_task
from taskfiles.textdiff import text_diff
from taskfiles.values import BadValue, plain_value

_TRIES = 5  # a file that changes under every one of them is being rewritten by something else
REFRESHED = ("updated_at", "last_activity_at")
RELATIONS = ("children", "parent", "depends_on", "blocks", "kind")


class Draft:
    """What an edit works on: the frontmatter's values and the body, both free to change."""

    def __init__(self, task: Task, now: str) -> None:
        self.task, self.now = task, now
        self.values: dict[str, Any] = copy.deepcopy(task.values)
        self.body = task.document.body.decode(errors="surrogateescape")
        self.newline = task.document.newline
        self.rules: list[str] = []

    def body_bytes(self) -> bytes:
        """The body as it will stand in the file; bytes that are not UTF-8 come back as they were."""
        return self.body.encode(errors="surrogateescape")


class Change(NamedTuple):
    """What a mutation did, or with `dry_run` would do.

    `changes` are `{path, field, from, to}`; `rules` name what was done beside the request; `diff`
    is a unified diff of the file.
    """

    before: Task | None
    after: Task
    changed: bool
    dry_run: bool
    changes: list[dict[str, Any]]
    rules: list[str]

    @property
    def diff(self) -> str:
        """The change of the file as a unified diff; empty where nothing changes."""
        return unified_diff(self.before, self.after) if self.changed else ""


Edit = Callable[[Draft], None]


def mutate(
    store: Store, task_id: str, edit: Edit, *, if_match: str | None = None, dry_run: bool = False
) -> Change:
    """Apply an edit to one task under its lock and write it, unless nothing changes.

    A file that somebody saves meanwhile is kept, and the edit made again on the new text.
    Raises TaskfilesError: no-such-task and its kin, etag-mismatch, edit-unsafe, edit-invalid,
    path-taken, lock-timeout, changed-underneath, io.
    """
    store.check_writable()
    with store.locks.tasks(task_id):
        for attempt in range(_TRIES):
            loaded = store.load(task_id)
            try:
                return _mutate_once(store, loaded, edit, if_match, dry_run)
            except TaskfilesError as error:
                if error.code != "changed-underneath" or attempt + 1 == _TRIES:
                    raise
        raise AssertionError("unreachable")


def _mutate_once(store: Store, loaded: Loaded, edit: Edit, if_match: str | None, dry_run: bool) -> Change:
    task = loaded.task
    check_etag(task, if_match)
    draft = Draft(task, format_instant(store.now()))
    edit(draft)
    draft.values = _plain(task, draft.values)
    if same(draft.values, task.values) and draft.body_bytes() == task.document.body:
        return Change(task, task, False, dry_run, [], [])
    return _finish(store, loaded, draft, dry_run)


def rewrite(store: Store, task_id: str, data: bytes, *, if_match: str, dry_run: bool = False) -> Change:
    """Replace a task's text by one that a person has written, if the file is still the one they saw.

    Raises TaskfilesError: etag-mismatch, edit-invalid for a text that is no task, has another id or
    brings an error in, and as `mutate` does.
    """
    store.check_writable()
    with store.locks.tasks(task_id):
        loaded = store.load(task_id)
        task = loaded.task
        check_etag(task, if_match)
        if data == task.data:
            return Change(task, task, False, dry_run, [], [])
        try:
            written = parse_task(task.path, data)
        except Unreadable as error:
            raise invalid_edit(task_id, error.finding) from error
        if written.id != task_id:
            problem, remedy = f"its id would become {written.id}.", f"Leave the id as {task_id}."
            raise TaskfilesError("edit-invalid", path=task.path, id=task_id, problem=problem, remedy=remedy)
        return _finish(store, loaded, Draft(written, format_instant(store.now())), dry_run)


def check_etag(task: Task, expected: str | None) -> None:
    """Refuse a task that is not as the caller has read it. Raises TaskfilesError (etag-mismatch)."""
    if expected is not None and expected != task.etag:
        raise TaskfilesError(
            "etag-mismatch",
            path=task.path,
            id=task.id,
            actual=task.etag,
            expected=expected,
            details={"etag": task.etag},
        )


def _finish(store: Store, loaded: Loaded, draft: Draft, dry_run: bool) -> Change:
    """Complete a draft, check it and write it; `loaded` is what the disk holds."""
    task = loaded.task
    _follow_state(task.values, draft)
    _refresh(task.values, draft)
    after = _render(draft)
    after.path = target = _target(task, after)
    _check_errors(task, after)
    if target != task.path:
        store.check_place(target)
        if os.path.lexists(store.reader.file(target)):
            raise TaskfilesError("path-taken", path=target, id=task.id)
    check_relations(store, task, after)
    changes = [{"path": target, **change} for change in _list(task, after)]
    if not dry_run and target == task.path:
        store.write(loaded, after.data)
    elif not dry_run:
        store.move_and_write(loaded, target, after.data)
    if target != task.path:
        draft.rules.append("place-by-state")
        changes.append({"path": target, "field": "path", "from": task.path, "to": target})
    return Change(task, after, True, dry_run, changes, draft.rules)


def _plain(task: Task, given: dict[str, Any]) -> dict[str, Any]:
    """Take over what Python callers give, and refuse what YAML can't hold."""
    try:
        return {str(key): plain_value(value, MAX_DEPTH) for key, value in given.items()}
    except BadValue as bad:
        raise TaskfilesError(
            "edit-unsafe", path=task.path, field="A value", problem=bad.params["problem"]
        ) from bad


def _follow_state(old: dict[str, Value], draft: Draft) -> None:
    """Entering done notes when, unless the edit says so itself; leaving it takes the note back."""
    new = draft.values
    if old.get("state") == new.get("state") or not same(old.get("completed_at"), new.get("completed_at")):
        return
    if new.get("state") == "done" and not new.get("completed_at"):
        new["completed_at"] = draft.now
    elif old.get("state") == "done" and new.get("completed_at"):
        new["completed_at"] = None
    else:
        return
    draft.rules.append("completed-at-by-state")


def _refresh(old: dict[str, Value], draft: Draft) -> None:
    """Note the moment of the change where the file keeps such notes and the edit gives none."""
    for key in REFRESHED:
        if key in draft.values and key in old and same(draft.values[key], old[key]):
            draft.values[key] = draft.now
            draft.rules.append(f"refresh-{key.replace('_', '-')}")


def _render(draft: Draft) -> Task:
    task, body = draft.task, draft.body_bytes()
    wanted: dict[str, Value] = sort_keys(draft.values)
    document = task.document
    try:
        front = edit_yaml(document.front, wanted, key_order, document.newline)
    except UnsafeEdit as unsafe:
        name = field_name(unsafe.path) or "The frontmatter"
        raise TaskfilesError("edit-unsafe", path=task.path, field=name, problem=unsafe.problem) from unsafe
    try:
        after = parse_task(task.path, document._replace(front=front, body=body).to_bytes())
    except Unreadable as error:
        raise invalid_edit(task.id, error.finding) from error
    if not same(after.values, wanted) or after.document.body != body:
        problem = "the result would not read back as intended"
        raise TaskfilesError("edit-unsafe", path=task.path, field="The file", problem=problem)
    return after


def _check_errors(before: Task, after: Task) -> None:
    """Refuse an error that the edit introduces; those that were there before are none of its business."""
    known = Counter((finding.code, finding.field) for finding in before.errors)
    for finding in after.errors:
        if known[finding.code, finding.field]:
            known[finding.code, finding.field] -= 1
            continue
        raise invalid_edit(before.id, finding)


def invalid_edit(task_id: str, finding: Finding) -> TaskfilesError:
    """Refuse an edit for the error that it would bring in; `details` tell the place in the new text."""
    field = f"{finding.field}: " if finding.field and f"`{finding.field}`" not in finding.message else ""
    details = {
        "finding": finding.code,
        "field": finding.field,
        "line": finding.line,
        "column": finding.column,
    }
    problem = field + finding.message
    return TaskfilesError(
        "edit-invalid",
        path=finding.path or None,
        id=task_id,
        problem=problem,
        remedy=finding.hint,
        details=details,
    )


def check_relations(store: Store, before: Task | None, after: Task, *, besides: Task | None = None) -> None:
    """Refuse an error between files that a change of relations would introduce.

    Only then is the whole store read. `besides` is a task that is about to be written too.
    Raises TaskfilesError (edit-invalid).
    """
    old = before.values if before else {"kind": after.values.get("kind")}
    if all(same(old.get(key), after.values.get(key)) for key in RELATIONS):
        return
    others = [task for task in store.snapshot().tasks if before is None or task.path != before.path]
    others += [besides] if besides is not None else []
    known = Counter((f.code, f.message) for f in _relation_errors([*others, before] if before else others))
    for finding in _relation_errors([*others, after]):
        if not known[finding.code, finding.message]:
            raise invalid_edit(after.id, finding)
        known[finding.code, finding.message] -= 1


def _relation_errors(tasks: list[Task]) -> Iterator[Finding]:
    for rule in RELATION_RULES:
        found = rule(sorted(tasks, key=lambda task: (task.id, task.path)))
        yield from (finding for finding in found if finding.severity == "error")


def _target(before: Task, after: Task) -> str:
    """Where the file belongs now: it moves only when the edit changes its place."""
    try:
        old, new = expected_path(before.values), expected_path(after.values)
    except ValueError:
        return before.path
    return before.path if old == new else new


def _list(before: Task, after: Task) -> list[dict[str, Any]]:
    changes = list_changes(before.values, after.values)
    if before.document.body != after.document.body:
        changes += _body_changes(before.body, after.body)
    return changes


def _body_changes(before: str, after: str) -> list[dict[str, Any]]:
    """Name the body's changes by section, each with its old and new text."""
    old, new = _by_section(before), _by_section(after)
    names = [*old, *(name for name in new if name not in old)]
    return [
        {"field": f"body.{name}" if name else "body", "from": old.get(name), "to": new.get(name)}
        for name in names
        if old.get(name) != new.get(name)
    ]


def _by_section(body: str) -> dict[str, str]:
    lines = split_lines(body)
    heads = [heading for heading in find_headings(lines) if heading.level <= 3]
    starts = [0, *(heading.start for heading in heads)]
    names = ["", *_numbered([heading.title for heading in heads])]
    ends = [*starts[1:], len(lines)]
    return {
        name: text
        for name, start, end in zip(names, starts, ends, strict=True)
        if (text := "".join(lines[start:end]).strip())
    }


def _numbered(titles: list[str]) -> list[str]:
    """Tell sections of one title apart: Notes, Notes (2)."""
    seen: Counter[str] = Counter()
    names = []
    for title in titles:
        seen[title] += 1
        names.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return names


def unified_diff(before: Task | None, after: Task) -> str:
    """Show the change of a file as a unified diff, a rename included, in the form that `git apply` reads."""
    source = f"a/{before.path}" if before else "/dev/null"
    text = text_diff(before.data if before else b"", after.data, source, f"b/{after.path}")
    if before is None or before.path == after.path:
        return text
    head = f"diff --git a/{before.path} b/{after.path}\n"
    return f"{head}rename from {before.path}\nrename to {after.path}\n{text}"


def introduced(change: Change) -> list[Finding]:
    """List the warnings that a change brought about."""
    known = {(f.code, f.field) for f in change.before.findings} if change.before else set()
    return [f for f in change.after.findings if f.severity == "warning" and (f.code, f.field) not in known]
