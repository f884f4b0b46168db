"""`[rules]` change what `validate` shows and its exit code, in every format, and nothing else."""

from __future__ import annotations

import json

import pytest

from support.in_process import call
from support.project import Project
from taskfiles.config.levels import LEVELS

ONE_OF_EACH = {
    "unknown-value": "size: huge\n",
    "dangling-reference": "depends_on: [gone]\n",
    "unknown-key": "spr: 5\n",
}
OTHERS = (
    ("list", "--output", "json"),
    ("list", "--strict", "--output", "plain"),
    ("next", "--output", "json"),
    ("stats", "--output", "json"),
    ("show", "sound", "--output", "json"),
    ("update", "sound", "--meta", "priority=huge", "--output", "json"),
    ("move", "fix", "in-progress", "--dry-run", "--output", "plain"),
)


def write(project: Project, code: str, settings: str) -> None:
    project.task("fix", extra=ONE_OF_EACH[code])
    project.task("sound")
    project.configure(settings)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("code", ONE_OF_EACH)
def test_validate_goes_by_them_in_every_format(project: Project, code: str, level: str) -> None:
    write(project, code, f'[rules]\n{code} = "{level}"\n')
    done = call(project, "validate", "--output", "json")
    shown = [] if level == "off" else [(code, level)]
    assert [(each["code"], each["severity"]) for each in done.json["findings"]] == shown
    changed = {"unknown-value": "error", "dangling-reference": "warning", "unknown-key": "hint"}[
        code
    ] != level
    assert done.json["rules"] == changed
    assert done.code == (level == "error")
    assert call(project, "validate", "--strict").code == (level in {"error", "warning"})
    told = call(project, "validate").out
    assert ("tasks/tasks.toml changes the severity of 1 rule" in told) is changed
    assert ("(1 finding not shown)" in told) is (level == "off")
    assert call(project, "validate", "--output", "jsonl").out.count("\n") == len(shown)
    assert call(project, "validate", "--output", "github").out.count("::") == 2 * len(shown)
    results = call(project, "validate", "--output", "sarif").json["runs"][0]["results"]
    assert [each["level"].replace("note", "hint") for each in results] == [each for _, each in shown]
    text = (project.root / project.path()).read_text()
    given = call(project, "validate", "-", "--stdin-path", project.path(), "--output", "json", stdin=text)
    alone = [] if code == "dangling-reference" else shown
    assert [(each["code"], each["severity"]) for each in given.json["findings"]] == alone


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("code", ONE_OF_EACH)
def test_default_rules_ignore_them(project: Project, code: str, level: str) -> None:
    write(project, code, "")
    plain = call(project, "validate", "--output", "json")
    project.configure(f'[rules]\n{code} = "{level}"\n')
    ignored = call(project, "validate", "--default-rules", "--output", "json")
    assert (ignored.out, ignored.code) == (plain.out, plain.code)
    some = call(project, "validate", "fix", "--default-rules", "--output", "json")
    assert some.json["findings"] == plain.json["findings"]


@pytest.mark.parametrize("level", [*LEVELS, "loud"])
@pytest.mark.parametrize("code", ONE_OF_EACH)
def test_nothing_else_goes_by_them(project: Project, code: str, level: str) -> None:
    write(project, code, "")
    before = [call(project, *command) for command in OTHERS]
    project.configure(f'[rules]\n{code} = "{level}"\n')
    after = [call(project, *command) for command in OTHERS]
    for one, other in zip(before, after, strict=True):
        assert (one.code, one.out, _said(one.err)) == (other.code, other.out, _said(other.err))


def _said(err: str) -> list[object]:
    return [json.loads(line) if line.startswith("{") else line for line in err.splitlines()]
