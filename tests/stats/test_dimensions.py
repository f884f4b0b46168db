"""By what attempts are grouped: their own values, those of their task, keys of the user's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from support.backlogs import make_task
from taskfiles.stats.dimensions import (
    DIMENSIONS,
    attempt_values,
    is_own,
    month_of,
    order_of,
    own_values,
    planner_of,
    task_values,
)

END = datetime(2025, 11, 30, 23, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"), [("model", "opus"), ("tool", "claude-code"), ("provider", None), ("month", "2025-11")]
)
def test_an_attempt_has_one_value_in_each_of_its_dimensions(name: str, value: str | None) -> None:
    attempt = {"executor": {"tool": "claude-code", "model": "opus"}}
    assert attempt_values(name, attempt, END) == (value,)


GATED = {"run": ["lint", "test"], "failed": ["test", "types"]}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("version", ["1.2"]),
        ("outcome", ["failed"]),
        ("gate", ["lint", "test", "types"]),
        ("week", ["2025-W48"]),
        ("day", ["2025-11-30"]),
    ],
)
def test_an_attempt_in_the_files_has_more(name: str, values: list[str]) -> None:
    attempt = {"executor": {"version": "1.2"}, "status": "failed", "quality_gates": GATED}
    assert [*(attempt_values(name, attempt, END) or ())] == values


def test_what_an_attempt_does_not_say_is_none() -> None:
    attempt = {"executor": {}, "status": "completed"}
    assert attempt_values("gate", attempt, END) == attempt_values("version", attempt, END) == (None,)
    assert attempt_values("outcome", attempt, END) == ("success",)


def test_other_dimensions_are_the_task_s() -> None:
    assert attempt_values("size", {"executor": {}}, END) is attempt_values("x_team", {}, END) is None


@pytest.mark.parametrize(
    ("planner", "name"), [({"tool": "t", "model": "m"}, "m"), ({"tool": "t"}, "t"), ({}, None)]
)
def test_a_planner_is_named_by_its_model_or_else_its_tool(planner: dict[str, str], name: str | None) -> None:
    assert planner_of({"executor": {"planner": planner}}) == name
    assert planner_of({"executor": {}}) is None


def test_a_month_has_four_digits_and_two() -> None:
    assert month_of(datetime(7, 3, 1, tzinfo=UTC)) == "0007-03"


@pytest.mark.parametrize(
    ("value", "values"),
    [
        ("red", ["red"]),
        (["red", "blue", "red"], ["red", "blue"]),
        (["red", None, " "], ["red"]),
        ([], (None,)),
        (None, (None,)),
        ("  ", (None,)),
        (7, ["7"]),
        (True, ["true"]),
        ({"b": 1, "a": "é"}, ['{"a":"é","b":1}']),
    ],
)
def test_a_task_has_the_values_of_a_key_each_once(value: Any, values: Any) -> None:
    assert task_values("x_team", make_task("fix", x_team=value)) == values


def test_a_default_counts_as_a_value_and_a_dotted_name_leads_inside() -> None:
    task = make_task("fix", labels=["ui"], x={"team": {"name": "red"}})
    assert task_values("size", task) == ["medium"]
    assert task_values("label", task) == ["ui"]
    assert task_values("x.team.name", task) == ["red"]
    assert task_values("x.team.lead", task) == (None,)


def test_only_what_no_task_file_knows_is_a_key_of_one_s_own() -> None:
    assert not any(map(is_own, (*DIMENSIONS, "labels", "title", "execution")))
    assert is_own("x_team")
    assert is_own("x.team")


def test_own_keys_are_named_at_every_depth_and_left_out_where_empty() -> None:
    task = make_task("fix", x={"team": "red", "none": None}, y=["b", "b"], z=None)
    assert own_values(task.values) == {
        "x": ['{"none":null,"team":"red"}'],
        "x.team": ["red"],
        "y": ["b"],
    }


def test_groups_stand_by_the_rank_of_words_then_by_text_the_unknown_last() -> None:
    keys = [(None,), ("xl",), ("zeta",), ("tiny",), ("alpha",), ("medium",)]
    ordered = sorted(keys, key=lambda key: order_of(["size"], key))
    assert ordered == [("tiny",), ("medium",), ("xl",), ("alpha",), ("zeta",), (None,)]
