"""`telemetry.require`: events are kept in a repository of their own, all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.event_spool import event, forget, log
from support.in_process import call, ok
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles.telemetry.requirement import check_requirement


def problems(project: Project, text: str) -> list[tuple[str, str]]:
    project.configure(f"[telemetry]\n{text}\n")
    store = project.store
    return [(each.code, each.message) for each in check_requirement(store, store.config)]


def test_nothing_is_asked_for_by_default(project: Project) -> None:
    log(project, event(1))
    assert problems(project, "") == []


@pytest.mark.parametrize("sinks", ['["local"]', '["dir:../events"]', '["none"]'])
def test_only_a_repository_will_do(sinks: str, project: Project) -> None:
    ((code, message),) = problems(project, f'require = "repository"\nsinks = {sinks}')
    assert code == "no-repository"
    assert "git: sink" in message


def test_what_a_repository_has_not_had_is_counted(project: Project, tmp_path: Path) -> None:
    events = Project(tmp_path / "events")
    events.root.mkdir()
    events.git("init", "-q", "-b", "main")
    log(project, event(1), event(2), event(3, kind="telemetry.write"))
    text = 'require = "repository"\nsinks = ["git:../events", "git:../second"]'
    assert [message.partition("yet. ")[2] for _, message in problems(project, text)] == [
        "git:../events lacks 2.",
        "git:../second lacks 2.",
    ]
    ok(call(project, "telemetry", "push", "--sink", "git:../events"))
    forget(project)
    assert [code for code, _ in problems(project, text)] == ["not-pushed"]
    assert [code for code, _ in problems(project, text.replace(', "git:../second"', ""))] == []


def test_sinks_that_are_none_are_an_error(project: Project) -> None:
    with pytest.raises(TaskfilesError) as refused:
        problems(project, 'require = "repository"\nsinks = ["ftp:x"]')
    assert refused.value.code == "bad-config"


def test_without_git_there_is_no_log_to_wait_for(project: Project) -> None:
    (project.root / ".git").rename(project.root / "git")
    assert problems(project, 'require = "repository"\nsinks = ["git:../events"]') == []
