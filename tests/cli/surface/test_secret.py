"""The clone's own secret: made once, for its user alone; what others could have seen is not believed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from support.project import Project
from taskfiles_cli.surface.secret import read_secret


def place(project: Project) -> Path:
    journal = project.store.journal
    assert journal is not None
    return Path(journal) / "web-key"


def test_it_is_made_once_and_for_its_user_alone(project: Project) -> None:
    first = read_secret(project.store)
    assert len(first) == 32
    assert read_secret(project.store) == first
    assert stat.S_IMODE(place(project).stat().st_mode) == 0o600
    assert [name for name in os.listdir(place(project).parent) if name.startswith("web-key")] == ["web-key"]


@pytest.mark.parametrize("how", ["open", "link", "directory-less"])
def test_what_others_may_have_seen_is_made_anew(project: Project, how: str, tmp_path: Path) -> None:
    first = read_secret(project.store)
    path = place(project)
    if how == "open":
        path.chmod(0o644)
    elif how == "link":
        (tmp_path / "elsewhere").write_bytes(path.read_bytes())
        path.unlink()
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.unlink()
    assert read_secret(project.store) != first
    assert stat.S_IMODE(path.lstat().st_mode) == 0o600


def test_what_is_no_secret_is_refused_with_what_to_do(project: Project) -> None:
    read_secret(project.store)
    place(project).write_text("short")
    place(project).chmod(0o600)
    from taskfiles import TaskfilesError

    with pytest.raises(TaskfilesError, match="not a secret") as caught:
        read_secret(project.store)
    assert "Remove the file" in caught.value.hint
