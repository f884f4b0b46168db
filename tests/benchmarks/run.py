"""Measure the console script against floors taken in the same run; not part of the test suite.

    python tests/benchmarks/run.py [--runs N] [--sizes 1000,10000] [--json FILE]

Builds the wheel, installs and compiles it in an environment of its own, writes the corpora, measures all
rows interleaved in CPU time (user and system), prints a table and exits 1 where a ratio under `[reached]`
in thresholds.toml is missed. `[wanted]` is what is still to be reached.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from corpus import write_project

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
FLOOR = """
import os, sys
for name in os.listdir("tasks"):
    directory = os.path.join("tasks", name)
    if os.path.isdir(directory):
        for file in os.listdir(directory):
            os.stat(os.path.join(directory, file))
os.write(1, b"x" * int(sys.argv[1]))
"""
LIST = ["list", "--state", "done", "--output", "json"]
RECORD = ["record", "task-1", "--status", "failed", "--tool", "t", "--duration-seconds", "5", "--dry-run"]
SMALL = {
    "update": ["update", "task-1", "--meta", "size=xl", "--dry-run", "--output", "plain"],
    "record": [*RECORD, "--output", "plain"],
    "show": ["show", "task-1", "--output", "json"],
    "--version": ["--version"],
    "--help": ["--help"],
}


def install(work: Path) -> Path:
    """Install the wheel with a current pip and compile it; gives the directory of its programs."""
    quietly(sys.executable, "-m", "build", "--wheel", "--outdir", work / "dist", REPOSITORY)
    quietly(sys.executable, "-m", "venv", work / "venv")
    programs = work / "venv" / "bin"
    (wheel,) = (work / "dist").glob("*.whl")
    quietly(programs / "pip", "install", "-q", "--upgrade", "pip")
    quietly(programs / "pip", "install", "-q", wheel)
    quietly(programs / "python", "-m", "compileall", "-q", work / "venv" / "lib")
    return programs


def quietly(*command: str | Path) -> None:
    """Run a command that must succeed, without its output."""
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def cpu(command: Sequence[str | Path], directory: Path) -> tuple[float, int]:
    """Run a command and give its CPU seconds and the number of bytes that it wrote."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=directory, capture_output=True, check=True, env=environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, len(done.stdout)


def environment() -> dict[str, str]:
    """An environment in which nothing slows the interpreter down."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "TASKS_"))}


def rows(programs: Path, projects: dict[int, Path]) -> dict[str, tuple[list[str | Path], Path]]:
    """Name every command to be measured with the directory that it runs in."""
    tasks, python = programs / "tasks", programs / "python"
    smallest = projects[min(projects)]
    found: dict[str, tuple[list[str | Path], Path]] = {"pass": ([python, "-c", "pass"], smallest)}
    for size, project in projects.items():
        _, written = cpu([tasks, *LIST], project)
        found[f"floor {size}"] = ([python, "-c", FLOOR, str(written)], project)
        found[f"list, no index {size}"] = ([tasks, *LIST], project)
        found[f"validate {size}"] = ([tasks, "validate", "--output", "plain"], project)
    return found | {name: ([tasks, *words], smallest) for name, words in SMALL.items()}


def ratios(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Take each row's least and median time, and its ratios to the floors."""
    table = {}
    for name, measured in times.items():
        least = min(measured)
        figures = {
            "seconds": least,
            "median": statistics.median(measured),
            "pass": least / min(times["pass"]),
        }
        floor = times.get(f"floor {name.rpartition(' ')[2]}")
        table[name] = figures | ({"floor": least / min(floor)} if floor else {})
    return table


def missed(table: dict[str, dict[str, float]], limits: dict[str, dict[str, float]]) -> list[str]:
    """Name the limits that a measured row exceeds."""
    return [
        f"{name}: {table[name][unit]:.2f} {unit}, limit {limit}"
        for name, wanted in limits.items()
        for unit, limit in wanted.items()
        if name in table and table[name][unit] > limit
    ]


def main() -> int:
    """Measure, print, compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        programs = install(work)
        projects = {int(size): work / size for size in chosen.sizes.split(",")}
        for size, project in projects.items():
            write_project(size, project)
            subprocess.run(["git", "init", "-q", project], check=True)
        commands = rows(programs, projects)
        times: dict[str, list[float]] = {row: [] for row in commands}
        for _ in range(chosen.runs):
            for row, (command, directory) in commands.items():
                times[row].append(cpu(command, directory)[0])
    table = ratios(times)
    print(f"{'row':<24} {'min ms':>8} {'median':>8} {'x pass':>7} {'x floor':>8}")
    for row, figures in table.items():
        floor = f"{figures['floor']:8.1f}" if "floor" in figures else ""
        least, median = figures["seconds"] * 1000, figures["median"] * 1000
        print(f"{row:<24} {least:8.1f} {median:8.1f} {figures['pass']:7.1f} {floor}")
    if chosen.json:
        chosen.json.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    limits = tomllib.loads((HERE / "thresholds.toml").read_text(encoding="utf-8"))
    for line in missed(table, limits["wanted"]):
        print(f"still wanted: {line}")
    failures = missed(table, limits["reached"])
    for line in failures:
        print(f"MISSED: {line}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
