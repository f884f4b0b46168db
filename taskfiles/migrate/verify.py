"""Prove that all of a source is here: each task with its values and its text; pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from taskfiles.changes.draft import REFRESHED
from taskfiles.migrate.compare import BODY
from taskfiles.migrate.foreign import Place
from taskfiles.migrate.plan import Plan
from taskfiles.migrate.references import anchor_links
from taskfiles.migrate.render import make_task, prefix_of
from taskfiles.text.nodes import Value

TASK = "task"
_MISSING = "missing"


class Difference(NamedTuple):
    """A key that a task has otherwise than its source says; the key is `task` for one that is not here.

    Of a body no values are shown.
    """

    place: Place
    old_id: str
    id: str | None
    key: str
    source: Value
    here: Value


@dataclass
class Proof:
    """What was compared: tasks by their states, in the source and here, and what differs."""

    states: Counter[tuple[str, str]] = field(default_factory=Counter)  # there, in our words, and here
    differences: list[Difference] = field(default_factory=list)


def prove(found: Plan, name: str) -> Proof:
    """Compare what tasks have to be, by the source of that name, with what they are here.

    Keys that the source says nothing of are the project's own, and so is an instant that every change
    refreshes. Links between tasks may be written in any way that leads to the same file.
    """
    proof, prefix = Proof(), prefix_of(name)
    for each in found.expected:
        made = make_task(each.task, dict(each.values), prefix, [])
        if made is None:
            continue  # an error of the source, which is reported before
        place, old_id, here = each.task.place, each.task.old_id, each.here
        there = made.state
        if here is None:
            proof.states[there, _MISSING] += 1
            proof.differences.append(Difference(place, old_id, None, TASK, made.title, None))
            continue
        proof.states[there, str(here.values.get("state"))] += 1
        for key, value in made.values.items():
            mine = here.values.get(key)
            if key not in {"id", *REFRESHED} and mine != value:
                proof.differences.append(Difference(each.task.at(key), old_id, here.id, key, value, mine))
        bodies = [here.document.body, made.document.body]
        if bodies[0] != bodies[1] and found.options:
            bodies = [anchor_links(body, here.path, found.paths) for body in bodies]
        if bodies[0] != bodies[1]:
            proof.differences.append(Difference(place, old_id, here.id, BODY, None, None))
    return proof
