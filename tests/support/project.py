"""Real projects in temporary directories: real files, real git, the real console script."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.forked import Forked, can_fork
from support.layouts import FLAT_SETTINGS
from support.processes import launch
from taskfiles import Store, Task
from taskfiles.store.caller import Caller
from taskfiles.task.layout import DIRECTORIES, FLAT, STATES
from taskfiles.task.names import CONFIG_PATH, expected_path

BODY = """
## Overview

What and why.

## Acceptance Criteria

- [ ] First
- [x] Second

## Technical Approach

How.
"""
TICKED = BODY.replace("[ ]", "[x]")
INSIGHTS = """
## Post-Implementation Insights

### Changelog

- Done

### Decisions

- None

### Technical Changes

- None
"""
GIT = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.invalid",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.invalid",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)
# The module is what the console script runs; a wheel's tests run the same code from site-packages.
SCRIPT = [sys.executable, "-c", "from taskfiles_cli.entry import run; run()"]


def need(program: str) -> None:
    """Skip a test where a program is missing; where everything must be there (CI), fail it."""
    if shutil.which(program) is None:
        tell = pytest.fail if os.environ.get("TASKS_REQUIRE_ALL") else pytest.skip
        tell(f"{program} is not installed")


def install(directory: Path) -> Path:
    """Put `tasks`, as the tests have it, into a new directory for the PATH; gives the directory."""
    directory.mkdir(parents=True)
    script = directory / "tasks"
    script.write_text(f"#!{sys.executable}\nfrom taskfiles_cli.entry import run\nrun()\n")
    script.chmod(0o755)
    return directory


@dataclass
class Done:
    """What a command left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error object of JSON mode: the last line of standard error."""
        return json.loads(self.err.splitlines()[-1])["error"]


@dataclass
class Project:
    """A project directory with shortcuts to write files and run commands in it."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The library's view."""
        return Store(self.root)

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file below the root, exactly these bytes."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    @property
    def layout(self) -> str:
        """The layout that tasks.toml names; without the key it is *states*."""
        file = self.root / CONFIG_PATH
        named = file.is_file() and b'layout = "flat"' in file.read_bytes()
        return FLAT if named else STATES

    def configure(self, text: str) -> Path:
        """Write tasks.toml; under *flat* the key `layout` is put before a text without it."""
        key = f'layout = "{FLAT}"\n' if self.layout == FLAT and "layout" not in text else ""
        return self.write(CONFIG_PATH, key + text)

    def path(self, task_id: str = "fix", state: str = "ready", **keys: str) -> str:
        """Return the path that a task's file has under the project's layout."""
        return expected_path({"id": task_id, "kind": "task", "state": state, **keys}, self.layout)

    def task(self, task_id: str = "fix", *, body: str | None = None, extra: str = "", **keys: str) -> Path:
        """Write a task file without findings: keys are YAML texts, `extra` is appended to the frontmatter."""
        keys = {"id": task_id, "title": f"Title of {task_id}", "kind": "task", "state": "ready", **keys}
        if keys["state"] == "done":
            keys = {"commit_message": "done", "completed_at": "2025-11-02T12:00:00Z", **keys}
        ended = TICKED + INSIGHTS if keys["state"] == "done" else BODY
        text = ended if body is None else body
        front = "".join(f"{key}: {value}\n" for key, value in keys.items())
        values = {**keys, "completed_at": keys.get("completed_at", "").strip("\"'")}
        path = expected_path(values, self.layout) if keys["state"] in DIRECTORIES else self.path(task_id)
        return self.write(path, f"---\n{front}{extra}---\n{text}")

    def run(
        self, *argv: str, stdin: str | bytes = b"", env: dict[str, str] | None = None, cwd: Path | None = None
    ) -> Done:
        """Run `tasks` as a process of its own; a forked one where that can be (support/forked.py)."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        environment = self.environment(env)
        if can_fork(environment):
            forked = Forked(argv, cwd=cwd or self.root, env=environment)
            out, err = forked.communicate(given)
            return Done(forked.wait(), out.decode(), err.decode())
        done = subprocess.run(
            [*SCRIPT, *argv],
            cwd=cwd or self.root,
            input=given,
            capture_output=True,
            env=environment,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *argv: str) -> subprocess.Popen[bytes]:
        """Start `tasks` and go on."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return launch([*SCRIPT, *argv], cwd=self.root, env=self.environment(None), **streams)

    def environment(self, more: dict[str, str] | None) -> dict[str, str]:
        """The environment of commands: pinned, with a home of its own."""
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "PYTHONPATH", "LANG", "TMPDIR"}}
        return kept | GIT | {"HOME": str(self.root.parent / "home"), "TERM": "dumb"} | self.env | (more or {})

    def git(self, *argv: str) -> str:
        """Run git in the project, without its upkeep, which would take half of a commit's time."""
        done = subprocess.run(
            ["git", "-c", "maintenance.auto=false", *argv],
            cwd=self.root,
            env=self.environment(None),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def get(self, task_id: str) -> Task:
        """Read a task afresh."""
        return self.store.get(task_id)

    def tree(self) -> dict[str, bytes]:
        """Every file below the root but git's, with its bytes; not the tasks.toml of a new flat project."""
        files = (file for file in sorted(self.root.rglob("*")) if file.is_file() and ".git" not in file.parts)
        found = {file.relative_to(self.root).as_posix(): file.read_bytes() for file in files}
        if found.get(CONFIG_PATH) == FLAT_SETTINGS:
            del found[CONFIG_PATH]
        return found


def store(project: Project) -> Store:
    """A project as the library shows it to one caller, at noon for ever."""
    return Store(project.root, now=lambda: NOON, caller=Caller("0199c6f2-0000-7000-8000-000000000001", "me"))
