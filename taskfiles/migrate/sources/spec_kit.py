"""spec-kit: the numbered boxes of each `tasks.md` below `specs/`; a line is the body, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.json_file import read_text
from taskfiles.migrate.markdown import path_in
from taskfiles.migrate.rows import names, refs, text, word
from taskfiles.text.nodes import Value

ROWS = {
    "box": word("state", {"": "ready", "open": "ready", "x": "done", "-": "canceled", "~": "in-progress"}),
    "parallel": word("isolation", {"p": "isolated"}),
    "story": names("labels"),
    "phase": text("milestone"),
    "feature": text("track"),
    "depends on": refs("depends_on"),
}
_ITEM = re.compile(r"\s*[-*] \[(?P<box>.)\] +(?:\*\*)?(?P<id>T\d+[a-z]?)(?:\*\*)?:?(?P<rest>.*)")
_BOX = re.compile(r"\s*[-*] \[.\] ")
_MARK = re.compile(r"\s*\[(?P<mark>P|US\d+|[A-Za-z]+\d*)\]")
_AFTER = re.compile(r"depends on (?P<ids>T\d+[a-z]?(?:\s*(?:,|and|&)\s*T\d+[a-z]?)*)", re.IGNORECASE)
_PLACES = ("specs", ".specify/specs", ".specify/features")


def finds(directory: Path) -> bool:
    """Return whether a feature below `specs/` has tasks."""
    return bool(_list_files(directory))


def _list_files(directory: Path) -> list[Path]:
    if directory.is_file():
        return [directory] if directory.name == "tasks.md" else []
    return sorted(file for place in _PLACES for file in (directory / place).glob("*/tasks.md"))


def read(directory: Path, care: Care) -> Reading:  # noqa: ARG001 (there is nothing to repair)
    """Read the numbered boxes of all features."""
    reading = Reading()
    for file in _list_files(directory) or sorted(directory.glob("*/tasks.md")):
        path = path_in(file, directory)
        found = read_text(file, directory, reading)
        if found is not None:
            feature = file.resolve().parent.name
            reading.tasks += _read_boxes(found, path, feature, reading)
    return reading


def _read_boxes(found: str, path: str, feature: str, reading: Reading) -> Iterator[ForeignTask]:
    phase, is_fenced, others = "", False, 0
    lines = found.split("\n")
    for at, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~")):
            is_fenced = not is_fenced
        if is_fenced:
            continue
        if line.startswith("## "):
            phase = line[3:].strip()
        match = _ITEM.match(line.rstrip("\r"))
        if match is None:
            others += bool(_BOX.match(line))
            continue
        yield _make_task(match, _take(lines, at), Place(path, at + 1), (feature, phase))
    if others:
        message = f"Boxes without a number, as T001, are left out: {others}."
        reading.report(Place(path), "no-number", message, is_error=False)


def _take(lines: list[str], at: int) -> str:
    """Return an item's line with those that are indented below it."""
    end = at + 1
    depth = len(lines[at]) - len(lines[at].lstrip())
    while end < len(lines) and lines[end].strip() and not _ITEM.match(lines[end]):
        if len(lines[end]) - len(lines[end].lstrip()) <= depth:
            break
        end += 1
    return "\n".join(lines[at:end])


def _make_task(match: re.Match[str], written: str, place: Place, where: tuple[str, str]) -> ForeignTask:
    feature, phase = where
    rest, marks = match["rest"], []
    while (mark := _MARK.match(rest)) is not None:
        marks.append(mark["mark"])
        rest = rest[mark.end() :]
    after = [each for found in _AFTER.finditer(rest) for each in re.findall(r"T\d+[a-z]?", found["ids"])]
    keys: dict[str, Value] = {"feature": feature, "phase": phase, "story": [m for m in marks if m != "P"]}
    if "P" in marks:
        keys["parallel"] = "P"
    keys["depends on"] = [f"{feature}/{each}" for each in after]
    words = {"box": match["box"].strip().lower() or "open"}
    title = rest.strip(" :-").rstrip("\r") or match["id"]
    return ForeignTask(
        place,
        f"{feature}/{match['id']}",
        title,
        f"\n{written}\n".encode(),
        keys,
        words=words,
    )


SOURCE = Source("spec-kit", "spec-kit", ROWS, finds, read)
