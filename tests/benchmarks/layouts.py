"""Compare both layouts in git: what a commit costs, what `git log --follow` sees, which merges conflict.

python tests/benchmarks/layouts.py [COUNT ...]     (default: 1000 10000)
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from corpus import INSIGHTS, task_values

from taskfiles import Store, Update, move, record, update
from taskfiles.merge.driver import install_driver, plan_driver
from taskfiles.task.names import expected_path
from taskfiles.text.yaml_print import print_block

COMMITS = 30
TASKS, CHANGES, PAIRS = 60, 20, 20  # of merges: tasks, changes a branch, pairs of branches
BODY = f"\n## Acceptance Criteria\n\n- [x] It works\n\n## Post-Implementation Insights\n{INSIGHTS}"
SHORT = "\n## Acceptance Criteria\n\n- [ ] It works\n"
INSIGHT = "- Done, with a reason that takes a line."
SECTIONS = [(name, INSIGHT) for name in ("Changelog", "Decisions", "Technical Changes")]
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # the merge driver is called by its name
WHO = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
NAMES = dict.fromkeys(WHO, "bench")


def git(root: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run git in a project."""
    environment = {**os.environ, **NAMES, "PATH": PATH, "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        ["git", "-C", str(root), *words], check=check, capture_output=True, text=True, env=environment
    )


def make(root: Path, count: int, layout: str, *, state: str | None = None, body: str = BODY) -> Store:
    """Make a committed project of `count` tasks, in one state or in all."""
    (root / "tasks").mkdir(parents=True)
    (root / "tasks/tasks.toml").write_text(f'format = 1\nlayout = "{layout}"\n')
    chance = random.Random(count)
    for number in range(count):
        values = task_values(number, chance) | {"commit_message": "Done"}
        if state is not None:
            values["state"] = state
            values = {key: value for key, value in values.items() if key not in {"completed_at", "execution"}}
        file = root / expected_path(values, layout)
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"---\n{''.join(print_block(values, 0)[1:])}---\n{body}")
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "gc.auto", "0")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    return Store(root)


def measure_commits(root: Path, store: Store) -> tuple[float, float, float]:
    """Change the state of one task a commit; returns CPU and bytes of a commit, and of its trees alone."""
    size, spent = bytes_of(root), []
    before = trees(root)
    ready = [task.id for task in store.snapshot().tasks if task.state == "ready"]
    for task_id in ready[:: len(ready) // COMMITS][:COMMITS]:
        move(store, task_id, "in-progress")
        start = os.times()
        git(root, "add", "-A", "tasks")
        git(root, "commit", "-qm", "change")
        end = os.times()
        spent.append(sum(end[2:4]) - sum(start[2:4]))
    after = bytes_of(root)
    return median(spent), (after - size) / COMMITS, (trees(root) - before) / COMMITS


def bytes_of(root: Path) -> int:
    """Return the bytes of all loose objects."""
    return sum(file.stat().st_size for file in (root / ".git/objects").glob("??/*"))


def trees(root: Path) -> int:
    """Return the bytes on disk of the trees among the objects."""
    done = git(root, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize:disk)")
    rows = (line.split() for line in done.stdout.splitlines())
    return sum(int(size) for kind, size in rows if kind == "tree")


def count_followed(root: Path, layout: str) -> tuple[int, int]:
    """Take a short task through its life; returns the commits, and how many of them `--follow` finds."""
    store = make(root, 3, layout, state="ready", body=SHORT)
    move(store, "task-1", "in-progress")
    commit(root)
    attempt = {"status": "completed", "duration_seconds": 60, "executor": {"tool": "t", "model": "m"}}
    record(store, "task-1", [attempt, attempt])
    update(store, "task-1", Update(checks={1: True}, sections=SECTIONS))
    move(store, "task-1", "done")
    commit(root)
    path = Store(root).get("task-1").path
    seen = git(root, "log", "--follow", "--format=%h", "--", path).stdout.split()
    return len(git(root, "rev-list", "HEAD").stdout.split()), len(seen)


def commit(root: Path) -> None:
    """Commit all."""
    git(root, "add", "-A")
    git(root, "commit", "-qm", "step")


def change(store: Store, chance: random.Random) -> None:
    """Change one task as a person or an agent does: a state, an attempt, a value."""
    name = f"task-{chance.randrange(TASKS)}"
    match chance.randrange(3):
        case 0:
            states = [
                state for state in ("ready", "in-progress", "canceled") if state != store.get(name).state
            ]
            move(store, name, chance.choice(states))
        case 1:
            executor = {"tool": f"tool-{chance.randrange(9)}"}
            record(store, name, [{"status": "failed", "duration_seconds": 60, "executor": executor}])
        case _:
            update(store, name, Update(set={"priority": chance.choice(["low", "normal", "high"])}))


def count_conflicts(directory: Path, layout: str, *, driver: bool) -> tuple[int, int]:
    """Merge pairs of branches of the same changes; returns the files and tasks in conflict."""
    files = tasks = 0
    for pair in range(PAIRS):
        root = directory / f"{layout}-{pair}"
        store = make(root, TASKS, layout, state="ready")
        if driver:
            install_driver(root, plan_driver(root))
            commit(root)
        for branch in ("one", "two"):
            git(root, "switch", "-qc", branch, "main")
            chance = random.Random(f"{pair} {branch}")
            for _ in range(CHANGES):
                change(store, chance)
            commit(root)
        git(root, "merge", "-q", "one", check=False)
        listed = git(root, "ls-files", "--unmerged", "-z").stdout.split("\0")
        paths = {entry.partition("\t")[2] for entry in listed if entry}
        files += len(paths)
        tasks += len({path.rpartition("-")[2] for path in paths})
    return files, tasks


def main() -> None:
    """Print a table a question."""
    counts = [int(each) for each in sys.argv[1:]] or [1000, 10_000]
    print("tasks layout  commit CPU s  bytes a commit  of these trees")
    for count in counts:
        for layout in ("states", "flat"):
            with tempfile.TemporaryDirectory() as place:
                root = Path(place) / "project"
                spent, size, of_trees = measure_commits(root, make(root, count, layout))
            print(f"{count:5} {layout:6} {spent:13.3f} {size:15.0f} {of_trees:15.0f}")
    print("layout  commits  seen by --follow")
    for layout in ("states", "flat"):
        with tempfile.TemporaryDirectory() as place:
            made, seen = count_followed(Path(place) / "project", layout)
        print(f"{layout:6} {made:8} {seen:17}")
    print(f"layout merged by  files in conflict  tasks   ({PAIRS} merges of {CHANGES} changes a side)")
    for layout in ("states", "flat"):
        for driver in (False, True):
            with tempfile.TemporaryDirectory() as place:
                files, tasks = count_conflicts(Path(place), layout, driver=driver)
            print(f"{layout:6} {'meaning' if driver else 'lines':9} {files:18} {tasks:6}")


if __name__ == "__main__":
    main()
