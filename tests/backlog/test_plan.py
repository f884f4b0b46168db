"""Plans: stages that hold, whatever the order of the files, in the shape of the multi-workflow telemetry."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.backlogs import DONE, backlogs, conflict, make_task, plan
from support.in_process import call
from support.project import BODY, Project
from taskfiles import Filter, Task, TaskfilesError
from taskfiles.backlog.next import choose_next
from taskfiles.backlog.plan import make_plan
from taskfiles.backlog.snapshot import Snapshot
from taskfiles.backlog.wire import plan_object
from taskfiles.schema.files import read_schema

SCHEMA = Draft202012Validator(read_schema("plan"))
(PLAN_CREATED,) = read_schema("payload.multi_workflow.plan_created")["examples"]
KEYS = [
    "plan_id", "issue_number", "batch_id", "stage_count", "workflow_count", "allow_partial_success",
    "preview_only", "selection_reason", "selection_message", "stages",
]  # fmt: skip


def stages(tasks: list[Task], **settings: Any) -> list[list[str]]:
    return [stage.ids for stage in plan(tasks, **settings).stages]


# The multi-workflow telemetry's example, from task files


@pytest.fixture
def seed(project: Project) -> Project:
    link = "[{type: github_issue, number: 482}]"
    report = {"deliverables": "[weekly-report]", "links": link}
    project.task("compliance-advisory", labels="[compliance-advisory]", priority="high", **report)
    project.task("policy-overview", labels="[compliance-advisory]", links=link)
    project.task("enforcement-snapshot", labels="[enforcement-snapshot]", **report)
    project.task("other", labels="[other]")
    return project


EXAMPLE = {key: value for key, value in PLAN_CREATED.items() if key != "plan_id"}
LABELS = ("--label", "compliance-advisory,enforcement-snapshot")


def test_the_example_comes_from_task_files(seed: Project) -> None:
    """All of the example's keys and values; its `plan_id` was random, ours follows from the plan."""
    made = call(seed, "plan", *LABELS, "--output", "json").json
    assert list(made) == KEYS
    assert re.fullmatch("multiwf-[0-9a-f]{32}", made.pop("plan_id"))
    assert made.pop("batch_id") is None
    assert made == EXAMPLE


def test_the_example_meets_the_schema() -> None:
    SCHEMA.validate({"batch_id": None, **PLAN_CREATED})


def test_a_preview_is_the_same_plan(seed: Project) -> None:
    """The example's preview has the plan id of the plan that was executed."""
    made = call(seed, "plan", *LABELS, "--output", "json").json
    preview = call(seed, "plan", *LABELS, "--preview", "--output", "json").json
    assert preview == made | {"preview_only": True}


# Laws


@given(backlogs(), st.data())
def test_the_same_files_give_the_same_plan(tasks: list[Task], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(tasks))
    most = data.draw(st.sampled_from([None, 1, 2]))
    one, other = plan(tasks, max_parallel=most), plan(shuffled, max_parallel=most)
    assert plan_object(one) == plan_object(other)
    assert [(left.task.id, left.obstacles) for left in one.left_out] == [
        (left.task.id, left.obstacles) for left in other.left_out
    ]
    assert one.waits == other.waits


