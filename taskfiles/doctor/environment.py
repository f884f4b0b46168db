"""Checks of what is around: Python, agent programs, variables, sinks."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from taskfiles.agents.registry import ADAPTERS
from taskfiles.config.sinks import Sink, parse_sink
from taskfiles.doctor.check import Scene, Seen, Status
from taskfiles.store.repository import find_repository
from taskfiles.task.values import find_uuid
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.place import find_kinship
from taskfiles.version import __version__

# Programs of coding agents: those that adapters know by their first name, and some that none reads.
AGENTS = sorted({*(adapter.program for adapter in ADAPTERS.values()), "copilot", "cursor-agent", "goose"})
# Each variable that `tasks` or a tool around it heeds, and what for.
VARIABLES = {
    "TASKS_ACTOR": "the name that commands act under",
    "TASKS_ATTEMPT_ID": "the attempt that `record` adds to",
    "TASKS_CAUSATION_ID": "the event that led to this run",
    "TASKS_CLAIM": "the claim that commands act under",
    "TASKS_CORRELATION_ID": "the id of this run",
    "CI": "whether this is a CI job",
    "OTEL_EXPORTER_OTLP_HEADERS": "what `telemetry push` sends to receivers besides",
    "TRACEPARENT": "the trace that this run belongs to",
}
_UUIDS = frozenset(("TASKS_ATTEMPT_ID", "TASKS_CAUSATION_ID", "TASKS_CORRELATION_ID"))
_BUILTINS = frozenset(
    (".", ":", "cd", "eval", "exec", "exit", "export", "set", "source", "trap", "ulimit", "umask")
)


def check_python(_: Scene) -> Iterator[Seen]:
    """Name the versions of Python and of tasks."""
    implementation = platform.python_implementation()
    yield Seen(Status.OK, f"tasks {__version__} on {implementation} {platform.python_version()}.")


def check_agents(scene: Scene) -> Iterator[Seen]:
    """Find the agent programs that are known, and the programs that the settings name."""
    found = [name for name in AGENTS if _which(scene, name)]
    missing = [name for name in AGENTS if name not in found]
    yield Seen(
        Status.INFO, f"Found: {', '.join(found) or 'none'}. Not found: {', '.join(missing) or 'none'}."
    )
    config, _ = scene.config
    if config is None:
        return
    named = {f"gates.{name}.command": gate.command for name, gate in config.gates.items()}
    if config.predict.command:
        named["predict.command"] = config.predict.command
    for key, command in named.items():
        program = _program(command)
        if program is None or program in _BUILTINS:
            continue
        if _which(scene, program):
            yield Seen(Status.OK, f"{program} ({key}) is there.")
        else:
            yield Seen(Status.WRONG, f"{program} ({key}) is not found.")


def _program(command: str) -> str | None:
    """Return a shell command's first word that is no assignment; None where only a shell can say."""
    words: list[str] = []
    with suppress(ValueError):
        words = shlex.split(command)
    words = [word for word in words if not word.partition("=")[0].isidentifier() or "=" not in word]
    return words[0] if words and not set(words[0]) & set("$`(){}<>|;&*?") else None


def _which(scene: Scene, program: str) -> str | None:
    if os.sep in program:  # relative to where the command runs
        place = os.path.join(scene.root, program)
        return place if os.access(place, os.X_OK) and os.path.isfile(place) else None
    return shutil.which(program, path=scene.environment.get("PATH", os.defpath))


def check_variables(scene: Scene) -> Iterator[Seen]:
    """Tell which variables are set, never what they hold."""
    own = {name for name in scene.environment if name.startswith("TASKS_")}
    for name in sorted(own | VARIABLES.keys()):
        about = VARIABLES.get(name)
        if about is None:
            yield Seen(Status.INFO, f"{name} is set; this version does not know it.")
        elif not scene.environment.get(name):
            yield Seen(Status.OK, f"{name} ({about}) is not set.")
        elif name in _UUIDS and find_uuid(scene.environment[name]) is None:
            yield Seen(Status.WRONG, f"{name} ({about}) is set to what is no UUID.")
        else:
            yield Seen(Status.OK, f"{name} ({about}) is set.")


def check_sinks(scene: Scene) -> Iterator[Seen]:
    """Look whether the configured sinks can be written; nothing is sent anywhere."""
    config, _ = scene.config
    for text in config.telemetry.sinks if config else ():
        try:
            sink = parse_sink(text)
        except ValueError as error:
            yield Seen(Status.WRONG, f"The sink {text.partition(':')[0]} can't be used: {error}.")
            continue
        yield _look_at(scene, sink)


def _look_at(scene: Scene, sink: Sink) -> Seen:
    if sink.kind == "none":
        return Seen(Status.OK, "Events go nowhere (none).")
    if sink.kind == "otlp":
        return Seen(Status.INFO, "The sink otlp is well formed; it was not called.")
    if sink.kind == "local":
        state = scene.store.journal if scene.store else None
        if state is None:
            return Seen(
                Status.INFO, "The sink local has no place: there is neither git nor a home directory."
            )
        place = directory_of(state)
    else:
        place = os.path.normpath(os.path.join(scene.root, sink.target))
        kin = find_kinship(place, str(scene.root), scene.store.repository if scene.store else None)
        if kin is not None:
            return Seen(Status.WRONG, f"The sink {sink.kind} can't be used: {kin}.", path=place)
        if not os.path.isdir(place):
            return Seen(Status.WRONG, f"The sink {sink.kind} is not there.", f"Create {place}.", place)
        if sink.kind == "git" and find_repository(Path(os.path.realpath(place))) is None:
            return Seen(
                Status.WRONG, "The sink git is no git repository.", f"Run `git init` in {place}.", place
            )
    if os.access(_nearest(place), os.W_OK | os.X_OK):
        return Seen(Status.OK, f"The sink {sink.kind} can be written.", path=place)
    return Seen(Status.WRONG, f"The sink {sink.kind} can't be written.", path=place)


def _nearest(place: str) -> str:
    """Give the nearest directory upwards that is there, in which the others would be made."""
    while not os.path.isdir(place):
        place = os.path.dirname(place)
    return place
