"""Sources of `tasks migrate`, written as their tools write them."""

from __future__ import annotations

from support.project import Project

OLD = "../old"  # beside the project


def backlog_file(project: Project, name: str, front: str, body: str = "\n## Description\n\nText.\n") -> None:
    """Write a file of Backlog.md; `name` is its path below `backlog/`."""
    project.write(f"{OLD}/backlog/config.yml", "project_name: Old\n")
    project.write(f"{OLD}/backlog/tasks/.keep", "")
    project.write(f"{OLD}/backlog/{name}", f"---\n{front}---\n{body}")


def backlog_task(project: Project, number: str = "1", status: str = "To Do", more: str = "") -> None:
    """Write an open task of Backlog.md."""
    front = f"id: BACK-{number}\ntitle: Task {number}\nstatus: {status}\nassignee: []\n{more}"
    backlog_file(project, f"tasks/back-{number} - Task-{number}.md", front)


def wordy(project: Project) -> None:
    """A source with a state that no table has."""
    backlog_task(project, status="In Review")
