"""Whatever is done to the files, and wherever the index is cut short: every command answers as without it."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from support.effort import Effort
from support.indexed_projects import LIST, READY, answer, index_of, remember, same, swap
from support.kill_steps import count_steps, kill_at
from support.project import Project
from taskfiles.store.index.reading import BASE, DELTA

ASKED = [
    READY,
    LIST,
    ("list", "--output", "plain"),
    ("list", "--fields", "id,title,x_map", "--output", "json"),
    ("list", "--priority", "low", "--sort", "-title"),
    ("list", "--search", "title", "--output", "plain"),
    ("next", "--output", "json"),
    ("tree", "--output", "json"),
    ("plan", "--output", "json"),
    ("stats", "--output", "json"),
    ("validate", "--output", "json"),
    ("show", "alpha", "--output", "json"),
    ("show", "omega", "--output", "json"),
    *(("doctor", "--only", check, "--output", "plain") for check in ("ids", "places")),
]
MOMENTS = (0, -86_400 * 10**9, 10**18, 2**62)
Edit = Callable[[Project, random.Random], object]


def some_task(project: Project, chance: random.Random) -> Path:
    files = sorted(file for file in project.root.glob("tasks/**/*.md") if file.is_file())
    files = files or [project.task("alpha")]
    return chance.choice(files)


def exchange_directories(project: Project, chance: random.Random) -> None:
    """Old files in the place of old files: the only change that can be remembered at once."""
    place = project.root / "tasks/10-ready"
    place.mkdir(exist_ok=True)
    swap(place, project.root / "aside" / chance.choice(["10-ready", "10-ready", "broken"]))


def edit_in_place(project: Project, chance: random.Random) -> None:
    file = some_task(project, chance)
    data = file.read_bytes()
    with file.open("r+b") as opened:
        opened.write(data.replace(b"Title", chance.choice([b"TITLE", b"title", b"Titel"])))


def edit_values(project: Project, chance: random.Random) -> None:
    states = [b"ready", b"done", b"idea", b"gone", b"in-progress"]
    lines = [
        b"state: " + chance.choice(states),
        b"priority: high",
        b"x_map: {a: [1, 2]}",
        b"depends_on: [beta]",
    ]
    file = some_task(project, chance)
    file.write_bytes(file.read_bytes().replace(b"\nid:", b"\n" + chance.choice(lines) + b"\nid:", 1))


def write_nonsense(project: Project, chance: random.Random) -> None:
    some_task(project, chance).write_bytes(
        chance.choice([b"", b"# No task\n", b"---\nid: open\n", b"---\n---\n"])
    )


def set_times(project: Project, chance: random.Random) -> None:
    moment = chance.choice(MOMENTS)
    os.utime(some_task(project, chance), ns=(moment, moment))


def remove(project: Project, chance: random.Random) -> None:
    some_task(project, chance).unlink()


def move(project: Project, chance: random.Random) -> None:
    file = some_task(project, chance)
    place = project.root / chance.choice(["tasks", "tasks/30-done", "tasks/web/deep", "tasks/00-idea"])
    place.mkdir(parents=True, exist_ok=True)
    file.rename(place / chance.choice([file.name, "omega.md", "task-omega.md", "notes.md", "README.md"]))


def copy(project: Project, chance: random.Random) -> None:
    data = some_task(project, chance).read_bytes()
    project.write(chance.choice(["tasks/copy.md", "tasks/task-copy.md"]), data)


def link(project: Project, chance: random.Random) -> None:
    place = project.root / "tasks/linked.md"
    if place.is_symlink():
        place.unlink()
    elif not place.exists():
        place.symlink_to(some_task(project, chance))


def choose_layout(project: Project, chance: random.Random) -> None:
    texts = [
        'format = 1\nlayout = "flat"\n',
        'format = 1\nlayout = "states"\n',
        "format = 1\n",
        "layout = 3\n",
    ]
    project.write("tasks/tasks.toml", chance.choice(texts))


def change_layout_and_files(project: Project, _: random.Random) -> None:
    """All at once, by a branch or by hand."""
    swap(project.root / "tasks", project.root / "aside/flat")


def write_a_note(project: Project, chance: random.Random) -> None:
    project.write(chance.choice(["tasks/omega.md", "tasks/web/omega.md"]), chance.choice(["", "# A note\n"]))


def damage_the_index(project: Project, chance: random.Random) -> None:
    file = index_of(project) / chance.choice([BASE, DELTA])
    if not file.exists():
        return
    data = bytearray(file.read_bytes())
    at = chance.randrange(len(data))
    data[at] ^= 1 << chance.randrange(8)
    file.write_bytes(data[: at + 1] if chance.random() < 0.3 else data)


def remove_the_index(project: Project, _: random.Random) -> None:
    shutil.rmtree(index_of(project), ignore_errors=True)


EDITS: list[Edit] = [
    exchange_directories,
    edit_in_place,
    edit_values,
    write_nonsense,
    set_times,
    remove,
    move,
]
EDITS += [
    copy,
    link,
    change_layout_and_files,
    choose_layout,
    write_a_note,
    damage_the_index,
    remove_the_index,
    exchange_directories,
]


@pytest.mark.parametrize("layout", ["flat", "states"])
def test_the_index_never_changes_an_answer(old: Project, effort: Effort, layout: str) -> None:
    """After each of many random edits; the commands that read an index also write it."""
    chance = random.Random(layout if effort.profile == "short" else None)
    project = old
    if layout == "flat":
        swap(project.root / "tasks", project.root / "aside/flat")
    answer(project, *LIST, slow=False)
    done: list[str] = []
    for _ in range(effort.pick(short=25, deep=300, long=3000)):
        edit = chance.choice(EDITS)
        done.append(edit.__name__)
        edit(project, chance)
        for line in chance.sample(ASKED, effort.pick(short=5, deep=9)):
            assert answer(project, *line, slow=False) == answer(project, *line, slow=True), (line, done)


@pytest.mark.parametrize("name", [BASE, DELTA])
def test_killed_while_the_index_is_written(old: Project, effort: Effort, name: str) -> None:
    """At each change to the file system; what is left is no index, the old one or the new one."""
    remember(old)
    kept = {file.name: file.read_bytes() for file in index_of(old).iterdir()}
    swap(old.root / "tasks/10-ready", old.root / "aside/10-ready")
    plain = answer(old, *LIST, slow=True)

    def arrange() -> None:
        shutil.rmtree(index_of(old))
        if name == DELTA:
            index_of(old).mkdir()
            for file, data in kept.items():
                (index_of(old) / file).write_bytes(data)

    def work() -> None:
        answer(old, "list", "--output", "plain", slow=False)

    arrange()
    steps = count_steps(work, old)
    assert (index_of(old) / name).exists()
    for step in effort.sample(range(1, steps + 1), 6):
        arrange()
        assert kill_at(step, work, old)
        assert answer(old, *LIST, slow=False) == plain
    same(old, fast=True)
