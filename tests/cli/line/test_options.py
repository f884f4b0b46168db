"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.layouts import in_states
from support.project import Project
from taskfiles.task.keys import WORDS
from taskfiles_cli.line.options import complete_ids, word_help


@in_states
def test_ids_are_offered_by_what_file_names_say(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for task_id in ("fix-navbar", "fix-footer", "docs"):
        project.task(task_id)
    project.write(project.path("fix-broken"), "not even a task")
    project.write("tasks/10-ready/notes.md", "")
    monkeypatch.chdir(project.root / "tasks")
    assert complete_ids("fix-") == ["fix-broken", "fix-footer", "fix-navbar"]
    assert complete_ids("") == ["docs", "fix-broken", "fix-footer", "fix-navbar"]
    assert complete_ids("x") == []


def test_without_a_project_none_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert complete_ids("") == []


@pytest.mark.parametrize("key", ["state", "size", "ambiguity"])
def test_the_words_of_a_key_are_listed(key: str) -> None:
    text = word_help(key, "; commas between")
    assert text.removesuffix("; commas between").split(", ") == list(WORDS[key])
