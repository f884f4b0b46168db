"""Whether a log of events is whole and agrees with the task files; pure.

Where a log and a task file differ, the file is right.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from taskfiles.basics.foreign import explain_pydantic
from taskfiles.task.attempts import attempt_list
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED
from taskfiles.telemetry.actions import ATTEMPT_RECORDED, COMPLETION, EXECUTION_SUMMARY, PLAN_CREATED, SUCCESS
from taskfiles.telemetry.completion import completion_id
from taskfiles.telemetry.model import EVENTS
from taskfiles.telemetry.reading import Line, is_event, list_at
from taskfiles.telemetry.skipped import Skipped

PROBLEMS: dict[str, str] = {
    "torn-line": "A line was cut off while it was written.",
    "unreadable-line": "A line is no JSON object.",
    "no-file": "An entry of the log is no regular file, and is passed over.",
    "bad-event": "An event does not fit the schema of its type.",
    "doubled-id": "Two different events have one id.",
    "out-of-order": "Events of one process are not in the order in which it logged them.",
    "lost-event": "A process logged more events than the log has.",
    "missing-completion": "A task with attempts has ended, and no event tells what came of it.",
    "missing-summary": "A plan was run, and no event tells what came of it.",
    "no-repository": "telemetry.require asks for a git: sink, and telemetry.sinks names none.",
    "not-pushed": "telemetry.require asks for all events in the repository, and some are not there yet.",
    "drift": "A logged attempt is not in its task's file.",
}
_REWRITES = frozenset({"task.undo", "task.merge", "task.delete", "task.rename", "task.create"})


class Problem(NamedTuple):
    """Something wrong with a log: its code, where it stands, and about which task; `line` is from 1."""

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    subject: str | None = None


def check_lines(lines: Iterable[Line], said: LogSummary) -> Iterator[Problem]:
    """Check each line by itself, and each process's events by order and number; gather what they report."""
    counts: dict[tuple[str, str], int] = {}
    seen: dict[str, tuple[Any, ...]] = {}
    for line in lines:
        place = (line.path, line.number)
        event = line.event
        if event is None:
            torn = not line.raw.rstrip().endswith(b"}")
            code = "torn-line" if torn else "unreadable-line"
            yield Problem(code, PROBLEMS[code], *place)
            continue
        wrong = _mismatch(event)
        if is_event(event):
            said.add(event, is_sound=wrong is None)
        if wrong is not None:
            yield Problem("bad-event", f"{PROBLEMS['bad-event']} {wrong}", *place)
            continue
        about = (event["type"], event.get("subject"), event["correlationid"])
        if event["type"] != COMPLETION and seen.setdefault(event["id"], about) != about:
            yield Problem("doubled-id", PROBLEMS["doubled-id"], *place)
        yield from _check_order(event["sequence"], counts, place)


def check_entries(skipped: Skipped) -> list[Problem]:
    """Name the entries of a log that are no files."""
    return [Problem("no-file", PROBLEMS["no-file"], each.path) for each in skipped.entries]


def _mismatch(event: Mapping[str, Any]) -> str | None:
    kind = EVENTS.get(str(event.get("type")))
    if kind is None:
        return f"Its type {event.get('type')!r} is none of those known."
    try:
        kind.event.model_validate(event)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {explain_pydantic(first)}."
    return None


def _check_order(
    sequence: str, counts: dict[tuple[str, str], int], place: tuple[str, int]
) -> Iterator[Problem]:
    process, _, number = sequence.partition(".")
    key = (place[0].rpartition("/")[2], process)  # an event after midnight stands in the next day's file
    before, now = counts.get(key, 0), int(number)
    counts[key] = max(before, now)
    if now < before:
        yield Problem("out-of-order", PROBLEMS["out-of-order"], *place)
    elif now > before + 1:
        yield Problem("lost-event", f"{PROBLEMS['lost-event']} {now - before - 1} are missing here.", *place)


