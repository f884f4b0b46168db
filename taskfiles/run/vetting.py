"""Whether a task may be run at all: what is known before anything is changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from typing import NamedTuple

from taskfiles.backlog.snapshot import bad_config
from taskfiles.config.model import Config, parse_config
from taskfiles.errors import TaskfilesError
from taskfiles.operations.pickup import pickup
from taskfiles.remedy import Remedy
from taskfiles.run.callbacks import Callbacks, Job
from taskfiles.run.gates import Gate, choose_gates
from taskfiles.run.pullrequest import USUAL, check_branch, check_remote
from taskfiles.run.switch import Switch
from taskfiles.store import claims
from taskfiles.store.store import Store
from taskfiles.store.trust import is_trusted
from taskfiles.task.names import CONFIG_PATH
from taskfiles.task.task import Task, Unreadable
from taskfiles.task.values import is_word
from taskfiles.task.words import Ambiguity


class Checked(NamedTuple):
    """A task that may be run, with the settings and gates that are in force for it."""

    task: Task
    config: Config
    gates: Sequence[Gate]
    is_trusted: bool


def vet(store: Store, task: Task, job: Job, callbacks: Callbacks) -> Checked:
    """Refuse what is not to be run, before anything is changed.

    Raises TaskfilesError: claims-unavailable, dispatch-stopped, bad-config, untrusted-commands,
    too-ambiguous, agent-missing, and as `pickup` does.
    """
    claims.check_claims_available(store)
    if store.journal is not None and (stop := Switch(store.journal).find(task.id)) is not None:
        lifting = Remedy("resume them", "resume.all")
        if stop.task is not None:
            lifting = Remedy("resume {task}", "resume.task", task=stop.task)
        raise TaskfilesError(
            "dispatch-stopped",
            by=stop.by or "somebody",
            reason=stop.reason.rstrip("."),
            command=lifting,
            details={"task": stop.task},
        )
    config, gates, trusted = _read_config(store, task, job)
    levels = list(Ambiguity)
    level = task.get("ambiguity")
    allowed = config.run.max_ambiguity
    if is_word(level, set(Ambiguity)) and levels.index(Ambiguity(level)) > levels.index(allowed):
        raise TaskfilesError(
            "too-ambiguous", path=task.path, id=task.id, level=str(level), allowed=allowed.value
        )
    if job.pull_request == USUAL:
        check_branch(store)
        check_remote(store)
    _check_program(job.command[0], store.reader.root, callbacks)
    pickup(store, task.id, by=job.by, seconds=job.lease, dry_run=True)
    return Checked(task, config, gates, trusted)


def _read_config(store: Store, task: Task, job: Job) -> tuple[Config, list[Gate], bool]:
    """Read tasks.toml; its gates run only where it is trusted, and no run goes on silently without them."""
    try:
        data = store.config_bytes()
    except Unreadable as error:
        raise bad_config(error.finding) from error
    # What is trusted are these bytes, whatever stands there a moment later.
    config, findings = parse_config(data or b"")
    if config is None:
        raise bad_config(findings[0])
    trusted = data is not None and is_trusted(store.repository, data)
    named = [] if job.own_gates_only else choose_gates(config.gates, task.get("task_type"))
    if named and not trusted:
        names = ", ".join(gate.name for gate in named)
        raise TaskfilesError("untrusted-commands", path=CONFIG_PATH, gates=names)
    gates = {gate.name: gate for gate in (*named, *job.gates)}  # the caller's own win
    return config, list(gates.values()), trusted


def _check_program(program: str, root: str, callbacks: Callbacks) -> None:
    if os.sep in program:
        path = os.path.join(root, program)
        found = os.path.isfile(path) and os.access(path, os.X_OK)
    else:
        found = shutil.which(program, path=callbacks.environment.get("PATH", os.defpath)) is not None
    if not found and "{" not in program:
        raise TaskfilesError("agent-missing", program=program)
