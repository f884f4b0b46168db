"""Use case: run an agent on a task, from its dispatch to what came of it.

Dispatch, resolve, validate; claim; attempts with their gates, each recorded; then complete or give back.
What is refused before the claim changes nothing. Every step emits an event with its own outcome.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import Any, NamedTuple

from taskfiles.agents.registry import find_adapter
from taskfiles.backlog.family import Context, find_context
from taskfiles.basics.uuids import new_uuid7
from taskfiles.changes.claims import end_claim
from taskfiles.changes.mutate import Change
from taskfiles.errors import TaskfilesError
from taskfiles.operations.complete import complete
from taskfiles.operations.move import move
from taskfiles.operations.pickup import Pickup, pickup
from taskfiles.operations.release import release
from taskfiles.operations.update import Update, update
from taskfiles.run.attempt import Made, Plan, is_gone, make_attempt
from taskfiles.run.callbacks import Callbacks, Job, RunEvent
from taskfiles.run.estimate import estimate
from taskfiles.run.judging import concerns_all, make_feedback
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.pullrequest import open_pull_request
from taskfiles.run.renewer import LeaseRenewer
from taskfiles.run.switch import Switch
from taskfiles.run.vetting import Checked, vet
from taskfiles.store import claims
from taskfiles.store.store import Store
from taskfiles.task.names import CONFIG_PATH
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.wire import task_object
from taskfiles.task.words import CLOSED, State
from taskfiles.telemetry.actions import BLOCKED, FAILED, PARTIAL, SUCCESS

LABEL = "status:"
_MAX_BACKOFF = 3600.0
_LOOK = 0.2  # seconds between two looks at whether to stop


class TaskRun(NamedTuple):
    """What came of a run: `outcome` in the canonical words, a code unless it is a success, the attempts.

    `problems` are what went wrong besides them, `former_ids` those that the task had before it was renamed.
    """

    task: Task
    outcome: str
    reason: str | None
    attempts: list[Made]
    problems: list[TaskfilesError]
    former_ids: tuple[str, ...] = ()


def find_common_problem(result: TaskRun) -> str:
    """Return why agents would fail on other tasks, too: the account or the program; empty if they may not."""
    last = result.attempts[-1]
    if not concerns_all(last.judgement, last.exit_code):
        return ""
    kind, why = last.judgement.error_type, last.judgement.reason
    return f"{kind} concerns the agent's account or program, not {result.task.id} alone: {why}"


def run_task(store: Store, task_id: str, job: Job, callbacks: Callbacks) -> TaskRun:
    """Run an agent on a task. The store's `claims` are the caller's.

    Raises TaskfilesError for what refuses the run before the claim (nothing has changed then): no-such-task
    and its kin, not-ready, claimed, too-ambiguous, dispatch-stopped, untrusted-commands, agent-missing, and
    as `pickup` does; io where nothing can be kept of the attempt.
    """
    try:
        callbacks.emit(RunEvent("agent.supervisor.dispatch", SUCCESS, subject=task_id))
        task = _emitting("agent.task.resolve", task_id, callbacks, lambda: store.get(task_id))
        checked = _emitting("agent.validate", task_id, callbacks, lambda: vet(store, task, job, callbacks))
        result = _Run(store, job, callbacks, checked).run()
    except TaskfilesError as error:
        refused = {"rule": error.code, "decision": "refused"}
        callbacks.emit(RunEvent("agent.complete", error.outcome, error.code, task_id, payload=refused))
        raise
    ids = [made.attempt["id"] for made in result.attempts]
    callbacks.emit(
        RunEvent("agent.complete", result.outcome, result.reason, task_id, payload={"attempt_ids": ids})
    )
    return result


def _emitting(action: str, task_id: str, callbacks: Callbacks, work: Any) -> Any:
    try:
        found = work()
    except TaskfilesError as error:
        callbacks.emit(RunEvent(action, BLOCKED, error.code, task_id))
        raise
    callbacks.emit(RunEvent(action, SUCCESS, subject=task_id))
    return found


class _Run:
    def __init__(self, store: Store, job: Job, callbacks: Callbacks, checked: Checked) -> None:
        self._store, self._job, self._callbacks, self._checked = store, job, callbacks, checked
        self._id = checked.task.id
        self._former: list[str] = []  # ids that the task had before its agents renamed it
        self._made: list[Made] = []
        self._problems: list[TaskfilesError] = []
        assert store.journal is not None  # without git there are no claims
        self._ledger, self._switch = Ledger(store.journal), Switch(store.journal)
        self._unrecorded: set[str] = set()

    def run(self) -> TaskRun:
        store = self._store
        held = store.claims
        known = self._estimate()
        attempt_id = new_uuid7(store.now())
        with ExitStack() as self._entries:
            self._add_entry(attempt_id)
            had = self._claim(attempt_id)
            try:
                if had.token is not None:
                    store.claims = [*held, had.token]
                self._try(had, attempt_id, known)
                return self._end(had)
            finally:
                store.claims = held

    def _add_entry(self, attempt_id: str) -> None:
        """Keep an entry of an attempt until the task is released, so that a killed run is always known."""
        entry = Entry(
            attempt_id, self._id, self._store.reader.root, {}, site=self._store.find_site(make=True)
        )
        self._entries.enter_context(self._ledger.held(entry))
        self._entries.callback(self._leave, attempt_id)

    def _leave(self, attempt_id: str) -> None:
        if attempt_id not in self._unrecorded:
            self._ledger.drop(attempt_id)

    def _claim(self, attempt_id: str) -> Pickup:
        job, callbacks = self._job, self._callbacks
        try:
            done = pickup(
                self._store,
                self._id,
                by=job.by,
                seconds=job.lease,
                attempt=attempt_id,
                exclusive=True,
                strict=True,
            )
        except TaskfilesError as error:
            callbacks.emit(RunEvent("task.claim", error.outcome, error.code, self._id))
            raise
        callbacks.emit(
            RunEvent("task.claim", SUCCESS, subject=self._id, changes=done.changes, payload={"by": job.by})
        )
        return done.made

    def _try(self, had: Pickup, attempt_id: str, known: dict[str, Any]) -> None:
        """Make attempts until one is good, or none is left."""
        job, run, callbacks = self._job, self._checked.config.run, self._callbacks
        tries = 1 + (run.retries if job.retries is None else job.retries)
        timeout = run.timeout if job.timeout is None else job.timeout
        agent = find_adapter(job.tool, job.command)
        plan = Plan(had.context, self._checked.gates, timeout, agent, known)
        for number in range(1, tries + 1):
            if number > 1:
                attempt_id = new_uuid7(self._store.now())
                if not self._can_go_on(attempt_id):
                    break
            made = self._make(plan, attempt_id, had)
            self._made.append(made)
            enough = callbacks.attempted(self._id, made.attempt)
            if enough or not made.judgement.can_be_retried or number == tries or is_gone(self._store):
                break
            if self._pause(number):
                break
            # The estimate is the task's: its first attempt has it.
            plan = plan._replace(feedback=make_feedback(made.judgement, made.verdicts), known={})
            plan = plan._replace(context=self._follow(plan.context))

    def _follow(self, context: Context) -> Context:
        """Return what surrounds the task, anew if its agent has given it another id."""
        if context.target.id == self._id:
            return context
        tasks = {task.id: task for task in self._store.snapshot().tasks}
        return find_context(self._id, tasks) if self._id in tasks else context

    def _make(self, plan: Plan, attempt_id: str, had: Pickup) -> Made:
        self._unrecorded.add(attempt_id)
        try:
            made = make_attempt(self._store, self._job, plan, self._callbacks, attempt_id)
        except TaskfilesError:  # it has not begun
            self._unrecorded.discard(attempt_id)
            if not self._made and not had.renewed:
                self._release_task()
            raise
        if made.task_id != self._id:
            self._former.append(self._id)
            self._id = made.task_id
        if made.problem is None:
            self._unrecorded.discard(attempt_id)
        else:
            self._add_problem(made.problem)
        return made

    def _add_problem(self, error: TaskfilesError) -> None:
        """Add what went wrong, each code once; all of it has one reason where the directory is gone."""
        if is_gone(self._store):
            error = TaskfilesError("directory-gone", path=self._store.reader.root, id=self._id)
        if error.code not in {problem.code for problem in self._problems}:
            self._problems.append(error)

    def _can_go_on(self, attempt_id: str) -> bool:
        """Let a further attempt act as the holder, unless the claim is lost."""
        try:
            self._add_entry(attempt_id)
            if self._current().state == State.DONE:  # by the agent itself, whose work has not passed
                self._reopen()
                token = self._claim(attempt_id).token
                self._store.claims = [*self._store.claims, *([token] if token else [])]
            claims.add_token(self._store, self._id, attempt_id)
        except TaskfilesError as error:
            self._add_problem(error)
            return False
        return True

    def _pause(self, number: int) -> str:
        """Wait for the next attempt, keeping the claim; gives why none is to be made, empty for no reason."""
        renewer = LeaseRenewer(self._store, self._id)
        end = time.monotonic() + min(self._job.backoff * 2 ** (number - 1), _MAX_BACKOFF)
        while not (found := self._find_stop()) and (rest := end - time.monotonic()) > 0:
            renewer.renew()
            self._callbacks.wait(min(rest, _LOOK))
        return found

    def _find_stop(self) -> str:
        stop = self._switch.find(self._id)
        return self._callbacks.stop() or ("" if stop is None else stop.reason)

    def _estimate(self) -> dict[str, Any]:
        """Ask what the task will take, before anything is begun."""
        command = self._checked.config.predict.command
        if not command:
            return {}
        if not self._checked.is_trusted:
            self._callbacks.say(f"{CONFIG_PATH} is not trusted here, so that predict.command was not asked.")
            return {}
        return estimate(
            command,
            task_object(self._checked.task, show=True),
            directory=self._store.reader.root,
            environment=self._callbacks.environment,
            say=self._callbacks.say,
        )

    def _end(self, had: Pickup) -> TaskRun:
        """Complete the task or give it back, and say what came of the whole."""
        judgement = self._made[-1].judgement
        if judgement.outcome == "success":
            self._finish(had)
        elif not had.renewed:
            self._release_task()
        outcome = judgement.outcome.value
        if outcome == SUCCESS and self._problems:
            outcome = PARTIAL
        if outcome == BLOCKED:  # the attempt could not begin; the run has claimed the task, and failed
            outcome = FAILED
        reason = judgement.error_type or (self._problems[0].code if self._problems else None)
        self._label(outcome)
        task = self._current()
        self._callbacks.ended(task)
        return TaskRun(task, outcome, reason, self._made, self._problems, tuple(self._former))

    def _finish(self, had: Pickup) -> None:
        if self._job.complete and not is_word(self._current().state, CLOSED):
            self._do("task.complete", lambda: complete(self._store, self._id).changes)
        if not had.renewed:  # who had the claim before keeps it
            self._end_claim()
        if self._job.pull_request is not None and not self._problems:
            problem = open_pull_request(self._job.pull_request, self._current(), self._store, self._callbacks)
            reason = None if problem is None else problem.code
            self._callbacks.emit(
                RunEvent("agent.pr.create", SUCCESS if problem is None else FAILED, reason, self._id)
            )
            self._problems += [] if problem is None else [problem]

    def _end_claim(self) -> None:
        with suppress(TaskfilesError), self._store.locks.tasks(self._id):  # it ends by itself
            if claims.held_since(self._store, self._id) is not None:
                end_claim(self._store, self._id)

    def _reopen(self) -> None:
        """Make a task ready that its agent has completed, although its work has not passed."""
        self._do("task.move", lambda: move(self._store, self._id, State.READY.value).changes)

    def _release_task(self) -> None:
        with suppress(TaskfilesError):
            if (state := self._store.get(self._id).state) == State.DONE:
                self._reopen()
            if state != State.IN_PROGRESS:
                return
        try:
            claims.own_lease(self._store, self._id)
        except TaskfilesError:  # it is another's now, who decides
            return
        self._do("task.release", lambda: release(self._store, self._id).changes)

    def _label(self, outcome: str) -> None:
        if not self._checked.config.run.status_labels:
            return
        labels = self._current().values.get("labels")
        old = [name for name in labels if str(name).startswith(LABEL)] if isinstance(labels, list) else []
        changes = Update(
            remove=[("labels", name) for name in old if name != LABEL + outcome],
            add=[("labels", LABEL + outcome)],
        )
        self._do("agent.issue.label", lambda: update(self._store, self._id, changes).changes)

    def _do(self, action: str, work: Callable[[], Sequence[Change]]) -> None:
        """Change the task as one action of its own; what refuses it does not undo what was done before."""
        try:
            changes = work()
        except TaskfilesError as error:
            self._add_problem(error)
            self._callbacks.emit(RunEvent(action, error.outcome, error.code, self._id))
            return
        self._callbacks.emit(RunEvent(action, SUCCESS, subject=self._id, changes=changes))

    def _current(self) -> Task:
        """Read the task as it is now; what can't be read any more is as it was."""
        try:
            return self._store.get(self._id)
        except TaskfilesError:
            return self._checked.task
