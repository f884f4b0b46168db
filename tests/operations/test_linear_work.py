"""Reading, checking, editing and merging a file takes work linear in its bytes, however it is made up.

Calls of functions are counted, which gives the same number on every machine. What a pattern or a copy of
bytes does inside of one call is seen by the clock alone, and the deep profile looks at that.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from support.call_counts import count_calls
from support.effort import some
from support.project import BODY
from taskfiles import TaskfilesError, Unreadable, merge_task
from taskfiles.backlog.mentions import find_references, rename_in_body
from taskfiles.changes.draft import Draft, plan_edit
from taskfiles.operations.validate import validate_text
from taskfiles.task.keys import KEY_ORDER
from taskfiles.task.task import parse_task
from taskfiles.task.wire import make_entry
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.reorder import reorder_yaml

PATH = "tasks/10-ready/task-fix.md"
# A text so many times as long may take so many times the calls; with squares it is 16.
STEP, MOST_CALLS = 4, 6.0
# By the clock, which other programs disturb, the step is longer and the bound wider; with squares it is 64.
LEAP, LIMIT, TRIES = 8, 26.0, 5
LEAST = 0.05  # seconds below which the clock says little

ATTEMPT = """\
    - started_at: 2025-11-02T15:03:00Z
      ended_at: 2025-11-02T15:05:00Z
      duration_seconds: 120
      status: failed
      executor: {tool: t}
      x_a: 1
"""
FRONTS: dict[str, Callable[[int], str]] = {
    "unknown keys": lambda n: "".join(f"k{i}: 1\n" for i in range(n)),
    "one long key": lambda n: f"? {'k' * 20 * n}\n: 1\n",
    "wrong items": lambda n: f"labels: [{'1, ' * n}]\n",
    "attempts": lambda n: f"execution:\n  attempts:\n{ATTEMPT * (n // 6 + 1)}",
    "comments": lambda n: "# c #d\n" * n,
    "comments beside values": lambda n: "x:\n" + "- a #b\n" * n,
    "one long text": lambda n: f"x: {'word ' * 5 * n}\n",
    "lines of a text": lambda n: 'x: "a\n' + "  word\n\n" * n + '"\n',
    "escapes": lambda n: 'x: "' + "\\u0041\\ud83d\\ude00" * n + '"\n',
    "half a pair at the end": lambda n: 'x: "' + "\\ud83d\\ude00" * n + '\\ud83d"\n',
    "blank lines": lambda n: "x: |+\n" + "\n" * 20 * n,
    "aliases": lambda n: f"a: &a b\nx: [{'*a, ' * n}]\n",
    "anchors": lambda n: "".join(f"k{i}: &a{i} 1\n" for i in range(n)),
    "merge keys": lambda n: "a: &a {q: 1}\nx:\n" + "- <<: *a\n" * n,
    "open brackets": lambda n: f"x: {'[a, ' * n}",
    "colons": lambda n: f"x: {': ' * n}\n",
    "words with colons": lambda n: f"x: [{'a:b, ' * n}]\n",
    "question marks": lambda n: "? " * n + "a\n",
    "digits": lambda n: f"x: {'1' * 20 * n}\ncreated_at: {'1' * 20 * n}\n",
    "line separators": lambda n: "x: " + "a\u2028" * 5 * n + "\n",
}
BODIES: dict[str, Callable[[int], str]] = {
    "blanks of a heading": lambda n: f"# {' ' * 20 * n}x\n",
    "signs of a heading": lambda n: f"# {'# ' * 20 * n}x\n",
    "backticks": lambda n: "`" * 20 * n + "x`\n",
    "fences": lambda n: "`" * n + "\n" + "```\n" * n,
    "lists of lists": lambda n: "-    " * 20 * n + "\n",
    "a rule that is none": lambda n: "* " * 20 * n + "x\n",
    "links": lambda n: "[a](task-fix.md) [Task:fix]" * n + "\n",
    "links never closed": lambda n: "[a](<" * 5 * n + "\n",
    "definitions": lambda n: "[a]: <" * 5 * n + "\n",
    "underlined": lambda n: "a\n" * n + "===\n",
    "headings": lambda n: "## Overview\n" * n,
    "HTML comments": lambda n: "<!--\n" * n,
    "boxes": lambda n: "- [ ] a\n" * n,
    "markers in code": lambda n: "```\n" + "<<<<<<< x\n" * n,
    "carriage returns": lambda n: "a\r" * 5 * n,
}
FILES: dict[str, Callable[[int], bytes]] = {
    **{
        name: lambda n, make=make: f"---\nid: fix\ntitle: Fix\nstate: ready\n{make(n)}---\n{BODY}".encode()
        for name, make in FRONTS.items()
    },
    **{
        name: lambda n, make=make: f"---\nid: fix\ntitle: Fix\nstate: ready\n---\n{BODY}{make(n)}".encode()
        for name, make in BODIES.items()
    },
}


def look(data: bytes) -> None:
    """Find everything wrong with a file, and what it is in JSON."""
    validate_text(PATH, data)
    make_entry(parse_task(PATH, data), check=True)


def change(data: bytes) -> None:
    """Edit a key and a section; sort the keys; rename what it names."""
    task = parse_task(PATH, data)

    def edit(draft: Draft) -> None:
        draft.values["priority"] = "high"
        draft.write_section("Overview", "New.")

    with suppress(TaskfilesError):
        plan_edit(task, edit, "2025-11-02T15:03:00Z")
    with suppress(UnsafeEdit):
        reorder_yaml(task.document.front, KEY_ORDER)
    list(find_references(task, {"other"}))
    rename_in_body(PATH, task.body, "other", "new")


def merge(data: bytes) -> None:
    """Merge a changed title with a line more."""
    merge_task(data, data.replace(b"title: Fix", b"title: Fox", 1), data + b"\nmore\n")


WORKS = [look, change, merge]


def attempt(work: Callable[[bytes], None], data: bytes) -> None:
    """Do some work on a file that may be unreadable."""
    with suppress(Unreadable):
        work(data)


def seconds(work: Callable[[bytes], None], data: bytes) -> float:
    """The processor time of some work without that of Python's collector, which grows with all that lives."""
    gc.collect()
    gc.disable()
    try:
        before = time.process_time()
        attempt(work, data)
        return time.process_time() - before
    finally:
        gc.enable()


@pytest.mark.parametrize("name", some([*FILES], 5))
def test_calls_are_linear_in_the_bytes(name: str) -> None:
    size = 100
    for work in WORKS:
        attempt(work, FILES[name](1))  # what is imported or prepared once
        short, long = (
            count_calls(partial(attempt, work, FILES[name](number))) for number in (size, STEP * size)
        )
        assert long < MOST_CALLS * short, (work.__name__, short, long)


@pytest.mark.slow
@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
@pytest.mark.parametrize("name", FILES)
def test_time_is_linear_in_the_bytes(name: str, work: Callable[[bytes], None]) -> None:
    """The best of several tries counts: other programs only ever add to it."""
    size = 200
    while True:
        short = long = float("inf")
        for more in range(TRIES):  # never the same text again, which might be remembered
            short = min(short, seconds(work, FILES[name](size + more)))
            long = min(long, seconds(work, FILES[name](LEAP * size + more)))
            if long < LIMIT / 2 * max(short, LEAST / LEAP):
                break
        assert long < LIMIT * max(short, LEAST / LEAP), (size, short, long)
        if long > LEAST or size > 10_000:
            break
        size *= LEAP
