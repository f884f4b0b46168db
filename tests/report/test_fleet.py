"""A report of a dataset has the material that its files would give, whichever engine counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.in_process import call, ok
from support.project import Project
from support.report_material import attempt, put
from taskfiles.dataset.words import Engine
from taskfiles.fleet.place import Dataset, open_dataset
from taskfiles.fleet.selection import Selection
from taskfiles.report.attempts import DIMENSIONS, make_attempt_material
from taskfiles.report.fleet import make_fleet_material
from taskfiles.report.material import AttemptMaterial
from taskfiles.stats.rows import Scope, gather

ENGINES = [Engine.PYTHON, Engine.DUCKDB]


@pytest.fixture
def dataset(project: Project, tmp_path: Path) -> Dataset:
    put(
        project,
        "a",
        attempt(1, 20, "failed", model="opus", gates={"lint": False}),
        attempt(2, 90, model="opus"),
    )
    put(project, "b", attempt(3, 40_000, model="gpt", cost=9, gates={"lint": True, "build": True}))
    put(project, "c", attempt(4, 60))
    put(project, "silent", completed_at="2025-11-20T12:00:00Z")
    ok(call(project, "export", "--format", "jsonl", "--dataset", str(tmp_path / "data")))
    return open_dataset(str(tmp_path / "data"))


def of_files(project: Project, scope: Scope) -> AttemptMaterial:
    return make_attempt_material(gather(project.store.tasks(), scope, DIMENSIONS), scope)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("since", [None, datetime(2025, 11, 2, tzinfo=UTC)])
def test_a_dataset_gives_what_its_files_do(
    engine: Engine, since: datetime | None, project: Project, dataset: Dataset
) -> None:
    scope = Scope(since=since)
    found, expected = make_fleet_material(dataset, Selection(scope), engine), of_files(project, scope)
    assert found.latest == expected.latest == "2025-11-20T12:00:00.000Z"
    assert found._replace(without_telemetry=[]) == expected._replace(without_telemetry=[])
    assert [each.id for each in found.without_telemetry] == ["silent"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_dataset_of_nothing_is_a_report_of_nothing(
    engine: Engine, project: Project, tmp_path: Path
) -> None:
    ok(call(project, "export", "--format", "jsonl", "--dataset", str(tmp_path / "data")))
    found = make_fleet_material(open_dataset(str(tmp_path / "data")), Selection(), engine)
    assert (found.durations, found.gates, found.latest) == ({}, {}, None)
    assert found == of_files(project, Scope())
