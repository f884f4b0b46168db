"""What was written for another tool comes back the same, and what does not is counted."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.test_laws import SOURCES, cares
from support.backlogs import make_task
from support.effort import examples
from taskfiles import Task, Tool
from taskfiles.leave.back import compare, read_back
from taskfiles.leave.plan import plan_leaving
from taskfiles.leave.registry import load_target
from taskfiles.leave.target import Target
from taskfiles.migrate.foreign import STRICT, Care
from taskfiles.migrate.plan import Plan
from taskfiles.migrate.render import prefix_of
from taskfiles.task.keys import DEFAULTS, WORDS

TITLES = st.sampled_from(
    [
        "Fix the navbar",
        "Fix a navbar",
        "Über @home +work",
        "a: b # c",
        "12",
        "x marks",
        "(A) first",
        "due:2026-01-01",
        "- [ ] box",
        "a/b\n../../c \a",
        "two  blanks",
        "id:other",
        "'quoted' \"twice\"",
    ]
)
NAMES = st.lists(st.sampled_from(["ui", "two words", "a,b", "@ada", "é", "1", "no"]), max_size=3, unique=True)
WHOLE = {Tool.BACKLOG, Tool.TASKMD, Tool.TASKPLAIN}  # whose files have titles and bodies like ours
MOMENTS = st.sampled_from(
    ["2026-01-02", "2026-01-02T10:00:00Z", "2026-01-02T10:00:59.5+02:00", "2026-12-31T23:59:00Z"]
)
BODIES = st.sampled_from(
    [
        "",
        "\n## Overview\n\nText.\n",
        "\nWhy\n\n## Design\n\nHow\n\n## Notes\n\nN\n",
        "\n## Notes\n\n- 20250105T120000Z Asked\n",
        "no blank line before",
        "\n\n\n",
        "\r\nText.\r\n",
        "\nFix the navbar\n",
        "\n---\n\ntext\n\n",
    ]
)
WORD = {
    name: st.sampled_from(sorted(words)) for name, words in WORDS.items() if name not in {"state", "kind"}
}
VALUES = st.fixed_dictionaries(
    {"title": TITLES, "state": st.sampled_from(["idea", "ready", "in-progress", "done", "canceled"])},
    optional={
        **WORD,
        **dict.fromkeys(("labels", "assignees", "touches"), NAMES),
        **dict.fromkeys(("created_at", "updated_at", "completed_at", "due", "not_before"), MOMENTS),
        **dict.fromkeys(
            ("milestone", "track", "task_type", "created_by", "blocked"), st.sampled_from(["m", "a: b"])
        ),
        "links": st.just([{"type": "github_issue", "repo": "o/r", "number": 3}]),
        "x_mine": st.integers(0, 3),
    },
)


@st.composite
def projects(draw: st.DrawFn) -> list[Task]:
    """Some tasks without circles, of which the first may have children."""
    count = draw(st.integers(1, 4))
    ids = [f"t{number}" for number in range(count)]
    made = [dict(draw(VALUES)) for _ in ids]
    for number in range(1, count):
        for key, others in (("depends_on", ids[1:number]), ("blocks", ids[number + 1 :])):
            if others and (named := draw(st.lists(st.sampled_from(others), max_size=2, unique=True))):
                made[number][key] = named
    if count > 1 and draw(st.booleans()):
        made[0] |= {"kind": "epic", "children": ids[1 : draw(st.integers(2, count))]}
    return [make_task(each, body=draw(BODIES), **values) for each, values in zip(ids, made, strict=True)]


def through(tasks: Sequence[Task], target: Target, care: Care = STRICT) -> tuple[Any, Plan]:
    """Write tasks for a tool and read them again, with some care."""
    leaving, _ = plan_leaving(tasks, target, dict.fromkeys(_wordless(target), _find_word(target)), "app")
    with tempfile.TemporaryDirectory() as name:
        for path, data in target.write(leaving).items():
            (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / path).write_bytes(data)
        reading = target.source.read(Path(name) / target.place, care)
    return leaving, read_back(reading, target, care)


def _wordless(target: Target) -> list[tuple[str, str]]:
    words = {**target.source.rows[target.state_row].words, "": target.source.rows[target.state_row].absent}
    return [("state", each) for each in ("idea", "in-progress", "canceled") if each not in words.values()]


def _find_word(target: Target) -> str:
    return next(iter(target.source.rows[target.state_row].words))


@pytest.mark.parametrize("tool", Tool)
@examples(short=5, deep=200)
@given(tasks=projects())
def test_what_comes_back_otherwise_is_counted_and_comes_back_the_same_from_then_on(
    tool: Tool, tasks: list[Task]
) -> None:
    target = load_target(tool)
    leaving, found = through(tasks, target)
    back = compare(leaving, found, target)
    lost = back.lost.keys() | back.added.keys()
    came = {item.task.id: find_by_old(found, item.old_id, tool) for item in leaving.items}
    assert len(found.creations) == len(tasks)
    for task in tasks:
        back = came[task.id]
        assert "title" in lost or back.title == task.title
        assert "body" in lost or back.document.body == task.document.body
        for key in {*WORDS, "labels", "assignees", "milestone", "track", "x_mine", "links"}:
            mine, other = task.values.get(key, DEFAULTS.get(key)), back.values.get(key, DEFAULTS.get(key))
            assert key in lost or (mine or None) == (other or None), key
    again, twice = through(found.creations, target)
    back = compare(again, twice, target)
    assert not back.lost
    assert not back.added
    assert {task.id: show(task) for task in twice.creations} == {
        task.id: show(task) for task in found.creations
    }


def find_by_old(found: Plan, old_id: str, tool: Tool) -> Task:
    key = f"{prefix_of(tool.value)}id"
    return next(task for task in found.creations if str(task.values[key]) == old_id)


def show(task: Task) -> tuple[Any, ...]:
    return task.values, task.document.body


@pytest.mark.parametrize("tool", Tool)
@examples(short=5, deep=200)
@given(data=st.data())
def test_what_came_in_goes_out_and_comes_in_again(tool: Tool, data: st.DataObject) -> None:
    strategy, place = SOURCES[tool.value]
    files, _ = data.draw(strategy)
    target = load_target(tool)
    with tempfile.TemporaryDirectory() as name:
        for path, content in files.items():
            (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / path).write_bytes(content)
        care = data.draw(cares(tool.value))
        found = read_back(target.source.read(Path(name) / place, care), target, care)
    if found.errors or found.unmapped:
        return
    leaving, again = through(found.creations, target, care)
    back = compare(leaving, again, target)
    lost = back.lost.keys() | back.added.keys()
    assert len(again.creations) == len(found.creations)
    assert not {"task", "title", "body"} & lost or tool not in WHOLE
    if not lost:
        assert {task.id: strip(task, tool) for task in again.creations} == {
            task.id: strip(task, tool) for task in found.creations
        }


def strip(task: Task, tool: Tool) -> tuple[dict[str, Any], bytes]:
    """Return a task without the old id, which a source may lack, and without relations, compared above."""
    aside = {f"{prefix_of(tool.value)}id", f"{prefix_of(tool.value)}base", "depends_on", "blocks"}
    return {key: value for key, value in task.values.items() if key not in aside}, task.document.body
