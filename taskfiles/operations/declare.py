"""Use case: prepare a project whose tasks.toml declares labels, tracks or milestones.

The names that tasks use are declared, a declared track gets its epic, and an epic its track's title. Nothing
is ever removed, and nothing is guessed. A run is reported as steps, each with its outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from taskfiles.backlog.snapshot import Snapshot, bad_config
from taskfiles.errors import TaskfilesError, is_refusal
from taskfiles.operations.declare_steps import UNDECIDED, Work, declare_used, prepare_tracks
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
    """Outcome of one action of a run: its changes as `{path, field, from, to}`, and its errors.

    `reason` is a code; with the outcome success it is None, `unchanged` or `defaults`.
    """

    action: str
    outcome: Outcome
    reason: str | None = None
    changes_made: Sequence[dict[str, Any]] = ()
    applied_rules: Sequence[str] = ()
    errors: Sequence[TaskfilesError] = ()


class Preparation(NamedTuple):
    """A run's steps in order; the last one is the summary of the others."""

    steps: list[Step]

    @property
    def summary(self) -> Step:
        """The last step, which summarizes the others."""
        return self.steps[-1]

    @property
    def is_blocked(self) -> bool:
        """Whether the run was refused before anything was written."""
        return self.summary.outcome == "blocked"


def _ignore(step: Step) -> None:
    """Ignore a step that has ended."""


def prepare(store: Store, *, dry_run: bool = False, on_step: Callable[[Step], None] = _ignore) -> Preparation:
    """Reconcile what tasks.toml declares with what tasks use, under the store's lock.

    `on_step` is called with each step as it ends, one that is interrupted too, but not with the summary.

    Deterministic, and a second run changes nothing. Labels are one step; milestones, tracks and the epics
    of tracks another. If somebody saves tasks.toml meanwhile, the new text is reconciled.
    Raises no TaskfilesError: errors are in the steps.
    """
    steps = examine(store)
    for step in steps:
        on_step(step)
    if steps[-1].outcome == "blocked":
        return _summarize(steps)
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

            steps.append(_run_step(store, LABELS, labels, on_step, may_fail=True))
            steps.append(_run_step(store, MILESTONES, milestones, on_step, may_fail=False))
    except TaskfilesError as error:  # the lock timed out, or files can't be read
        return Preparation([*steps, error_step(COMPLETE, error)])
    return _summarize(steps)


def find_refusal(store: Store | None, problem: TaskfilesError | None = None) -> Preparation | None:
    """Return a blocked run if tasks.toml can't be used, or for `problem` without a project; else None."""
    if store is None:
        assert problem is not None
        return _summarize([error_step(LOAD, problem)])
    steps = examine(store)
    return _summarize(steps) if steps[-1].outcome == "blocked" else None


def examine(store: Store) -> list[Step]:
    """Check whether tasks.toml can be used; return the steps up to the first blocked one, or all three."""
    from taskfiles.config.model import parse_config  # noqa: PLC0415 (it needs pydantic)

    try:
        data = store.config_bytes()
    except Unreadable as error:
        return [error_step(LOAD, bad_config(error.finding), error.finding.code)]
    except TaskfilesError as error:
        return [error_step(LOAD, error)]
    steps = [Step(LOAD, "success", "defaults" if data is None else None)]
    config, findings = parse_config(data or b"")
    if config is None:
        return [*steps, error_step(VALIDATE, bad_config(findings[0]), findings[0].code)]
    if config.format > FORMAT:
        newer = TaskfilesError("newer-format", path=CONFIG_PATH, format=config.format, known=FORMAT)
        return [*steps, error_step(VALIDATE, newer)]
    steps.append(Step(VALIDATE, "success"))
    for finding in findings:
        if finding.severity == "error" and (finding.field or "").partition(".")[0] == "tracks":
            return [*steps, error_step(VALIDATE_TRACKS, bad_config(finding), finding.code)]
    return [*steps, Step(VALIDATE_TRACKS, "success")]


def _survey(store: Store) -> tuple[Usage, int]:
    """Return what tasks use, and the number of unreadable task files."""
    if not any(family in store.load_config().model_fields_set for family in FAMILIES):
        return survey([]), 0  # no family is declared, so that nothing is compared

    def look(snapshot: Snapshot) -> tuple[Usage, int]:
        broken = sum(finding.severity == "error" for finding in snapshot.unreadable)
        return survey(snapshot.tasks), broken

    return store.with_snapshot(look)


def error_step(action: str, error: TaskfilesError, reason: str | None = None) -> Step:
    """Return the step of an action that ended with an error; `reason` is a code, by default the error's."""
    outcome: Outcome = "blocked" if is_refusal(error.exit) else "failed"
    if action == LOAD:
        outcome = "blocked"
    return Step(action, outcome, reason or error.code, errors=(error,))


def describe_changes(changes: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield a phrase for each thing that was changed, and the file's path."""
    for change in changes:
        path, field, before, after = (change[key] for key in ("path", "field", "from", "to"))
        if path == CONFIG_PATH:
            yield f"{field} in {path}", path
        elif field == "id" and before is None:
            yield f"{path}", path
        elif field == "title" and before is not None:
            yield f"title “{after}” in {path}", path


def _summarize(steps: list[Step]) -> Preparation:
    """Append the summary of steps; it is failed or blocked only if nothing was changed.

    Without a change, an error that leaves nothing to decide makes it failed, whichever step had it.
    """
    outcomes = {step.outcome for step in steps}
    changes = [change for step in steps for change in step.changes_made]
    rules = sorted({rule for step in steps for rule in step.applied_rules})
    errors = [error for step in steps for error in step.errors]
    errors.sort(key=lambda error: error.code == UNDECIDED)
    reason = next((step.reason for step in steps if step.errors), None if changes else "unchanged")
    outcome: Outcome = "success"
    if "blocked" in outcomes:
        outcome = "blocked"
    elif errors and not changes and errors[0].code != UNDECIDED:
        outcome, reason = "failed", errors[0].code
    elif outcomes & {"failed", "partial"}:
        outcome = "partial"
    return Preparation([*steps, Step(COMPLETE, outcome, reason, changes, rules, errors)])


def _run_step(
    store: Store, action: str, do: Callable[[Work], None], on_step: Callable[[Step], None], *, may_fail: bool
) -> Step:
    """Run a step; with `may_fail` it failed if nothing was changed and an error is not UNDECIDED."""
    work = Work()
    first = len(store.changes_made)
    try:
        do(work)
    except TaskfilesError as error:
        work.errors.append(error)
    except KeyboardInterrupt:
        written = store.changes_made[first:]
        stopped: Outcome = "partial" if written else "failed"
        on_step(Step(action, stopped, "interrupted", written, sorted(work.rules)))
        raise
    errors, changes = work.errors, work.changes
    outcome: Outcome = "partial" if errors else "success"
    if may_fail and not changes and any(error.code != UNDECIDED for error in errors):
        outcome = "failed"
    reason = errors[0].code if errors else None if changes else "unchanged"
    step = Step(action, outcome, reason, changes, sorted(work.rules), errors)
    on_step(step)
    return step
