"""Sending agents out: what `tasks run` hands to the library, and its answer."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from taskfiles import Change, Task, TaskfilesError, choose_next, task_object
from taskfiles.errors import number_of
from taskfiles.operations.next import PASSED_OVER
from taskfiles.run.bounds import Bounds
from taskfiles.run.callbacks import Callbacks, Job, RunEvent
from taskfiles.run.executor import TaskRun, find_common_problem, run_task
from taskfiles.run.gates import parse_gates
from taskfiles.run.halt import Halt
from taskfiles.run.judging import OUT_OF_TIME
from taskfiles.run.plan_ledger import recover_plans
from taskfiles.run.pullrequest import USUAL
from taskfiles.run.recovery import Agents, recover
from taskfiles.run.transcript import prune
from taskfiles.store.claims import check_claims_available, find_claims
from taskfiles.store.outputs import check_output
from taskfiles.task.wire import changes_object
from taskfiles.task.words import ExecutorLevel, Size
from taskfiles.telemetry.actions import SUCCESS
from taskfiles.telemetry.origin import repository_name
from taskfiles_cli.command.pickup import read_duration, read_holder, read_lease
from taskfiles_cli.command.session import Session, staging_line
from taskfiles_cli.command.signals import ENDING, exit_code, note
from taskfiles_cli.line.surroundings import session_places
from taskfiles_cli.line.texts import check_utf8
from taskfiles_cli.line.values import single_word
from taskfiles_cli.render.remedies import say_error
from taskfiles_cli.runner.forwarding import Forwarder
from taskfiles_cli.runner.leftovers import tell_recovered, tell_summary

ACTION = "agent.complete"
_AS = "90s, 30m or 2h"
_KEPT = 30 * 86400.0  # seconds for which logs are kept below the git directory
# What refuses one task and says nothing about the next.
_PASSED_OVER = PASSED_OVER | {"too-ambiguous"}


def make_job(
    session: Session,
    command: Sequence[str],
    *,
    by: str | None,
    lease: str | None,
    timeout: str | None,
    backoff: str | None,
    gates: Sequence[str],
    own_gates: bool,
    pull_request: str | None,
    **more: Any,
) -> Job:
    """Read the options of `tasks run` into a job; `pull_request` is empty for the usual command."""
    return Job(
        command=[check_utf8("COMMAND", word) for word in command],
        by=read_holder(by, session.store),
        lease=read_lease(lease),
        timeout=read_duration("--timeout", timeout, _AS),
        backoff=read_duration("--backoff", backoff, _AS) or 0.0,
        gates=parse_gates(gates),
        own_gates_only=own_gates,
        pull_request=USUAL if pull_request == "" else pull_request,
        **more,
    )


class Wishes:
    """Which tasks are wanted where none is named: at most of a level and a size; none twice."""

    def __init__(self, executor: str | None = None, max_size: str | None = None) -> None:
        self.level = None if executor is None else single_word("--executor", ExecutorLevel, executor)
        self.largest = None if max_size is None else single_word("--max-size", Size, max_size)
        self.tried: set[str] = set()


class Keeping(NamedTuple):
    """Where output is kept, None for the usual place, and whether the agents' own files are read."""

    log: str | None = None
    reads_sessions: bool = True


def run_one(session: Session, task_id: str | None, job: Job, keeping: Keeping, wishes: Wishes) -> int:
    """Run a task, or the best that can be had, and answer."""
    with at_work(session, keeping) as work:
        result = work.run(task_id, job) if task_id is not None else work.run_best(job, wishes)
        answer = work.answer(result)
        session.console.answer(answer, human=lambda: render_run(answer), plain=[result.task.id])
        return work.exit_code([result])


def run_all(
    session: Session,
    job: Job,
    keeping: Keeping,
    wishes: Wishes,
    *,
    bounds: Bounds,
    seconds: int | None = None,
) -> int:
    """Run the best task that can be had, then the next, until none is left or all is to stop.

    `bounds` end it before, and so do `seconds` for all of it.
    """
    results: list[TaskRun] = []
    answers: list[dict[str, Any]] = []
    problem: TaskfilesError | None = None
    with at_work(session, keeping) as work:
        work.callbacks = work.callbacks._replace(attempted=bounds.add)
        if seconds is not None:
            work.bound(seconds)
        while not (end := _find_end(work, results, bounds)):
            try:
                results.append(work.run_best(job, wishes))
                bounds.begin()
            except TaskfilesError as error:
                if not results and error.code != "nothing-to-claim":
                    raise
                if error.code != "nothing-to-claim":  # what was run before is answered all the same
                    work.say(error.message)
                    problem = error
                break
            answers.append(work.answer(results[-1]))
            for line in render_run(answers[-1]):
                session.console.note(line)
        if end and not work.halt.reason:
            work.say(f"The loop ends after {number_of(len(results), 'task')}: {end.rstrip('.')}.")
        session.console.answer(
            answers, human=lambda: _count(results), plain=[result.task.id for result in results]
        )
        return work.exit_code(results) or (problem.exit if problem else 0)