@given(backlogs(), st.sampled_from([None, 1, 2]))
def test_stages_hold(tasks: list[Task], most: int | None) -> None:
    made = plan(tasks, max_parallel=most)
    by_id = {task.id: task for task in tasks}
    stage_of = {task_id: index for index, stage in enumerate(made.stages) for task_id in stage.ids}
    waits_for = {task.id: {*task.get("depends_on")} for task in tasks}
    for task in tasks:
        for other in task.get("blocks"):
            waits_for[other].add(task.id)

    # every ready task exactly once: in a stage or left out
    staged = [task_id for stage in made.stages for task_id in stage.ids]
    left = [each.task.id for each in made.left_out]
    assert sorted(staged + left) == sorted(task.id for task in tasks if task.state == "ready")
    assert made.tasks.keys() == {*staged}
    assert all(stage.ids == sorted(stage.ids) and stage.ids for stage in made.stages)

    # dependencies in earlier stages, or done
    for task_id in staged:
        for other in waits_for[task_id]:
            assert by_id[other].state == "done" or stage_of[other] < stage_of[task_id]

    # who is left out is blocked, or waits for what is neither done nor in the plan
    for each in made.left_out:
        blocked = each.task.get("blocked") is not None
        lacking = {
            other for other in waits_for[each.task.id] if by_id[other].state != "done" and other not in staged
        }
        assert blocked or lacking
        assert {obstacle.other for obstacle in each.obstacles if obstacle.other} == lacking

    for index, stage in enumerate(made.stages):
        inside = [by_id[task_id] for task_id in stage.ids]
        assert not any(conflict(one, other) for one in inside for other in inside if one is not other)
        assert most is None or len(inside) <= most
        assert stage.run_mode == ("parallel" if len(inside) > 1 else "sequential")
        later = [by_id[task_id] for task_id, at in stage_of.items() if at > index]
        keys = {key for one in inside for other in later for key in conflict(one, other)}
        keys |= {f"depends_on:{one.id}" for one in inside for other in later if one.id in waits_for[other.id]}
        assert stage.conflicts == sorted(keys)

    # and nobody waits without need: the stage before holds a dependency or a conflict, or is full
    assert made.waits.keys() == {task_id for task_id, index in stage_of.items() if index}
    for task_id, keys_of_task in made.waits.items():
        before = made.stages[stage_of[task_id] - 1].ids
        wanted = {key for other in before for key in conflict(by_id[task_id], by_id[other])}
        wanted |= {f"depends_on:{other}" for other in before if other in waits_for[task_id]}
        assert keys_of_task == sorted(wanted)
        assert wanted or len(before) == most


@given(backlogs(families=True), st.sampled_from([None, 1, 2]))
def test_children_wait_for_what_their_ancestors_wait_for(tasks: list[Task], most: int | None) -> None:
    by_id = {task.id: task for task in tasks}
    above: dict[str, list[str]] = {}
    for task in tasks:
        chain, parent = [], task.get("parent")
        while parent is not None:
            chain.append(parent)
            parent = by_id[parent].get("parent")
        above[task.id] = chain
    waits_for = {task.id: {*task.get("depends_on")} for task in tasks}
    for task in tasks:
        for other in task.get("blocks"):
            waits_for[other].add(task.id)
    wanted = {
        task.id: {
            other
            for each in [task.id, *above[task.id]]
            for other in waits_for[each]
            if by_id[other].state != "done"
        }
        for task in tasks
    }
    parents = {parent for chain in above.values() for parent in chain[:1]}
    leaves = {task.id for task in tasks if task.id not in parents and task.state == "ready"}
    stopped = {
        task.id
        for task in tasks
        if any(by_id[each].state == "done" or by_id[each].get("blocked") for each in above[task.id])
    }
    free = {
        each for each in leaves if not wanted[each] and each not in stopped and not by_id[each].get("blocked")
    }
    assert {each.task.id for each in choose_next(tasks).candidates} == free
    try:
        made = plan(tasks, max_parallel=most)
    except TaskfilesError:
        return  # a circle, see test_circles
    stage_of = {task_id: index for index, stage in enumerate(made.stages) for task_id in stage.ids}
    assert stage_of.keys() | {each.task.id for each in made.left_out} == leaves
    planned = leaves - stopped - {each for each in leaves if by_id[each].get("blocked")}
    while less := {each for each in planned if not wanted[each] <= planned}:
        planned -= less
    assert stage_of.keys() == planned
    assert all(each.obstacles for each in made.left_out)
    for task_id in planned:
        assert made.needs[task_id] == wanted[task_id]
        assert all(stage_of[other] < stage_of[task_id] for other in wanted[task_id])
        for other in wanted[task_id]:
            assert f"depends_on:{other}" in made.stages[stage_of[other]].conflicts
        if stage_of[task_id] and most is None:
            assert made.waits[task_id]
        at_most = {f"depends_on:{other}" for other in wanted[task_id]}
        named = {key for key in made.waits.get(task_id, []) if key.startswith("depends_on:")}
        assert named <= at_most


