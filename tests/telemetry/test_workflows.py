"""Events of plans: payloads as the multi-workflow telemetry has them, from real plans."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.backlogs import backlogs, make_task, plan
from taskfiles import Filter, Plan, Task
from taskfiles.schema.files import read_schema
from taskfiles.telemetry.outcomes import Workflow
from taskfiles.telemetry.workflows import (
    BatchMetrics,
    Deliverable,
    WorkflowResult,
    count_batch,
    make_manifest,
    make_plan_created,
    make_summary,
    normalise_path,
)

CREATED = Draft202012Validator(read_schema("payload.multi_workflow.plan_created"))
SUMMARY = Draft202012Validator(read_schema("payload.multi_workflow.execution_summary"))
(PLAN_CREATED,) = read_schema("payload.multi_workflow.plan_created")["examples"]
EXECUTED, SKIPPED = read_schema("payload.multi_workflow.execution_summary")["examples"]
ALWAYS = {"stages", "selection_reason", "selection_message", "outcome"}  # optional ones that are always told
FAILED = WorkflowResult(Workflow.FAILED, ("kept.md",), "Stopped after 2 attempts.", "lint failed")
LABELS = Filter(label={"compliance-advisory", "enforcement-snapshot"})
FILES = {
    "compliance-advisory": "study/482/compliance-advisory/report.md",
    "policy-overview": "study/482/policy-overview/summary.md",
    "enforcement-snapshot": "study/482/enforcement-snapshot/digest.md",
}


def example_plan(**settings: Any) -> Plan:
    links = [{"type": "github_issue", "number": 482}]
    report = {"deliverables": ["weekly-report"], "links": links}
    tasks = [
        make_task("compliance-advisory", labels=["compliance-advisory"], priority="high", **report),
        make_task("policy-overview", labels=["compliance-advisory"], links=links),
        make_task("enforcement-snapshot", labels=["enforcement-snapshot"], **report),
    ]
    return plan(tasks, wanted=LABELS, **settings)


def executed(name: str) -> WorkflowResult:
    return WorkflowResult(Workflow.EXECUTED, (FILES[name],))


RESULTS = {name: executed(name) for name in FILES}


def statuses(summary: dict[str, Any]) -> dict[str, str]:
    return {
        run["workflow_name"]: run["status"] for stage in summary["stage_runs"] for run in stage["workflows"]
    }


# The three examples


def test_the_examples_meet_the_schemas() -> None:
    CREATED.validate(PLAN_CREATED)
    for example in (EXECUTED, SKIPPED):
        SUMMARY.validate(example)


def test_the_plan_of_the_example() -> None:
    made = make_plan_created(example_plan())
    CREATED.validate(made)
    assert made.pop("batch_id") is None
    assert made == PLAN_CREATED | {"plan_id": made["plan_id"]}


def test_the_summary_of_the_example() -> None:
    made = make_summary(example_plan(), RESULTS)
    SUMMARY.validate(made)
    assert made["outcome"] == "success"
    assert made["stages"] == PLAN_CREATED["stages"]
    assert {key: made[key] for key in made.keys() - ALWAYS} == EXECUTED | {"plan_id": made["plan_id"]}


def test_the_skipped_preview_of_the_example() -> None:
    made = make_summary(example_plan(preview=True))
    SUMMARY.validate(made)
    assert {key: made[key] for key in made.keys() - ALWAYS} == SKIPPED | {"plan_id": made["plan_id"]}
    assert made["outcome"] == "success"
    assert made["plan_id"] == make_plan_created(example_plan())["plan_id"]


def test_a_batch_names_itself_and_leaves_the_plans_id() -> None:
    alone, batched = make_plan_created(example_plan()), make_plan_created(example_plan(), batch_id="loop-1")
    assert batched == alone | {"batch_id": "loop-1"}


# Partial and failed ones


def test_a_failure_among_successes_is_partial_where_that_is_allowed() -> None:
    results = RESULTS | {"policy-overview": FAILED}
    made = make_summary(example_plan(overall_timeout=60), results)
    SUMMARY.validate(made)
    assert (made["status"], made["outcome"], made["overall_timeout_seconds"]) == ("executed", "partial", 60)
    assert made["errors"] == [{"workflow_name": "policy-overview", "error": "lint failed"}]
    assert made["stage_runs"][0]["workflows"][1] == {
        "workflow_name": "policy-overview",
        "status": "failed",
        "message": "Stopped after 2 attempts.",
    }
    assert make_summary(example_plan(allow_partial=False), results)["outcome"] == "failed"


def test_what_was_not_started_is_skipped() -> None:
    made = make_summary(example_plan(allow_partial=False), {"compliance-advisory": FAILED})
    SUMMARY.validate(made)
    assert statuses(made) == {
        "compliance-advisory": "failed",
        "policy-overview": "skipped",
        "enforcement-snapshot": "skipped",
    }
    assert (made["status"], made["outcome"]) == ("executed", "failed")
    assert [run["message"] for run in made["stage_runs"][1]["workflows"]] == ["Workflow skipped."]


def test_nothing_but_failures_is_failed() -> None:
    made = make_summary(example_plan(), dict.fromkeys(FILES, WorkflowResult(Workflow.FAILED)))
    SUMMARY.validate(made)
    assert made["outcome"] == "failed"
    assert {error["error"] for error in made["errors"]} == {"Workflow failed."}


def test_a_workflow_with_issues_makes_the_plan_partial() -> None:
    some = RESULTS | {"policy-overview": WorkflowResult(Workflow.EXECUTED, is_partial=True)}
    made = make_summary(example_plan(), some)
    assert (made["outcome"], made["errors"]) == ("partial", [])
    assert set(statuses(made).values()) == {"executed"}


def test_a_plan_is_skipped_for_a_reason() -> None:
    made = make_summary(
        example_plan(), {"policy-overview": WorkflowResult(Workflow.SKIPPED)}, skip_reason="locked"
    )
    SUMMARY.validate(made)
    assert (made["status"], made["skip_reason"], made["preview_only"]) == ("skipped", "locked", False)
    assert set(statuses(made).values()) == {"skipped"}
    assert made["outcome"] == "failed"
    nothing = make_summary(plan([]))
    SUMMARY.validate(nothing)
    assert nothing["outcome"] == make_summary(example_plan(preview=True))["outcome"] == "success"
    assert (nothing["status"], nothing["skip_reason"], nothing["stage_runs"]) == ("skipped", "empty_plan", [])


def test_results_that_a_plan_cannot_have_are_refused() -> None:
    with pytest.raises(ValueError, match="no workflow other"):
        make_summary(example_plan(), RESULTS | {"other": FAILED})
    with pytest.raises(ValueError, match="preview was executed"):
        make_summary(example_plan(preview=True), RESULTS)
    with pytest.raises(ValueError, match="without a reason"):
        make_summary(example_plan())
    with pytest.raises(ValueError, match="no path of a file"):
        make_summary(
            example_plan(), RESULTS | {"policy-overview": WorkflowResult(Workflow.EXECUTED, ("../a",))}
        )


RESULT = st.builds(
    WorkflowResult,
    st.sampled_from(Workflow),
    st.lists(st.sampled_from(["b", "a/./c", "a//c", "d"]), max_size=3).map(tuple),
    st.none() | st.just("Said so."),
    st.none() | st.just("lint failed"),
    st.booleans(),
)


@given(backlogs(), st.data())
def test_every_summary_meets_the_schema_and_tells_of_every_workflow(
    tasks: list[Task], data: st.DataObject
) -> None:
    made = plan(tasks, allow_partial=data.draw(st.booleans()))
    results = {
        name: data.draw(RESULT, label=name) for name in sorted(made.tasks) if data.draw(st.integers(0, 3))
    }
    CREATED.validate(make_plan_created(made))
    summary = make_summary(made, results, skip_reason="told_to")
    SUMMARY.validate(summary)

    runs = [run for stage in summary["stage_runs"] for run in stage["workflows"]]
    assert [run["workflow_name"] for run in runs] == [name for stage in made.stages for name in stage.ids]
    assert statuses(summary) == {
        name: results[name].status if name in results else "skipped" for name in made.tasks
    }
    for run in runs:
        assert ("created_files" in run) == (run["status"] == "executed")
        files = run.get("created_files", [])
        assert files == sorted(set(files))
    failed = {name for name, result in results.items() if result.status is Workflow.FAILED}
    assert {error["workflow_name"] for error in summary.get("errors", [])} == failed
    begun = any(status != "skipped" for status in statuses(summary).values())
    assert (
        (summary["status"] == "executed") == begun == ("skip_reason" not in summary) == ("errors" in summary)
    )
    if summary["outcome"] == "success":
        assert not failed
    if summary["outcome"] == "partial":
        assert made.allow_partial
        assert "executed" in statuses(summary).values()


# Manifests


def test_a_manifest_is_sorted_and_normal() -> None:
    one, other = "0" * 64, "f" * 64
    given = [Deliverable("b.md", 2, one), Deliverable("./a//c.md", 1, one), Deliverable("a/c.md", 3, other)]
    made = make_manifest(given)
    assert list(made.items()) == [
        ("a/c.md", {"size": 3, "sha256": other}),
        ("b.md", {"size": 2, "sha256": one}),
    ]
    summary = make_summary(example_plan(), RESULTS, deliverables=given)
    SUMMARY.validate(summary)
    assert summary["deliverable_manifest"] == made


@pytest.mark.parametrize("path", ["", ".", "/etc/passwd", "../a", "a/../../b", "a/.."])
def test_a_path_out_of_the_repository_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no path of a file"):
        normalise_path(path)


# Figures over several plans


def told(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": f"multi_workflow.{name}", "data": data}


def test_a_batch_is_counted_by_plan() -> None:
    first, second = example_plan(), plan([make_task("a", depends_on=["b"]), make_task("b")])
    failing = RESULTS | {"policy-overview": FAILED}
    events = [
        told("plan_created", make_plan_created(first)),
        told("execution_summary", make_summary(first, failing)),
        told("plan_created", make_plan_created(second)),
        told("execution_summary", make_summary(second, {"b": FAILED, "a": FAILED})),
    ]
    assert [stage.conflicts for stage in second.stages] == [["depends_on:b"], []]
    counted = BatchMetrics(multi_workflow_count=2, partial_success_count=1, conflict_count=1)
    assert count_batch(events) == counted
    assert count_batch(events * 2) == counted
    assert count_batch([events[1]]) == BatchMetrics(1, 1, 1)
    assert count_batch([]) == BatchMetrics(0, 0, 0)


def test_the_last_execution_of_a_plan_counts() -> None:
    made = example_plan()
    partial = told("execution_summary", make_summary(made, RESULTS | {"policy-overview": FAILED}))
    whole = told("execution_summary", make_summary(made, RESULTS))
    preview = told("execution_summary", make_summary(example_plan(preview=True)))
    assert count_batch([partial, whole]).partial_success_count == 0
    assert count_batch([whole, partial, preview]).partial_success_count == 1


def test_other_events_are_passed_over() -> None:
    others = [{"type": "task.changed", "data": {"plan_id": "x"}}, told("plan_created", {}), {"data": None}]
    assert count_batch([*others, told("plan_created", make_plan_created(example_plan()))]) == (1, 0, 1)
