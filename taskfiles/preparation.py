"""Use case: make ready a project whose tasks.toml declares labels, tracks or milestones.

What tasks use is declared, a declared track gets its epic, and an epic its track's title. Nothing is ever
removed, and nothing is done where it would be a guess. A run is told step by step, each with its outcome.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from taskfiles import files
from taskfiles.declarations import FAMILIES, Undeclarable, Usage, declare, find_gaps, survey
from taskfiles.errors import TaskfilesError
from taskfiles.keys import FORMAT
from taskfiles.lifecycle import Update, create, update
from taskfiles.mutation import retry
from taskfiles.names import CONFIG_PATH, MAX_ID
from taskfiles.store import MAX_CONFIG, Snapshot, Store
from taskfiles.task import Unreadable

if TYPE_CHECKING:
    from taskfiles.config import Config
    from taskfiles.diagnostics import Finding

Outcome = Literal["success", "partial", "blocked", "failed"]
LOAD, VALIDATE, VALIDATE_TRACKS = "config.load", "config.validate", "config.validate.tracks"
LABELS, MILESTONES = "repo.prepare.labels.reconcile", "repo.prepare.milestones.reconcile"
COMPLETE = "repo.prepare.complete"
LEFT = "not-reconciled"  # what a person has to decide; any other error is the system's or a conflict


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

            def labels(work: _Work) -> None:
                _declare(store, usage, "labels", dry_run, work)

            def milestones(work: _Work) -> None:
                _declare(store, usage, "milestones", dry_run, work)
                _declare(store, usage, "tracks", dry_run, work)
                _prepare_tracks(store, usage, broken, dry_run, work)

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
    from taskfiles.config import parse_config  # noqa: PLC0415 (it needs pydantic)

    try:
        data = store.config_bytes()
    except Unreadable as error:
        return [_stopped(LOAD, _bad_config(error.finding), error.finding.code)]
    except TaskfilesError as error:
        return [_stopped(LOAD, error)]
    steps = [Step(LOAD, "success", "defaults" if data is None else None)]
    config, findings = parse_config(data or b"")
    if config is None:
        return [*steps, _stopped(VALIDATE, _bad_config(findings[0]), findings[0].code)]
    if config.format > FORMAT:
        newer = TaskfilesError("newer-format", path=CONFIG_PATH, format=config.format, known=FORMAT)
        return [*steps, _stopped(VALIDATE, newer)]
    steps.append(Step(VALIDATE, "success"))
    for finding in findings:
        if finding.severity == "error":
            return [*steps, _stopped(VALIDATE_TRACKS, _bad_config(finding), finding.code)]
    return [*steps, Step(VALIDATE_TRACKS, "success")]


def _survey(store: Store) -> tuple[Usage, int]:
    """List what tasks use, and count the files that claim to be tasks and can't be read."""
    if not any(family in _read_config(store).model_fields_set for family in FAMILIES):
        return survey([]), 0  # nothing is compared with it

    def look(snapshot: Snapshot) -> tuple[Usage, int]:
        broken = sum(finding.severity == "error" for finding in snapshot.unreadable)
        return survey(snapshot.tasks), broken

    return store.with_snapshot(look)


def _read_config(store: Store) -> Config:
    """Read tasks.toml as it is now. Raises TaskfilesError (bad-config)."""
    config, findings = store.read_config()
    if config is None:
        raise _bad_config(findings[0])
    return config


def _bad_config(finding: Finding) -> TaskfilesError:
    line, column, problem = finding.line, finding.column, finding.message
    return TaskfilesError("bad-config", path=finding.path, line=line, column=column, problem=problem)


def _stopped(action: str, error: TaskfilesError, reason: str | None = None) -> Step:
    outcome: Outcome = "failed" if error.exit > 5 else "blocked"
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


class _Work:
    """What one step does, gathered: its changes, and what was left with the reason."""

    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []
        self.rules: set[str] = set()
        self.errors: list[TaskfilesError] = []

    def attempt(self, rule: str, do: Callable[[], list[dict[str, Any]]]) -> None:
        """Do one thing; what is refused doesn't keep the others from being done."""
        try:
            changes = do()
        except TaskfilesError as error:
            self.errors.append(error)
            return
        self.changes += changes
        self.rules |= {rule} if changes else set()

    def leave(self, what: str, problem: str, remedy: str) -> None:
        """Leave something to a person."""
        self.errors.append(TaskfilesError(LEFT, path=CONFIG_PATH, what=what, problem=problem, remedy=remedy))

    @property
    def declared(self) -> set[str]:
        """The tracks that were declared."""
        fields = [str(change["field"]) for change in self.changes if change["path"] == CONFIG_PATH]
        return {field.removeprefix("tracks.") for field in fields if field.startswith("tracks.")}