def test_who_waits_for_a_parent_does_not_go_with_its_children() -> None:
    """A child waits with its ancestor; another task waits until the ancestor is done, which no plan does."""
    tasks = [
        make_task("first"),
        make_task("family", depends_on=["first"]),
        make_task("child", parent="family"),
        make_task("after", depends_on=["family"]),
    ]
    made = plan(tasks)
    assert [stage.ids for stage in made.stages] == [["first"], ["child"]]
    (left,) = made.left_out
    assert (left.task.id, [each.other for each in left.obstacles]) == ("after", ["family"])


@given(backlogs(circles=True))
def test_a_circle_blocks_and_nothing_else_does(tasks: list[Task]) -> None:
    open_ids = {task.id for task in tasks if task.state not in {"done", "canceled"}}
    edges = {task.id: {*task.get("depends_on")} & open_ids for task in tasks}
    reached = {task.id for task in tasks if task.state == "ready"}
    while more := {other for task_id in reached for other in edges[task_id]} - reached:
        reached |= more
    while free := {task_id for task_id in reached if not edges[task_id] & reached}:
        reached -= free
    if not reached:
        SCHEMA.validate(plan_object(plan(tasks)))
        return
    with pytest.raises(TaskfilesError) as caught:
        plan(tasks)
    assert caught.value.code == "plan-cycle"
    assert {*caught.value.details["cycle"]} <= reached


# Cases


def test_higher_ranks_come_into_earlier_stages() -> None:
    tasks = [make_task(name, touches=["src"], priority=word) for name, word in [("a", "low"), ("b", "high")]]
    assert stages(tasks) == [["b"], ["a"]]


def test_global_tasks_are_alone_and_shared_ones_apart() -> None:
    tasks = [
        make_task(name, isolation=name.rstrip("12")) for name in ("global", "shared1", "shared2", "module")
    ]
    made = plan(tasks)
    assert [stage.ids for stage in made.stages] == [["module", "shared1"], ["shared2"], ["global"]]
    assert [stage.conflicts for stage in made.stages] == [
        ["isolation:global", "isolation:shared"],
        ["isolation:global"],
        [],
    ]


def test_what_waits_for_what_is_left_out_is_left_out_too() -> None:
    tasks = [
        make_task("a", blocked="waits"),
        make_task("b", depends_on=["a"]),
        make_task("c", depends_on=["b"]),
        make_task("d", depends_on=["done"]),
        make_task("done", **DONE),
    ]
    made = plan(tasks)
    assert [stage.ids for stage in made.stages] == [["d"]]
    assert [(left.task.id, [each.code for each in left.obstacles]) for left in made.left_out] == [
        ("a", ["blocked"]),
        ("b", ["dependency"]),
        ("c", ["dependency"]),
    ]


def test_no_parallel_keeps_the_stages() -> None:
    tasks = [make_task("a"), make_task("b"), make_task("c", depends_on=["a"])]
    made = plan(tasks, parallel=False)
    assert [(stage.run_mode, stage.ids) for stage in made.stages] == [
        ("sequential", ["a", "b"]),
        ("sequential", ["c"]),
    ]


def test_a_full_stage_gives_no_key() -> None:
    made = plan([make_task(name) for name in "abc"], max_parallel=2)
    assert [(stage.ids, stage.conflicts) for stage in made.stages] == [(["a", "b"], []), (["c"], [])]
    assert made.waits == {"c": []}


