"""Tasks that are boxes in Markdown texts, with signs behind them, as a mapping file says: obsidian-tasks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from taskfiles.migrate.foreign import ForeignTask, Place, Reading
from taskfiles.migrate.json_file import read_text
from taskfiles.migrate.markdown import list_markdown
from taskfiles.migrate.rows import word
from taskfiles.text.nodes import Value

BOX, TAGS = "box", "#"
USUAL = {BOX: word("state", {"x": "done", "/": "in-progress", "-": "canceled"}, absent="ready")}
_LINE = re.compile(r"(?P<indent>[\s>]*)(?:[-*+]|\d+[.)])\s+\[(?P<box>.)\]\s+(?P<text>\S.*)")
_TAG = re.compile(r"(?<!\S)#(?P<name>[^\s#]+)")
_REST = re.compile(r"(?<!\S)(?:#[^\s#]+|\^[\w-]+)")  # tags and the id of a block stand behind signs, too
_VARIANT = "\ufe0f"  # asks for the coloured form of a sign, and says nothing


def read_boxes(directory: Path, signs: Collection[str], settings: Mapping[str, Any]) -> Reading:
    """Read the boxes of all Markdown files below a directory.

    A sign has what stands behind it up to the next one as its value, or itself. Of the settings, `files` is
    a pattern of paths, `id` the sign of an id, `only` a tag that a task has; a box below another one is
    its child.
    """
    reading = Reading()
    pattern, only, id_sign = settings.get("files"), settings.get("only"), str(settings.get("id", ""))
    every = {sign.replace(_VARIANT, "") for sign in (*signs, *([id_sign] if id_sign else []))} - {BOX, TAGS}
    for file in list_markdown(directory):
        path = file.relative_to(directory)
        if isinstance(pattern, str) and not path.match(pattern):
            continue
        found = read_text(file, directory, reading)
        lines = (found or "").split("\n")
        above: list[tuple[int, ForeignTask]] = []
        for number, match in _find_boxes(lines):
            text = match["text"].replace(_VARIANT, "")
            if isinstance(only, str) and only.removeprefix("#") not in _TAG.findall(text):
                continue
            place = Place(path.as_posix(), number)
            task = _make_task(match, _take(lines, number - 1), place, every, id_sign)
            depth = len(match["indent"].expandtabs(4))
            while above and above[-1][0] >= depth:
                above.pop()
            if above:
                task.relations = {"parent": [above[-1][1].old_id]}
            above.append((depth, task))
            reading.tasks.append(task)
    _drop_unclear(reading)
    return reading


def _find_boxes(lines: list[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the lines with a box, by their numbers, those in fences left out."""
    fence = ""
    for number, line in enumerate(lines, 1):
        mark = line.lstrip()[:3]
        if mark in {"```", "~~~"} and fence in {"", mark}:
            fence = "" if fence else mark
        elif not fence and (match := _LINE.fullmatch(line.rstrip("\r"))) is not None:
            yield number, match


def _take(lines: list[str], at: int) -> str:
    """Return a box's line with the lines that are indented below it and are no boxes."""
    depth, end = len(lines[at]) - len(lines[at].lstrip()), at + 1
    while end < len(lines) and lines[end].strip() and not _LINE.fullmatch(lines[end].rstrip("\r")):
        if len(lines[end]) - len(lines[end].lstrip()) <= depth:
            break
        end += 1
    return "\n".join(lines[at:end])


def _make_task(
    match: re.Match[str], written: str, place: Place, signs: Collection[str], id_sign: str
) -> ForeignTask:
    box, text = match["box"], match["text"].replace(_VARIANT, "")
    ordered = sorted(signs, key=len, reverse=True)
    first, *rest = re.split(f"({'|'.join(map(re.escape, ordered))})", text) if ordered else [text]
    keys: dict[str, Value] = {}
    for sign, value in zip(rest[::2], rest[1::2], strict=True):
        keys.setdefault(sign, _REST.sub("", value).strip() or sign)
    keys[TAGS] = [str(each) for each in _TAG.findall(text)]
    title = " ".join(first.split()) or text.strip()
    named = keys.pop(id_sign.replace(_VARIANT, ""), None) if id_sign else None
    words = {BOX: "x" if box == "X" else box}
    old_id = str(named) if named is not None else title
    return ForeignTask(
        place, old_id, title, f"\n{written}\n".encode(), keys, words=words, is_id_from_title=named is None
    )


def _drop_unclear(reading: Reading) -> None:
    """Leave out a parent that is named like another task."""
    names = [task.old_id for task in reading.tasks]
    for task in reading.tasks:
        for parent in task.relations.get("parent", ()):
            if names.count(parent) > 1:
                task.relations = {}
                message = f"Several tasks are “{parent}”, so “{task.title}” is no child here."
                reading.report(task.place, "unclear-parent", message, is_error=False)
