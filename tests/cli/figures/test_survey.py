"""Which attempts a command is asked about, and the look at every task that finds them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from support.layouts import in_states
from support.project import Project
from support.report_material import attempt, put
from taskfiles import TaskfilesError
from taskfiles.dataset.words import Engine
from taskfiles.stats.rows import Scope
from taskfiles_cli.figures.survey import choose_fleet, look_again, read_scope, survey
from taskfiles_cli.render.remedies import say

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)


def test_a_scope_is_read_from_its_options() -> None:
    assert read_scope(NOON, None, None, None) == Scope(now=NOON)
    scope = read_scope(NOON, "1d", "2025-11-02", ["Done,ready"])
    assert scope.since == NOON.replace(day=1)
    assert scope.until == NOON.replace(hour=0)
    assert scope.states == {"done", "ready"}


@pytest.mark.parametrize(
    ("since", "until", "state"),
    [
        ("2025-11-02", "2025-11-02", None),
        ("2025-11-03", "2025-11-02", None),
        ("soon", None, None),
        (None, None, ["x"]),
    ],
)
def test_what_can_hold_nothing_is_refused(
    since: str | None, until: str | None, state: list[str] | None
) -> None:
    with pytest.raises(TaskfilesError) as refused:
        read_scope(NOON, since, until, state)
    assert refused.value.code == "bad-value"


@pytest.fixture
def shop(project: Project) -> Project:
    """A task with another below it, and one apart; each was tried once."""
    put(project, "epic", attempt(1, 60), kind="epic", children="[part]")
    put(project, "part", attempt(2, 60))
    put(project, "apart", attempt(3, 60))
    return project


def test_every_task_is_looked_at(shop: Project) -> None:
    gathered, scope, problems = survey(shop.store, Scope(), ["model"], None)
    assert sorted(row.task for row in gathered.rows) == ["apart", "epic", "part"]
    assert (scope, problems) == (Scope(), ([], []))


def test_below_a_task_only_what_is_below_it(shop: Project) -> None:
    gathered, scope, _ = survey(shop.store, Scope(), [], "epic")
    assert sorted(row.task for row in gathered.rows) == ["epic", "part"]
    assert scope.ids == {"epic", "part"}
    assert look_again(shop.store.snapshot(), Scope(), [], "part")[1].ids == {"part"}


@in_states
def test_what_is_wrong_with_files_is_given_with_it(shop: Project) -> None:
    put(shop, "wrong", attempt(4, 60), size="huge", state="ready")
    shop.write(shop.path("broken"), "---\nid: broken\n")
    gathered, _, problems = survey(shop.store, Scope(), [], None)
    assert (gathered.invalid, gathered.unreadable, len(gathered.rows)) == (1, 1, 3)
    assert [[each.path.rpartition("/")[2] for each in found] for found in problems] == [
        ["task-broken.md"],
        ["task-wrong.md"],
    ]


def test_ids_that_stand_twice_are_found_wherever_they_are(shop: Project) -> None:
    text = (shop.root / shop.path("apart", "done", completed_at="2025-11-02T12:00:00Z")).read_text()
    shop.write(shop.path("twin", "idea"), text)
    gathered, _, problems = survey(shop.store, Scope(), [], None)
    assert (gathered.invalid, len(gathered.rows)) == (2, 2)
    assert {problem.code for problem in problems.readable} >= {"duplicate-id"}
    with pytest.raises(TaskfilesError) as refused:
        survey(shop.store, Scope(), [], "apart")
    assert refused.value.code == "ambiguous-task"


def test_a_task_that_is_not_there_is_refused(shop: Project) -> None:
    with pytest.raises(TaskfilesError) as refused:
        survey(shop.store, Scope(), [], "epik")
    assert (refused.value.code, "epic" in refused.value.hint) == ("no-such-task", True)


def test_engines_and_repositories_go_with_a_dataset() -> None:
    assert choose_fleet(None, None, None, "tasks stats") is None
    with pytest.raises(TaskfilesError) as refused:
        choose_fleet(None, Engine.DUCKDB, ["a"], "tasks stats")
    assert (refused.value.code, say(refused.value.hint)) == ("usage", "See `tasks stats --help`.")
    assert "--engine and --repo can't go without --dataset." in refused.value.message
