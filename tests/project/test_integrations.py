"""What other programs run: the pre-commit hooks, the GitHub action, shell completion, python-frontmatter."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import frontmatter
import pytest
from ruamel.yaml import YAML

from support.in_process import call
from support.layouts import in_states
from support.paths import REPOSITORY
from support.project import Project, install
from taskfiles import TaskfilesError, TaskHandler

in_repository = pytest.mark.skipif(
    not (REPOSITORY / "action.yml").is_file(), reason="the tests run without the repository"
)


def load(name: str) -> Any:
    return YAML(typ="safe").load((REPOSITORY / name).read_text(encoding="utf-8"))


@in_repository
def test_pre_commit_hooks(project: Project) -> None:
    hooks = {hook["id"]: hook for hook in load(".pre-commit-hooks.yaml")}
    project.task("fine")
    files = [project.path("fine"), "tasks/README.md", "tasks/tasks.toml"]
    project.write("tasks/README.md", "# How we work\n")
    project.configure("timestamps = true\n")

    def run(hook: dict[str, Any]) -> int:
        command, *arguments = shlex.split(hook["entry"])
        assert command == "tasks"
        names = (
            [name for name in files if re.search(hook["files"], name)]
            if hook.get("pass_filenames", True)
            else []
        )
        return project.run(*arguments, *names).code

    assert [run(hook) for hook in hooks.values()] == [0, 0]
    project.write(project.path("fine"), "---\nid: fine\nstate: redy\ntitle: Fine\n---\n")
    assert [run(hook) for hook in hooks.values()] == [1, 1]


@in_repository
@pytest.mark.parametrize(("strict", "code"), [("false", 0), ("true", 1)])
def test_action_checks(project: Project, tmp_path: Path, strict: str, code: int) -> None:
    steps = load("action.yml")["runs"]["steps"]
    script = next(step["run"] for step in steps if step.get("name") == "Check")
    install(tmp_path / "temp" / "tasks" / "bin")
    project.write("tasks/10-ready/other-name.md", project.task("fine").read_text())
    (project.root / project.path("fine")).unlink()
    env = project.environment({"RUNNER_TEMP": str(tmp_path / "temp"), "ROOT": ".", "STRICT": strict})
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=project.root, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert done.stdout.startswith(
        "::warning file=tasks/10-ready/other-name.md,line=2,col=5,title=wrong-name::"
    )


@pytest.mark.parametrize(
    ("words", "offered"), [("tasks val", "validate"), ("tasks list --has", "--has-execution")]
)
def test_shell_completion(project: Project, words: str, offered: str) -> None:
    env = {"_TASKS_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    assert offered in project.run(env=env).out.split()


def test_the_script_of_bash_completes(project: Project, tmp_path: Path) -> None:
    project.task("fix-one")
    install(tmp_path / "bin")
    script = (
        'eval "$(tasks completion bash)"; complete -p tasks; '
        'COMP_WORDS=(tasks show fi); COMP_CWORD=2; _tasks_completion tasks; echo "${COMPREPLY[@]}"'
    )
    env = project.environment(None)
    env["PATH"] = f"{tmp_path / 'bin'}{os.pathsep}{env['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=project.root, env=env, capture_output=True, text=True, check=True
    )
    registered, offered = done.stdout.splitlines()
    assert registered.endswith(" tasks")
    assert offered == "fix-one"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_the_shell_that_is_named(shell: str, project: Project) -> None:
    """Nothing is installed: no file of the user's is there afterwards."""
    home = project.root.parent / "home"
    done = call(project, "completion", shell, env={"SHELL": "/bin/bash"})
    assert done.code == 0
    assert f"_TASKS_COMPLETE=complete_{shell}" in done.out
    assert not home.exists() or not any(home.iterdir())
    path = shutil.which(shell)
    if path is not None:
        subprocess.run([path, "-n"], input=done.out, text=True, check=True)
    for line in (("completion", "tcsh"), ("completion",), ("--install-completion",)):
        assert call(project, *line).code == 2


@in_states
@pytest.mark.slow
def test_no_file_name_reaches_a_shell_as_more_than_an_id(project: Project) -> None:
    project.task("fix")
    for name in ("fix$(touch x)", "fix`x`", "fix\nls", "fix;ls", "fix'x", "fix\x1b"):
        (project.root / "tasks/10-ready" / f"task-{name}.md").write_text("x")
    for shell in ("bash", "zsh", "fish"):
        words = {"COMP_WORDS": "tasks show fi", "COMP_CWORD": "2", "_TYPER_COMPLETE_ARGS": "tasks show fi"}
        words |= {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}
        done = project.run(env={"_TASKS_COMPLETE": f"complete_{shell}", **words})
        assert "fix" in done.out
        assert not any(part in done.out for part in ("touch", "fix`", "ls", "fix'", "\x1b"))


def test_completion_script_names_the_program(project: Project) -> None:
    done = project.run(env={"_TASKS_COMPLETE": "source_bash"})
    assert "_TASKS_COMPLETE=complete_bash" in done.out


def test_frontmatter_handler_reads_by_yaml_1_2() -> None:
    text = "---\nid: fix\nanswer: no\nmode: 017\nat: 12:30:45\nwhen: 2025-11-02T15:03:00.517Z\n---\nBody\n"
    post = frontmatter.loads(text, handler=TaskHandler())
    assert post.metadata == {
        "id": "fix",
        "answer": "no",
        "mode": 17,
        "at": "12:30:45",
        "when": "2025-11-02T15:03:00.517Z",
    }
    assert post.content == "Body"


def test_frontmatter_handler_writes_what_it_reads(project: Project) -> None:
    file = project.task("fix", extra="x_own:\n  - {a: no}\n", labels="[a, b]")
    handler = TaskHandler()
    post = frontmatter.load(str(file), handler=handler)
    again = frontmatter.loads(frontmatter.dumps(post, handler=handler), handler=handler)
    assert again.metadata == post.metadata
    assert again.content == post.content
    assert list(again.metadata)[:4] == ["id", "title", "kind", "state"]


def test_frontmatter_handler_names_the_place_of_an_error() -> None:
    with pytest.raises(TaskfilesError) as caught:
        frontmatter.loads("---\nid: fix\nid: other\n---\n", handler=TaskHandler())
    assert (caught.value.code, caught.value.line, caught.value.column) == ("unreadable-task", 3, 1)
