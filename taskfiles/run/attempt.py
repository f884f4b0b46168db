"""One attempt at a claimed task: run the agent, then the gates, look at what came of it, record it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from taskfiles.agents.command_line import find_named
from taskfiles.agents.reading import AGENT_ERROR
from taskfiles.agents.registry import Found
from taskfiles.agents.session import add_session
from taskfiles.backlog.family import Context
from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.basics.uuids import new_uuid7
from taskfiles.changes.mutate import Change
from taskfiles.errors import TaskfilesError, number_of, reason_of
from taskfiles.operations.prices import with_cost
from taskfiles.operations.record import record
from taskfiles.run.callbacks import Callbacks, Job, RunEvent
from taskfiles.run.gates import Gate, Verdict, gates_object, run_gates
from taskfiles.run.judging import GATES_LATE, MEASURED, PERMISSION, SILENT, Judgement, Word, judge, own_word
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.process import Ended, Listener, supervise
from taskfiles.run.prompt import fill_in, make_prompt, wants_file
from taskfiles.run.renewer import LeaseRenewer
from taskfiles.run.self_report import read_self_report
from taskfiles.run.session_file import Asked, read_session
from taskfiles.run.switch import Switch
from taskfiles.run.transcript import Transcript
from taskfiles.run.tree_state import TreeState, changed_files, has_changed, look
from taskfiles.store.renames import find_new_id
from taskfiles.store.store import Store
from taskfiles.task.attempts import merge_attempt
from taskfiles.task.keys import attempt_problems
from taskfiles.task.layout import TASKS_DIR
from taskfiles.telemetry.actions import FAILED, PARTIAL, SUCCESS
from taskfiles.telemetry.spans import traceparent

RESULT_VARIABLE = "TASKS_RESULT_FILE"


class Plan(NamedTuple):
    """What one attempt is made of: the task with what surrounds it, and what is already known of it.

    `agent` is what the command starts, `known` are parts of the attempt: estimates. `feedback` is what was
    wrong with the attempt before.
    """

    context: Context
    gates: Sequence[Gate]
    timeout: float
    agent: Found
    known: Mapping[str, Any]
    feedback: str = ""


class _Seen(NamedTuple):
    """What was measured: the agent's end and seconds, its gates, the work tree before and after."""

    ended: Ended | None
    seconds: float
    verdicts: list[Verdict]
    before: TreeState | None
    after: TreeState | None


class Made(NamedTuple):
    """An attempt that was made: as it was recorded, what the gates said, where its output lies.

    `task_id` is the task's id at the end: agents rename tasks. `change` is None where it could not be
    recorded, for `problem`; the clone's ledger keeps it then.
    """

    attempt: dict[str, Any]
    judgement: Judgement
    verdicts: list[Verdict]
    log: str
    exit_code: int | None
    change: Change | None
    task_id: str
    problem: TaskfilesError | None = None


def make_attempt(store: Store, job: Job, plan: Plan, callbacks: Callbacks, attempt_id: str) -> Made:
    """Make one attempt at a task that the caller holds, and record it, whatever comes of it.

    The caller holds its entry in the ledger, and drops that when the attempt is recorded and the task given
    back. Raises TaskfilesError (io) where nothing can be kept of the attempt before it begins.
    """
    return _Attempt(store, job, plan, callbacks, attempt_id).make()


def is_gone(store: Store) -> bool:
    """Whether the project of a store was removed, as agents do that clean up too much."""
    return not os.path.isdir(store.reader.file(TASKS_DIR))