def _find_end(work: Work, results: Sequence[TaskRun], bounds: Bounds) -> str:
    """Return why a loop goes on with no other task; empty if it may."""
    if reason := work.callbacks.stop():
        return reason
    return (find_common_problem(results[-1]) if results else "") or bounds.find_end()


@contextmanager
def at_work(session: Session, keeping: Keeping) -> Iterator[Work]:
    """Heed signals instead of being ended by them: what an agent has done is recorded first."""
    check_claims_available(session.store)
    work = Work(session, keeping)
    children = signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # who ignores it never hears how they ended
    before = {number: signal.getsignal(number) for number in ENDING}

    def heed(number: int, _: object) -> None:
        if not work.halt.reason:
            note(number)
        work.halt.ask(f"interrupted by {signal.Signals(number).name}")

    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:  # as nohup has it, and stays so
                signal.signal(number, heed)
        work.recover()
        if keeping.log is None:
            prune(work.callbacks.logs, time.time() - _KEPT)
        yield work
    finally:
        work.forwarder.close(lambda: bool(work.halt.reason))
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.signal(signal.SIGCHLD, children)


class Work:
    """What runs in one process share: the flag that stops them, and their output."""

    def __init__(self, session: Session, keeping: Keeping) -> None:
        store, log = session.store, keeping.log
        if log is not None:
            check_output("--log", log, str(store.root))
        self.halt = Halt()
        self.session = session
        self.forwarder = Forwarder(session.console)
        self._changes: dict[str | None, list[Change]] = {}
        self._lock = threading.Lock()
        assert store.journal is not None  # where claims can be kept there is one
        self.callbacks = Callbacks(
            environment=os.environ,
            repo=repository_name(store.common, store.reader.root),
            run_id=session.run_id,
            scratch=tempfile.gettempdir(),
            logs=os.path.abspath(log) if log is not None else os.path.join(store.journal, "logs"),
            on_output=self.forwarder.hear,
            emit=self._tell,
            say=self.say,
            stop=lambda: self.halt.reason,
            is_urgent=self.halt.is_urgent,
            wait=self.halt.wait,
            ended=self._ended,
            sessions=session_places(os.environ) if keeping.reads_sessions else None,
        )

    def bound(self, seconds: float) -> None:
        """Stop after so many seconds from now."""
        end = time.monotonic() + seconds

        def find_stop() -> str:
            return self.halt.reason or (OUT_OF_TIME if time.monotonic() >= end else "")

        self.callbacks = self.callbacks._replace(stop=find_stop)

    def run(self, task_id: str, job: Job) -> TaskRun:
        """Run one task."""
        self.session.about(task_id)
        return run_task(self.session.store, task_id, job, self.callbacks)

    def run_best(self, job: Job, wishes: Wishes) -> TaskRun:
        """Run the first task that can be had; raises nothing-to-claim where there is none."""
        store = self.session.store
        claims = find_claims(store)
        choice = store.with_snapshot(
            lambda snapshot: choose_next(
                snapshot.tasks,
                count=len(snapshot.tasks),
                executor=wishes.level,
                max_size=wishes.largest,
                **claims._asdict(),
                strict=True,
                now=store.now(),
                zone=store.zone,
            )
        )
        passed: list[str] = []
        for each in choice.candidates:
            if each.task.id in wishes.tried:
                continue
            wishes.tried.add(each.task.id)
            try:
                return self.run(each.task.id, job)
            except TaskfilesError as error:
                if error.code not in _PASSED_OVER and not error.details.get("task"):
                    raise
                passed.append(error.message.rstrip("."))
                self.say(f"{each.task.id} was passed over: {error.message}")
        problem = "; ".join(passed[:3]) or "none is ready and free"
        remedy = "`tasks next` lists what is ready; `tasks plan` says why other tasks are not."
        raise TaskfilesError("nothing-to-claim", problem=problem, remedy=remedy)

    def recover(self) -> None:
        """Record what killed runs have left."""
        sessions = self.callbacks.sessions
        agents = None if sessions is None else Agents(sessions, os.environ)
        for found in recover(self.session.store, agents=agents):
            tell_recovered(self.session, [found])
            if found.problem is None and found.recorded is None:
                self.say(f"{found.entry.task_id} is free again: its run was killed before it began.")
            elif found.problem is None:
                self.say(f"Recorded the attempt at {found.entry.task_id} that a killed run had left.")
            else:
                told = f"An attempt at {found.entry.task_id} still waits to be recorded"
                self.say(f"{told}: {found.problem.message}")

        for summary in recover_plans(self.session.store):
            tell_summary(self.session, summary)
            self.say(f"The run of the plan {summary['plan_id']} was killed; its outcome is recorded.")

    def answer(self, result: TaskRun) -> dict[str, Any]:
        """Build the answer: the summary of a mutation, with the attempts."""
        self.forwarder.drain()
        made = [self._changes.pop(task_id, []) for task_id in (*result.former_ids, result.task.id)]
        changes = [change for each in made for change in each if change.changed]
        last = result.attempts[-1]
        return {
            "action": ACTION,
            "outcome": result.outcome,
            "reason": result.reason,
            "changed": bool(changes),
            "dry_run": False,
            "run_id": self.session.run_id,
            "applied_rules": sorted({rule for change in changes for rule in change.rules}),
            "changes_made": changes_object([entry for change in changes for entry in change.changes]),
            "task": task_object(
                result.task, claim=self.session.claims_of({result.task.id}).get(result.task.id)
            ),
            "attempts": [made.attempt | {"log": f"{made.log}.out.log"} for made in result.attempts],
            "exit_code": last.exit_code,
            "problems": [{"code": error.code, "message": error.message} for error in result.problems],
            **self.session.staging(changes),
        }

    def exit_code(self, results: Sequence[TaskRun]) -> int:
        """Give the exit code; what went wrong besides the attempts is said first."""
        for result in results:
            for error in result.problems:
                self.say(f"{result.task.id}: {say_error(error)}")
        if self.halt.reason:
            return exit_code()
        return 0 if all(result.outcome == SUCCESS for result in results) else 1

    def _tell(self, told: RunEvent) -> None:
        with self._lock:
            self._changes.setdefault(told.subject, []).extend(told.changes)
            if told.changes:
                more = dict(told.payload) | ({"reason": told.reason} if told.reason else {})
                self.session.mutation(told.changes, action=told.action, **more)
                return
            self.session.tell(
                told.outcome,
                action=told.action,
                reason=told.reason,
                subject=told.subject,
                payload=dict(told.payload),
                event_id=told.event_id,
            )

    def _ended(self, task: Task) -> None:
        with self._lock:
            self.session.tell_completion(task, action=ACTION)

    def say(self, text: str) -> None:
        """Warn people of something."""
        self.forwarder.drain()
        self.session.console.warn(text, code="run")


