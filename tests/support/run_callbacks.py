"""What a run needs of its surroundings, made for a project, and what it has passed on."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from support.project import Project
from taskfiles import Task
from taskfiles.run.callbacks import Callbacks, Job, RunEvent

RUN_ID = "0199c6f2-0000-7000-8000-00000000000a"


@dataclass
class Notes:
    """What a run has emitted, printed and said; `reason` is why it is to stop."""

    events: list[RunEvent] = field(default_factory=list)
    output: bytearray = field(default_factory=bytearray)
    sentences: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    ended: list[Task] = field(default_factory=list)
    reason: str = ""
    is_urgent: bool = False

    @property
    def actions(self) -> list[tuple[str, str, str | None]]:
        """Action, outcome and reason of each event."""
        return [(each.action, each.outcome, each.reason) for each in self.events]


def make_callbacks(project: Project, notes: Notes) -> Callbacks:
    """Make the surroundings of runs in a project; their logs and scratch files lie beside it."""
    scratch = project.root.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    return Callbacks(
        environment=project.environment(None),
        repo="ada/app",
        run_id=RUN_ID,
        scratch=os.fspath(scratch),
        logs=os.fspath(project.root.parent / "logs"),
        on_output=notes.output.extend,
        emit=notes.events.append,
        say=notes.sentences.append,
        stop=lambda: notes.reason,
        is_urgent=lambda: notes.is_urgent,
        wait=notes.waits.append,
        ended=notes.ended.append,
    )


def make_job(*command: str, **more: Any) -> Job:
    """Make a job of a command; by default it is shell's `true`."""
    return Job(command=command or ("true",), by="me", **more)
