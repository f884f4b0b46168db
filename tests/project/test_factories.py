"""The factories themselves: what they write has no findings."""

from __future__ import annotations

import pytest

from support.project import Project
from taskfiles import validate


@pytest.mark.parametrize("state", ["idea", "ready", "in-progress", "done", "canceled"])
def test_factory_writes_sound_files(project: Project, state: str) -> None:
    project.task("fix", state=state)
    assert validate(project.store).findings == []
    assert project.run("validate", "--strict").code == 0
