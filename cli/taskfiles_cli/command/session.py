"""What every command begins with: its console, its store, the id of its run."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from taskfiles import Finding, Store, task_object
from taskfiles.basics.instants import utc_now
from taskfiles.errors import number_of
from taskfiles.store.caller import Caller
from taskfiles.store.location import ROLLED_BACK, attempt_names, has_leases
from taskfiles.task.wire import changes_object
from taskfiles.task.words import State
from taskfiles_cli.command.origin import Origin, find_actor, read_claims, read_name, read_run_id
from taskfiles_cli.line.places import check_local
from taskfiles_cli.line.surroundings import cache_directory, here, state_directory
from taskfiles_cli.render.console import Colour, Console, Format
from taskfiles_cli.render.lines import Lines, diff_lines

if TYPE_CHECKING:
    from pathlib import Path

    from taskfiles import Change, Task
    from taskfiles.backlog.problems import Problems
    from taskfiles.operations.declare import Step
    from taskfiles_cli.command.event import Run

_NAMED = 10  # ids that a message names
_STAGE = "git add -A tasks"  # `git commit -a` alone would commit that the old path is gone
_RECOVERING = frozenset(
    {"agent.complete", "plan.create", "repo.prepare.complete"}
)  # they record what was left


class Session:
    """One command's console and settings; the store is opened when it is first needed."""

    def __init__(
        self,
        output: str = Format.HUMAN,
        root: Path | None = None,
        color: Colour = Colour.AUTO,
        lock_timeout: float | None = None,
        claim: str | None = None,
        *,
        acting: str | None = None,
        dry_run: bool = False,
        if_match: str | None = None,
        brief: bool = False,
        index: bool = True,
    ) -> None:
        self.console = Console(output, color, brief=brief)
        self.output, self.root, self.lock_timeout, self.claim = output, root, lock_timeout, claim
        self.acting = acting
        self.dry_run, self.if_match, self.index = dry_run, if_match, index
        self._store: Store | None = None
        self.action = ""
        self._run: Run | None = None
        self.kept: object = None  # what ends with the process: to free thousands of objects takes long
        self.has_named_files = False  # whether unreadable files were named, which `finish` does else

    def begin(
        self,
        action: str,
        subject: str | None = None,
        *,
        dry_run: bool = False,
        event_type: str | None = None,
    ) -> None:
        """Begin what the command does, so that the event log has it whatever comes of it.

        A dry run does nothing, and leaves no trace there. `event_type` is for an action of the user's own,
        which the registry does not know.
        """
        self.action = action
        self.console.pages = (
            False  # what a change answers is not read at leisure: nobody is to be kept waiting
        )
        if not dry_run:
            from taskfiles_cli.command import event  # noqa: PLC0415 (what only reads tells of nothing)

            self._run = event.begin(self.origin, action, subject, event_type)

    def detail(self, **details: Any) -> None:
        """Add what the action's event tells besides, a refusal's too."""
        if self._run is not None:
            self._run.details |= details

    def about(self, task_id: str) -> None:
        """Name the task that the action is about, where only the work itself has told it."""
        if self._run is not None:
            self._run.subject = task_id

    def tell(self, outcome: str, **event: Any) -> None:
        """Tell the event log of the action, or of another one that was part of it; see `Run.tell`."""
        if self._run is not None:
            self._run.tell(outcome, **event)

    def tell_steps(self, steps: Sequence[Step]) -> None:
        """Tell the event log of the steps of a preparation."""
        for step in steps:
            self.tell_step(step)

    def tell_step(self, step: Step) -> None:
        """Tell the event log of one step of a preparation."""
        changes = changes_object(step.changes_made)
        rules = step.applied_rules
        self.tell(step.outcome, action=step.action, reason=step.reason, changes=changes, rules=rules)

    def tell_completion(self, task: Task, **more: Any) -> None:
        """Tell the event log what came of a task that has ended; see `Run.tell_completion`."""
        if self._run is not None and "execution" in task.values:
            self._run.tell_completion(task, **more)

    @property
    def store(self) -> Store:
        """The project's store. Raises TaskfilesError (no-project)."""
        if self._store is None:
            self._store = self.open_store()
            if self._run is not None and self._store.journal and attempt_names(self._store.journal):
                self._warn_of_left(self._store)
        return self._store

    def open_store(self) -> Store:
        """Open the project anew, as a process that lives on has to. Raises TaskfilesError (no-project)."""
        settings: dict[str, Any] = {
            "lock_timeout": self.lock_timeout,
            "notice": self._notice,
            "caller": Caller(self.run_id, self.actor, os.urandom(8).hex()),
            "claims": read_claims(self.claim),
            "acts_as": read_name(self.acting),
            "state_home": state_directory(os.environ),
            "index": self.index,
            "cache": cache_directory(os.environ),
            "progress": self.console.progress,
            "rehearse": _rehearse,
        }
        if self.root is not None:
            check_local("--root", os.fspath(self.root))
        return Store(self.root, **settings) if self.root else Store.find(here(), **settings)

    def _warn_of_left(self, store: Store) -> None:
        """Warn of attempts that killed runs have left; those that are being made are no news."""
        from taskfiles.run.recovery import list_left  # noqa: PLC0415 (only while agents are run, or were)

        left = [] if self.action in _RECOVERING else list_left(store)
        for entry in left:
            if entry.is_whole:  # it can't be recorded: doctor tells why
                continue
            message = f"The attempt {entry.attempt_id} at {entry.task_id} was left by a run that is gone."
            self.console.warn(f"{message} `tasks doctor --fix` records it.", code="attempt-left")

    @cached_property
    def actor(self) -> str:
        """A word that tells callers apart."""
        return find_actor(self.claim)

    @cached_property
    def run_id(self) -> str:
        """The id of this execution, in its answer and in the journal."""
        return read_run_id()

    def now(self) -> datetime:
        """Give the time."""
        return utc_now()

    @property
    def has_store(self) -> bool:
        """Whether the command has opened its store."""
        return self._store is not None

    @cached_property
    def origin(self) -> Origin:
        """What the events of this command need to know of it."""
        return Origin(
            self.run_id,
            self.actor,
            self.now,
            open_store=lambda: self.store,
            opened=lambda: self._store,
            warn=lambda message, code: self.console.warn(message, code=code),
        )

    def _notice(self, message: str, code: str) -> None:
        """Warn of what the store has found or repaired; a repair is logged as an event, too."""
        self.console.warn(message, code=code)
        if code == ROLLED_BACK:
            from taskfiles_cli.command import event  # noqa: PLC0415 (few commands are cut short)

            event.tell_repair(self.origin)

    def warn_findings(self, findings: Sequence[Finding]) -> None:
        """Warn of files that are unreadable or wrong, one line each."""
        for finding in findings:
            self.console.warn(finding.message, finding=finding)

    def warn_problems(self, problems: Problems, answered: Collection[str] = ()) -> None:
        """Warn of files that were read beside the answer; `answered` are the paths of the answer's tasks."""
        self.has_named_files = True
        if problems:
            from taskfiles_cli.command.problems import warn_of_problems  # noqa: PLC0415 (mostly there are none)

            warn_of_problems(self.console, problems, answered)
        if self.has_store:
            self.warn_absent()

    def warn_absent(self) -> None:
        """Warn of task files that a sparse checkout leaves out."""
        if not self.store.is_sparse:
            return
        absent = self.store.find_absent()
        if absent.paths:
            from taskfiles_cli.command.problems import warn_of_absent  # noqa: PLC0415 (few clones are sparse)

            warn_of_absent(self.console, absent)

    def warn_unreadable(self, unreadable: Sequence[Finding]) -> None:
        """Warn of unreadable files alone; see `warn_problems`."""
        self.has_named_files = True
        if unreadable:
            from taskfiles.backlog.problems import Problems  # noqa: PLC0415 (as above)

            self.warn_problems(Problems(list(unreadable), []))

    def finish(self) -> None:
        """Name the unreadable files that the command met, unless it has done so; warn of a missing driver."""
        if self._store is not None and self._store.unreadable and not self.has_named_files:
            self.warn_unreadable(self._store.unreadable)
        if self._store is not None and self._store.written:
            from taskfiles_cli.command.driver import warn_of_driver  # noqa: PLC0415 (what only reads need not)

            warn_of_driver(self.console, self._store)

    def claims_of(self, ids: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
        """Map ids of claimed tasks to their claims as JSON shows them; only those of `ids`, if given."""
        if not self.has_store or not has_leases(self.store.leases):
            return {}
        from taskfiles.store.claims import claim_objects  # noqa: PLC0415 (mostly nothing is claimed)

        return claim_objects(self.store, ids)

    def mutation(self, changes: Sequence[Change], **more: Any) -> dict[str, Any]:
        """Build the answer of a mutation, and tell the event log: the same summary for all.

        `action` is given where the mutation is a part of what the command does, `subject` where it is of
        another task than the command.
        """
        from taskfiles.changes.draft import closes  # noqa: PLC0415 (commands that only read need no plan)

        about = {"subject": more.pop("subject")} if "subject" in more else {}
        dry_run = more.pop("dry_run", bool(changes) and changes[0].dry_run)
        action = more.pop("action", self.action)
        changed = [change for change in changes if change.changed]
        claims = self.claims_of({change.after.id for change in changes})
        answer: dict[str, Any] = {
            "action": action,
            "outcome": "success",
            "reason": None if changed else "unchanged",
            "changed": bool(changed),
            "dry_run": dry_run,
            "run_id": self.run_id,
            "applied_rules": sorted({rule for change in changes for rule in change.rules}),
            "changes_made": changes_object([entry for change in changes for entry in change.changes]),
            "task": task_object(changes[0].after, claim=claims.get(changes[0].after.id)) if changes else None,
            **more,
        }
        if len(changes) > 1:
            answer["tasks"] = [
                task_object(change.after, claim=claims.get(change.after.id)) for change in changes
            ]
        if waiting := sorted({other for change in changes for other in change.waiting}):
            answer["waiting"] = waiting
        if dry_run:
            answer["diff"] = "".join(change.diff for change in changes)
        else:
            answer |= self.staging(changes)
        kept = ("changed", "attempt_id", "attempt_ids", "undone", "by")
        told = {key: answer[key] for key in kept if key in answer}
        tasks = [change.after for change in changes]
        self.tell(
            answer["outcome"],
            action=action,
            reason=answer["reason"],
            tasks=tasks,
            rules=answer["applied_rules"],
            changes=answer["changes_made"],
            payload={**told, "tasks": [task.id for task in tasks]},
            **about,
        )
        for change in changes:
            if change.changed and not change.removed and closes(change.before, change.after):
                self.tell_completion(change.after, action=action)
        return answer

    def staging(self, changes: Sequence[Change]) -> dict[str, str]:
        """Return the part of an answer that says how changes that moved files are given to git."""
        from taskfiles.changes.draft import moves_file  # noqa: PLC0415 (as above)

        moved = self.store.common is not None and any(map(moves_file, changes))
        return {"stage": _STAGE} if moved else {}

    def answer_mutation(
        self,
        answer: dict[str, Any],
        changes: list[Change],
        sentence: str,
        *,
        plain: Sequence[str] | None = None,
    ) -> None:
        """Give a mutation's answer, and warn of what it brought about; `plain` are the ids that matter."""
        from taskfiles.backlog.clock import introduced_future  # noqa: PLC0415 (as above)
        from taskfiles.changes.draft import introduced  # noqa: PLC0415 (as above)

        ids = [change.after.id for change in changes] if plain is None else plain
        self.console.answer(answer, human=lambda: _human(answer, sentence), plain=ids)
        for change in changes:
            self.warn_findings(introduced(change))
            self._name_waiting(change)
            for title, count in change.replaced if change.changed and not change.dry_run else ():
                message = (
                    f"Replaced {number_of(count, 'line')} of “{title}” in {change.after.id}; "
                    "`tasks undo` brings back the old text."
                )
                self.console.warn(message, code="text-replaced", path=change.after.path)
            for title in change.added:
                message = f"{change.after.id} has a new section “{title}”."
                self.console.warn(message, code="new-section", path=change.after.path)
            if change.changed and not change.removed:
                self.warn_findings(introduced_future(change.before, change.after, self.now()))
            if change.changed and _SECRETS_REPLACED in change.rules:
                message = (
                    "What looks like a secret was replaced by [redacted]; nothing else of the text changed."
                )
                self.console.warn(message, path=change.after.path, code=_SECRETS_REPLACED)

    def _name_waiting(self, change: Change) -> None:
        """Name the open tasks that depend on a task which a change closes."""
        if not change.waiting:
            return
        named = ", ".join(change.waiting[:_NAMED]) + (", …" if len(change.waiting) > _NAMED else "")
        how = "depends on" if len(change.waiting) == 1 else "depend on"
        if change.after.state == State.CANCELED:
            message = f"{named} {how} {change.after.id}, which is canceled."
            self.console.warn(message, code="waits-for-canceled")
        else:
            self.console.note(f"{named} {how} {change.after.id}, which is done.")


_SECRETS_REPLACED = "secrets-replaced"


def _rehearse(changes: Sequence[Change]) -> None:
    """Work out what the answer says of changes before they are made: were it to fail, nothing is written."""
    from taskfiles.changes.draft import introduced  # noqa: PLC0415 (as above)

    for change in changes:
        task_object(change.after)
        introduced(change)
    changes_object([entry for change in changes for entry in change.changes])


def _human(answer: dict[str, Any], sentence: str) -> Lines:
    if answer["dry_run"]:
        return diff_lines(answer["diff"])
    if not answer["changed"]:
        task = answer["task"]
        if many := len(answer.get("tasks", ())):
            return f"No change: {number_of(many, 'task')} are already up to date."
        return "Nothing to change." if task is None else f"No change: {task['id']} is already up to date."
    if "stage" in answer:
        return [sentence, staging_line(answer)]
    return sentence


def staging_line(answer: Mapping[str, Any]) -> str:
    """Say how an answer's changes, which moved files, are given to git."""
    return f"Commit it with `{answer['stage']}`: files have moved."
