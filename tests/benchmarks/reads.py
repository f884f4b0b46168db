"""Measure every command that reads, with a warm index and some without, against the floor of the same run.

    python tests/benchmarks/reads.py [--sizes 1000,10000] [--rounds N] [--only WORD] [--programs NAME=DIR]…

Each row's cost is the least CPU time (user and system) of some runs, and its ratio to `floor.py` with as many
bytes to write: of the least times, and the median of each run's to the floor that ran right after it, which a
machine that is faster at one time than at another disturbs less. `--programs` names environments to measure
side by side, such as those of two revisions; without it the wheel is built and installed. The project is
written anew unless `--work` has it already.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from measure import Measured, measure
from rows import TABS, press_tab
from subject import HERE, Subject
from wheel import install

COMMANDS: dict[str, tuple[str, ...]] = {
    "list done json": ("list", "--state", "done", "--output", "json"),
    "list json": ("list", "--output", "json"),
    "list plain": ("list", "--output", "plain"),
    "list jsonl": ("list", "--output", "jsonl"),
    "list people": ("list",),
    "list fields": ("list", "--output", "json", "--fields", "id,title"),
    "list ready": ("list", "--state", "ready"),
    "list label": ("list", "--label", "ux", "--output", "json"),
    "list priority sort": ("list", "--priority", "high", "--sort", "-updated_at", "--output", "json"),
    "list limit": ("list", "--sort", "-updated_at", "--limit", "20", "--output", "json"),
    "list since": ("list", "--since", "2026-02-01", "--output", "plain"),
    "list model": ("list", "--model", "gpt-5-codex", "--output", "json"),
    "list meta": ("list", "--meta", "size=small", "--output", "json"),
    "list search": ("list", "--search", "part 77", "--output", "json"),
    "search": ("search", "part 77", "--output", "json"),
    "next": ("next", "--output", "json"),
    "tree": ("tree", "--output", "json"),
    "plan": ("plan", "--output", "json"),
    "stats": ("stats", "--output", "json"),
    "validate": ("validate", "--output", "json"),
    "show": ("show", "SHOWN", "--output", "json"),
    **{name: (line,) for name, line in TABS.items()},
    "--help": ("--help",),
    "list --help": ("list", "--help"),
    "list, no index": ("list", "--state", "done", "--output", "json"),
    "stats, no index": ("stats", "--output", "json"),
    "export, no index": ("export", "--dataset", "DATASET", "--format", "csv", "--output", "json"),
}
NO_INDEX = ", no index"


def main() -> int:
    """Measure and print a table."""
    chosen = _arguments()
    with tempfile.TemporaryDirectory() as name:
        work = chosen.work or Path(name)
        named = dict(text.partition("=")[::2] for text in chosen.programs)
        programs = {key: Path(place) for key, place in named.items()} or {"wheel": install(Path(name))}
        for size in map(int, chosen.sizes.split(",")):
            _measure_size(size, work / f"{chosen.layout}-{size}", programs, chosen)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="1000,10000", help="numbers of tasks, with commas between")
    parser.add_argument("--layout", default="flat", choices=["flat", "states"], help="of tasks/ (flat)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each row (5)")
    parser.add_argument("--only", default="", metavar="WORDS", help="only rows that contain one of the words")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where projects are kept for another run")
    parser.add_argument("--programs", action="append", default=[], metavar="NAME=DIR", help="measure these")
    return parser.parse_args()


def _measure_size(size: int, directory: Path, programs: dict[str, Path], chosen: argparse.Namespace) -> None:
    subject = Subject(size, directory, chosen.layout)
    subject.settle()
    wanted = [word for word in chosen.only.split(",") if word]
    rows = {name: line for name, line in COMMANDS.items() if not wanted or any(w in name for w in wanted)}
    figures: dict[tuple[str, str], list[tuple[Measured, Measured]]] = defaultdict(list)
    for label, place in programs.items():
        subject.forget()
        _run(place, COMMANDS["list json"], subject)
        warm = {name: line for name, line in rows.items() if not name.endswith(NO_INDEX)}
        # Rows without an index come after all rounds of the others, which would have to begin anew.
        for name, line in [*warm.items()] * chosen.rounds + [*(rows.items() - warm.items())] * chosen.rounds:
            if name not in warm:
                subject.forget()
            run = _run(place, line, subject)
            floor: list[str | Path] = [place / "python", HERE / "floor.py", str(_round(run.written))]
            figures[name, label].append((run, measure(floor, subject.directory)))
    print(f"\n{size:,} tasks, {chosen.layout}" + "".join(f"{label:>36}" for label in programs))
    print(" " * 20 + f"{'least ms, x floor, paired x, MiB':>36}" * len(programs))
    floors: dict[int, float] = defaultdict(lambda: float("inf"))
    for _, floor_run in (pair for pairs in figures.values() for pair in pairs):
        floors[floor_run.written] = min(floors[floor_run.written], floor_run.seconds)
    for name in rows:
        cells = [_cell(figures[name, label], floors) for label in programs]
        print(f"{name:20}" + "".join(f"{cell:>36}" for cell in cells), flush=True)


def _cell(pairs: Sequence[tuple[Measured, Measured]], floors: dict[int, float]) -> str:
    least = min(run.seconds for run, _ in pairs)
    ratio = least / floors[pairs[0][1].written]
    paired = statistics.median(run.seconds / floor.seconds for run, floor in pairs)
    memory = max(run.mib for run, _ in pairs)
    return f"{least * 1000:.1f} ms {ratio:.2f} x {paired:.2f} x {memory:.0f} MiB"


def _round(written: int) -> int:
    return written // 100_000 * 100_000


def _run(place: Path, line: Sequence[str], subject: Subject) -> Measured:
    if line[0] in TABS.values():
        return measure(press_tab(place / "tasks", line[0]), subject.directory)
    with tempfile.TemporaryDirectory() as dataset:
        named = {"SHOWN": subject.shown, "DATASET": dataset}
        return measure([place / "tasks", *(named.get(word, word) for word in line)], subject.directory)


if __name__ == "__main__":
    sys.exit(main())