class LogSummary:
    """What the events of a log report about tasks, gathered in their order; a repeat adds nothing.

    What was reported before a task's file was rewritten from elsewhere (undo, merge) no longer counts.
    """

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._recorded: dict[str, set[str]] = {}
        self._completed: set[str] = set()
        self._ends: set[str] = set()
        self._executed: dict[str, set[str]] = {}  # attempts that a run made, by task
        self._plans: dict[str, str] = {}  # the process that made a plan
        self._dispatching: set[str] = set()  # processes that sent agents out
        self._summed: set[str] = set()  # plans whose outcome was reported

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self._ids)

    def add(self, event: Mapping[str, Any], *, is_sound: bool = True) -> None:
        """Take an event in; one that does not fit its schema is counted only."""
        if event["id"] in self._ids:
            return
        self._ids.add(event["id"])
        data, subject = event["data"], event.get("subject")
        if is_sound:
            self._add_plan(event, data)
        if not is_sound or subject is None:
            return
        done = data["outcome"] == SUCCESS
        if event["type"] == COMPLETION:
            self._ends.add(event["id"])
        elif data["action"] == "agent.execute" and isinstance(data.get("attempt_id"), str):
            self._executed.setdefault(subject, set()).add(data["attempt_id"].lower())
        elif done and event["type"] == ATTEMPT_RECORDED and data.get("changed"):
            said = {each.lower() for each in list_at(data, "attempt_ids")}
            self._recorded.setdefault(subject, set()).update(said)
        elif done and data["action"] == "task.complete" and data.get("changed"):
            self._completed.add(subject)
        elif done and _rewrites(data):
            for task_id in {subject, *map(str, list_at(data, "tasks"))}:
                self._recorded.pop(task_id, None)
                self._completed.discard(task_id)
                self._executed.pop(task_id, None)

    def _add_plan(self, event: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        process = event["sequence"].partition(".")[0]
        if event["type"] == PLAN_CREATED:
            self._plans[str(data.get("plan_id"))] = process
        elif event["type"] == EXECUTION_SUMMARY:
            self._summed.add(str(data.get("plan_id")))
        elif data["action"] == "agent.supervisor.dispatch":
            self._dispatching.add(process)

    def compare(
        self,
        tasks: Iterable[Task],
        find_elsewhere: Callable[[set[str]], set[str]] = lambda _: set(),
        under_way: Collection[str] = (),
    ) -> Iterator[Problem]:
        """Compare what was reported with what the task files hold.

        `find_elsewhere` returns which ids of attempts other branches or worktrees hold: one log serves all.
        `under_way` are ids of the tasks and plans that are being run now.
        """
        by_id = {task.id: task for task in tasks}
        lacking = {
            key: said - _attempt_ids(by_id[key]) for key, said in self._recorded.items() if key in by_id
        }
        elsewhere = find_elsewhere(set().union(*lacking.values()))
        for task_id, ids in lacking.items():
            if missing := ids - elsewhere:
                message = f"{PROBLEMS['drift']} {', '.join(sorted(missing))}"
                yield Problem("drift", message, by_id[task_id].path, None, task_id)
        for task_id in sorted((self._completed | self._executed.keys()) & by_id.keys()):
            task = by_id[task_id]
            ends = _end_ids(task)
            is_missing = is_word(task.state, CLOSED) and bool(ends) and not ends & self._ends
            if (task_id in self._completed and is_missing) or self._has_silent_run(task, under_way):
                message = PROBLEMS["missing-completion"]
                yield Problem("missing-completion", message, task.path, None, task_id)
        for plan_id in sorted(self._plans.keys() - self._summed - set(under_way)):
            if self._plans[plan_id] in self._dispatching:
                yield Problem("missing-summary", f"{PROBLEMS['missing-summary']} {plan_id}")

    def _has_silent_run(self, task: Task, under_way: Collection[str]) -> bool:
        """Whether a run made the last attempt at a task, and reported no end of it."""
        last = _last_attempt(task)
        if last is None or task.id in under_way or last not in self._executed.get(task.id, ()):
            return False
        return completion_id(task.id, {"id": last}) not in self._ends


def _last_attempt(task: Task) -> str | None:
    attempts = [each for each in attempt_list(task.values) if isinstance(each, dict) and "id" in each]
    return str(attempts[-1]["id"]).lower() if attempts else None


def _rewrites(data: Mapping[str, Any]) -> bool:
    """Whether a command replaced what a file says of attempts, as `metadata set` may."""
    fields = [each["field"] for each in data["changes_made"]]
    return data["action"] in _REWRITES or any(field.startswith("execution") for field in fields)


def _end_ids(task: Task) -> set[str]:
    """The ids that the event of a task's end can have: attempts may have been recorded after it.

    The same end has the same id, so that a task which was opened and closed again is reported once.
    """
    attempts = attempt_list(task.values)
    return {completion_id(task.id, each) for each in attempts if isinstance(each, dict) and "id" in each}


def _attempt_ids(task: Task) -> set[str]:
    return {
        str(attempt.get("id")).lower() for attempt in attempt_list(task.values) if isinstance(attempt, dict)
    }
