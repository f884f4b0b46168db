"""What is typed in taskplain works here, or its page says what to type instead."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from support.paths import REPOSITORY
from support.project import Project, install
from taskfiles_cli.line.table import COMMANDS

PAGE = REPOSITORY / "docs" / "how-to" / "coming-from-taskplain.md"
LOOP = """
codex() { echo "$2"; }
while IFS= read -r task_id; do
  codex exec "Implement task: $task_id" &
done < <(tasks next --parallelize 3)

wait
"""


def test_the_loop_of_its_readme_hands_out_every_task_once(project: Project) -> None:
    for name in ("a", "b", "c", "d"):
        project.task(name)
    project.task("idea", state="idea")
    programs = install(project.root.parent / "bin")
    env = {**project.environment(None), "PATH": f"{programs}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", LOOP], cwd=project.root, env=env, capture_output=True, text=True, check=True
    )
    assert sorted(done.stdout.splitlines()) == [f"Implement task: {name}" for name in "abc"]


@pytest.mark.skipif(not PAGE.is_file(), reason="the tests run without the repository's docs")
def test_the_page_names_commands_and_options_that_are_there() -> None:
    spans = re.findall(r"`(tasks [^`]+)`", PAGE.read_text(encoding="utf-8"))
    assert len(spans) > 20
    for span in spans:
        words = span.replace("\\|", "|").split()
        command = COMMANDS.get(" ".join(words[1:3])) or COMMANDS[words[1]]
        options = [word for word in words if word.startswith("-")]
        assert all(option in command.options for option in options), span
