"""What is seen while a plan is run: a board on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any, Protocol

from taskfiles import Plan
from taskfiles.run.callbacks import RunEvent
from taskfiles_cli.render.console import Console, is_terminal
from taskfiles_cli.render.lines import compose, escape

_REFRESH = 4  # times a second
_LOOK = 2.0  # seconds between two looks at what an agent has printed


class Board(Protocol):
    """The states of a plan's tasks while they are run."""

    def announce(self, stage: int) -> None:
        """A stage begins."""

    def told(self, task_id: str, told: RunEvent) -> None:
        """An action of a task's run is over, or has begun."""

    def hear(self, task_id: str, data: bytes) -> None:
        """A task's agent has printed something."""


@contextmanager
def open_board(
    console: Console, plan: Plan, write: Callable[[bytes], None], count: Callable[[str], int | None]
) -> Iterator[Board]:
    """Show a board on a terminal while the work is done; elsewhere lines, each after its task's id.

    `count` gives the tokens of an attempt under way, by its id, as far as its agent has told them.
    """
    if not is_terminal(sys.stderr) or console.is_machine:
        yield _Lines(plan, write)
        return
    from rich.console import Console as Terminal  # noqa: PLC0415 (only a terminal shows it)
    from rich.live import Live  # noqa: PLC0415

    board = _Table(plan, count)
    coloured = console.has_colour(sys.stderr)
    terminal = Terminal(stderr=True, no_color=not coloured, highlight=False)
    with Live(board, console=terminal, refresh_per_second=_REFRESH, transient=True):
        yield board


class _Lines:
    def __init__(self, plan: Plan, write: Callable[[bytes], None]) -> None:
        self._plan, self._write = plan, write
        self._lock = Lock()
        self._rest: dict[str, bytes] = {}

    def announce(self, stage: int) -> None:
        self._line(f"stage {stage}: {', '.join(self._plan.stages[stage].ids)}")

    def told(self, task_id: str, told: RunEvent) -> None:
        if (words := _words(told)) is not None:
            self._flush(task_id)
            self._line(f"[{task_id}] {words}")

    def hear(self, task_id: str, data: bytes) -> None:
        *lines, rest = (self._rest.pop(task_id, b"") + data).split(b"\n")
        self._rest[task_id] = rest
        self._put(b"".join(b"[%s] %s\n" % (escape(task_id).encode(), line) for line in lines))

    def _flush(self, task_id: str) -> None:
        if rest := self._rest.pop(task_id, b""):
            self._put(b"[%s] %s\n" % (escape(task_id).encode(), rest))

    def _line(self, text: str) -> None:
        self._put(compose(text, colours=False).encode("utf-8", "backslashreplace") + b"\n")

    def _put(self, data: bytes) -> None:
        if data:
            with self._lock:
                self._write(data)


def _words(told: RunEvent) -> str | None:
    """Say what begins or has ended; None for what people need not see."""
    if told.action == "agent.execute":
        return "an attempt begins"
    if told.action == "agent.task.run":
        return f"the attempt has ended: {told.outcome}" + (f" ({told.reason})" if told.reason else "")
    if told.action == "agent.complete":
        return told.outcome + (f" ({told.reason})" if told.reason else "")
    return None


class _Row:
    """A task on the board: its attempts so far, since when the last is under way, how it has ended."""

    def __init__(self, stage: int) -> None:
        self.stage, self.attempts = stage, 0
        self.attempt_id = ""
        self.under_way: int | None = None  # tokens of the attempt that is made now
        self.next_look = 0.0
        self.since: float | None = None
        self.seconds = 0.0
        self.tokens: int | None = None
        self.state = "waiting"

    @property
    def spent(self) -> str:
        """Tokens so far, of all attempts."""
        known = [tokens for tokens in (self.tokens, self.under_way) if tokens is not None]
        return f"{sum(known):,}" if known else ""

    @property
    def elapsed(self) -> str:
        spent = self.seconds + (time.monotonic() - self.since if self.since is not None else 0.0)
        return f"{int(spent) // 60}:{int(spent) % 60:02d}" if self.attempts else ""


class _Table:
    """The board; rich asks it for its rows several times a second."""

    def __init__(self, plan: Plan, count: Callable[[str], int | None]) -> None:
        self._lock, self._count = Lock(), count
        self._rows = {
            task_id: _Row(index) for index, stage in enumerate(plan.stages) for task_id in stage.ids
        }

    def announce(self, stage: int) -> None:
        """Rows tell their stage themselves."""

    def hear(self, task_id: str, data: bytes) -> None:
        """What agents print is in their logs."""

    def told(self, task_id: str, told: RunEvent) -> None:
        with self._lock:
            row = self._rows[task_id]
            if told.action == "agent.execute":
                row.attempts, row.since, row.state = row.attempts + 1, time.monotonic(), "running"
                row.attempt_id = str(told.payload.get("attempt_id"))
            elif told.action == "agent.task.run" and row.since is not None:
                row.seconds += time.monotonic() - row.since
                row.since, row.state = None, told.outcome
            elif told.action == "attempt.record" and told.changes:
                row.tokens, row.under_way = _count_tokens(told), None
            elif told.action == "agent.complete":
                row.state = told.outcome

    def _look_at(self, row: _Row) -> None:
        """Count what the agent at work has told so far, every now and then."""
        now = time.monotonic()
        if row.since is not None and now >= row.next_look:
            row.next_look = now + _LOOK
            row.under_way = self._count(row.attempt_id)

    def __rich__(self) -> Any:
        from rich.table import Table  # noqa: PLC0415 (as above)
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=None, pad_edge=False)
        for title in ("stage", "task", "attempt", "elapsed", "tokens", "state"):
            is_text = title in {"task", "state"}
            table.add_column(title, justify="left" if is_text else "right", overflow="fold")
        with self._lock:
            for task_id, row in self._rows.items():
                self._look_at(row)
                cells = (
                    str(row.stage),
                    task_id,
                    str(row.attempts or ""),
                    row.elapsed,
                    row.spent,
                    row.state,
                )
                table.add_row(*(Text(escape(cell)) for cell in cells))
        return table


def _count_tokens(told: RunEvent) -> int | None:
    """Sum up the tokens of a task's attempts, as far as they are known."""
    execution: Any = told.changes[0].after.values.get("execution")
    return add_tokens(
        attempt.get("usage", {}) for attempt in execution["attempts"] if isinstance(attempt, dict)
    )


def add_tokens(usages: Iterable[Mapping[str, Any]]) -> int | None:
    """Add up the input and output tokens that usages tell; None where none does."""
    known = [usage[key] for usage in usages for key in ("input_tokens", "output_tokens") if key in usage]
    return sum(known) if known else None
