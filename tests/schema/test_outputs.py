"""The published schemas: what is built is what is published, and it takes what the library writes."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.backlogs import DONE, backlogs, make_task, plan
from support.strategies import VALUES
from taskfiles import TaskfilesError
from taskfiles.backlog.next import choose_next
from taskfiles.backlog.wire import choice_object, plan_object, tree_object
from taskfiles.errors import ERRORS
from taskfiles.schema.files import read_schema
from taskfiles.task.codes import FINDINGS
from taskfiles.task.keys import KEY_ORDER
from taskfiles.task.task import Task
from taskfiles.task.wire import findings_object, task_object

builder = pytest.importorskip("schema.outputs", reason="the tests run without the repository's docs")
DIALECT = builder.DIALECT
SCHEMAS = builder.SCHEMAS
build_schema = builder.build_schema


VALIDATORS = {
    name: Draft202012Validator(build_schema(name))
    for name in ("frontmatter", "task", "list", "show", "tree", "validate", "next", "plan", "error")
}
ATTEMPT = {
    "started_at": "2025-11-02T12:00:00Z",
    "ended_at": "2025-11-02T12:02:00Z",
    "duration_seconds": 120,
    "status": "failed",
    "executor": {"tool": "t"},
    "reviewer": {"name": "ana", "approved": False, "reviewed_at": "2025-11-02T13:00:00+01:00"},
}
SOUND = [
    make_task("a"),
    make_task("b", **DONE, labels=["ui"], links=[{"type": "github_issue", "number": 7}]),
    make_task("c", execution={"attempts": [ATTEMPT]}, x_own={"y": None}, path_="x"),
    make_task("d", parent="a", created_at="2025-11-02 12:00:00", blocked="", priority=None),
]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one_and_is_published_as_it_is_built(name: str) -> None:
    schema = build_schema(name)
    Draft202012Validator.check_schema(schema)
    assert (schema["$schema"], schema["$id"]) == (DIALECT, f"urn:taskfiles:schema:v1:{name}")
    assert schema["description"].endswith((".", ".."))
    assert read_schema(name) == schema


def test_no_other_schema_is_published() -> None:
    published = {file.name for file in (files("taskfiles.schema") / "published").iterdir()}
    assert published == {f"{name}.json" for name in SCHEMAS}


# Tasks


def shown(task: Task) -> dict[str, Any]:
    """The answer of `show`, to which the command adds what tasks.toml has."""
    return {**task_object(task, show=True), "milestone_due": None}


@pytest.mark.parametrize("task", SOUND, ids=lambda task: task.id)
def test_a_sound_task_meets_the_schemas(task: Task) -> None:
    assert task.valid
    VALIDATORS["frontmatter"].validate(task.values)
    VALIDATORS["task"].validate(task_object(task))
    VALIDATORS["list"].validate([task_object(task)])
    VALIDATORS["show"].validate(shown(task))
    assert not VALIDATORS["show"].is_valid(task_object(task))


@given(st.dictionaries(st.sampled_from([*KEY_ORDER, "extra", "x"]), VALUES, max_size=4))
def test_a_task_with_any_values_is_still_a_task_in_json(values: dict[str, Any]) -> None:
    task = make_task("a", **{key: value for key, value in values.items() if key != "id"})
    VALIDATORS["task"].validate(task_object(task))
    VALIDATORS["show"].validate(shown(task))


@pytest.mark.parametrize(
    "change",
    [
        {"state": "todo"},
        {"labels": "ui"},
        {"created_at": "soon"},
        {"size": 5},
        {"links": [{"type": "linear"}]},
    ],
)
def test_a_valid_task_has_the_values_of_the_format(change: dict[str, Any]) -> None:
    made = task_object(SOUND[0])
    assert not VALIDATORS["task"].is_valid(made | change)
    assert VALIDATORS["task"].is_valid(made | change | {"valid": False})


@pytest.mark.parametrize("key", [*KEY_ORDER, "path", "etag", "valid"])
def test_every_key_of_a_task_is_always_there(key: str) -> None:
    made = task_object(SOUND[0])
    del made[key]
    assert not VALIDATORS["task"].is_valid(made)


# Several tasks


@given(backlogs(), st.sampled_from([None, 2]))
def test_what_follows_from_a_backlog_meets_its_schema(tasks: list[Task], count: int | None) -> None:
    VALIDATORS["tree"].validate(tree_object(tasks))
    VALIDATORS["next"].validate(choice_object(choose_next(tasks, parallelize=count)))
    VALIDATORS["plan"].validate(plan_object(plan(tasks, max_parallel=count)))
    findings = [finding for task in tasks for finding in task.findings]
    VALIDATORS["validate"].validate(findings_object(findings, len(tasks)))


def test_findings_and_errors_are_those_of_the_registries() -> None:
    schema = build_schema("validate")["properties"]["findings"]["items"]["properties"]
    assert [each["const"] for each in schema["code"]["oneOf"]] == sorted(FINDINGS)
    for each in schema["code"]["oneOf"]:
        assert each["description"].startswith(FINDINGS[each["const"]].severity.capitalize())
    assert build_schema("error")["properties"]["error"]["properties"]["code"]["enum"] == sorted(ERRORS)


def test_an_error_meets_its_schema() -> None:
    error = TaskfilesError("no-such-task", id="a", remedy="")
    shown = {
        name: getattr(error, name)
        for name in ("code", "message", "hint", "path", "line", "column", "details")
    }
    VALIDATORS["error"].validate({"error": shown})
    assert not VALIDATORS["error"].is_valid({"error": shown | {"code": "of-another-version"}})
