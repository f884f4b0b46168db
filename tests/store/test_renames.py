"""The id that a task has now: its renames, as the journal has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from support.in_process import call
from support.project import Project
from taskfiles.store.renames import find_new_id

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("commands", "new_id"),
    [
        ([], "fix"),
        (["rename fix a"], "a"),
        (["rename fix a", "rename a b"], "b"),
        (["rename fix a", "rename a fix"], "fix"),
        (["rename fix a", "undo"], "fix"),
        (["rename other a"], "fix"),
        (["rename other a", "rename fix other"], "other"),
        (["update fix --meta priority=high"], "fix"),
    ],
)
def test_renames_are_followed(project: Project, commands: list[str], new_id: str) -> None:
    project.task("fix")
    project.task("other", depends_on="[fix]")
    for each in commands:
        assert call(project, *each.split()).code == 0
    assert find_new_id(project.store, "fix", LONG_AGO) == new_id
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert find_new_id(project.store, "fix", later) == "fix"


def test_a_project_without_a_journal_has_no_renames(project: Project) -> None:
    (project.root / ".git").rename(project.root / "git")
    assert find_new_id(project.store, "fix", LONG_AGO) == "fix"
