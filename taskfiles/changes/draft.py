"""Plan the change of one task: an edit is applied to the text, losslessly, and the result is checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.changes.diff import list_task_changes, unified_diff
from taskfiles.errors import TaskfilesError
from taskfiles.task.findings import Finding, Problem
from taskfiles.task.keys import KEY_ORDER, key_order, sort_keys
from taskfiles.task.layout import STATES
from taskfiles.task.names import MAX_ID, expected_path
from taskfiles.task.remembered import pack, unpack_values
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.task.values import BadValue, is_word, plain_value
from taskfiles.task.words import CLOSED
from taskfiles.text.nodes import MAX_DEPTH, Value, field_name, same
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.sections import (
    CRITERION_TO_WRITE,
    KNOWN,
    BadSection,
    append_section,
    canonical_title,
    find_section,
    read_section,
    split_lines,
    write_section,
)
from taskfiles.text.splice import edit_yaml

REFRESHED = ("updated_at", "last_activity_at")


class Draft:
    """A task that an edit function changes: its frontmatter as `values`, and its `body`."""

    def __init__(self, task: Task, now: str) -> None:
        self.now = now
        self.rules: list[str] = []
        self.added: list[str] = []  # names of sections that the format does not know
        self.replaced: list[tuple[str, int]] = []  # sections with the number of lines that were people's
        self.to_place = False  # whether to move the file to its place even if the edit does not change that
        self.start_from(task)

    def start_from(self, task: Task) -> None:
        """Start from a version of the task, its layout included; it may differ from the file on disk."""
        self.task = task
        self.values: dict[str, Any] = unpack_values(pack(task.values))  # a copy
        self.body = task.document.body.decode(errors="surrogateescape")
        self.newline = task.document.newline

    def write_section(self, title: str, text: str) -> None:
        """Replace a section's content, or add the section. Raises TaskfilesError: section-text, bad-text."""
        plain_values({title: text}, self.task.path)
        section = find_section(split_lines(self.body), title)
        old = read_section(self.body, title) or ""
        self._write(write_section, title, text)
        if lost := _lost_lines(old, read_section(self.body, title) or ""):
            self.replaced.append((section.heading.title if section else title, lost))

    def append_section(self, title: str, text: str) -> None:
        """Add a text to the end of a section, or add the section. Raises TaskfilesError (section-text)."""
        self._write(append_section, title, text)

    def _write(self, write: Callable[[str, str, str, str], str], title: str, text: str) -> None:
        is_new = find_section(split_lines(self.body), title) is None
        if is_new and canonical_title(title) not in KNOWN:
            self.added.append(title)
        try:
            self.body = write(self.body, title, text, self.newline)
        except BadSection as bad:
            path, field = self.task.path, f"“{title}”"
            raise TaskfilesError("section-text", path=path, field=field, problem=str(bad)) from bad

    def body_bytes(self) -> bytes:
        """Return the body as bytes for the file; bytes that are not UTF-8 are unchanged.

        Raises TaskfilesError (bad-text) for halves of surrogate pairs that stand for no byte.
        """
        try:
            return self.body.encode(errors="surrogateescape")
        except UnicodeEncodeError as error:
            raise TaskfilesError("bad-text", path=self.task.path, field="The body") from error


def _lost_lines(old: str, new: str) -> int:
    """Count the lines that people wrote, not the template, and that a new text does not have."""
    kept = {line.strip() for line in new.splitlines()} | {"", CRITERION_TO_WRITE}
    return sum(line.strip() not in kept for line in old.splitlines())


