"""A plan as a drawing: its stages side by side, with what leads from one task to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from taskfiles import Edge, Filter, Plan, Snapshot, find_edges, make_plan
from taskfiles_cli.surface.filterline import Line
from taskfiles_cli.surface.mirror import View

STAGES, NODES, _EDGES = 20, 30, 600  # what is drawn of a plan: the rest is counted
# The sizes of a drawing, in the page's own unit (rem): style.css has the same.
WIDTH, GAP, HEIGHT, SPACE = 15.0, 5.0, 5.5, 0.75


class Arrow(NamedTuple):
    """An edge as a path in a drawing; `is_hard` where it is a dependency, else it is a conflict."""

    edge: Edge
    path: str
    is_hard: bool


class Drawing(NamedTuple):
    """A plan's stages as they are shown: the ids of each, and how many more it has; its size in rem."""

    plan: Plan
    stages: Sequence[tuple[Sequence[str], int]]
    edges: Sequence[Edge]
    arrows: Sequence[Arrow]
    width: float
    height: float


def draw_plan(view: View, line: Line) -> Drawing:
    """Plan what a filter line leaves of the ready tasks. Raises TaskfilesError (plan-cycle and others)."""
    tasks = view.backlog.tasks
    wanted = None if line.wanted == Filter() else line.wanted
    plan = make_plan(Snapshot(list(tasks), list(view.unreadable)), wanted=wanted)
    for task in tasks:  # the texts of ready tasks were read: only with a criterion is one planned
        task.drop_cached()
    stages = [(stage.ids[:NODES], max(0, len(stage.ids) - NODES)) for stage in plan.stages[:STAGES]]
    places = {
        task_id: (column, row) for column, (ids, _) in enumerate(stages) for row, task_id in enumerate(ids)
    }
    edges = find_edges(plan, places.keys())
    arrows = [
        Arrow(edge, _lead(places[edge.before], places[edge.after]), edge.key == "depends_on")
        for edge in edges[:_EDGES]
    ]
    tallest = max((len(ids) for ids, _ in stages), default=0)
    width = len(stages) * (WIDTH + GAP) - GAP
    return Drawing(plan, stages, edges, arrows, max(width, 0), tallest * (HEIGHT + SPACE))


def _lead(before: tuple[int, int], after: tuple[int, int]) -> str:
    """Return the path from the end of one node to the beginning of another, as SVG has it."""
    (column, row), (other, its) = before, after
    x, y = column * (WIDTH + GAP) + WIDTH, row * (HEIGHT + SPACE) + HEIGHT / 2
    to_x, to_y = other * (WIDTH + GAP) - 0.35, its * (HEIGHT + SPACE) + HEIGHT / 2
    bend = GAP * 0.6
    return f"M{x:g} {y:g}C{x + bend:g} {y:g} {to_x - bend:g} {to_y:g} {to_x:g} {to_y:g}"
