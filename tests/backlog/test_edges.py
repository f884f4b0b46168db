"""What leads from task to task of a plan: dependencies, conflicts of neighbouring stages, always forward."""

from __future__ import annotations

from hypothesis import given

from support.backlogs import backlogs, plan
from support.backlogs import make_task as make
from taskfiles import Edge, Task, find_edges


def test_a_dependency_is_an_edge_and_says_more_than_a_conflict() -> None:
    made = plan([make("a", touches=["x"]), make("b", depends_on=["a"], touches=["x"])])
    assert find_edges(made) == [Edge("a", "b", "depends_on")]


def test_conflicts_lead_from_one_stage_to_the_next() -> None:
    made = plan(
        [
            make("a", touches=["src/**"]),
            make("b", touches=["src/x.py"], deliverables=["d"]),
            make("c", touches=["src/x.py"], deliverables=["d"]),
            make("d", isolation="global"),
        ]
    )
    found = find_edges(made)
    assert Edge("a", "b", "touches:src/**|src/x.py") in found
    assert Edge("b", "c", "deliverable:d") in found
    assert [edge.key for edge in found if "d" in (edge.before, edge.after)] == ["isolation:global"]
    assert not [edge for edge in found if (edge.before, edge.after) == ("a", "c")]


def test_only_what_is_shown_has_edges() -> None:
    made = plan([make("a"), make("b", depends_on=["a"]), make("c", depends_on=["b"])])
    assert find_edges(made, {"b", "c"}) == [Edge("b", "c", "depends_on")]


@given(backlogs())
def test_every_edge_leads_forward_and_every_later_task_has_one(tasks: list[Task]) -> None:
    made = plan(tasks)
    stage_of = {each: number for number, stage in enumerate(made.stages) for each in stage.ids}
    edges = find_edges(made)
    assert all(stage_of[edge.before] < stage_of[edge.after] for edge in edges)
    assert len({edge[:2] for edge in edges}) == len(edges)
    led = {edge.after for edge in edges if stage_of[edge.before] == stage_of[edge.after] - 1}
    assert led == {each for each, stage in stage_of.items() if stage}
