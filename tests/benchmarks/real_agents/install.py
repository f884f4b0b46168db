"""Releases of the agents, installed from npm and PyPI, each below a directory of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from .agent import Agent

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_FINISHERS = "install.cjs", "postinstall.mjs"  # put the program for this machine in its place; no others run


class Installed(NamedTuple):
    """Where an agent's programs are, and the version that it says of itself."""

    programs: Path
    version: str


def install(agent: Agent, below: Path, *, latest: bool) -> Installed:
    """Install an agent's release, the newest one with `latest`; one that is there already is used."""
    version = "latest" if latest else agent.version
    place = below / f"{agent.name}-{version}"
    is_python = not agent.registry_is_npm
    programs = place / "bin" if is_python else place / "node_modules" / ".bin"
    if latest or not (programs / agent.name).exists():
        place.mkdir(parents=True, exist_ok=True)
        if is_python:
            _call(sys.executable, "-m", "venv", str(place))
            wanted = agent.package if latest else f"{agent.package}=={agent.version}"
            _call(str(programs / "pip"), "install", "-q", "--upgrade", wanted)
        else:
            package = f"{agent.package}@{version}"
            _call(
                "npm",
                "install",
                "--prefix",
                str(place),
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                package,
            )
            module = place / "node_modules" / agent.package
            for script in filter(Path.exists, (module / name for name in _FINISHERS)):
                _call("node", str(script), directory=module)
    said = _call(str(programs / agent.name), "--version", home=place)
    found = _VERSION.findall(said)
    return Installed(programs, found[-1] if found else "unknown")


def _call(*words: str, directory: Path | None = None, home: Path | None = None) -> str:
    environment = os.environ | ({"HOME": str(home)} if home else {})
    done = subprocess.run(words, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout
