"""What the charts of attempts have in common: their cases, what is left out, how values are written."""

from __future__ import annotations

import pytest

from support.report_material import attempt, make_done, material_of
from taskfiles.report.chart import Chart, Table, texts
from taskfiles.report.common import interval_text, make_chart, model_of
from taskfiles.report.labels import name_value
from taskfiles.report.material import AttemptMaterial

TABLE = Table("A table", texts("Model"), [])


def chart(material: AttemptMaterial, left: int = 0) -> Chart:
    return make_chart(
        "name", "Heading", "It says so.", material, table=TABLE, spec=None, left=left, what="model"
    )


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (0, "It says so."),
        (1, "It says so. 1 model more is in the table only."),
        (3, "It says so. 3 models more are in the table only."),
    ],
)
def test_what_was_not_drawn_is_counted(left: int, says: str) -> None:
    assert chart(material_of(make_done("a", attempt(1, 60))), left).says == says


def test_the_cases_are_all_tasks_and_attempts() -> None:
    material = material_of(make_done("a", attempt(1, 60), attempt(2, 60)), make_done("silent"))
    assert chart(material).cases == "n = 1 task, 2 attempts"


def test_without_an_attempt_that_is_all_that_is_said() -> None:
    made = chart(material_of(), left=3)
    assert made.says == "No attempt is recorded, so that there is nothing to show."
    assert made.cases == "n = 0 tasks, 0 attempts"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0.2, 0.987, "20.0 to 98.7 %"), (None, 0.5, ""), (0.5, None, ""), (0, 0, "0.0 to 0.0 %")],
)
def test_an_interval_has_both_bounds_or_is_left_out(low: float | None, high: float | None, text: str) -> None:
    assert interval_text(low, high) == text


def test_a_value_that_nobody_knows_is_said_to_be_so() -> None:
    assert model_of({"key": {"model": None}}) == name_value(None) == "not known"
    assert model_of({"key": {"model": "a\x1bb"}}) == "a\\x1bb"