class _Attempt:
    def __init__(self, store: Store, job: Job, plan: Plan, callbacks: Callbacks, attempt_id: str) -> None:
        assert store.journal is not None  # without git there are no claims
        self._store, self._job, self._plan, self._callbacks, self._id = (
            store,
            job,
            plan,
            callbacks,
            attempt_id,
        )
        self._task = plan.context.target
        self._task_id, self._looked_at = self._task.id, 0
        self._ledger, self._switch = Ledger(store.journal), Switch(store.journal)
        self._renewer = LeaseRenewer(store, self._task_id)
        self._log = os.path.join(callbacks.logs, attempt_id)
        self._scratch = os.path.join(callbacks.scratch, f"tasks-{attempt_id}")
        self._next_beat = self._began = 0.0
        self._word = SILENT
        self._changed: bool | None = None
        self._said: dict[str, Any] = {}

    def make(self) -> Made:
        callbacks, store = self._callbacks, self._store
        os.makedirs(self._scratch, mode=0o700, exist_ok=True)
        before = look(store.repository)
        started_at = self._started_at = store.now()
        began = self._began = time.monotonic()
        facts: dict[str, Any] = {
            "id": self._id,
            "started_at": format_instant(started_at),
            "executor": self._executor(),
            **self._plan.known,
        }
        if before is not None and before.commit:
            facts["commit"] = {"base": before.commit}
        self._entry = Entry(
            self._id, self._task_id, store.reader.root, facts, log=self._log, site=store.find_site(make=True)
        )
        self._ledger.put(self._entry)
        event_id = new_uuid7(started_at)
        callbacks.emit(
            RunEvent(
                "agent.execute",
                SUCCESS,
                subject=self._task.id,
                payload={"attempt_id": self._id},
                event_id=event_id,
            )
        )
        environment = self._environment(event_id)
        ended, problem = self._run(environment)
        seconds = time.monotonic() - began if ended is None else ended.seconds
        after = look(store.repository)
        self._follow()
        self._read_reports(started_at + timedelta(seconds=seconds))
        if ended is not None and is_gone(store):
            self._word = Word(True, AGENT_ERROR, "the project that it worked in is gone")
        self._changed = self._has_changed(before, after)
        verdicts, stopped = self._judge_gates(ended, environment)
        judgement = judge(
            ended,
            word=self._word,
            verdicts=verdicts,
            stopped=stopped,
            problem=problem,
            timeout=self._plan.timeout,
            changed=self._changed,
        )
        self._warn(judgement)
        self._follow()
        attempt = self._finish(facts, _Seen(ended, seconds, verdicts, before, after), judgement)
        with suppress(TaskfilesError):  # it serves whoever comes after a kill
            self._ledger.put(self._entry._replace(attempt=attempt, is_whole=True))
        self._emit_end(judgement)
        change, refused = self._record(attempt)
        shutil.rmtree(self._scratch, ignore_errors=True)
        code = None if ended is None else ended.code
        return Made(attempt, judgement, verdicts, self._log, code, change, self._task_id, refused)

    def _executor(self) -> dict[str, Any]:
        named = find_named(self._job.tool, self._job.command)
        given = {
            "model": self._job.model or named.model,
            "provider": self._job.provider or named.provider,
        }
        return {"tool": self._plan.agent.tool} | {key: value for key, value in given.items() if value}

    def _environment(self, event_id: str) -> dict[str, str]:
        callbacks, task_id = self._callbacks, self._task.id
        kept = {name: value for name, value in callbacks.environment.items() if name != "TASKS_CLAIM"}
        return kept | {
            "TASKS_TASK_ID": task_id,
            "TASKS_ATTEMPT_ID": self._id,
            "TASKS_CORRELATION_ID": callbacks.run_id,
            "TASKS_CAUSATION_ID": event_id,
            "TRACEPARENT": traceparent(callbacks.repo, task_id, self._id),
            RESULT_VARIABLE: self._result,
        }

    @property
    def _result(self) -> str:
        return os.path.join(self._scratch, "result.json")

    def _run(self, environment: Mapping[str, str]) -> tuple[Ended | None, str]:
        """Run the agent; gives why it could not be started."""
        task, root = self._task, self._store.reader.root
        prompt = make_prompt(self._plan.context, complete=self._job.complete, feedback=self._plan.feedback)
        given = prompt.encode("utf-8", "replace")
        values = {"id": task.id, "title": str(task.get("title")), "path": task.path}
        if wants_file(self._job.command):
            values["prompt_file"] = os.path.join(self._scratch, "prompt.md")
            with open(values["prompt_file"], "wb") as file:
                file.write(given)
        out, err = Transcript(f"{self._log}.out.log"), Transcript(f"{self._log}.err.log")
        listener = Listener(self._both(out), self._both(err), self._should_stop, self._callbacks.is_urgent)
        try:
            return (
                supervise(
                    fill_in(self._job.command, values),
                    listener,
                    directory=root,
                    environment=environment,
                    given=given,
                    timeout=self._plan.timeout,
                ),
                "",
            )
        except OSError as error:
            return None, f"{self._job.command[0]}: {reason_of(error)}"
        except ValueError:  # from Python, which passes no such word on
            return None, f"{self._job.command[0]}: a word of its command line holds a NUL"
        finally:
            out.close()
            err.close()
            for kept in (out, err):
                if kept.problem:
                    self._callbacks.say(f"Keeping output in {kept.path} failed: {kept.problem}.")

    def _both(self, kept: Transcript) -> Any:
        def receive(data: bytes) -> None:
            kept.write(data)
            self._callbacks.on_output(data)

        return receive

    def _should_stop(self) -> str:
        """Look around, a few times a second: whether to stop, and whether the claim must be renewed."""
        if reason := self._callbacks.stop():
            return reason
        if (stop := self._switch.find(self._task_id)) is not None:
            return stop.reason
        self._renewer.renew()
        if (now := time.monotonic()) >= self._next_beat:
            self._next_beat = now + 1.0
            self._ledger.beat(self._id)
            self._follow()
        return ""

    def _follow(self) -> None:
        """Follow the task where its agent has renamed it: claim, record and orders go by its id."""
        assert self._store.journal is not None  # as above
        try:
            changed_at = os.stat(os.path.join(self._store.journal, "journal")).st_mtime_ns
        except OSError:
            return
        if changed_at == self._looked_at:
            return
        self._looked_at = changed_at
        new_id = find_new_id(self._store, self._task_id, self._started_at)
        if new_id != self._task_id and not is_gone(self._store):
            self._task_id, self._renewer = new_id, LeaseRenewer(self._store, new_id)
            self._entry = self._entry._replace(task_id=new_id)
            with suppress(TaskfilesError):  # it serves whoever comes after a kill
                self._ledger.put(self._entry)

    def _read_reports(self, ended_at: datetime) -> None:
        """Read what the agent reported: by its output, result file, `tasks record`, its session's file."""
        found, complaint = read_self_report(self._plan.agent.adapter, self._log, self._result)
        self._word = Word(
            found.failed,
            found.error_type,
            found.reason,
            found.detail,
            found.refused_tools,
            found.is_open,
            complaint,
        )
        for problem in found.problems:
            self._callbacks.say(problem)
        said: dict[str, Any] = {}
        for part in (found.attempt, *self._ledger.added(self._id)):
            said = merge_attempt(said, part)
        if self._callbacks.sessions is not None:
            store = self._store
            asked = Asked(
                self._plan.agent.tool,
                said.get("session_id"),
                store.reader.root,
                store.reader.root if store.repository is None else os.fspath(store.repository.top),
                self._started_at,
                ended_at,
                self._callbacks.environment,
            )
            said = add_session(said, read_session(self._callbacks.sessions, asked))
            self._word = self._word._replace(refused=int(said.get("refused_tools") or 0))
        own = own_word(said)
        if own is not None:
            self._word = own._replace(refused=self._word.refused, complaint=complaint)
        self._said = {key: value for key, value in said.items() if key not in MEASURED}

    def _judge_gates(
        self, ended: Ended | None, environment: Mapping[str, str]
    ) -> tuple[list[Verdict], str | None]:
        """Run the gates where the agent has ended well; gives why they were cut short."""
        if (
            judge(ended, word=self._word, timeout=self._plan.timeout, changed=self._changed).outcome
            != "success"
            or not self._plan.gates
        ):
            return [], None
        end = self._began + self._plan.timeout
        reasons: list[str] = []

        def should_stop() -> str:
            if reason := self._should_stop() or (GATES_LATE if time.monotonic() >= end else ""):
                reasons.append(reason)
            return reason

        verdicts = run_gates(
            self._plan.gates,
            directory=self._store.reader.root,
            environment=environment,
            log=self._log,
            on_output=self._callbacks.on_output,
            should_stop=should_stop,
            is_urgent=self._callbacks.is_urgent,
        )
        if len(verdicts) == len(self._plan.gates):
            return verdicts, None
        return verdicts, reasons[0] if reasons else "stopped"

    def _finish(self, facts: Mapping[str, Any], seen: _Seen, judgement: Judgement) -> dict[str, Any]:
        """Put the attempt together: what was measured stands over what the agent has said."""
        end = parse_instant(facts["started_at"]) + timedelta(seconds=seen.seconds)
        measured: dict[str, Any] = {
            "id": self._id,
            "executor": {"tool": self._plan.agent.tool},
            "started_at": facts["started_at"],
            "ended_at": format_instant(end),
            "duration_seconds": round(seen.seconds),
            "status": judgement.status.value,
            "outcome": judgement.outcome.value,
        }
        if judgement.error_type is not None:
            measured |= {"error_type": judgement.error_type, "error_reason": judgement.reason}
        if judgement.detail is not None:
            measured["error_detail"] = judgement.detail
        if judgement.no_change:
            measured["no_change"] = True
        if seen.ended is not None and seen.ended.code >= 0:
            measured["exit_code"] = seen.ended.code
        if gates := gates_object(seen.verdicts):
            measured["quality_gates"] = gates
        if seen.after is not None and seen.after.commit:
            measured["commit"] = facts.get("commit", {}) | {"head": seen.after.commit}
        if files := self._changed_files(seen):
            measured["created_files"] = files
        attempt = merge_attempt(merge_attempt(dict(facts), self._said), measured)
        if attempt_problems(attempt):  # what the agent has said is no part of an attempt after all
            self._callbacks.say(
                "What the agent reported about its attempt can't be recorded, and is left out."
            )
            attempt = merge_attempt(dict(facts), measured)
        return with_cost(self._store, attempt)

    def _has_changed(self, before: TreeState | None, after: TreeState | None) -> bool | None:
        """Whether the agent has done anything that stays; what `tasks` writes below tasks/ is no deed."""
        repository, adapter = self._store.repository, self._plan.agent.adapter
        if repository is None or before is None or after is None:
            return None
        place = os.path.relpath(self._store.reader.file(TASKS_DIR), repository.top) + os.sep
        own = frozenset() if adapter is None else adapter.own_files
        return has_changed(before, after, without=lambda path: path.startswith(place) or path in own)

    def _warn(self, judgement: Judgement) -> None:
        """Say what people should know: that tools were refused, or that a success has changed nothing."""
        if self._word.refused and judgement.error_type != PERMISSION:  # else that is the reason
            calls = number_of(self._word.refused, "tool call")
            self._callbacks.say(f"{self._task_id}: {calls} refused; see what its agent is allowed to do.")
        elif judgement.outcome.value == "success" and judgement.no_change:
            self._callbacks.say(f"{self._task_id}: its agent ended well and changed no file.")

    def _changed_files(self, seen: _Seen) -> list[str] | None:
        repository = self._store.repository
        if repository is None or seen.before is None or seen.after is None:
            return None
        return changed_files(repository, seen.before, seen.after, without=self._task_id)

    def _emit_end(self, judgement: Judgement) -> None:
        outcome = {"success": SUCCESS, "partial": PARTIAL}.get(judgement.outcome.value, FAILED)
        reason = judgement.error_type
        self._callbacks.emit(
            RunEvent("agent.task.run", outcome, reason, self._task_id, payload={"attempt_id": self._id})
        )

    def _record(self, attempt: dict[str, Any]) -> tuple[Change | None, TaskfilesError | None]:
        """Record the attempt, and emit that; return why it was refused."""
        task_id, ids = self._task_id, {"attempt_id": self._id, "attempt_ids": [self._id]}
        try:
            change, *_ = record(self._store, task_id, [attempt]).changes
        except TaskfilesError as error:
            self._callbacks.emit(RunEvent("attempt.record", error.outcome, error.code, task_id, payload=ids))
            return None, error
        self._callbacks.emit(RunEvent("attempt.record", SUCCESS, None, task_id, [change], ids))
        return change, None
