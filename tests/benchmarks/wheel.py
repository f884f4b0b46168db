"""The program as people have it: a wheel, installed by a current pip and compiled."""

from __future__ import annotations

import sys
from pathlib import Path

from measure import run

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
