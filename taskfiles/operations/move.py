"""Use case: move a task to another state, or report each obstacle with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from taskfiles.backlog.graph import find_descendants, words
from taskfiles.backlog.snapshot import Snapshot
from taskfiles.changes.claims import end_claim
from taskfiles.changes.mutate import Draft, Edit
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.relink import lock_moving
from taskfiles.changes.result import Result, keep_changed
from taskfiles.errors import TaskfilesError
from taskfiles.operations.completion import Completion, find_completion, lacks_completion
from taskfiles.remedy import Remedy, join_remedies
from taskfiles.store.store import Store
from taskfiles.task.findings import Finding
from taskfiles.task.names import ids_in_path, is_task_name
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, State
from taskfiles.text.sections import (
    INSIGHT_SECTIONS,
    INSIGHTS,
    find_checkboxes,
    find_section,
    read_section,
    split_lines,
    tick_checkbox,
)

# The states from which descendants move along; tasks are started and completed one by one.
CASCADES = {
    "idea": frozenset({"ready"}),
    "ready": frozenset({"idea"}),
    "canceled": frozenset({"idea", "ready", "in-progress"}),
}
NOTES = "Decisions"  # the section to which the reason of a forced move is added
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class Obstacle(NamedTuple):
    """A problem that keeps a task from a state, its position, and whether `force` overrides it."""

    code: str
    message: str
    path: str
    line: int
    forcible: bool = True


def move(
    store: Store,
    task_id: str,
    state: str,
    *,
    cascade: str | None = None,
    tick: bool = False,
    close_reason: str | None = None,
    force: str | None = None,
    also: Edit | None = None,
    action: str = "task.move",
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[None]:
    """Move a task to a state and its file to that state's directory; the task's change comes first.

    `close_reason` sets that key of a task that is closed. `also` is an edit that belongs to the move and
    comes before it. Both change a task that has that state already, too.
    A task can be done only if its criteria are ticked (`tick` ticks them), and its insights are written and
    it has a commit message where complete.require in tasks.toml asks for them; done or canceled only if no
    task below it is open or unreadable. `force`, a
    reason, overrides all of these but the commit message and is added to the section Decisions.
    `cascade` is the state to which the tasks below move in the same change, whatever that of the task
    itself: ready (from idea), idea (from ready) or canceled (from any open state). Claims on tasks that are
    closed end. A task that is done already, by hand, and does not say when gets its `completed_at`; see
    `completion`.

    Raises TaskfilesError: incomplete, bad-value, and as `mutate_all` does.
    """
    if cascade is not None and cascade not in CASCADES:
        raise TaskfilesError(
            "bad-value",
            option="cascade",
            given=f"“{cascade}”",
            problem="each task is started and completed by itself",
            remedy=f"Use one of {', '.join(CASCADES)}.",
        )
    if close_reason is not None and state not in CLOSED:
        raise TaskfilesError(
            "bad-value",
            option="close_reason",
            given=f"used with {state}",
            problem="it says why a task is closed",
            remedy=f"Use it with {State.DONE} or {State.CANCELED}.",
        )
    task = store.get(task_id)
    # Tasks of the lowest kind have no descendants, so that most moves need not read the other tasks.
    has_family = cascade is not None or (
        state in CLOSED and (task.kind != "task" or bool(words(task, "children")))
    )
    late = find_completion(store, task) if state == State.DONE and lacks_completion(task) else None
    # What is read of other tasks must still be true when the change is written.
    with store.locks.store() if has_family else lock_moving(store, task_id):
        snapshot = store.snapshot() if has_family else Snapshot([], [])
        below = find_below(snapshot, task_id)
        along = [] if cascade is None else [each for each in below if is_word(each.state, CASCADES[cascade])]
        closing = {each.id for each in along if cascade in CLOSED}
        left = [each for each in below if each.id not in closing and not is_word(each.state, CLOSED)]
        broken = find_broken(snapshot, [task_id, *(each.id for each in below)])
        edits: dict[str, Edit] = {
            task_id: make_edit(state, left, broken, tick, force, required=store.settings.complete_require)
        }
        if late is not None:
            edits[task_id] = _complete_late(late, edits[task_id])
        if close_reason is not None:
            edits[task_id] = in_turn(
                lambda draft: draft.values.update(close_reason=close_reason), edits[task_id]
            )
        if also is not None:
            edits[task_id] = in_turn(also, edits[task_id])
        edits |= {each.id: lambda draft: draft.values.update(state=cascade) for each in along}
        expected = {task_id: if_match} if if_match is not None else {}
        found = {task_id: task.path}
        changes = mutate_all(store, edits, action=action, if_match=expected, dry_run=dry_run, at=found)
        # End claims also on tasks that were closed before, by hand or by a command that was killed here.
        if not dry_run:
            for each in [*([task_id] if state in CLOSED else ()), *closing]:
                end_claim(store, each)
    return Result(keep_changed(changes), None, dry_run)


def find_below(snapshot: Snapshot, task_id: str) -> list[Task]:
    """Return all tasks below one."""
    by_id = {task.id: task for task in snapshot.tasks}
    return [by_id[each] for each in find_descendants(snapshot.tasks, task_id)]


def find_broken(snapshot: Snapshot, parents: Sequence[str]) -> list[Obstacle]:
    """Return an obstacle for each child without a readable file that may be in an unreadable file.

    Only its name says which task an unreadable file is; one without an id in its name may be any child.
    """
    by_id = {task.id: task for task in snapshot.tasks}
    named: dict[str | None, Finding] = {}
    for finding in snapshot.unreadable:
        for task_id in ids_in_path(finding.path) if is_task_name(finding.path) else (None,):
            named.setdefault(task_id, finding)
    missing = [
        child
        for parent in parents
        if parent in by_id
        for child in words(by_id[parent], "children")
        if child not in by_id
    ]
    found = [(child, named.get(child, named.get(None))) for child in dict.fromkeys(missing)]
    return [
        Obstacle("unreadable-descendant", f"{child} below it can't be read", finding.path, finding.line)
        for child, finding in found
        if finding is not None
    ]


def _complete_late(completion: Completion, otherwise: Edit) -> Edit:
    """Return the edit that says when a done task was completed; another one if it has changed meanwhile."""

    def edit(draft: Draft) -> None:
        if draft.values.get("state") != State.DONE or draft.values.get("completed_at") is not None:
            otherwise(draft)
            return
        draft.values["completed_at"] = completion.instant
        draft.rules.append(completion.rule)

    return edit


def in_turn(*edits: Edit) -> Edit:
    """Return an edit that makes several, one after another."""

    def edit(draft: Draft) -> None:
        for each in edits:
            each(draft)

    return edit


def make_edit(
    state: str,
    below: Sequence[Task],
    broken: Sequence[Obstacle],
    tick: bool,
    force: str | None,
    *,
    required: Collection[str],
) -> Edit:
    """Return the edit that moves a task to a state, unless something keeps it from there.

    `below` are its open descendants that do not move along, `broken` obstacles that are in other files.
    """

    def edit(draft: Draft) -> None:
        if draft.values.get("state") == state:
            return
        if state == "done" and tick:
            for number in range(1, len(find_checkboxes(split_lines(draft.body))) + 1):
                draft.body = tick_checkbox(draft.body, number, checked=True)
        found = find_obstacles(draft, state, below, required)
        obstacles = [*found, *(broken if state in CLOSED else ())]
        standing = [each for each in obstacles if force is None or not each.forcible]
        if standing:
            raise _incomplete(draft.task.id, state, standing)
        if obstacles:
            _note_force(draft, state, obstacles, str(force))
        draft.values["state"] = state

    return edit


def find_obstacles(
    draft: Draft, state: str, below: Sequence[Task], required: Collection[str] = ()
) -> Iterator[Obstacle]:
    """Yield what keeps a draft from a state; `below` are its open descendants that do not move along.

    `required` are the parts that the project asks for before a task is done: insights, commit_message.
    """
    task = draft.task
    if state == "done":
        yield from _find_open_boxes(task, draft.body)
        if "insights" in required:
            yield from _find_insights(task, draft.body)
        message = draft.values.get("commit_message")
        is_missing = message is None or (isinstance(message, str) and not message.strip())
        if is_missing and "commit_message" in required:
            key = "commit_message" if "commit_message" in draft.values else "state"
            line = task.line_of(task.root.find_key((key,)))
            yield Obstacle(
                "missing-commit-message", "commit_message is missing", task.path, line, forcible=False
            )
    if state in CLOSED:
        for each in below:
            line = each.line_of(each.root.find_key(("state",)))
            yield Obstacle("open-descendant", f"{each.id} below it is open", each.path, line)


def _find_open_boxes(task: Task, body: str) -> Iterator[Obstacle]:
    first = task.document.body_line
    for number, box in enumerate(find_checkboxes(split_lines(body)), 1):
        if not box.checked:
            yield Obstacle(
                "unchecked-criterion", f"criterion {number} is unchecked", task.path, first + box.line
            )


def _find_insights(task: Task, body: str) -> Iterator[Obstacle]:
    lines = split_lines(body)
    first = task.document.body_line
    section = find_section(lines, INSIGHTS)
    if section is None:
        yield Obstacle("no-insights", f"{INSIGHTS} is missing", task.path, first + max(len(lines) - 1, 0))
        return
    if not _has_text(lines[section.start : section.end]):
        yield Obstacle("no-insights", f"{INSIGHTS} is empty", task.path, first + section.heading.start)
        return
    for title in INSIGHT_SECTIONS:
        part = find_section(lines, title)
        if part is not None and not _has_text(lines[part.start : part.end]):
            yield Obstacle("no-insights", f"{title} is empty", task.path, first + part.heading.start)


def _has_text(lines: list[str]) -> bool:
    """Return whether there is more than headings, comments and bare list markers."""
    text = _COMMENT.sub("", "".join(lines))
    return any(line.strip(" \t-*\r\n") and not line.lstrip().startswith("#") for line in text.splitlines())


def _incomplete(task_id: str, state: str, obstacles: list[Obstacle]) -> TaskfilesError:
    first = obstacles[0]
    codes = {each.code for each in obstacles}
    remedies = [
        Remedy(words, f"complete.{code}", id=task_id) for code, words in _REMEDIES.items() if code in codes
    ]
    if state in CASCADES:
        remedies.append(Remedy("A cascade takes along what is below it.", "complete.cascade"))
    if all(each.forcible for each in obstacles):
        remedies.append(
            Remedy("Forced, with a reason, it goes on all the same and notes the reason.", "complete.force")
        )
    details = [each._asdict() for each in obstacles]
    return TaskfilesError(
        "incomplete",
        path=first.path,
        line=first.line,
        id=task_id,
        state=state,
        problem=_describe(obstacles, lines=True),
        remedy=join_remedies(remedies),
        details={
            "id": task_id,
            "state": state,
            "forcible": all(each.forcible for each in obstacles),
            "obstacles": details,
        },
    )


def _describe(obstacles: Sequence[Obstacle], *, lines: bool) -> str:
    """Return obstacles as one phrase, with their places if `lines` is true."""
    boxes = [each for each in obstacles if each.code == "unchecked-criterion"]
    parts = []
    if len(boxes) > 1:
        numbers = ", ".join(str(each.line) for each in boxes)
        parts.append(f"{len(boxes)} criteria are unchecked" + (f" (lines {numbers})" if lines else ""))
    for each in obstacles if len(boxes) == 1 else [each for each in obstacles if each not in boxes]:
        place = f"{each.path}:{each.line}" if each.code in _IN_OTHER_FILES else f"line {each.line}"
        parts.append(each.message + (f" ({place})" if lines else ""))
    return ", ".join(parts)


_IN_OTHER_FILES = frozenset({"open-descendant", "unreadable-descendant"})  # obstacles in another file
_REMEDIES = {
    "unchecked-criterion": "Tick what is met.",
    "no-insights": "Write the insights first.",
    "missing-commit-message": "Set the commit message first.",
    "open-descendant": "Close what is below it first.",
    "unreadable-descendant": "Fix what can't be read.",
}


def _note_force(draft: Draft, state: str, obstacles: Sequence[Obstacle], reason: str) -> None:
    problems = _describe(obstacles, lines=False)
    note = f"- {draft.now}: {state} although {problems}: {' '.join(reason.split())}"
    text = "\n".join(part for part in (read_section(draft.body, NOTES), note) if part)
    draft.write_section(NOTES, text)
