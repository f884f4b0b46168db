"""Measure the console script against floors taken in the same run; not part of the test suite.

    python tests/benchmarks/run.py [--sizes 1000,10000,100000] [--rounds N] [--layout states] [--json FILE]

Writes the projects, builds the wheel, installs and compiles it in an environment of its own, and measures
all rows interleaved in CPU time (user and system). Prints a table, and exits 1 where a limit in
thresholds.toml is missed. With all sizes it takes about eight minutes, mostly for 100,000 tasks.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from pathlib import Path

from measure import Measured, measure
from rows import Bench, Stage, peer_row
from subject import HERE, Subject
from table import Key, compare, figure, render
from wheel import install

from taskfiles.task.layout import FLAT, LAYOUTS

LARGE = 50_000  # tasks from which on a round takes minutes


def main() -> int:
    """Measure, print, compare."""
    chosen = arguments()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=chosen.work) as name:
        measured = measure_all(chosen, Path(name))
    figures = figure(measured)
    limits = tomllib.loads((HERE / "thresholds.toml").read_text(encoding="utf-8"))
    missed, unknown = compare(figures, limits)
    print(render(figures))
    print(f"{time.monotonic() - started:.0f} seconds; load {os.getloadavg()[0]:.1f} at the end")
    for line in unknown:
        print(f"not measured: {line}")
    for line in missed:
        print(f"MISSED: {line}")
    if chosen.json:
        answer = {
            "python": platform.python_version(),
            "platform": platform.platform(),
            "processors": os.cpu_count(),
            "rows": [{"row": row, "tasks": size or None, **each} for (row, size), each in figures.items()],
            "missed": missed,
            "not_measured": unknown,
        }
        chosen.json.write_text(json.dumps(answer, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="1000,10000,100000", help="numbers of tasks, with commas between")
    parser.add_argument("--rounds", type=int, default=5, help="rounds over all rows (5)")
    parser.add_argument("--large-rounds", type=int, default=2, help=f"the same from {LARGE:,} tasks on (2)")
    parser.add_argument("--repeat", type=int, default=4, help="runs of each cheap row in a round (4)")
    parser.add_argument("--layout", choices=LAYOUTS, default=FLAT, help="how the projects lie (flat)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to write projects, and clear up")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND", help="measure it too")
    parser.add_argument(
        "--peer-dir", type=Path, default=Path(), metavar="DIR", help="where the peers' commands run"
    )
    return parser.parse_args()


def measure_all(chosen: argparse.Namespace, work: Path) -> dict[Key, list[Measured]]:
    """Make all that is needed, and measure every row as often as asked."""
    sizes = sorted({int(size) for size in chosen.sizes.split(",")})
    subjects = [Subject(size, work / str(size), chosen.layout) for size in sizes]
    programs = install(work)
    stages = {subject.size: Bench(programs, subject).stages() for subject in subjects}
    stages[sizes[0]].append(Stage([peer_row(text, chosen.peer_dir) for text in chosen.peer]))
    measured: dict[Key, list[Measured]] = defaultdict(list)
    for number in range(chosen.rounds):
        for size in sizes:
            if size >= LARGE and number >= chosen.large_rounds:
                continue
            for stage in stages[size]:
                measure_stage(stage, chosen.repeat, measured)
    return measured


def measure_stage(stage: Stage, repeat: int, measured: dict[Key, list[Measured]]) -> None:
    """Measure a stage's rows in turn."""
    stage.before()
    for _ in range(repeat if stage.again else 1):
        for row in stage.rows:
            row.before()
            measured[row.name, row.size].append(measure(row.command, row.directory))


if __name__ == "__main__":
    sys.exit(main())
