"""The two layouts of a project, and which tests run under which.

A test with the fixture `project` runs under both, in the short profile under one of them: which one, its
name decides, so that about half run under each. A test that has paths of one layout in it asks for that one:
`@in_states`, `@in_flat`, or `pytestmark = in_states` for a file.
"""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest

from support.effort import choose
from taskfiles.task.layout import CONFIG_NAME, DIRECTORIES, FLAT, LAYOUTS, STATES, TASKS_DIR

FLAT_SETTINGS = b'format = 1\nlayout = "flat"\n'  # the tasks.toml of a new flat project
in_states = pytest.mark.layout(STATES)
# What takes long: under states, where a change takes more steps, and in the long profile under both.
mostly_in_states = pytest.mark.layout(*(LAYOUTS if choose().profile == "long" else (STATES,)))
in_flat = pytest.mark.layout(FLAT)
OTHER = {FLAT: STATES, STATES: FLAT}


def layouts_of(name: str, asked: pytest.Mark | None) -> list[object]:
    """Return a test's values of the fixture `layout`: the one asked for, or both, one of them marked slow."""
    if asked is not None:
        return list(asked.args)
    short = LAYOUTS[crc32(name.encode()) % len(LAYOUTS)]
    return [short, *(pytest.param(each, marks=pytest.mark.slow) for each in LAYOUTS if each != short)]


def make_project(root: Path, layout: str) -> None:
    """Make a directory an empty project; one without the key `layout` is *states*."""
    tasks = root / TASKS_DIR
    (tasks / DIRECTORIES["ready"] if layout == STATES else tasks).mkdir(parents=True)
    if layout == FLAT:
        (tasks / CONFIG_NAME).write_bytes(FLAT_SETTINGS)