def _step(action: str, do: Callable[[_Work], None], *, may_fail: bool) -> Step:
    """Carry a step out; it has failed where the system let nothing be done."""
    work = _Work()
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


def _declare(store: Store, usage: Usage, family: str, dry_run: bool, work: _Work) -> None:
    """Declare what tasks use of a family, in one write of tasks.toml."""
    config = _read_config(store)
    gaps = find_gaps(config, usage)
    for name in gaps.unnameable.get(family, ()):
        what = f"{family.removesuffix('s').capitalize()} {json.dumps(name, ensure_ascii=False)}"
        problem = "a track's name is an id" if family == "tracks" else "the name is not one line of text"
        work.leave(what, problem, "Give its tasks another name.")
    if gaps.undeclared.get(family):
        write = partial(_write_tables, store, usage, family, dry_run)
        work.attempt(f"declare-{family}", partial(retry, write))


def _write_tables(store: Store, usage: Usage, family: str, dry_run: bool) -> list[dict[str, Any]]:
    """Enter the tables that are missing now, unless somebody else saves the file meanwhile."""
    from taskfiles.config import parse_config  # noqa: PLC0415 (it needs pydantic)

    try:
        content = store.reader.read_bytes(CONFIG_PATH, MAX_CONFIG)
    except (Unreadable, FileNotFoundError):
        content = None
    if content is None:
        raise TaskfilesError("changed-underneath", path=CONFIG_PATH)
    data, identity = content
    config, findings = parse_config(data)
    if config is None:
        raise _bad_config(findings[0])
    names = find_gaps(config, usage).undeclared.get(family)
    if not names:
        return []
    after = _declared(data, family, names)
    if not dry_run:
        with files.naming("Writing", CONFIG_PATH):
            try:
                files.replace_file(os.path.realpath(store.reader.file(CONFIG_PATH)), after, identity)
            except (FileNotFoundError, files.Changed):
                raise TaskfilesError("changed-underneath", path=CONFIG_PATH) from None
    return [{"path": CONFIG_PATH, "field": f"{family}.{name}", "from": None, "to": {}} for name in names]


def _declared(data: bytes, family: str, names: Sequence[str]) -> bytes:
    problem = "the file would be larger than it may be"
    try:
        after = declare(data, family, names)
    except Undeclarable:
        problem = f"`{family}` is an inline table there, which can't be continued"
    else:
        if len(after) <= MAX_CONFIG:
            return after
    what, remedy = f"What tasks use of {family}", f"Write `[{family}.NAME]` tables."
    raise TaskfilesError(LEFT, path=CONFIG_PATH, what=what, problem=problem, remedy=remedy)


def _prepare_tracks(store: Store, usage: Usage, broken: int, dry_run: bool, work: _Work) -> None:
    """Give each declared track its epic, and each epic its track's title."""
    config = _read_config(store)
    gaps = find_gaps(config, usage)
    declared = {*config.tracks} | work.declared
    for track in gaps.epicless:
        if track not in declared:
            continue
        if broken:
            problem = f"{broken} file{'s' if broken > 1 else ''} can't be read, and may hold one"
            work.leave(f"Track {track} without an epic", problem, "Mend what `tasks validate` names.")
            continue
        title = (config.tracks[track].title if track in config.tracks else None) or track
        work.attempt("track-epic", partial(_create_epic, store, track, title, dry_run))
    for epic, title in gaps.retitled:
        work.attempt("track-title", partial(_retitle, store, epic.id, title, dry_run))


def _create_epic(store: Store, track: str, title: str, dry_run: bool) -> list[dict[str, Any]]:
    is_free = len(track) <= MAX_ID and store.holder(track) is None
    task_id = track if is_free else None
    made = create(store, title, task_id=task_id, keys={"kind": "epic", "track": track}, dry_run=dry_run)
    return [entry for change in made for entry in change.changes]


def _retitle(store: Store, epic: str, title: str, dry_run: bool) -> list[dict[str, Any]]:
    return update(store, epic, Update(set={"title": title}), dry_run=dry_run).changes
