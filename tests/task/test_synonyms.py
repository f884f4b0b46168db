"""What others call our keys and words: each is pointed out, in files, on the command line and on a write."""

from __future__ import annotations

import pytest

from support.in_process import call
from support.project import BODY, Project
from taskfiles import Filter, TaskfilesError
from taskfiles.task import words
from taskfiles.task.keys import KEY_ORDER, WORDS
from taskfiles.task.synonyms import _KEYS, _WORDS, _fold, suggest_key, suggest_word

KEYS = [
    ("status", "state"),
    ("Tags", "labels"),
    ("assignee", "assignees"),
    ("dependencies", "depends_on"),
    ("parent_id", "parent"),
    ("parent-id", "parent"),
    ("type", "kind or task_type"),
    ("prioriti", "priority"),
    ("created", "created_at"),
]
VALUES = [
    ("priority", "medium", "normal"),
    ("priority", "critical", "urgent"),
    ("state", "todo", "ready"),
    ("state", "in_progress", "in-progress"),
    ("state", "Closed", "done"),
    ("kind", "bug", "task"),
    ("size", "XS", "tiny"),
]


def test_no_word_stands_for_two_of_ours_and_none_is_ours() -> None:
    for name, table in _WORDS.items():
        kind = getattr(words, name)
        assert set(table) <= set(kind)
        others = [_fold(each) for line in table.values() for each in line.split()]
        assert len(others) == len(set(others))
        assert not set(others) & {_fold(word) for word in kind}
    others = [_fold(each) for line in _KEYS.values() for each in line.split()]
    assert [each for each in others if others.count(each) > 1] == ["type", "type"]
    assert not set(others) & {_fold(key) for key in KEY_ORDER}


def test_a_key_that_the_format_does_not_have_is_never_offered() -> None:
    for key in set(_KEYS) - set(KEY_ORDER):
        assert all(key not in suggest_key(each, KEY_ORDER) for each in _KEYS[key].split())


@pytest.mark.parametrize(("given", "ours"), KEYS)
def test_a_key_of_others_is_pointed_out_on_the_write_and_in_the_file(
    project: Project, given: str, ours: str
) -> None:
    """By each command that writes it, once; a key of one's own is nothing to warn of."""
    project.task("fix")
    for line, stdin in (
        (("update", "fix", "--meta", f"{given}=high"), ""),
        (("metadata", "set", "fix"), f'{{"{given}": "high"}}'),
        (("new", "--title", "New", "--field", "Overview", "x", "--meta", f"{given}=high"), ""),
    ):
        project.task("fix")
        done = call(project, *line, stdin=stdin)
        assert done.code == 0
        assert done.err.count("[unknown-key]") == 1
        assert f"Did you mean {ours}?" in done.err
    assert "[unknown-key]" not in call(project, "update", "fix", "--meta", "size=xl").err
    assert f"Did you mean {ours}?" in call(project, "validate").out


@pytest.mark.parametrize("given", ["x_status", "sprint", "estimate_hours", "x_tags"])
def test_a_key_of_ones_own_is_nothing_to_warn_of(project: Project, given: str) -> None:
    project.task("fix")
    done = call(project, "update", "fix", "--meta", f"{given}=1")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(("key", "given", "ours"), VALUES)
def test_a_word_of_others_is_pointed_out_wherever_it_is_given(
    project: Project, key: str, given: str, ours: str
) -> None:
    project.task("fix")
    wanted = f"Did you mean {ours}?"
    if key != "state" or given != "in_progress":  # which the command line takes for ours
        for line in (
            ("update", "fix", f"--{key}", given),
            ("update", "fix", "--meta", f"{key}={given}"),
            ("new", "--title", "T", f"--{key}", given),
            ("list", f"--{key}", given),
        ):
            done = call(project, *line)
            assert (done.code, wanted in done.err) == (2, True), done.err
    done = call(project, "metadata", "set", "fix", stdin=f'{{"{key}": "{given}"}}')
    assert (done.code, wanted in done.err) == (1, True)
    front = {"id": "fix", "title": "T", "state": "ready", key: given}
    lines = "".join(f"{name}: {value}\n" for name, value in front.items())
    project.write("tasks/10-ready/task-fix.md", f"---\n{lines}---\n{BODY}")
    assert wanted in call(project, "validate").out
    with pytest.raises(TaskfilesError) as caught:
        Filter(**{key: given})  # type: ignore[arg-type]  # a field of the filter
    assert wanted in caught.value.hint
    assert suggest_word(WORDS[key], given) == f"{wanted} "
