"""A fresh project of git and `tasks`, with a home of its own for the agent."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_TASKS = Path(sys.executable).parent / "tasks"
_NAMES = ("user.name", "ana"), ("user.email", "ana@example.com"), ("commit.gpgsign", "false")


class Place:
    """Below `directory`: the repository, the agent's home, and programs; `tasks` there notes each call."""

    def __init__(self, directory: Path, programs: list[Path]) -> None:
        shutil.rmtree(directory, ignore_errors=True)
        self.repository, self.home = directory / "repository", directory / "home"
        self._calls = self.repository / ".git" / "calls"  # a sandbox lets an agent write there
        for each in (self.repository, self.home, directory / "bin"):
            each.mkdir(parents=True)
        paths = [str(directory / "bin"), *map(str, programs), *os.defpath.split(os.pathsep), "/usr/local/bin"]
        self.environment = {
            "HOME": str(self.home),
            "PATH": os.pathsep.join(paths),
            "LANG": "C.UTF-8",
            "SHELL": "/bin/bash",
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        (self.home / ".profile").write_text(f"export PATH={shlex.quote(self.environment['PATH'])}\n")
        shim = directory / "bin" / "tasks"
        note = f"printf '%s %s\\n' $code \"$*\" >> {self._calls}"
        shim.write_text(f'#!/bin/sh\n{_TASKS} "$@"\ncode=$?\n{note}\nexit $code\n')
        shim.chmod(0o755)
        self.git("init", "-q", "-b", "work")
        for name, value in _NAMES:
            self.git("config", name, value)
        self.tasks("init")

    def git(self, *words: str) -> str:
        """Call git, which must succeed."""
        return self._call("git", *words)

    def tasks(self, *words: str) -> str:
        """Call `tasks` unnoted; it must succeed."""
        return self._call(str(_TASKS), *words)

    def try_tasks(self, *words: str) -> str:
        """Call `tasks` unnoted; it may find fault with something."""
        return self._call(str(_TASKS), *words, check=False)

    def _call(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            words, cwd=self.repository, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode and check:
            raise RuntimeError(f"{shlex.join(words)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def add_prices(self, model: str, prices: Mapping[str, int]) -> None:
        """Put the price of a model into the settings."""
        with (self.repository / "tasks" / "tasks.toml").open("a") as file:
            file.write(
                f'\n[prices."{model}"]\n' + "".join(f"{key} = {value}\n" for key, value in prices.items())
            )

    def commit(self, message: str) -> str:
        """Commit all there is, and give the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    def changed(self, since: str) -> tuple[str, ...]:
        """List the files at the top that are others than in a commit."""
        self.git("add", "-A")
        names = self.git("diff", "--name-only", "--cached", since).split()
        return tuple(sorted(name for name in names if "/" not in name))

    def calls(self) -> list[tuple[int, str]]:
        """Read which calls of `tasks` the agent made, each with its exit code."""
        lines = self._calls.read_text().splitlines() if self._calls.exists() else []
        return [(int(code), line) for code, _, line in (each.partition(" ") for each in lines)]
