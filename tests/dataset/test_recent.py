"""The latest attempts: rows as a dataset has them, in the order of their ends."""

from __future__ import annotations

import pytest

from support.attempts import BARE, DONE, FAILED, task
from taskfiles.dataset.columns import ATTEMPTS
from taskfiles.dataset.flatten import flatten_tasks
from taskfiles.dataset.recent import SHOWN, list_recent
from taskfiles.dataset.rows import list_rows

REVIEW = {"name": "Ada", "approved": False, "reviewed_at": "2025-11-03T10:00:00Z"}


def test_rows_are_those_of_the_dataset_with_what_only_files_have() -> None:
    tasks = [task(FAILED | {"error_reason": "lint"}, DONE | {"reviewer": REVIEW}), task(BARE, id="other")]
    rows = list_recent(tasks)
    flat = {(row["task_id"], row["position"]): row for row in list_rows(flatten_tasks(tasks, "").attempts)}
    for row in rows:
        same = flat[row["task_id"], row["position"]]
        assert [*row] == [*SHOWN, "reviewer", "error_reason"]
        assert all(row[name] == same[name] for name in SHOWN)
    beside = [(row["reviewer"], row["error_reason"]) for row in rows]
    assert beside == [("Ada", None), (None, "lint"), (None, None)]
    assert {*SHOWN} <= {column.name for column in ATTEMPTS}


def test_the_latest_end_comes_first_then_the_latest_start_then_the_task() -> None:
    begun = BARE | {"started_at": "2025-11-02T15:04:00Z", "duration_seconds": 60}
    later = BARE | {"ended_at": "2025-11-02T18:00:00+02:00"}
    rows = list_recent(
        [task(BARE, BARE, id="b"), task(BARE, id="a"), task(later, id="c"), task(begun, id="d")]
    )
    assert [(row["task_id"], row["position"]) for row in rows] == [
        ("c", 1),
        ("d", 1),
        ("a", 1),
        ("b", 2),
        ("b", 1),
    ]


@pytest.mark.parametrize("keys", [{"state": "none of ours"}, {"id": "twin"}])
def test_invalid_tasks_and_twins_have_none(keys: dict[str, str]) -> None:
    assert (
        list_recent([task(BARE, **keys), task(BARE, id="twin"), task(DONE, id="fine")])[0]["task_id"]
        == "fine"
    )
    assert len(list_recent([task(BARE, **keys)])) == ("id" in keys)