def test_an_id_stands_for_the_open_leaves_below_it() -> None:
    tasks = [
        make_task("epic", kind="epic", children=["story", "loose"]),
        make_task("story", kind="story", children=["a", "b", "c"]),
        make_task("a"),
        make_task("b", **DONE),
        make_task("c", state="idea"),
        make_task("loose"),
        make_task("elsewhere"),
    ]
    made = plan(tasks, ids=["epic", "a", "epic"])
    assert [stage.ids for stage in made.stages] == [["a", "loose"]]
    assert [left.task.id for left in made.left_out] == ["c"]
    assert made.reason == "explicit_ids"
    assert [left.task.id for left in plan(tasks, ids=["epic", "b"]).left_out] == ["b", "c"]
    named = plan(tasks, ids=["b"])
    assert (named.stages, [left.task.id for left in named.left_out]) == ([], ["b"])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "ready_queue"),
        ({"ids": ["a"]}, "explicit_ids"),
        ({"wanted": Filter(label={"x"})}, "filter_match"),
        ({"wanted": Filter(label={"x", "y"})}, "multi_label_match"),
        ({"wanted": Filter(labels=[frozenset({"x"}), frozenset({"z"})])}, "multi_label_match"),
        ({"wanted": Filter(label={"x", "gone"})}, "filter_match"),
        ({"wanted": Filter(size="medium")}, "filter_match"),
    ],
)
def test_selection_reasons(settings: dict[str, Any], reason: str) -> None:
    tasks = [make_task("a", labels=["x", "z"]), make_task("b", labels=["y"])]
    assert plan(tasks, **settings).reason == reason


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([[], []], None),
        ([[7], []], 7),
        ([[7], [7]], 7),
        ([[7], [8]], None),
        ([[7, 8], []], None),
    ],
)
def test_the_issue_is_the_one_that_all_link_to(links: list[list[int]], expected: int | None) -> None:
    tasks = [
        make_task(name, links=[{"type": "github_issue", "number": number} for number in numbers])
        for name, numbers in zip("ab", links, strict=True)
    ]
    assert plan(tasks).issue_number == expected


def test_a_plan_id_follows_from_the_plan() -> None:
    tasks = [make_task("a"), make_task("b")]
    ids = {
        plan_object(plan(tasks, **settings))["plan_id"]
        for settings in (
            {},
            {"allow_partial": False},
            {"parallel": False},
            {"overall_timeout": 60},
            {"ids": ["a"]},
        )
    }
    assert len(ids) == 5
    assert plan_object(plan(tasks)) == plan_object(plan(tasks, preview=True)) | {"preview_only": False}
    assert plan_object(plan(tasks))["plan_id"] == "multiwf-b7670236a04251a5992e1a39784c0449"


@pytest.mark.parametrize(
    ("ids", "code"), [(["navbra"], "no-such-task"), (["a", "twice"], "ambiguous-task"), ([], None)]
)
def test_named_ids_are_those_of_one_file(ids: list[str], code: str | None) -> None:
    twice = [make_task("twice", path=f"tasks/{name}.md") for name in "xy"]
    snapshot = Snapshot([make_task("a"), *twice], [])
    if code is None:
        made = make_plan(snapshot, ids=ids)
        assert [stage.ids for stage in made.stages] == [["a"]]
        assert [(left.task.id, left.obstacles[0].code) for left in made.left_out] == [
            ("twice", "duplicate-id")
        ]
        return
    with pytest.raises(TaskfilesError) as caught:
        make_plan(snapshot, ids=ids)
    assert caught.value.code == code


# Many


@pytest.mark.slow
def test_thousands_in_a_row() -> None:
    """Without recursion, and without looking at each pair."""
    chain = [make_task(f"t{n:04}", depends_on=[f"t{n + 1:04}"] if n < 2999 else []) for n in range(3000)]
    assert stages(chain) == [[task.id] for task in reversed(chain)]
    same = [make_task(f"t{n:04}", touches=["src/x"]) for n in range(3000)]
    assert stages(same) == [[task.id] for task in same]
    crossed = [make_task(f"t{n:04}", touches=[f"src/{n}/**", f"**/{n}.md"]) for n in range(200)]
    assert len(stages(crossed)) == 200  # `**/1.md` may lie below `src/2`
    alike = [make_task(f"t{n:04}", touches=[f"src/{n}/**"]) for n in range(3000)]
    assert stages(alike) == [[task.id for task in alike]]
    circle = [make_task(f"t{n:04}", depends_on=[f"t{(n + 1) % 3000:04}"]) for n in range(3000)]
    with pytest.raises(TaskfilesError, match="t0009 > … > t0000"):
        plan(circle)


