"""What surrounds a project works under both layouts: the root, hooks, attributes, the action, completion."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from support.in_process import call, ok
from support.layouts import make_project
from support.paths import REPOSITORY
from support.project import Project
from taskfiles import Store, TaskfilesError
from taskfiles.merge.driver import driver_status
from taskfiles.task.layout import FLAT, LAYOUTS, STATES

both = pytest.mark.parametrize("layout", LAYOUTS)
FILES = [
    "tasks/fix.md",
    "tasks/fix.MD",
    "tasks/web/login/fix.md",
    "tasks/archive/2025/fix.md",
    "tasks/10-ready/task-fix.md",
    "tasks/30-done/2025-11-02 task-fix.md",
]


@both
def test_a_project_is_found_from_below(project: Project, layout: str) -> None:
    deep = project.root / "src/deep"
    deep.mkdir(parents=True)
    project.write("src/tasks/notes.md", "# A directory of another kind\n")
    for place in (project.root, project.root / "tasks", deep, project.root / "src/tasks"):
        assert Store.find(place).root == project.root.resolve()
    assert Store.find(deep).layout == layout


@both
def test_a_project_within_another_is_one_of_its_own_layout(project: Project, layout: str) -> None:
    inner = Project(project.root / "inner")
    other = STATES if layout == FLAT else FLAT
    make_project(inner.root, other)
    inner.task("fix")
    found = Store.find(inner.root / "tasks")
    assert (found.root, found.layout) == (inner.root.resolve(), other)
    assert list(project.store.tasks()) == []


def test_a_directory_of_that_name_alone_is_no_project(tmp_path: Path) -> None:
    Project(tmp_path).write("tasks/fix.md", "---\nid: fix\ntitle: T\nstate: ready\n---\n")
    with pytest.raises(TaskfilesError) as caught:
        Store.find(tmp_path)
    assert caught.value.code == "no-project"


def asked(project: Project) -> set[str]:
    """Return which of the files git merges by meaning."""
    words = project.git("check-attr", "-z", "merge", "--", *FILES, "README.md", "docs/fix.md").split("\0")
    return {path for path, value in zip(words[::3], words[2::3], strict=False) if value == "tasks"}


@both
def test_attributes_name_every_task_file(project: Project, layout: str) -> None:
    ok(call(project, "init", "--merge-driver"))
    assert asked(project) == set(FILES)
    before = project.tree()
    assert ok(call(project, "init", "--merge-driver", "-o", "json")).json["changed"] is False
    assert project.tree() == before


@both
@pytest.mark.parametrize("pattern", ["tasks/*/*.md", "tasks/*.md", "/tasks/10-ready/*.md"])
def test_attributes_for_some_task_files_are_completed(project: Project, layout: str, pattern: str) -> None:
    ok(call(project, "init"))
    project.write(".gitattributes", f"{pattern} merge=tasks\n")
    status = driver_status(project.root)
    assert (status.is_whole, status.is_complete) == (False, False)
    ok(call(project, "init", "--merge-driver"))
    assert asked(project) >= set(FILES)
    assert driver_status(project.root).is_complete


@pytest.mark.skipif(not (REPOSITORY / "action.yml").is_file(), reason="the tests run without the repository")
def test_hooks_are_run_for_every_task_file() -> None:
    hooks = YAML(typ="safe").load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook in hooks:
        assert [name for name in FILES if not re.search(hook["files"], name)] == []
        assert not re.search(hook["files"], "docs/tasks/fix.md")


@both
def test_findings_for_a_hosting_service_name_the_path_from_the_top(project: Project, layout: str) -> None:
    inner = Project(project.root / "apps/web")
    make_project(inner.root, layout)
    inner.write(inner.path(), "---\nid: fix\nstate: redy\ntitle: Fix\n---\n")
    done = call(project, "validate", "--output", "github", "--root", "apps/web")
    assert f"file=apps/web/{inner.path()},line=3," in done.out
    sarif = call(project, "validate", "--output", "sarif", "--root", "apps/web").json
    places = [each["locations"][0]["physicalLocation"] for each in sarif["runs"][0]["results"]]
    assert {each["artifactLocation"]["uri"] for each in places} == {f"apps/web/{inner.path()}"}


@both
def test_text_of_an_editor_is_checked_as_the_file_at_its_path(project: Project, layout: str) -> None:
    text = project.task("fix").read_text()
    for path in (project.path(), os.fspath(project.root / project.path())):
        done = call(project, "validate", "-", "--stdin-path", path, "--strict", stdin=text)
        assert (done.code, done.err) == (0, "")
    wrong = call(project, "validate", "-", "--stdin-path", "tasks/other.md", "-o", "json", stdin=text)
    assert "wrong-name" in {each["code"] for each in wrong.json["findings"]}


@both
def test_the_schema_of_the_frontmatter_holds_for_its_files(project: Project, layout: str) -> None:
    """Editors check the frontmatter by it, whatever the file's place."""
    from jsonschema import Draft202012Validator

    project.task("fix", kind="story", labels="[ui]")
    schema = ok(call(project, "schema", "frontmatter", "-o", "json")).json
    front = ok(call(project, "metadata", "get", "fix", "-o", "json")).json
    assert list(Draft202012Validator(schema).iter_errors(front)) == []
    assert list(Draft202012Validator(schema).iter_errors(front | {"state": "redy"})) != []