class Change(NamedTuple):
    """A change of one task's file that was made, or with `dry_run` would be.

    `before` is None for a new task. `changes` are `{path, field, from, to}`; `rules` name what was changed
    beyond the request; `diff` is a unified diff of the file. If the file is deleted, `removed` is true and
    `after` is the task as it was. If the change closes the task, `waiting` are the ids of open tasks that
    depend on it. `added` names the sections that it adds and that the format does not know, `replaced` those
    whose text it replaces, with the number of lines that are gone.
    """

    before: Task | None
    after: Task
    changed: bool
    dry_run: bool
    changes: list[dict[str, Any]]
    rules: list[str]
    removed: bool = False
    waiting: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    replaced: tuple[tuple[str, int], ...] = ()

    @property
    def diff(self) -> str:
        """The change of the file as a unified diff; empty if nothing changes."""
        return unified_diff(self.before, None if self.removed else self.after) if self.changed else ""


Edit = Callable[[Draft], None]


def plan_edit(task: Task, edit: Edit, now: str, *, layout: str = STATES, dry_run: bool = False) -> Change:
    """Apply an edit to a task without writing it; `now` is the instant of the change, as text.

    Raises TaskfilesError: edit-unsafe, edit-invalid, and what the edit raises.
    """
    draft = Draft(task, now)
    edit(draft)
    draft.values = plain_values(draft.values, task.path)
    is_same = same(draft.values, task.values) and draft.body_bytes() == task.document.body
    if is_same and draft.task is task:
        return Change(task, task, False, dry_run, [], [])
    return plan_draft(task, draft, layout=layout, dry_run=dry_run)


def plan_draft(task: Task, draft: Draft, *, layout: str, dry_run: bool = False) -> Change:
    """Complete a draft and check it; `task` is the version on disk.

    Raises TaskfilesError: edit-unsafe, edit-invalid.
    """
    _update_completed_at(task.values, draft)
    _update_timestamps(task.values, draft)
    after = render_draft(draft)
    after.path = target = _target_path(task, after, layout, draft.to_place)
    _check_errors(task, after)
    changes = [{"path": target, **change} for change in list_task_changes(task, after)]
    if target != task.path:
        draft.rules.append("place-by-state" if layout == STATES else "name-by-id")
        changes.append({"path": target, "field": "path", "from": task.path, "to": target})
    return Change(
        task,
        after,
        True,
        dry_run,
        changes,
        draft.rules,
        added=tuple(draft.added),
        replaced=tuple(draft.replaced),
    )


def plan_text(task: Task, after: Task, *, dry_run: bool = False) -> Change:
    """Plan to replace a task's file with another version, already parsed, at the path of that version."""
    changes = [{"path": after.path, **change} for change in list_task_changes(task, after)]
    if after.path != task.path:
        changes.append({"path": after.path, "field": "path", "from": task.path, "to": after.path})
    return Change(task, after, True, dry_run, changes, [])


def plan_removal(task: Task, *, dry_run: bool = False) -> Change:
    """Plan to delete a task's file."""
    changes = [{"path": task.path, "field": "path", "from": task.path, "to": None}]
    return Change(task, task, True, dry_run, changes, [], removed=True)


def plan_creation(task: Task, *, dry_run: bool = False) -> Change:
    """Plan to create the file of a task that is already parsed and checked."""
    changes = [
        {"path": task.path, "field": key, "from": None, "to": value} for key, value in task.values.items()
    ]
    return Change(None, task, True, dry_run, changes, [])


def plain_values(given: Mapping[str, Any], path: str | None = None) -> dict[str, Any]:
    """Convert values given by Python callers to YAML's types; `path` is the file for which they are.

    Raises TaskfilesError: bad-text for text that is not UTF-8, edit-unsafe for what YAML can't represent.
    """
    values: dict[str, Any] = {}
    for key, value in given.items():
        try:
            values |= plain_value({key: value}, MAX_DEPTH + 1)
        except BadValue as bad:
            if bad.code == "lone-surrogate":
                raise TaskfilesError("bad-text", path=path, field=f"`{key}`") from bad
            problem = bad.params["problem"]
            raise TaskfilesError("edit-unsafe", path=path, field=f"`{key}`", problem=problem) from bad
    return values


