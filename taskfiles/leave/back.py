"""What comes back of tasks that were written for another tool: read by its source and compared; pure.

So what has no place there is measured, never only declared.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from taskfiles.leave.moments import is_same_moment
from taskfiles.leave.plan import find_children, find_waits
from taskfiles.leave.target import Leaving, Target
from taskfiles.migrate.foreign import STRICT, Care, Reading
from taskfiles.migrate.known import BASE, OLD_ID
from taskfiles.migrate.plan import Plan, plan
from taskfiles.migrate.render import prefix_of
from taskfiles.task.keys import DEFAULTS, INSTANT_KEYS, REFERENCES, WORDS
from taskfiles.task.task import Task

BODY, ID, TASK = "body", "id", "task"


@dataclass
class Back:
    """What comes back: how often a word becomes another, how many tasks lose a key or get one.

    `tasks` are the tasks that come back, by the ids of those that left.
    """

    tasks: dict[str, Task] = field(default_factory=dict)
    words: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # a key, our word, what it becomes
    lost: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)


def read_back(reading: Reading, target: Target, care: Care = STRICT) -> Plan:
    """Return what a migration would make of what was written, in a project that has nothing else."""
    return plan(
        reading,
        target.source,
        existing=(),
        taken=(),
        choices={},
        origins={},
        path_of=lambda values: f"{values['id']}.md",
        care=care,
    )


def compare(leaving: Leaving, found: Plan, target: Target) -> Back:
    """Compare the tasks that left with those that came back."""
    key = f"{prefix_of(target.source.name)}{OLD_ID}"
    by_old = {str(task.values.get(key)): task for task in reversed(found.creations)}
    back = Back({item.task.id: by_old[item.old_id] for item in leaving.items if item.old_id in by_old})
    here = {task.id: name for name, task in back.tasks.items()}  # ids that came back, to those that left
    tasks, again = [item.task for item in leaving.items], [*back.tasks.values()]
    waits, below = (find_waits(tasks), find_waits(again)), (find_children(tasks), find_children(again))
    for item in leaving.items:
        left, came = item.task, back.tasks.get(item.task.id)
        if came is None:
            back.lost[TASK] += 1
            continue
        _compare_values(left, came, target, back)
        back.lost[ID] += left.id != came.id
        back.lost[BODY] += left.document.body != came.document.body
        named = [here.get(each, each) for each in waits[1][came.id]]
        back.lost["depends_on"] += sorted(waits[0][left.id]) != sorted(named)
        back.lost["children"] += below[0][left.id] != [here.get(each, each) for each in below[1][came.id]]
    back.lost, back.added = +back.lost, +back.added
    return back


def _compare_values(left: Task, came: Task, target: Target, back: Back) -> None:
    prefix = prefix_of(target.source.name)
    aside = {ID, f"{prefix}{BASE}", f"{prefix}{OLD_ID}", "parent", *REFERENCES}
    for name in {*left.values, *came.values} - aside:
        mine, other = left.values.get(name), came.values.get(name)
        if name in WORDS:
            mine, other = (DEFAULTS.get(name) if each is None else each for each in (mine, other))
            back.words[name, str(mine), str(other)] += 1
            back.lost[name] += mine != other
        elif name not in left.values and name.startswith(prefix):
            continue  # what the tool needs beside what we have
        elif mine in (None, "", []):
            back.added[name] += other not in (None, "", [])
        elif mine != other:
            is_moment = name in INSTANT_KEYS and is_same_moment(mine, other, target.precision)
            back.lost[name] += not is_moment
