"""Quality gates: which ones a task has to pass, and running them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from taskfiles.config.model import GateSettings
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.remedy import Remedy
from taskfiles.run.process import How, Listener, supervise
from taskfiles.run.transcript import Transcript, read_end

_SHOWN = 8000  # bytes of a gate's output that the next attempt gets


class Gate(NamedTuple):
    """A command that decides whether work passes; `timeout` is in seconds."""

    name: str
    command: str
    required: bool = True
    timeout: float | None = None


class Verdict(NamedTuple):
    """What a gate said: whether it passed, milliseconds, and the end of its output."""

    gate: Gate
    passed: bool
    milliseconds: int
    output: str


def choose_gates(settings: Mapping[str, GateSettings], task_type: object) -> list[Gate]:
    """Return the gates of tasks.toml for a type of task."""
    return [
        Gate(name, gate.command, gate.required, gate.timeout)
        for name, gate in settings.items()
        if not gate.task_types or task_type in gate.task_types
    ]


def parse_gates(texts: Iterable[str]) -> list[Gate]:
    """Read gates as `NAME=COMMAND`. Raises TaskfilesError (bad-value)."""
    gates: dict[str, Gate] = {}
    for text in texts:
        name, sign, command = text.partition("=")
        problem = "a gate is a name and a command" if not sign else ""
        if not name.strip() or not command.strip() or not name.isprintable():
            problem = problem or "its name or its command is empty"
        elif name.strip() in gates:
            problem = "a gate of that name is given already"
        if problem:
            raise TaskfilesError(
                "bad-value",
                option="gate",
                given=f"“{text}”",
                problem=problem,
                remedy=Remedy("Write NAME=COMMAND, as in test='pytest -q'.", "gate-form"),
            )
        timeout = GateSettings(command=command).timeout
        gates[name.strip()] = Gate(name.strip(), command.strip(), timeout=timeout)
    return list(gates.values())


def run_gates(
    gates: Sequence[Gate],
    *,
    directory: str,
    environment: Mapping[str, str],
    log: str,
    on_output: Callable[[bytes], None],
    should_stop: Callable[[], str],
    is_urgent: Callable[[], bool],
) -> list[Verdict]:
    """Run gates one after the other, each by `sh -c`; a stop ends them, and the rest is not run.

    `log` is the beginning of the paths that their output is kept under.
    """
    verdicts: list[Verdict] = []
    for gate in gates:
        if should_stop():
            break
        kept = Transcript(f"{log}.gate-{_file_name(gate.name)}.log")

        def receive(data: bytes, kept: Transcript = kept) -> None:
            kept.write(data)
            on_output(data)

        try:
            ended = supervise(
                ["sh", "-c", gate.command],
                Listener(receive, receive, should_stop, is_urgent),
                directory=directory,
                environment=environment,
                timeout=gate.timeout,
            )
        except OSError as error:
            kept.write(f"sh: {reason_of(error)}\n".encode())
            kept.close()
            verdicts.append(Verdict(gate, False, 0, read_end(kept.path, _SHOWN)))
            continue
        if ended.how is How.TIMED_OUT:
            kept.write(f"\n[it took longer than {gate.timeout:g} s]\n".encode())
        kept.close()
        if ended.how is How.STOPPED:
            break
        passed = ended.code == 0 and ended.how is How.EXITED
        verdicts.append(Verdict(gate, passed, int(ended.seconds * 1000), read_end(kept.path, _SHOWN)))
    return verdicts


def gates_object(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Write verdicts as an attempt has them; empty without any."""
    if not verdicts:
        return {}
    failed = [verdict.gate.name for verdict in verdicts if not verdict.passed]
    return {
        "run": [verdict.gate.name for verdict in verdicts],
        **({"failed": failed} if failed else {}),
        "durations_ms": {verdict.gate.name: verdict.milliseconds for verdict in verdicts},
    }


def failed_required(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts of required gates that failed."""
    return [verdict for verdict in verdicts if verdict.gate.required and not verdict.passed]


def _file_name(name: str) -> str:
    plain = "".join(char if char.isalnum() else "-" for char in name).strip("-")
    return plain[:60].encode()[:120].decode(errors="ignore") or "gate"  # file names are limited in bytes
