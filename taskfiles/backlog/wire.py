"""JSON-able values of queues, plans, trees and a task's context."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from taskfiles.backlog.graph import find_children, find_parents, list_ancestors, words
from taskfiles.backlog.query import is_blocked
from taskfiles.task.columns import find_invalid, find_related, pick, read_ids, read_paths, read_states
from taskfiles.task.remembered import MILESTONE_DUE
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.wire import chosen_objects, lease_object, task_object
from taskfiles.task.words import CLOSED, State

if TYPE_CHECKING:
    from taskfiles.backlog.family import Context
    from taskfiles.backlog.next import Choice
    from taskfiles.backlog.plan import Plan
    from taskfiles.backlog.search import Match, Needle
    from taskfiles.task.claim import Lease

PLAN_NAMESPACE = "urn:taskfiles:plan:v1"
_NONE: Mapping[str, Any] = MappingProxyType({})
_NAMED = 3  # ids of tasks that were left out for one reason
_SHOWN_IN_QUEUE = ("id", "title", "priority", "size", "executor", "due", "milestone")


def context_object(context: Context, claims: Mapping[str, Any] = _NONE) -> dict[str, Any]:
    """Return a task's ancestors and children, without their bodies; `claims` are by id."""
    return {
        "ancestors": [task_object(task, claim=claims.get(task.id)) for task in context.ancestors],
        "children": [task_object(task, claim=claims.get(task.id)) for task in context.children],
    }


def match_object(match: Match, needles: Sequence[Needle], most: int = 3) -> dict[str, Any]:
    """Return a task that was found, and the lines that say most of what was looked for; `more` counts others.

    Raises TaskfilesError (changed-underneath) if its file has changed since the index was read.
    """
    from taskfiles.backlog.search import choose_hits, find_hits, find_places, mark  # noqa: PLC0415 (few search)

    task = match.task
    hits = find_hits(task, needles)
    chosen = choose_hits(hits, needles, most)
    found = {
        "id": task.id,
        "title": task.title,
        "state": task.state,
        "priority": task.get("priority"),
        "path": task.path,
        "score": match.score,
        "places": [str(place) for place in find_places(task, hits, needles)],
        "lines": [
            {"place": str(hit.place), "line": hit.line, "section": hit.section}
            | dict(zip(("text", "spans"), mark(hit.text, needles), strict=True))
            for hit in chosen
        ],
        "more": len(hits) - len(chosen),
    }
    task.drop_cached()  # the texts of many tasks take more memory than all else
    return found


