"""Tasks made without files, and Hypothesis strategies for whole backlogs of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from support.project import BODY
from taskfiles import Plan, Task, make_plan, parse_task
from taskfiles.backlog.globs import overlap
from taskfiles.backlog.snapshot import Snapshot
from taskfiles.text.yaml_print import print_block

DONE = {"state": "done", "commit_message": "done", "completed_at": "2025-11-02T12:00:00Z"}


def make_task(task_id: str, *, body: str = BODY, path: str = "", **keys: Any) -> Task:
    """Make a ready task with these keys."""
    values = {"id": task_id, "title": f"Title of {task_id}", "state": "ready", **keys}
    front = "".join(print_block(values, 0)[1:])
    return parse_task(path or f"tasks/10-ready/task-{task_id}.md", f"---\n{front}---\n{body}".encode())


GLOBS = [
    "src",
    "src/**",
    "src/a.py",
    "src/*.py",
    "src/b*",
    "docs",
    "docs/*.md",
    "**/a.py",
    "**/*.md",
    "[a-m]*/x",
]
ISOLATIONS = ["isolated", "module", "module", "module", "shared", "global"]
PRIORITIES = ["none", "low", "normal", "high", "urgent"]
SIZES = ["tiny", "small", "medium", "large", "xl"]


@st.composite
def backlogs(draw: st.DrawFn, *, circles: bool = False, families: bool = False) -> list[Task]:
    """Some ready tasks, some that are not, with conflicts and dependencies by either key.

    With `families` some are children of others; then dependencies may run in circles, too.
    """
    count = draw(st.integers(0, 9))
    tasks = []
    for number in range(count):
        others = [f"t{n}" for n in range(count if circles else number)]
        keys: dict[str, Any] = {
            "state": draw(st.sampled_from(["ready"] * 5 + ["done", "idea", "in-progress"])),
            "priority": draw(st.sampled_from(PRIORITIES)),
            "size": draw(st.sampled_from(SIZES)),
            "isolation": draw(st.sampled_from(ISOLATIONS)),
            "touches": draw(st.lists(st.sampled_from(GLOBS), max_size=2)),
            "deliverables": draw(st.lists(st.sampled_from(["report", "site"]), max_size=1)),
            "depends_on": draw(st.lists(st.sampled_from(others), max_size=2)) if others else [],
        }
        if keys["state"] == "done":
            keys |= {"commit_message": "done", "completed_at": "2025-11-02T12:00:00Z"}
        if not circles and draw(st.integers(0, 5)) == 0:
            keys["blocks"] = [f"t{count - 1}"] if number < count - 1 else []
        if families and number and draw(st.booleans()):
            keys["parent"] = f"t{draw(st.integers(0, number - 1))}"
        if draw(st.integers(0, 9)) == 0:
            keys["blocked"] = "waits for the design"
        tasks.append(make_task(f"t{number}", **{key: value for key, value in keys.items() if value != []}))
    return draw(st.permutations(tasks))


def plan(tasks: list[Task], **settings: Any) -> Plan:
    """Plan a backlog of readable tasks."""
    return make_plan(Snapshot(tasks, []), **settings)


def conflict(one: Task, other: Task) -> list[str]:
    """The conflict keys of two tasks, as the contract has them."""
    keys = {
        "touches:" + "|".join(sorted([left, right]))
        for left in one.get("touches")
        for right in other.get("touches")
        if overlap(left, right)
    }
    keys |= {f"deliverable:{name}" for name in {*one.get("deliverables")} & {*other.get("deliverables")}}
    if "global" in {one.get("isolation"), other.get("isolation")}:
        keys.add("isolation:global")
    if one.get("isolation") == other.get("isolation") == "shared":
        keys.add("isolation:shared")
    return sorted(keys)
