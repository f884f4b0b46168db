"""Success against cost as a drawing: its points, its scale, its key."""

from __future__ import annotations

from typing import Any

import pytest

from taskfiles.report.scatter import OFF_FRONTIER, ON_FRONTIER, TOO_FEW, Point, draw_frontier


def point(cost: float, standing: str = ON_FRONTIER, text: str = "opus") -> Point:
    return Point(cost, 0.5, 0.3, 0.7, standing, text)


def plot(*points: Point) -> dict[str, Any]:
    found: dict[str, Any] = draw_frontier(points)["vconcat"][0]
    return found


def test_points_are_numbered_in_their_order_and_named_in_the_key() -> None:
    spec = draw_frontier([point(0.1, text="cheap"), point(0.2, OFF_FRONTIER, "dear")])
    values = spec["data"]["values"]
    assert [(each["number"], each["text"], each["cost"]) for each in values] == [
        ("1", "cheap", 0.1),
        ("2", "dear", 0.2),
    ]
    names, numbers = spec["vconcat"][1]["layer"]
    assert (names["encoding"]["text"]["field"], numbers["encoding"]["text"]["field"]) == ("text", "number")
    assert names["encoding"]["y"]["sort"] == ["1", "2"]


def test_only_what_is_on_the_frontier_is_joined() -> None:
    line = plot(point(1))["layer"][1]
    assert line["mark"]["type"] == "line"
    assert line["transform"] == [{"filter": f"datum.standing === '{ON_FRONTIER}'"}]


def test_each_standing_has_a_look_of_its_own() -> None:
    encoding = plot(point(1), point(2, OFF_FRONTIER), point(3, TOO_FEW))["layer"][2]["encoding"]
    assert encoding["shape"]["scale"]["domain"] == [ON_FRONTIER, OFF_FRONTIER, TOO_FEW]
    assert len(set(encoding["shape"]["scale"]["range"])) == 3


@pytest.mark.parametrize(
    ("costs", "kind"), [((0.0, 100.0), None), ((1.0, 50.0), None), ((1.0, 51.0), "log"), ((5.0,), None)]
)
def test_the_scale_of_costs_is_logarithmic_where_they_lie_far_apart(
    costs: tuple[float, ...], kind: str | None
) -> None:
    x = plot(*map(point, costs))["layer"][1]["encoding"]["x"]
    assert x["scale"].get("type") == kind


@pytest.mark.parametrize(("cost", "digits"), [(0.09, "$,.4f"), (0.1, "$,.2f")])
def test_small_costs_have_more_digits(cost: float, digits: str) -> None:
    assert plot(point(cost))["layer"][1]["encoding"]["x"]["axis"]["format"] == digits
