"""This project's own tasks: what `.ci/run` asks of them late is known after its first command already."""

from __future__ import annotations

import shutil

import pytest

from support.paths import REPOSITORY
from support.project import Project

OWN = REPOSITORY / "tasks"


@pytest.mark.skipif(not OWN.is_dir(), reason="the tests run without the repository")
@pytest.mark.parametrize("command", [("validate", "--strict"), ("fmt", "--check")])
def test_own_tasks_are_clean(project: Project, command: tuple[str, ...]) -> None:
    shutil.copytree(OWN, project.root / "tasks", dirs_exist_ok=True)
    done = project.run(*command)
    assert done.code == 0, done.out