# The command


def test_unknown_ids_and_circles_block(project: Project) -> None:
    project.task("a", depends_on="[b]")
    project.task("b", depends_on="[a]")
    project.task("navbar")
    done = call(project, "plan", "navbra", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (3, "", "no-such-task")
    assert "Did you mean navbar?" in done.error["hint"]
    done = call(project, "plan", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (1, "", "plan-cycle")
    assert done.error["details"] == {"cycle": ["a", "b"]}
    assert call(project, "plan", "navbar").code == 0
    project.write("tasks/00-idea/task-navbar.md", f"---\nid: navbar\ntitle: N\nstate: idea\n---\n{BODY}")
    assert call(project, "plan", "navbar", "-o", "json").error["code"] == "ambiguous-task"


def test_ids_and_filters_are_one_or_the_other(project: Project) -> None:
    project.task("a")
    assert call(project, "plan", "a", "--label", "ui").code == 2
    assert call(project, "plan", "--max-parallel", "0").code == 2
    assert call(project, "plan", "--overall-timeout", "0").code == 2


def test_who_is_left_out_is_named_on_standard_error(project: Project) -> None:
    project.task("a", blocked="waits for Bo")
    project.task("b", depends_on="[a]")
    done = call(project, "plan", "-o", "json")
    assert (done.code, done.json["stages"]) == (0, [])
    warnings = [json.loads(line)["warning"] for line in done.err.splitlines()]
    assert [(each["code"], each["path"], each["message"]) for each in warnings] == [
        ("left-out", project.path("a"), "a is left out: it is blocked: waits for Bo."),
        (
            "left-out",
            project.path("b"),
            "b is left out: it depends on a, which is not done but ready.",
        ),
    ]


def test_settings_of_a_plan(project: Project) -> None:
    project.task("a")
    assert (
        call(project, "plan", "--overall-timeout", "90", "-o", "json").json["overall_timeout_seconds"] == 90
    )
    assert call(project, "plan", "--no-allow-partial", "-o", "json").json["allow_partial_success"] is False
    project.configure("[run]\nallow_partial = false\n")
    assert call(project, "plan", "-o", "json").json["allow_partial_success"] is False
    assert call(project, "plan", "--allow-partial", "-o", "json").json["allow_partial_success"] is True


def test_github_matrix(seed: Project) -> None:
    done = call(seed, "plan", *LABELS, "--output", "github-matrix")
    first = {
        "stage": 0,
        "run_mode": "parallel",
        "id": "compliance-advisory",
        "title": "Title of compliance-advisory",
    }
    assert done.out == json.dumps(done.json, separators=(",", ":")) + "\n"
    assert list(done.json) == ["include"]
    assert done.json["include"][0] == first
    assert [(each["stage"], each["id"]) for each in done.json["include"]] == [
        (0, "compliance-advisory"),
        (0, "policy-overview"),
        (1, "enforcement-snapshot"),
    ]


def test_more_than_a_matrix_takes(project: Project) -> None:
    for number in range(257):
        project.task(f"t{number}")
    done = call(project, "plan", "--output", "github-matrix")
    assert len(done.json["include"]) == 257
    assert "GitHub Actions takes 256 jobs in a matrix; this one has 257." in done.err


def test_plain_is_ids_by_stage(seed: Project) -> None:
    done = call(seed, "plan", *LABELS, "-o", "plain")
    assert done.out == "compliance-advisory\npolicy-overview\nenforcement-snapshot\n"
