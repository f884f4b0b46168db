"""Relations of foreign tasks as this format has them: three levels, no circles, nobody who is not there.

What has no place stays in a key of the source's own, and is a finding. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from taskfiles.backlog.circles import Circles, find_cycles
from taskfiles.migrate.foreign import ForeignTask, SourceFinding
from taskfiles.migrate.ids import OldIds
from taskfiles.task.words import Kind


@dataclass
class Member:
    """One task among its relations: their targets are ids here, `lost` those without a place, as old ids."""

    task: ForeignTask
    id: str
    kind: str | None
    named: Mapping[str, list[str]]
    lines: Mapping[str, int] = field(default_factory=dict)
    parent: str | None = None
    children: list[str] = field(default_factory=list)
    depends_on: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    lost: dict[str, list[str]] = field(default_factory=dict)

    def lose(self, key: str, old_id: str, findings: list[SourceFinding], code: str, why: str) -> None:
        """Keep a relation aside, and say why, once."""
        kept = self.lost.setdefault(key, [])
        if old_id in kept:
            return
        kept.append(old_id)
        place = self.task.place._replace(line=self.lines.get(key, self.task.place.line))
        findings.append(SourceFinding(place, code, "warning", f"{self.task.old_id}: {why}"))


def relate(members: Sequence[Member], old_ids: OldIds, findings: list[SourceFinding]) -> None:
    """Set parents, children, dependencies and kinds of all members from the old ids that they name."""
    by_id = {member.id: member for member in members}
    for member in members:
        _resolve(member, by_id, old_ids, findings)
    _set_parents(members, by_id, findings)
    _break_circles(members, by_id, findings)
    _set_kinds(members, by_id, findings)


def _resolve(
    member: Member, by_id: Mapping[str, Member], old_ids: OldIds, findings: list[SourceFinding]
) -> None:
    for key, names in member.named.items():
        for name in names:
            target = old_ids.find(name)
            if target is None or target not in by_id:
                member.lose(key, name, findings, "no-such-task", f"{key} names {name}, which is not there.")
            elif target == member.id:
                member.lose(key, name, findings, "circle", f"{key} names the task itself.")
            elif key == "parent":
                if member.parent not in {None, target}:
                    member.lose(key, name, findings, "several-parents", f"{name} is a second parent.")
                else:
                    member.parent = target
            else:
                found: list[str] = getattr(member, key)
                if target not in found:
                    found.append(target)


def _set_parents(
    members: Sequence[Member], by_id: Mapping[str, Member], findings: list[SourceFinding]
) -> None:
    """Have each child name one parent, and each parent its children, the named ones first, in their order."""
    for member in members:
        for named in list(member.children):
            below = by_id[named]
            if below.parent in {None, member.id}:
                below.parent = member.id
                continue
            member.children.remove(named)
            why = f"{below.task.old_id} is a child of {by_id[str(below.parent)].task.old_id}, too."
            member.lose("children", below.task.old_id, findings, "several-parents", why)
    edges = {member.id: [member.parent] if member.parent is not None else [] for member in members}
    while cycles := list(find_cycles(edges)):
        for cycle in cycles:
            child = by_id[cycle[0]]
            parent = by_id[str(child.parent)]
            why = f"it is its own ancestor, by way of {parent.task.old_id}."
            child.lose("parent", parent.task.old_id, findings, "circle", why)
            child.parent = None
            edges[child.id] = []
            if child.id in parent.children:
                parent.children.remove(child.id)
    for member in members:
        if member.parent is not None and member.id not in by_id[member.parent].children:
            by_id[member.parent].children.append(member.id)


def _set_kinds(members: Sequence[Member], by_id: Mapping[str, Member], findings: list[SourceFinding]) -> None:
    """Give each task a kind by what is below it; what is deeper than three levels goes up to the third."""
    heights = _measure(members, by_id)
    pending = [member for member in members if member.parent is None]
    while pending:
        member = pending.pop()
        above = by_id[member.parent].kind if member.parent is not None else None
        height = heights[member.id]
        if above == Kind.STORY:
            member.kind = Kind.TASK
        elif above == Kind.EPIC:
            member.kind = Kind.STORY if height else _below(member.kind, Kind.TASK)
        elif height > 1:
            member.kind = Kind.EPIC
        elif height:
            member.kind = member.kind if member.kind == Kind.EPIC else Kind.STORY
        if member.kind == Kind.TASK and member.children:
            _lift(member, by_id, findings)
            pending.append(by_id[str(member.parent)])
            continue
        pending += [by_id[child] for child in member.children]


def _below(kind: str | None, default: str) -> str:
    return kind if kind in {Kind.STORY, Kind.TASK} else default


def _lift(member: Member, by_id: Mapping[str, Member], findings: list[SourceFinding]) -> None:
    """Make the children of a task its siblings: a task has none."""
    parent = by_id[str(member.parent)]
    for child in member.children:
        below = by_id[child]
        why = f"it is on a fourth level, below {member.task.old_id}, and goes to {parent.task.old_id}."
        below.lose("parent", member.task.old_id, findings, "too-deep", why)
        below.parent = parent.id
        parent.children.append(child)
    member.children = []


def _measure(members: Sequence[Member], by_id: Mapping[str, Member]) -> dict[str, int]:
    """Return how many levels are below each member."""
    heights = dict.fromkeys(by_id, 0)
    for member in members:
        height, node = 0, member
        while node.parent is not None:
            height += 1
            if heights[node.parent] >= height:
                break
            heights[node.parent] = height
            node = by_id[node.parent]
    return heights


def _break_circles(
    members: Sequence[Member], by_id: Mapping[str, Member], findings: list[SourceFinding]
) -> None:
    """Take one dependency out of each circle that dependencies make, alone or with the hierarchy."""
    parents = {member.id: member.parent for member in members if member.parent is not None}
    waits: dict[str, list[str]] = {member.id: list(member.depends_on) for member in members}
    for member in members:
        for other in member.blocks:
            waits[other].append(member.id)
    while circles := list(Circles(waits, parents)):
        for circle in circles:
            waiting, other = circle.pairs[-1]
            chain = " > ".join(by_id[each].task.old_id for each in (*circle.ids[:6], circle.ids[0]))
            if other in by_id[waiting].depends_on:
                by_id[waiting].depends_on.remove(other)
                holder, key, target = by_id[waiting], "depends_on", other
            else:
                by_id[other].blocks.remove(waiting)
                holder, key, target = by_id[other], "blocks", waiting
            waits[waiting].remove(other)
            why = f"{key} {by_id[target].task.old_id} makes a circle: {chain}."
            holder.lose(key, by_id[target].task.old_id, findings, "circle", why)
