"""Ctrl-C at any moment from the console script's first step on: exit 130, one line, no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support import interrupts
from support.effort import Effort, some
from support.project import Project

LINES = [
    ("list", "--output", "json"),
    ("show", "fix"),
    ("update", "fix", "--meta", "size=xl", "--dry-run"),
    ("stats",),
    ("update", "fix", "--no-such-option"),
    ("--help",),
]
INTERRUPTED = "error[interrupted] Interrupted.\nhint: Every file is whole; run the command again.\n"
MOST = "100000"


@pytest.mark.parametrize("line", some(LINES, 3), ids=" ".join)
@pytest.mark.parametrize("what", ["import", "call"])
def test_ctrl_c_at_any_moment(what: str, line: tuple[str, ...], project: Project, effort: Effort) -> None:
    project.task("fix")
    if what == "import":
        first, step = 1, effort.pick(short=17, deep=2, long=1)
    else:
        first, step = 2, effort.pick(short=83, deep=23, long=1)
    done = subprocess.run(
        [sys.executable, interrupts.__file__, what, str(first), str(step), MOST, *line],
        cwd=project.root,
        env=project.environment({"PYTHONPATH": ""}),
        capture_output=True,
        text=True,
        check=True,
    )
    *interrupted, last = map(json.loads, done.stdout.splitlines())
    assert interrupted
    for number, code, said in interrupted:
        assert "Traceback" not in said, (number, said)
        assert "ignored" not in said, (number, said)
        if what == "call" and (code, said) == (0, ""):
            continue  # it came to a finaliser, at the end, and the answer was given before it could be raised
        assert code == 130, (number, said)
        if "json" in line:
            assert json.loads(said)["error"]["code"] == "interrupted"
        else:
            assert said.endswith(INTERRUPTED), (number, said)
    assert last[1] == (2 if "--no-such-option" in line else 0)


def test_what_breaks_the_very_beginning_is_one_line(project: Project, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'taskfiles_cli.main':\n"
        "            raise ImportError('no\\nsuch\\x1b part')\n"
        "sys.meta_path.insert(0, Missing())\n"
    )
    done = project.run("show", "fix", env={"PYTHONPATH": str(tmp_path)})
    assert done.code == 70
    assert done.err == "error[internal] tasks can't start: ImportError: no\\nsuch\\x1b part.\n"
