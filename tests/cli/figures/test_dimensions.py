"""The dimensions of figures as they are given: what nothing has is refused."""

from __future__ import annotations

import pytest

from support.backlogs import make_task
from taskfiles import TaskfilesError
from taskfiles.stats.dimensions import DIMENSIONS
from taskfiles.stats.rows import Scope, gather
from taskfiles_cli.figures.dimensions import check_dimensions, find_unknown


def unknown(*names: str) -> list[str]:
    return find_unknown(names, gather([make_task("fix", x={"team": "red"})], Scope(), names))


def test_own_keys_are_known_where_a_task_has_them() -> None:
    assert unknown("model", "x", "x.team", "labels") == []
    assert unknown("x.lead", "size", "modle") == ["x.lead", "modle"]


@pytest.mark.parametrize(
    ("names", "given", "problem"),
    [
        (["size", "modle"], "“modle”", "it is not a known field"),
        ([], "“”", "it names nothing"),
        (["", "size"], "“”", "it names nothing"),
    ],
)
def test_what_no_task_has_is_refused(names: list[str], given: str, problem: str) -> None:
    with pytest.raises(TaskfilesError) as refused:
        check_dimensions(names, DIMENSIONS, {"modle"})
    error = refused.value
    assert error.code == "bad-value"
    assert given in error.message
    assert problem in error.message


def test_the_nearest_name_is_offered() -> None:
    check_dimensions(["model", "x_own"], DIMENSIONS, ())
    with pytest.raises(TaskfilesError) as refused:
        check_dimensions(["modle"], DIMENSIONS, ["modle"])
    assert refused.value.hint.startswith("Did you mean model? Use model, tool, ")
