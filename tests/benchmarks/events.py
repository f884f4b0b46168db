"""Measure what telling one event costs a command: its imports, and the event itself.

    python tests/benchmarks/events.py [--rounds N]

Each round is a fresh interpreter that has loaded `tasks record` and then begins and tells one event of
twelve changes, in CPU time. Prints the least and the median in milliseconds. Compile the packages before
(`python -m compileall taskfiles cli`), as an installation does.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CODE = """
import json, time
import taskfiles_cli.commands.record
from taskfiles_cli.command.session import Session
session = Session("json")
session.store.settings
changes = [
    {"path": "tasks/fix.md", "field": f"execution.key{n}", "from": None, "to": "value"}
    for n in range(12)
]
start = time.process_time_ns()
session.begin("attempt.record", "fix")
session.tell("success", changes=changes, payload={"attempt_ids": ["01a1fcaf-6d2e-72fd-af66-78554d524697"]})
print(time.process_time_ns() - start)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "tasks").mkdir()
        (Path(name) / "tasks" / "tasks.toml").write_text('format = 1\nlayout = "flat"\n')
        subprocess.run(["git", "init", "-q", name], check=True)
        command = [sys.executable, "-c", CODE]
        found = [
            int(subprocess.run(command, cwd=name, capture_output=True, check=True).stdout) / 1e6
            for _ in range(rounds)
        ]
    print(f"one event: {min(found):.2f} ms at least, {statistics.median(found):.2f} ms in the median")


if __name__ == "__main__":
    main()
