"""Use case: make ready a project whose tasks.toml declares labels, tracks or milestones.

What tasks use is declared, a declared track gets its epic, and an epic its track's title. Nothing is ever
removed, and nothing is done where it would be a guess. A run is told step by step, each with its outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from taskfiles.backlog.snapshot import Snapshot, bad_config
from taskfiles.errors import TaskfilesError, is_refusal
from taskfiles.operations.declare_steps import LEFT, Work, declare_used, prepare_tracks
from taskfiles.operations.declared import FAMILIES, Usage, survey
from taskfiles.store.store import Store
from taskfiles.task.keys import FORMAT
from taskfiles.task.names import CONFIG_PATH
from taskfiles.task.task import Unreadable

Outcome = Literal["success", "partial", "blocked", "failed"]
LOAD, VALIDATE, VALIDATE_TRACKS = "config.load", "config.validate", "config.validate.tracks"
LABELS, MILESTONES = "repo.prepare.labels.reconcile", "repo.prepare.milestones.reconcile"
COMPLETE = "repo.prepare.complete"


class Step(NamedTuple):
    """What one action of a run came to: its changes as `{path, field, from, to}`, and what was left.

    `reason` is a code, there unless the outcome is success, and `unchanged` or `defaults` with that.
    """

    action: str
    outcome: Outcome
    reason: str | None = None
    changes_made: Sequence[dict[str, Any]] = ()
    applied_rules: Sequence[str] = ()
    errors: Sequence[TaskfilesError] = ()


class Preparation(NamedTuple):
    """A run's steps in their order; the last one sums them up."""

    steps: list[Step]

    @property
    def whole(self) -> Step:
        """The step that sums the others up."""
        return self.steps[-1]

    @property
    def is_blocked(self) -> bool:
        """Whether the run was refused before anything was written."""
        return self.whole.outcome == "blocked"


def prepare(store: Store, *, dry_run: bool = False) -> Preparation:
    """Reconcile what tasks.toml declares with what tasks use, under the store's lock.

    Deterministic, and a second run changes nothing. Labels are one step; milestones, tracks and the epics
    of these another. A tasks.toml that is saved by hand meanwhile is kept, and reconciled anew.
    Nothing is raised but for bugs: what stands in the way is in the steps.
    """
    steps = examine(store)
    if steps[-1].outcome == "blocked":
        return _complete(steps)
    try:
        store.check_writable()
        with store.locks.store():
            usage, broken = _survey(store)

            def labels(work: Work) -> None:
                declare_used(store, usage, "labels", dry_run, work)

            def milestones(work: Work) -> None:
                declare_used(store, usage, "milestones", dry_run, work)
                declare_used(store, usage, "tracks", dry_run, work)
                prepare_tracks(store, usage, broken, dry_run, work)

            steps.append(_step(LABELS, labels, may_fail=True))
            steps.append(_step(MILESTONES, milestones, may_fail=False))
    except TaskfilesError as error:  # the lock was not had, or files can't be read
        return Preparation([*steps, _stopped(COMPLETE, error)])
    return _complete(steps)


def find_refusal(store: Store | None, problem: TaskfilesError | None = None) -> Preparation | None:
    """Tell what refuses a run before it begins: tasks.toml, or `problem`, why there is no project."""
    if store is None:
        assert problem is not None
        return _complete([_stopped(LOAD, problem)])
    steps = examine(store)
    return _complete(steps) if steps[-1].outcome == "blocked" else None


def examine(store: Store) -> list[Step]:
    """Look whether tasks.toml can be used: as far as the first step that is blocked, or all three."""
    from taskfiles.config.model import parse_config  # noqa: PLC0415 (it needs pydantic)

    try:
        data = store.config_bytes()
    except Unreadable as error:
        return [_stopped(LOAD, bad_config(error.finding), error.finding.code)]
    except TaskfilesError as error:
        return [_stopped(LOAD, error)]
    steps = [Step(LOAD, "success", "defaults" if data is None else None)]
    config, findings = parse_config(data or b"")
    if config is None:
        return [*steps, _stopped(VALIDATE, bad_config(findings[0]), findings[0].code)]
    if config.format > FORMAT:
        newer = TaskfilesError("newer-format", path=CONFIG_PATH, format=config.format, known=FORMAT)
        return [*steps, _stopped(VALIDATE, newer)]
    steps.append(Step(VALIDATE, "success"))
    for finding in findings:
        if finding.severity == "error":
            return [*steps, _stopped(VALIDATE_TRACKS, bad_config(finding), finding.code)]
    return [*steps, Step(VALIDATE_TRACKS, "success")]


def _survey(store: Store) -> tuple[Usage, int]:
    """List what tasks use, and count the files that claim to be tasks and can't be read."""
    if not any(family in store.load_config().model_fields_set for family in FAMILIES):
        return survey([]), 0  # nothing is compared with it

    def look(snapshot: Snapshot) -> tuple[Usage, int]:
        broken = sum(finding.severity == "error" for finding in snapshot.unreadable)
        return survey(snapshot.tasks), broken

    return store.with_snapshot(look)


def _stopped(action: str, error: TaskfilesError, reason: str | None = None) -> Step:
    outcome: Outcome = "blocked" if is_refusal(error.exit) else "failed"
    if action == LOAD:
        outcome = "blocked"
    return Step(action, outcome, reason or error.code, errors=(error,))


def tell_changes(changes: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Say what was changed, a sentence for each thing without its end, and the file's path."""
    for change in changes:
        path, field, before, after = (change[key] for key in ("path", "field", "from", "to"))
        if path == CONFIG_PATH:
            yield f"{field} in {path}", path
        elif field == "id" and before is None:
            yield f"{path}", path
        elif field == "title" and before is not None:
            yield f"title “{after}” in {path}", path


def _complete(steps: list[Step]) -> Preparation:
    """Sum steps up: failed and blocked only where nothing was changed."""
    outcomes = {step.outcome for step in steps}
    changes = [change for step in steps for change in step.changes_made]
    rules = sorted({rule for step in steps for rule in step.applied_rules})
    errors = [error for step in steps for error in step.errors]
    reason = next((step.reason for step in steps if step.errors), None if changes else "unchanged")
    outcome: Outcome = "success"
    if "blocked" in outcomes:
        outcome = "blocked"
    elif outcomes & {"failed", "partial"}:
        outcome = "failed" if "failed" in outcomes and not changes else "partial"
    return Preparation([*steps, Step(COMPLETE, outcome, reason, changes, rules, errors)])


def _step(action: str, do: Callable[[Work], None], *, may_fail: bool) -> Step:
    """Carry a step out; it has failed where the system let nothing be done."""
    work = Work()
    try:
        do(work)
    except TaskfilesError as error:
        work.errors.append(error)
    errors, changes = work.errors, work.changes
    outcome: Outcome = "partial" if errors else "success"
    if may_fail and not changes and any(error.code != LEFT for error in errors):
        outcome = "failed"
    reason = errors[0].code if errors else None if changes else "unchanged"
    return Step(action, outcome, reason, changes, sorted(work.rules), errors)
