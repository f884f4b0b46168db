"""Measure whether `tasks run` slows an agent down: the same program alone and under it, in turns.

    python tests/benchmarks/agents.py [--rounds N]

The agent computes for about a second, prints 20 MiB in lines and writes 200 files, and tells how long that
took from its own first to its last line. Alone its output goes through a pipe to a reader that keeps it in a
file, as it must where anybody keeps it. Prints the least and the median of each in seconds, and their ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

AGENT = """
import os, sys, time
begun = time.monotonic()
total = sum(n * n % 7 for n in range(8_000_000))
line = "x" * 1023
for number in range(20 * 1024):
    print(line)
os.makedirs("out", exist_ok=True)
for number in range(200):
    with open(f"out/{number}", "w") as file:
        file.write(line)
sys.stdout.flush()
with open(sys.argv[1], "a") as file:
    print(time.monotonic() - begun, file=file)
"""
SCRIPT = "from taskfiles_cli.entry import run; run()"
TASK = "---\nid: fix\ntitle: Fix\nstate: ready\n---\n\n## Acceptance Criteria\n\n- [ ] Done\n"


def run_alone(place: Path, agent: Path, times: Path) -> None:
    """Run the agent with its output going through a pipe into a file."""
    command = f"{sys.executable} {agent} {times} | cat > {place}/alone.log"
    subprocess.run(["sh", "-c", command], cwd=place, check=True)


def run_under(place: Path, agent: Path, times: Path) -> None:
    """Run it by `tasks run`."""
    file = place / "tasks" / "fix.md"
    file.write_text(TASK)
    command = [sys.executable, "-c", SCRIPT, "run", "fix", "--", sys.executable, str(agent), str(times)]
    subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    file.unlink()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "repo"
        (place / "tasks").mkdir(parents=True)
        (place / "tasks" / "tasks.toml").write_text('format = 1\nlayout = "flat"\n')
        subprocess.run(["git", "init", "-q", os.fspath(place)], check=True)
        agent = Path(name) / "agent.py"
        agent.write_text(AGENT)
        found = {}
        for label in ("alone", "under tasks run"):
            found[label] = Path(name) / label
        for _ in range(rounds):
            run_alone(place, agent, found["alone"])
            run_under(place, agent, found["under tasks run"])
        seconds = {label: [float(line) for line in file.read_text().split()] for label, file in found.items()}
    for label, values in seconds.items():
        print(f"{label}: {min(values):.3f} s at least, {statistics.median(values):.3f} s in the median")
    least, middle = (
        pick(seconds["under tasks run"]) / pick(seconds["alone"]) for pick in (min, statistics.median)
    )
    print(f"ratio: {least:.3f} of the least, {middle:.3f} of the medians")


if __name__ == "__main__":
    main()
