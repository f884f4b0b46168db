"""Circles over hierarchy and dependencies together, against a reference that follows every way."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import DONE, make_task
from support.effort import Effort
from support.line_counts import count_lines
from taskfiles import Task, TaskfilesError, make_plan
from taskfiles.backlog.circles import Circles, find_components, find_cycles
from taskfiles.backlog.graph import dependency_edges, find_parents
from taskfiles.backlog.next import choose_next
from taskfiles.backlog.readiness import Backlog, find_obstacles
from taskfiles.backlog.relations import STORE_RULES, check_dependencies, find_new_circle
from taskfiles.backlog.snapshot import Snapshot

NODES = "abcdef"
EDGES = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=3, unique=True))
PARENTS = st.dictionaries(st.sampled_from(NODES), st.sampled_from(NODES))


def reach(edges: dict[str, list[str]], start: str) -> set[str]:
    """All that can be reached from a node by one step or more."""
    found: set[str] = set()
    pending = list(edges.get(start, ()))
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending += edges.get(node, ())
    return found


@given(EDGES)
def test_cycles_are_closed_paths_each_given_once(edges: dict[str, list[str]]) -> None:
    cycles = list(find_cycles(edges))
    for cycle in cycles:
        assert cycle[0] == min(cycle)
        assert len({*cycle}) == len(cycle)
        assert all(after in edges[node] for node, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    assert len({tuple(cycle) for cycle in cycles}) == len(cycles)


@given(EDGES)
def test_every_knot_has_a_cycle(edges: dict[str, list[str]]) -> None:
    knotted = {node for node in edges if node in reach(edges, node)}
    named = {node for cycle in find_cycles(edges) for node in cycle}
    assert named <= knotted
    for node in knotted:
        assert named & {other for other in reach(edges, node) if node in reach(edges, other)}


@given(EDGES)
def test_components_are_the_nodes_that_reach_each_other(edges: dict[str, list[str]]) -> None:
    component = find_components(edges)
    for node in component:
        for other in component:
            both = node == other or (other in reach(edges, node) and node in reach(edges, other))
            assert (component[node] == component[other]) is both


def waiting(depends: dict[str, list[str]], parents: dict[str, str]) -> dict[str, list[str]]:
    """What the beginning (`a`) and the end (`a.`) of each task wait for, as the contract says it."""
    edges: dict[str, list[str]] = {f"{node}.": [node] for node in NODES}
    for node in NODES:
        edges[node] = [f"{other}." for other in depends.get(node, ())]
    for child, parent in parents.items():
        edges[child].append(parent)
        edges[f"{parent}."].append(child + ".")
    return edges


def links_on_circles(depends: dict[str, list[str]], parents: dict[str, str]) -> set[tuple[str, str]]:
    """The dependencies that lead back to themselves."""
    edges = waiting(depends, parents)
    return {
        (node, other)
        for node, others in depends.items()
        for other in others
        if node in reach(edges, f"{other}.")
    }


@given(EDGES, PARENTS)
def test_a_dependency_is_on_a_circle_if_it_leads_back(
    depends: dict[str, list[str]], parents: dict[str, str]
) -> None:
    circles = Circles(depends, parents)
    expected = links_on_circles(depends, parents)
    dependencies = {(node, other) for node, others in depends.items() for other in others}
    assert circles.links & dependencies >= expected
    # A pair may be parent and dependency at once; each other link is a dependency on a circle, or a parent.
    assert {link for link in circles.links if parents.get(link[0]) != link[1]} <= expected
    edges = waiting(depends, parents)
    for circle in circles:
        assert circle.pairs
        assert {*circle.pairs} <= expected
        for one, other in pairwise([*circle.ids, circle.ids[0]]):
            near = parents.get(one) == other or parents.get(other) == one
            assert near or other in depends.get(one, ())
    for node in NODES:
        held = any(
            node in reach(edges, one) and one in reach(edges, node) for one, _ in expected
        ) or node in {one for one, _ in expected}
        assert (circles.find(node) is not None) is held
    reached = {node for node in NODES if any(one in {node, *reach(edges, node)} for one, _ in expected)}
    for node in NODES:
        assert (circles.find_reached([node]) is not None) is (node in reached)


@given(EDGES, PARENTS, EDGES, PARENTS)
def test_a_change_makes_a_circle_if_a_link_is_on_one_that_was_on_none(
    depends: dict[str, list[str]], parents: dict[str, str], more: dict[str, list[str]], above: dict[str, str]
) -> None:
    def tasks(depends: dict[str, list[str]], parents: dict[str, str]) -> list[Task]:
        return [
            make_task(
                node,
                **({"depends_on": depends[node]} if depends.get(node) else {}),
                **({"parent": parents[node]} if node in parents else {}),
            )
            for node in NODES
        ]

    before, after = tasks(depends, parents), tasks(more, above)
    assert find_new_circle(before, before) is None
    assert find_new_circle(before, []) is None
    found = find_new_circle(before, after)
    if links_on_circles(more, above) - links_on_circles(depends, parents) - {*parents.items()}:
        assert found is not None
    if not links_on_circles(more, above) and found is not None:
        assert found.code == "hierarchy-cycle"


CASES: list[tuple[str, list[Task], str | None]] = [
    ("a child waits for its parent",
     [make_task("ep", kind="epic"), make_task("leaf", parent="ep", depends_on=["ep"])], "leaf > ep > leaf"),
    ("for its grandparent",
     [make_task("ep", kind="epic", children=["st"]), make_task("st", kind="story", children=["leaf"]),
      make_task("leaf", depends_on=["ep"])], "leaf > ep > st > leaf"),
    ("a parent waits for its child",
     [make_task("ep", kind="epic", depends_on=["leaf"]), make_task("leaf", parent="ep")], "ep > leaf > ep"),
    ("a parent blocks its child",
     [make_task("ep", kind="epic", blocks=["leaf"]), make_task("leaf", parent="ep")], "leaf > ep > leaf"),
    ("through another task",
     [make_task("ep", kind="epic"), make_task("leaf", parent="ep", depends_on=["x"]),
      make_task("x", depends_on=["ep"])], "leaf > x > ep > leaf"),
    ("through what the parent waits for",
     [make_task("ep", kind="epic", depends_on=["x"]), make_task("leaf", parent="ep"),
      make_task("x", depends_on=["leaf"])], "ep > x > leaf > ep"),
    ("two epics through their children",
     [make_task("e", kind="epic"), make_task("f", kind="epic"),
      make_task("a", parent="e", depends_on=["f"]), make_task("b", parent="f", depends_on=["e"])],
     "a > f > b > e > a"),
    ("a sibling", [make_task("ep", kind="epic"), make_task("a", parent="ep", depends_on=["b"]),
                   make_task("b", parent="ep")], None),
    ("an uncle", [make_task("ep", kind="epic"), make_task("a", parent="ep", depends_on=["x"]),
                  make_task("x")], None),
    ("the parent waits for another", [make_task("ep", kind="epic", depends_on=["x"]),
                                      make_task("a", parent="ep"), make_task("x")], None),
]  # fmt: skip


@pytest.mark.parametrize(("tasks", "circle"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_circles_are_found_everywhere(tasks: list[Task], circle: str | None) -> None:
    found = [each.message for each in check_dependencies(tasks)]
    assert found == ([f"These tasks wait for each other: {circle}."] if circle else [])
    new = find_new_circle([make_task(task.id) for task in tasks], tasks)
    assert (new is not None) is (circle is not None)
    if circle is None:
        make_plan(Snapshot(tasks, []))
        return
    with pytest.raises(TaskfilesError) as caught:
        make_plan(Snapshot(tasks, []))
    assert (caught.value.code, " > ".join(caught.value.details["cycle"])) == (
        "plan-cycle",
        circle.rpartition(" > ")[0],
    )
    backlog = Backlog(tasks)
    members = {task.id for task in tasks if {*circle.split(" > ")} >= {task.id}}
    offered = {each.task.id for each in choose_next(tasks).candidates}
    assert not offered & members
    leaf = circle.split(" > ")[0]
    assert f"it waits in a circle: {circle}" in [
        each.message for each in find_obstacles(backlog.by_id[leaf], backlog)
    ]


def test_what_is_done_makes_no_circle() -> None:
    tasks = [make_task("ep", kind="epic", **DONE), make_task("leaf", parent="ep", depends_on=["ep"])]
    assert [each.code for each in find_obstacles(tasks[1], Backlog(tasks))] == ["ancestor-closed"]


def chain(count: int) -> list[Task]:
    """A chain of parents of which each waits for the top, and as many tasks that wait for each other."""
    tasks = [make_task("t0", kind="epic", depends_on=[f"d{count - 1}"])]
    tasks += [make_task(f"t{n}", parent=f"t{n - 1}") for n in range(1, count)]
    for n in range(count):
        keys: dict[str, Any] = {"depends_on": [f"d{n - 1}"]} if n else {}
        tasks.append(make_task(f"d{n}", **keys))
    return tasks


def knot(count: int) -> list[Task]:
    """An epic with many children that waits for many tasks, each of which waits for one of the children."""
    waits = [f"d{n}" for n in range(count)]
    tasks = [make_task("ep", kind="epic", depends_on=waits)]
    tasks += [make_task(f"t{n}", parent="ep", depends_on=["ep"]) for n in range(count)]
    return tasks + [make_task(f"d{n}", depends_on=[f"t{n}"]) for n in range(count)]


def wide(count: int) -> list[Task]:
    """An epic with many children that waits for many tasks."""
    waits = [f"d{n}" for n in range(count)]
    tasks = [make_task("ep", kind="epic", depends_on=waits)]
    return (
        tasks + [make_task(f"t{n}", parent="ep") for n in range(count)] + [make_task(name) for name in waits]
    )


@pytest.mark.slow
@pytest.mark.parametrize("shape", [chain, knot, wide])
def test_work_is_linear(shape: Any, effort: Effort) -> None:
    size = effort.pick(short=100, deep=200)

    def work(count: int) -> int:
        tasks = shape(count)
        for task in tasks:
            _ = task.errors, task.boxes  # what is read from a file is not counted

        def everything() -> None:
            for rule in STORE_RULES:
                list(rule(tasks))
            find_new_circle(tasks[1:], tasks)
            choose_next(tasks)
            with suppress(TaskfilesError):
                make_plan(Snapshot(tasks, []))

        return count_lines(everything)

    assert work(2 * size) < 2.6 * work(size)


def test_long_circles_are_shortened() -> None:
    tasks = [make_task(f"t{n:03}", depends_on=[f"t{(n + 1) % 300:03}"]) for n in range(300)]
    (found,) = check_dependencies(tasks)
    assert found.message.endswith(": " + " > ".join(f"t{n:03}" for n in range(10)) + " > … > t000.")
    circle = Circles(dependency_edges(tasks), find_parents(tasks)).find("t100")
    assert circle is not None
    assert len(circle.ids) == 300
