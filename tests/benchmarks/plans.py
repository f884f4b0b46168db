"""Measure planning alone, all tasks ready and in memory: CPU seconds, stages and bytes of the answer.

python tests/benchmarks/plans.py [COUNT]
"""

from __future__ import annotations

import json
import sys
import time

from taskfiles import Task, make_plan, parse_task
from taskfiles.backlog.snapshot import Snapshot
from taskfiles.backlog.wire import plan_object

BODY = "\n## Acceptance Criteria\n\n- [ ] It works\n"
# What each task says, by its number; the last task depends on nothing.
CASES = {
    "nothing": "",
    "a chain of dependencies": "depends_on: [task-{next}]",
    "one file": "touches: [src/store.py]",
    "a file each": "touches: [src/part{n}/store.py]",
    "a name each": "touches: ['**/store{n}.py']",
    "alone": "isolation: global",
    "three of a hundred globs": "touches: [src/part{n50}/**, tests/test_{n37}*.py, '**/*_{n11}.md']",
    "one of a thousand that overlap": "touches: ['src/*{n1000}*.py']",
}


def make_tasks(line: str, count: int) -> list[Task]:
    """Make ready tasks that each hold a line of frontmatter."""
    tasks = []
    for n in range(count):
        parts = {"n": n, "next": n + 1, **{f"n{size}": n % size for size in (11, 37, 50, 1000)}}
        last = n + 1 == count and "depends_on" in line
        front = f"id: task-{n}\ntitle: Task {n}\nstate: ready\n" + (
            "" if last else line.format(**parts) + "\n"
        )
        tasks.append(parse_task(f"tasks/task-{n}.md", f"---\n{front}---\n{BODY}".encode()))
        tasks[-1].drop_cached()
    return tasks


def main(count: int) -> None:
    """Print a row for each case."""
    for name, line in CASES.items():
        snapshot = Snapshot(make_tasks(line, count), [])
        start = time.process_time()
        plan = make_plan(snapshot)
        spent = time.process_time() - start
        size = len(json.dumps(plan_object(plan)))
        print(f"{name:32} {spent:6.2f} s {len(plan.stages):6} stages {size:10} bytes", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