def choice_object(
    choice: Choice,
    lapsed: Mapping[str, Lease] = _NONE,
    claims: Mapping[str, Any] = _NONE,
    milestones: Mapping[str, str] = _NONE,
) -> dict[str, Any]:
    """Return the result of `next`: candidates with the reasons for their rank, and what is left out.

    `lapsed` are expired claims by id; a candidate in progress shows its expired claim. `claims` are live
    ones by id. `milestones` maps names to due days.
    """
    from taskfiles.backlog.milestones import find_due_day  # noqa: PLC0415 (few commands name their days)

    candidates = [
        {"rank": each.rank}
        | {key: each.task.get(key) for key in _SHOWN_IN_QUEUE}
        | {MILESTONE_DUE: find_due_day(each.task, milestones)}
        | {"path": each.task.path, "score": each.score}
        | {"reasons": [reason._asdict() for reason in each.reasons]}
        | {"claim": claims.get(each.task.id), "blocked": _blocked(each.task)}
        | {"expired": _expired(each.task, lapsed.get(each.task.id))}
        for each in choice.candidates
    ]
    passed = [{"id": each.id, "conflict": each.conflict, "with": each.other} for each in choice.passed_over]
    skipped = [
        {"code": code, "count": len(ids), "ids": ids[:_NAMED]}
        for code, ids in sorted(choice.left_out.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return {
        "candidates": candidates,
        "selected": choice.selected,
        "passed_over": passed,
        "skipped": skipped,
    }


def _blocked(task: Task) -> str | None:
    return str(task.get("blocked")) if is_blocked(task) else None


def _expired(task: Task, lease: Lease | None) -> dict[str, Any] | None:
    return None if lease is None or task.state != State.IN_PROGRESS else lease_object(lease)


def plan_object(plan: Plan) -> dict[str, Any]:
    """Return a plan as `tasks plan` prints it: the `plan_created` payload of the multi-workflow telemetry.

    `plan_id` is `multiwf-` and the hex digits of a UUID, version 5, of the canonical JSON of all other keys
    except `preview_only`: the same plan always has the same id.
    """
    body: dict[str, Any] = {
        "issue_number": plan.issue_number,
        "batch_id": None,
        "stage_count": len(plan.stages),
        "workflow_count": len(plan.tasks),
        "allow_partial_success": plan.allow_partial,
        "preview_only": plan.preview,
        "selection_reason": plan.reason,
        "selection_message": plan.message,
        "stages": [
            {
                "index": index,
                "run_mode": stage.run_mode,
                "workflows": list(stage.ids),
                "blocking_conflicts": list(stage.conflicts),
            }
            for index, stage in enumerate(plan.stages)
        ],
    }
    if plan.overall_timeout is not None:
        body["overall_timeout_seconds"] = plan.overall_timeout
    return {"plan_id": _plan_id(body), **body}


def _plan_id(body: dict[str, Any]) -> str:
    import json  # noqa: PLC0415 (commands that list tasks must not pay for these)
    import uuid  # noqa: PLC0415

    lasting = {key: value for key, value in body.items() if key != "preview_only"}
    canonical = json.dumps(lasting, sort_keys=True, separators=(",", ":"))
    namespace = uuid.uuid5(uuid.NAMESPACE_URL, PLAN_NAMESPACE)
    return f"multiwf-{uuid.uuid5(namespace, canonical).hex}"


def matrix_object(plan: Plan) -> dict[str, Any]:
    """Return a plan as a matrix for GitHub Actions: one entry for each task, with its stage."""
    return {
        "include": [
            {
                "stage": index,
                "run_mode": stage.run_mode,
                "id": task_id,
                "title": str(plan.tasks[task_id].title),
            }
            for index, stage in enumerate(plan.stages)
            for task_id in stage.ids
        ]
    }


def tree_object(
    tasks: Sequence[Task], task_id: str | None = None, milestones: Mapping[str, str] = _NONE
) -> list[dict[str, Any]]:
    """Return the hierarchy by effective parents, as `tasks tree` shows it: each task once, below its parent.

    Tasks in a cycle, or below the deepest level shown, are at the top, with their `parent`. With an id the
    result is that task, its ancestors' ids and the tasks below it. `milestones` maps names to due days;
    `prune_tree` leaves some tasks out.
    """
    from taskfiles.backlog.milestones import due_day_of  # noqa: PLC0415 (as above)

    numbers: dict[str, int] = {}  # of files with one id the first by path is shown
    for number, name in enumerate(read_ids(tasks)):
        numbers.setdefault(name, number)
    chosen = pick(tasks, numbers.values())
    parents = find_parents(chosen)
    children = find_children(chosen, parents)
    rows = dict(zip(numbers, chosen_objects(chosen, _SHOWN_IN_TREE), strict=True))
    paths = dict(zip(numbers, read_paths(chosen), strict=True))
    closed = {
        name for name, state in zip(numbers, read_states(chosen), strict=True) if is_word(state, CLOSED)
    }
    invalid = {task.id for task in find_invalid(chosen)}
    related = {task.id: task for task in find_related(chosen)}
    childless = {"closed": 0, "total": 0}  # one for all: most have no children
    seen: set[str] = set()
    tops: list[dict[str, Any]] = []
    roots = [each for each in numbers if parents.get(each) not in numbers]
    for root in [task_id] if task_id is not None else [*sorted(roots), *sorted(numbers)]:
        waiting = [(root, 0, tops)] if root not in seen else []
        while waiting:
            name, depth, place = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            below = children.get(name, ())
            if depth == _DEEPEST:
                place, depth = tops, 0
            node = rows[name]
            node |= {
                "parent": parents.get(name),
                "path": paths[name],
                "valid": name not in invalid,
                MILESTONE_DUE: due_day_of(node["milestone"], milestones),
                "matches": True,
                "progress": {"closed": len(closed.intersection(below)), "total": len(below)}
                if below
                else childless,
                "children": [],
                "missing": [],
            }
            if place is tops:
                node["ancestors"] = list_ancestors(name, parents) if name in parents else []
            if name in related:
                listed = words(related[name], "children")
                node["missing"] = [child for child in listed if child not in numbers]
            place.append(node)
            waiting += [
                (child, depth + 1, node["children"]) for child in reversed(below) if child not in seen
            ]
    return tops


def prune_tree(tops: Sequence[dict[str, Any]], matching: Collection[str]) -> list[dict[str, Any]]:
    """Return a tree with the tasks that match, and those above them, whose `matches` is false.

    The nodes are changed; `progress` still counts all children.
    """
    nodes: list[dict[str, Any]] = []
    waiting = list(tops)
    while waiting:
        nodes.append(node := waiting.pop())
        waiting += node["children"]
    kept: set[str] = set()
    for node in reversed(nodes):  # what is below comes first
        node["matches"] = node["id"] in matching
        node["children"] = [child for child in node["children"] if child["id"] in kept]
        if node["matches"] or node["children"]:
            kept.add(node["id"])
    return [node for node in tops if node["id"] in kept]


_SHOWN_IN_TREE = ("id", "title", "kind", "state", "due", "milestone")
_DEEPEST = 50  # valid hierarchies have three levels; deeper ones are shown in pieces