def _update_completed_at(old: dict[str, Value], draft: Draft) -> None:
    """Set `completed_at` when a task becomes done, and clear it when reopened, unless the edit changes it."""
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


def _update_timestamps(old: dict[str, Value], draft: Draft) -> None:
    """Update the timestamps that the file has, unless the edit sets them."""
    for key in REFRESHED:
        if key in draft.values and key in old and same(draft.values[key], old[key]):
            draft.values[key] = draft.now
            draft.rules.append(f"refresh-{key.replace('_', '-')}")


def render_draft(draft: Draft) -> Task:
    """Return a draft as a task, its file's text edited losslessly.

    Raises TaskfilesError: edit-unsafe, edit-invalid.
    """
    task, body = draft.task, draft.body_bytes()
    wanted: dict[str, Value] = sort_keys(draft.values)
    document = task.document
    try:
        front = edit_yaml(document.front, wanted, key_order, document.newline)
    except UnsafeEdit as unsafe:
        name = field_name(unsafe.path) or "The frontmatter"
        raise TaskfilesError("edit-unsafe", path=task.path, field=name, problem=unsafe.problem) from unsafe
    try:
        after = parse_task(task.path, document.with_parts(front, body).to_bytes())
    except Unreadable as error:
        raise invalid_edit(task.id, error.finding) from error
    if not same(after.values, wanted) or after.document.body != body:
        problem = "the result would not read back as intended"
        raise TaskfilesError("edit-unsafe", path=task.path, field="The file", problem=problem)
    return after


def _check_errors(before: Task, after: Task) -> None:
    """Refuse an edit that introduces an error; errors from before the edit are accepted."""
    known = Counter((finding.code, finding.field) for finding in before.errors)
    for finding in after.errors:
        if known[finding.code, finding.field]:
            known[finding.code, finding.field] -= 1
            continue
        raise invalid_edit(before.id, finding)


def invalid_edit(task_id: str, finding: Finding) -> TaskfilesError:
    """Return the error of an edit that would introduce a finding; `details` has its place in the new text."""
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


def _target_path(before: Task, after: Task, layout: str, to_place: bool) -> str:
    """Return the path of the file after the edit; it moves only if the edit changes its place or asks to."""
    try:
        old, new = (expected_path(task.values, layout, before.path) for task in (before, after))
    except ValueError:
        return before.path
    return before.path if old == new and not to_place else new


def introduced(change: Change) -> list[Finding]:
    """List the warnings that a change introduced, and keys that may be misspelt."""
    known = {(f.code, f.field) for f in change.before.findings} if change.before else set()
    new = [f for f in change.after.findings if (f.code, f.field) not in known]
    found = [f for f in new if f.severity == "warning" or (f.code == "unknown-key" and _may_be_ours(f.field))]
    return [*_long_id(change), *found]


def _long_id(change: Change) -> list[Finding]:
    """Return the finding of a new id that is long; ids that came from elsewhere are what they are."""
    task = change.after
    if len(task.id) <= MAX_ID or (change.before is not None and change.before.id == task.id):
        return []
    return [task.locate(Problem("long-id", ("id",), {"length": len(task.id)}))]


def _may_be_ours(key: str | None) -> bool:
    from taskfiles.task.synonyms import suggest_key  # noqa: PLC0415 (only keys that are not ours need it)

    return key is not None and bool(suggest_key(key, KEY_ORDER))


class Linked(TaskfilesError):
    """Another file links to one that a change moves, and that file is not locked."""


def moves_file(change: Change) -> bool:
    """Return whether a change moves a file: git then has to be given the new path, too."""
    return change.before is not None and not change.removed and change.before.path != change.after.path


def closes(before: Task | None, after: Task) -> bool:
    """Return whether a change closes a task: it is closed now, and was new or in another state before."""
    return is_word(after.state, CLOSED) and (before is None or before.state != after.state)
