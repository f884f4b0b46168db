"""The action of this process in the event log: begun before anything is done, ended with its outcome.

A command that ends well records the outcome with its answer; the funnel in `main` records any other.
Recording changes no answer, no exit code and no file of the project.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taskfiles.basics.signals import uninterrupted
from taskfiles.errors import TaskfilesError, is_refusal
from taskfiles.store.location import journal_directory
from taskfiles.task.values import find_uuid
from taskfiles.task.wire import changes_object
from taskfiles.telemetry import log
from taskfiles.telemetry.actions import (
    ACTIONS,
    BLOCKED,
    COMPLETION,
    DECISION,
    FAILED,
    PARTIAL,
    SUCCESS,
    WRITE_FAILED,
)
from taskfiles.telemetry.events import Source, encode_event
from taskfiles.telemetry.origin import repository_name
from taskfiles_cli.line.surroundings import here, state_directory
from taskfiles_cli.render.console import StdoutClosed

if TYPE_CHECKING:
    from taskfiles import Store, Task
    from taskfiles_cli.command.origin import Origin

REPAIR = "store.recover"
CAUSE_VARIABLE = "TASKS_CAUSATION_ID"
_USAGE = "usage"  # the code of a command line that makes no sense: nothing was asked for


class Run:
    """One process's action, and where its events go."""

    def __init__(
        self, origin: Origin, action: str, subject: str | None, event_type: str | None = None
    ) -> None:
        self._origin, self.action, self.subject, self._type = origin, action, subject, event_type
        self.details: dict[str, Any] = {}  # what the action's own event tells besides, however it ends
        self.is_told = False
        self._ends: set[str] = set()  # ids of the completions that were told
        self._source: Source | None = None
        self._directory: str | None = None
        self._dropped = 0

    def tell(
        self,
        outcome: str,
        *,
        action: str | None = None,
        event_type: str | None = None,
        tasks: Sequence[Task] = (),
        payload: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Tell of the action, or of another one that was part of it; `more` is what an event takes."""
        with uninterrupted():  # half told would be told no more
            self.is_told = self.is_told or action in {None, self.action}
            try:
                if self._open():
                    name = action or self.action
                    wanted = event_type or self._type or ACTIONS[name].event_for(outcome)
                    more.setdefault("subject", self.subject or (tasks[0].id if len(tasks) == 1 else None))
                    more.setdefault("issue_number", _find_issue(tasks))
                    said = {"rule": name, "decision": outcome} if wanted == DECISION else {}
                    said |= self.details if name == self.action else {}
                    self._write(wanted, name, outcome, payload=said | {**(payload or {})}, **more)
            except Exception as error:  # whatever it is, the command has done its work
                self._drop(error)

    def tell_completion(self, task: Task, action: str | None = None) -> None:
        """Record the outcome of a task that has ended, if anybody has tried it, once for the same end.

        `action` ended it where that is another one than the process's.
        """
        from taskfiles.store.repository import count_tracked  # noqa: PLC0415 (few commands end a task)
        from taskfiles.telemetry.completion import find_completion  # noqa: PLC0415

        try:
            tracked = count_tracked(self._origin.open_store().repository)
            found = find_completion(task, tracked)
        except TaskfilesError:  # its attempts have errors, of which `validate` tells
            return
        except Exception as error:  # as in `tell`
            self._drop(error)
            return
        if found is not None and found[0] not in self._ends:
            event_id, completion = found
            self._ends.add(event_id)
            payload = {"completion": completion}
            self.tell(
                SUCCESS,
                action=action,
                event_type=COMPLETION,
                event_id=event_id,
                subject=task.id,
                tasks=[task],
                payload=payload,
            )

    def end(self, code: int, reason: str | None) -> None:
        """Record the outcome of the action, unless that is done; `reason` is the code of an error."""
        if not self.is_told and reason != _USAGE:
            outcome = self._outcome(code, reason)
            refused = outcome == BLOCKED
            store = self._origin.opened()
            changes = changes_object(store.changes_made) if store is not None and outcome == PARTIAL else []
            payload: dict[str, Any] | None = {"rule": reason, "decision": "refused"} if refused else None
            reason = reason or (None if outcome == SUCCESS else "unfinished")
            self.tell(outcome, reason=reason, payload=payload, changes=changes)
        if self._dropped and self._source is not None:
            try:
                payload = {"sink": "local", "dropped": self._dropped}
                self._write(WRITE_FAILED, WRITE_FAILED, FAILED, reason="io", payload=payload)
            except Exception:  # it has been warned of
                self._dropped = 0

    def written(self) -> list[str]:
        """List the files that this process has changed, in the order of its changes."""
        store = self._origin.opened()
        return list(dict.fromkeys(str(each["path"]) for each in store.changes_made)) if store else []

    def _outcome(self, code: int, reason: str | None) -> str:
        if code in {0, StdoutClosed.exit}:  # what was to be told to a reader who has gone had been done
            return SUCCESS
        store = self._origin.opened()
        if reason is None or (store is not None and store.written):
            return PARTIAL
        return BLOCKED if is_refusal(code) else FAILED

    def _open(self) -> bool:
        """Find out where events go; False where none are wanted, or there is no place."""
        if self._source is None:
            origin = self._origin
            try:
                store = origin.open_store()
            except TaskfilesError:
                place = here()
                self._directory = journal_directory(place, None, state_directory(os.environ))
                repo = repository_name(None, place)
            else:
                self._directory = store.journal if _is_wanted(store) else None
                repo = repository_name(store.common, store.reader.root)
            self._source = Source(repo, origin.run_id, origin.actor, origin.now, _cause())
        return self._directory is not None

    def _write(self, event_type: str, action: str, outcome: str, **more: Any) -> None:
        assert self._source is not None
        assert self._directory is not None
        event = self._source.make(event_type, action, outcome, **more)
        place = log.directory_of(self._directory)
        log.append(log.file_of(place, event["time"][:10], os.uname().nodename), [encode_event(event)])

    def _drop(self, error: Exception) -> None:
        self._dropped += 1
        if self._dropped == 1 and not self._is_warned():
            problem = getattr(error, "strerror", None) or str(error) or type(error).__name__
            place = self._directory or "the state directory"
            message = f"The event log in {place} can't be written ({problem.lower()}): this run is not in it."
            self._origin.warn(message, WRITE_FAILED)

    def _is_warned(self) -> bool:
        """Whether it has been told already that nothing can be written there, as the locks do."""
        store = self._origin.opened()
        return store is not None and store.fell_back


def _find_issue(tasks: Sequence[Task]) -> int | None:
    if not any(task.value("links") for task in tasks):
        return None
    from taskfiles.backlog.graph import find_issue  # noqa: PLC0415 (few tasks have links)

    return find_issue(tasks)


def _cause() -> str | None:
    """Give the event of the parent process, where the caller names one that can be one."""
    return find_uuid(os.environ.get(CAUSE_VARIABLE))


def _is_wanted(store: Store) -> bool:
    try:
        return store.settings.telemetry
    except (TaskfilesError, OSError):
        return True


_run: Run | None = None


def begin(origin: Origin, action: str, subject: str | None, event_type: str | None) -> Run:
    """Begin the process's action."""
    global _run  # noqa: PLW0603 (the funnel can't be handed what commands make: typer stands between)
    _run = Run(origin, action, subject, event_type)
    return _run


def tell_repair(origin: Origin) -> None:
    """Tell that a change which another process left half done was undone, whatever is done now."""
    run = _run or Run(origin, REPAIR, None)
    run.tell(SUCCESS, action=REPAIR, subject=None)


def written() -> list[str] | None:
    """List the files that the action has changed; None without an action."""
    return _run.written() if _run is not None else None


def end(code: int, reason: str | None) -> None:
    """End the action, if one was begun."""
    global _run
    run, _run = _run, None
    if run is not None:
        run.end(code, reason)
