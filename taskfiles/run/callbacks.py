"""What a run needs of its surroundings, handed in by the caller: streams, signals, the event log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from taskfiles.changes.mutate import Change
from taskfiles.run.gates import Gate
from taskfiles.run.session_file import SessionPlaces
from taskfiles.task.task import Task


class RunEvent(NamedTuple):
    """One action of a run for the event log, in the words of its registry; `changes` are of task files.

    `event_id` is given where child processes name the event as their cause.
    """

    action: str
    outcome: str
    reason: str | None = None
    subject: str | None = None
    changes: Sequence[Change] = ()
    payload: Mapping[str, Any] = {}
    event_id: str | None = None


class Callbacks(NamedTuple):
    """The caller's side.

    `environment` is what programs get, `repo` the repository's name in events, `run_id` the run's id.
    `scratch` is a directory for files that agents may write, `logs` one for what they print. `on_output`
    receives output as it comes, `emit` each event, `say` a sentence for people. `stop` returns why all is to
    stop, empty for no reason, `is_urgent` whether to lose no more time with it, `wait` waits so many seconds
    or until then. `ended` receives a task whose run has ended. `attempted`
    receives the id of a task and an attempt that was made at it, and returns why no further one is to be
    made, empty for no reason. `sessions` says where agents keep files of their own, which complete what they
    printed; None leaves them unread.
    """

    environment: Mapping[str, str]
    repo: str
    run_id: str
    scratch: str
    logs: str
    on_output: Callable[[bytes], None]
    emit: Callable[[RunEvent], None]
    say: Callable[[str], None]
    stop: Callable[[], str]
    is_urgent: Callable[[], bool]
    wait: Callable[[float], None]
    ended: Callable[[Task], None]
    attempted: Callable[[str, Mapping[str, Any]], str] = lambda *_: ""
    sessions: SessionPlaces | None = None


class Job(NamedTuple):
    """What is to be run, whatever the task: the command and how it is dealt with; times are in seconds.

    `tool`, `model` and `provider` describe the executor where its adapter knows nothing better.
    `gates` are the caller's own. `pull_request` is the command that opens one, None for none.
    """

    command: Sequence[str]
    by: str
    tool: str | None = None
    model: str | None = None
    provider: str | None = None
    timeout: float | None = None
    retries: int | None = None
    backoff: float = 0.0
    lease: float | None = None
    gates: Sequence[Gate] = ()
    own_gates_only: bool = False
    complete: bool = False
    pull_request: str | None = None
