"""What a source lacks and git knows: when a task came, when and by which commit it was done."""

from __future__ import annotations

import subprocess

from support.in_process import call
from support.project import GIT, Project

FRONT = "---\nid: BACK-1\ntitle: T\nstatus: {status}\n{more}---\n\n{body}\n"
BODY = "\n".join(f"Line {number} of a text that is long enough to be followed." for number in range(8))


def write(project: Project, status: str, more: str = "", name: str = "tasks/back-1 - T.md") -> None:
    project.write("old/backlog/config.yml", "")
    project.write(f"old/backlog/{name}", FRONT.format(status=status, more=more, body=BODY))


def commit(project: Project, day: int, message: str) -> str:
    date = f"2026-01-0{day}T12:00:00+00:00"
    env = project.environment({**GIT, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date})
    for words in (["add", "-A"], ["commit", "-q", "-m", message]):
        subprocess.run(["git", *words], cwd=project.root, env=env, check=True)
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=project.root, env=env, check=True, capture_output=True
    )
    return done.stdout.decode().strip()


def test_the_commit_that_set_the_state_says_when_and_why(project: Project) -> None:
    write(project, "To Do")
    commit(project, 1, "Plan it")
    write(project, "Done")
    decisive = commit(project, 2, "Fix the navbar\n\nIt jumped.")
    (project.root / "old/backlog/completed").mkdir()
    (project.root / "old/backlog/tasks/back-1 - T.md").rename(
        project.root / "old/backlog/completed/back-1 - T.md"
    )
    (project.root / "old/backlog/tasks/keep").write_text("")
    commit(project, 3, "Tidy")
    write(project, "Done", name="completed/back-1 - T.md", more="ordinal: 1\n")
    commit(project, 4, "Sort")
    assert call(project, "migrate", "old").code == 0
    values = project.get("back-1").values
    assert values["created_at"] == "2026-01-01T12:00:00+00:00"
    assert values["completed_at"] == "2026-01-02T12:00:00+00:00"
    assert values["commit_message"] == "Fix the navbar\n\nIt jumped."
    assert (values["x_created_from"], values["x_completed_from"]) == ("git", f"git:{decisive[:12]}")
    assert call(project, "migrate", "old", "--output", "json").json["changed"] is False


def test_what_the_source_says_stays(project: Project) -> None:
    write(project, "Done", "created_date: 2025-01-01\ncompleted_date: 2025-01-02\n")
    commit(project, 1, "Done")
    assert call(project, "migrate", "old").code == 0
    values = project.get("back-1").values
    assert (values["created_at"], values["completed_at"]) == ("2025-01-01", "2025-01-02")
    assert values["commit_message"] == "Done"
    assert "x_created_from" not in values


def test_an_open_task_has_no_completion(project: Project) -> None:
    write(project, "To Do")
    commit(project, 1, "Plan it")
    assert call(project, "migrate", "old").code == 0
    assert not {"completed_at", "commit_message", "x_completed_from"} & project.get("back-1").values.keys()


def test_what_is_not_committed_has_no_history(project: Project) -> None:
    write(project, "To Do")
    commit(project, 1, "Plan it")
    write(project, "Done")
    assert call(project, "migrate", "old").code == 0
    assert not {"created_at", "completed_at", "commit_message"} & project.get("back-1").values.keys()


def test_no_git_leaves_it_out(project: Project) -> None:
    write(project, "Done")
    commit(project, 1, "Done")
    assert call(project, "migrate", "old", "--no-git").code == 0
    assert not {"created_at", "completed_at", "commit_message"} & project.get("back-1").values.keys()


def test_a_path_that_another_task_has_later_is_another_task(project: Project) -> None:
    write(project, "Done")
    commit(project, 1, "First")
    (project.root / "old/backlog/tasks/back-1 - T.md").unlink()
    commit(project, 2, "Away")
    write(project, "Done")
    commit(project, 3, "Again")
    assert call(project, "migrate", "old").code == 0
    assert project.get("back-1").values["created_at"] == "2026-01-03T12:00:00+00:00"


def test_where_git_cant_read_a_commit_it_says_so_and_when_files_came(project: Project) -> None:
    write(project, "To Do")
    commit(project, 1, "Plan it")
    write(project, "Done")
    commit(project, 2, "Done")
    shown = subprocess.run(
        ["git", "rev-parse", "HEAD~:old/backlog/tasks/back-1 - T.md"],
        cwd=project.root,
        env=project.environment(GIT),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    (project.root / f".git/objects/{shown[:2]}/{shown[2:]}").unlink()
    done = call(project, "migrate", "old", "--output", "json")
    (finding,) = done.json["findings"]
    assert (done.code, finding["code"], finding["severity"]) == (0, "no-history", "warning")
    assert shown in finding["message"]
    values = project.get("back-1").values
    assert (values["created_at"], values.get("completed_at")) == ("2026-01-01T12:00:00+00:00", None)


def test_a_shallow_clone_says_that_it_knows_nothing(project: Project) -> None:
    write(project, "Done")
    name = commit(project, 1, "Done")
    project.write(".git/shallow", f"{name}\n")
    done = call(project, "migrate", "old", "--output", "json")
    assert [(each["path"], each["code"]) for each in done.json["findings"]] == [("old", "no-history")]
    assert "created_at" not in project.get("back-1").values


def test_a_directory_is_meant_as_it_is_written_for_git_too(project: Project) -> None:
    project.write("[old]/.taskmd.yaml", "dir: a*[b]\n")
    project.write("[old]/a*[b]/001-T.MD", "---\nid: '1'\ntitle: T\nstatus: completed\n---\n")
    commit(project, 1, "Done")
    assert call(project, "migrate", "[old]").code == 0
    assert project.get("1").values["commit_message"] == "Done"