def render_run(answer: dict[str, Any]) -> list[str]:
    """Render what came of a run for people."""
    last, number = answer["attempts"][-1], len(answer["attempts"])
    lines = [f"{answer['task']['id']}: {answer['outcome']}, {_attempt(last)}"]
    if number > 1:
        lines[0] += f" ({number} attempts)"
    if "error_reason" in last:
        lines.append(f"  {last.get('error_type', 'error')}: {last['error_reason']}")
    if os.path.exists(last["log"]):
        lines.append(f"  what it printed: {last['log']}")
    if "stage" in answer:
        lines.append(staging_line(answer))
    return lines


def _attempt(attempt: dict[str, Any]) -> str:
    executor, usage = attempt["executor"], attempt.get("usage", {})
    parts = [" ".join(str(executor[key]) for key in ("tool", "model") if key in executor)]
    parts.append(f"{attempt['duration_seconds']} s")
    known = [f"{usage[key]} {name}" for key, name in _TOKENS if key in usage]
    if known:
        parts.append(f"{' and '.join(known)} tokens")
    if (cost := attempt.get("cost", {}).get("actual_usd_micros")) is not None:
        since = attempt["cost"].get("price_since")
        parts.append(f"${cost / 1_000_000:.4f}" + (f" by prices since {since}" if since else ""))
    return ", ".join(parts)


_TOKENS = (("input_tokens", "input"), ("output_tokens", "output"))


def _count(results: Sequence[TaskRun]) -> str:
    good = sum(result.outcome == SUCCESS for result in results)
    return f"{number_of(len(results), 'task')} run, {good} with success."
