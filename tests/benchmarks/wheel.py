"""The program as people have it: a wheel, installed by a current pip and compiled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from measure import run

ASK = "from taskfiles_cli.program import COMMANDS; print(*COMMANDS, sep='\\n')"
REPOSITORY = Path(__file__).parents[2]


def install(work: Path) -> Path:
    """Build the wheel and install it in an environment of its own; gives the directory of its programs."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", work / "dist", REPOSITORY)
    run(sys.executable, "-m", "venv", work / "venv")
    programs = work / "venv" / "bin"
    (wheel,) = (work / "dist").glob("*.whl")
    run(programs / "pip", "install", "-q", "--upgrade", "pip")
    run(programs / "pip", "install", "-q", wheel)
    run(programs / "python", "-m", "compileall", "-q", work / "venv" / "lib")
    return programs


def names_of_commands(programs: Path) -> frozenset[str]:
    """Ask the installed program which commands it has."""
    answer = subprocess.run([programs / "python", "-c", ASK], capture_output=True, text=True, check=True)
    return frozenset(answer.stdout.splitlines())
