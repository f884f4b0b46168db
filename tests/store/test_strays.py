"""No file named like a task vanishes: `.md` in any case is one, others are named."""

from __future__ import annotations

import json

import pytest

from support.doctor_report import look
from support.in_process import call
from support.layouts import in_states
from support.project import BODY, Project

pytestmark = in_states

TEXT = f"---\nid: up\ntitle: Up\nstate: ready\n---\n{BODY}"
ENDINGS = (".MD", ".Md", ".mD")
STRAYS = {
    "tasks/10-ready/task-up.markdown": "other-ending",
    "tasks/10-ready/task-up.MARKDOWN": "other-ending",
    "tasks/10-ready/task-up.txt": "other-ending",
    "tasks/10-ready/task-up": "other-ending",
    "tasks/10-ready/2025-11-02 task-up.mdx": "other-ending",
    "tasks/10-ready/task-up.md~": "other-ending",
    "tasks/10-ready/task-up.md.orig": "other-ending",
    "tasks/10-ready/.task-up.md": "other-ending",
    "tasks/by hand.markdown": "other-ending",
    "tasks/.trash/task-up.md": "hidden-directory",
    "tasks/10-ready/.old/deep/any name.MD": "hidden-directory",
}
OTHERS = (
    "tasks/10-ready/notes.txt",
    "tasks/10-ready/task-up.png",
    "tasks/.obsidian/app.json",
    "tasks/.obsidian/readme.md",
    "tasks/10-ready/.DS_Store",
    "tasks/README.md",
)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_ending_counts_in_any_case(project: Project, ending: str) -> None:
    path = f"tasks/10-ready/task-up{ending}"
    project.write(path, TEXT)
    for _ in range(2):  # the second time from the index
        assert [row["path"] for row in json.loads(project.run("list", "--output", "json").out)] == [path]
    assert call(project, "show", "up", "--output", "json").json["path"] == path
    assert call(project, "new", "--title", "Up", "--id", "up").code == 4
    (finding,) = call(project, "validate", "--output", "json").json["findings"]
    assert (finding["code"], finding["path"]) == ("wrong-name", path)
    assert call(project, "update", "up", "--meta", "size=small").code == 0
    assert list(project.tree()) == [path]
    assert call(project, "validate", "--fix").code == 0
    assert list(project.tree()) == ["tasks/10-ready/task-up.md"]


@pytest.mark.parametrize("path", STRAYS)
def test_what_looks_like_a_task_is_named_by_validate_and_doctor(project: Project, path: str) -> None:
    project.write(path, TEXT)
    for names in ([], ["tasks"], [str(project.root / "tasks")]):
        found = call(project, "validate", *names, "--output", "json").json["findings"]
        assert [(each["code"], each["path"], each["severity"]) for each in found] == [
            (STRAYS[path], path, "warning")
        ]
    wrong = [row for row in look(project).json["results"] if row["status"] == "wrong"]
    assert [(row["check"], row["path"]) for row in wrong] == [("places", path)]


def test_a_hidden_directory_is_one_finding_with_a_count(project: Project) -> None:
    for number in range(40):
        project.write(f"tasks/.archive/2024/task-a{number}.md", TEXT.replace("id: up", f"id: a{number}"))
    (finding,) = call(project, "validate", "--output", "json").json["findings"]
    assert finding["message"].startswith("No command reads the 40 task files in tasks/.archive/,")


@pytest.mark.parametrize("path", OTHERS)
def test_other_files_are_left_alone(project: Project, path: str) -> None:
    project.write(path, "Some text.\n")
    assert call(project, "validate", "--output", "json").json["findings"] == []


@pytest.mark.parametrize(
    "backup", ["task-up.md~", "task-up.md.orig", "task-up.md.~1~", "task-up.md.bak", ".task-up.md"]
)
def test_a_backup_beside_its_file_is_left_alone(project: Project, backup: str) -> None:
    project.write("tasks/10-ready/task-up.md", TEXT)
    project.write(f"tasks/10-ready/{backup}", TEXT)
    assert call(project, "validate", "--output", "json").json["findings"] == []


def test_links_lead_nowhere_and_git_keeps_its_own(project: Project) -> None:
    project.write("tasks/10-ready/.git/task-up.md", TEXT)
    (project.root / "tasks/.loop").symlink_to(project.root / "tasks")
    assert call(project, "validate", "--output", "json").json["findings"] == []
