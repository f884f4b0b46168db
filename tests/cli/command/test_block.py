"""The block for agents, and what its injection answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.project import Project
from taskfiles import TaskfilesError
from taskfiles.operations.inject import Injection, plan_injection, write_injection
from taskfiles.text.block import VERSION
from taskfiles_cli.command.block import block_text, injection_change, injection_sentence, refuse_stale
from taskfiles_cli.render.remedies import name_remedy


def plan(project: Project, before: str | None = None) -> Injection:
    """What putting the block into AGENTS.md comes to, with this text there before."""
    if before is not None:
        project.write("AGENTS.md", before)
    return plan_injection(str(project.root / "AGENTS.md"), str(project.root), block_text())


@pytest.fixture
def current(project: Project) -> str:
    """A file that holds the block of this version, below a heading."""
    write_injection(plan(project, "# Ours\n"))
    return (project.root / "AGENTS.md").read_text()


def test_the_text_names_the_commands_of_the_loop() -> None:
    for command in ("tasks next --claim", "tasks note", "tasks record", "tasks complete"):
        assert command in block_text()


def test_a_file_is_created_added_to_or_refreshed(project: Project, current: str) -> None:
    stale = current.replace(block_text().splitlines()[0], "old")
    sentences = [
        injection_sentence(injection, dry_run)
        for injection in (plan(project, stale), plan(project, "# Ours\n"))
        for dry_run in (False, True)
    ]
    assert sentences == [
        "Refreshed the block of `tasks` in AGENTS.md",
        "Would refresh the block of `tasks` in AGENTS.md",
        "Added the block of `tasks` to AGENTS.md",
        "Would add the block of `tasks` to AGENTS.md",
    ]
    (project.root / "AGENTS.md").unlink()
    assert injection_sentence(plan(project)) == "Created AGENTS.md"
    assert injection_sentence(plan(project), dry_run=True) == "Would create AGENTS.md"


def test_the_change_names_versions(project: Project, current: str) -> None:
    assert injection_change(plan(project)) == {
        "path": "AGENTS.md",
        "field": "block",
        "from": VERSION,
        "to": VERSION,
    }
    assert injection_change(plan(project, "# Ours\n"))["from"] is None


def test_only_the_block_of_this_version_is_up_to_date(
    project: Project, current: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root.parent)
    refuse_stale(plan(project))
    stale = current.replace(block_text().splitlines()[0], "old")
    for before, code, line in ((stale, "block-stale", 3), ("# Ours\n", "block-missing", 1)):
        with pytest.raises(TaskfilesError) as refused:
            refuse_stale(plan(project, before))
        assert (refused.value.code, refused.value.line, refused.value.path) == (code, line, "AGENTS.md")
        name_remedy(refused.value)
        assert f"tasks inject {Path('repo/AGENTS.md')}" in refused.value.hint
    (project.root / "AGENTS.md").unlink()
    with pytest.raises(TaskfilesError) as missing:
        refuse_stale(plan(project))
    assert (missing.value.code, missing.value.line) == ("block-missing", None)
