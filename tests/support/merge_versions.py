"""Versions of one task file that have gone apart, and a reader of conflict markers."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from taskfiles.task.keys import key_order, sort_keys
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.splice import edit_yaml
from taskfiles.text.yaml_print import print_block

Draw = Callable[[st.SearchStrategy[Any]], Any]

LABELS = ["api", "bug", "docs", "ui"]
INSTANTS = [f"2025-11-02T15:{minute:02}:00Z" for minute in range(0, 60, 7)]
BOXES = [f"- [{mark}] Criterion {number}\n" for number, mark in enumerate("  x ")]
BODY = ["\n", "## Overview\n", "\n", "Why.\n", "\n", "## Acceptance Criteria\n", "\n", *BOXES]


class Triple(NamedTuple):
    """A common ancestor and what two sides made of it."""

    base: bytes
    ours: bytes
    theirs: bytes


def uuid(number: int) -> str:
    """Give one of a few fixed UUIDs."""
    return f"0199c6f2-0000-7000-8000-{number:012}"


def attempt(draw: Draw, number: int) -> dict[str, Any]:
    """Draw an attempt, with or without an id; `session_id` tells it from all others."""
    start = draw(st.sampled_from(INSTANTS))
    made = {"started_at": start, "ended_at": start, "duration_seconds": 0, "status": "failed"}
    made |= {"executor": {"tool": draw(st.sampled_from(["t", "u"]))}, "session_id": f"s{number}"}
    return {"id": uuid(number), **made} if draw(st.booleans()) else made


def text_of(values: dict[str, Any], body: list[str]) -> bytes:
    """Write a file in the usual layout."""
    front = "".join(print_block(sort_keys(values), 0)[1:])
    return f"---\n{front}---\n{''.join(body)}".encode()


@st.composite
def triples(draw: Draw) -> Triple:
    """A task with labels, attempts, keys of the user's own and criteria, changed on two sides."""
    values: dict[str, Any] = {"id": "fix", "title": "Fix", "state": "ready", "priority": "low"}
    values["labels"] = draw(st.lists(st.sampled_from(LABELS), unique=True, min_size=1))
    values["created_at"] = values["updated_at"] = INSTANTS[0]
    values["x_own"] = {"deep": {"n": 1}, "list": [1, 2, 3]}
    if count := draw(st.integers(0, 3)):
        values["execution"] = {"attempts": [attempt(draw, number) for number in range(count)]}
    front = text_of(values, []).decode().removeprefix("---\n").removesuffix("---\n")
    sides = [side(draw, front, values, 10 * number) for number in (1, 2)]
    return Triple(*(f"---\n{f}---\n{''.join(b)}".encode() for f, b in [(front, BODY), *sides]))


def side(draw: Draw, front: str, values: dict[str, Any], first: int) -> tuple[str, list[str]]:
    """Change a file as people and commands do; new attempts are numbered from `first`."""
    values, body = copy.deepcopy(values), list(BODY)
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(["set", "label", "own", "attempt", "amend", "drop", "tick", "line"]))
        if kind == "set":
            key = draw(st.sampled_from(["title", "priority", "state", "updated_at", "x_new"]))
            words = {"priority": ["high", "urgent"], "state": ["idea", "canceled"], "updated_at": INSTANTS}
            values[key] = draw(st.sampled_from(words.get(key, ["One", "Two"])))
        elif kind == "label":
            label = draw(st.sampled_from(LABELS))
            labels = values["labels"]
            values["labels"] = [x for x in labels if x != label] if label in labels else [*labels, label]
        elif kind == "own":
            values["x_own"]["deep"][draw(st.sampled_from("nm"))] = draw(st.integers(1, 3))
        elif kind == "attempt":
            attempts = values.setdefault("execution", {}).setdefault("attempts", [])
            attempts.append(attempt(draw, first + number))
        elif kind == "amend" and "execution" in values:
            recorded = draw(st.sampled_from(values["execution"]["attempts"]))
            recorded[draw(st.sampled_from(["notes", "error_reason"]))] = draw(st.sampled_from(["A", "B"]))
        elif kind == "drop":
            values.pop(draw(st.sampled_from(["priority", "x_own", "title"])), None)
            values.setdefault("x_own", {"deep": {}})
        elif kind == "tick":
            at = draw(st.integers(len(BODY) - len(BOXES), len(BODY) - 1))
            body[at] = re.sub(r"\[.\]", draw(st.sampled_from(["[x]", "[ ]"])), body[at])
        elif kind == "line":
            body[3] = draw(st.sampled_from(["Because.\n", "Why not.\n"]))
    try:
        front = edit_yaml(front, values, key_order)
    except UnsafeEdit:  # a mapping that lost its last key, say
        front = text_of(values, []).decode().removeprefix("---\n").removesuffix("---\n")
    if draw(st.booleans()):
        lines = front.splitlines(keepends=True)
        top = [number for number, line in enumerate(lines) if line[0] not in " -"]
        lines.insert(draw(st.sampled_from(top)), f"# comment {first}\n")
        front = "".join(lines)
    return front, body


def choose(data: bytes, which: str) -> bytes:
    """Settle every conflict of a text by its markers: `ours` or `theirs`."""
    kept, inside = [], ""
    for line in data.splitlines(keepends=True):
        if line.startswith(b"<<<<<<<"):
            inside = "ours"
        elif line.startswith(b"=======") and inside:
            inside = "theirs"
        elif line.startswith(b">>>>>>>"):
            inside = ""
        elif inside in ("", which):
            kept.append(line)
    return b"".join(kept)
