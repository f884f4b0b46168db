"""todo.txt: one task a line in `todo.txt` and `done.txt`; the line is the body, too."""

from __future__ import annotations

import re
from pathlib import Path

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.json_file import read_text
from taskfiles.migrate.rows import OTHER, moment, names, refs, word
from taskfiles.text.nodes import Value

ROWS = {
    "x": word("state", {"x": "done"}, absent="ready"),
    "priority": word("priority", {"a": "urgent", "b": "high", "c": "normal", "d": "low", OTHER: "low"}),
    "creation": moment("created_at"),
    "completion": moment("completed_at"),
    "due": moment("due"),
    "t": moment("not_before"),
    "@context": names("labels"),
    "+project": names("labels"),
    "dep": refs("depends_on"),
    "p": refs("parent"),
}
_DAY = r"\d{4}-\d{2}-\d{2}"
_LINE = re.compile(
    rf"(?P<x>x +)?(?:\((?P<priority>[A-Z])\) +)?(?:(?P<first>{_DAY}) +)?(?:(?P<second>{_DAY}) +)?(?P<text>.*)"
)
_PAIR = re.compile(r"(?:^|(?<=\s))(?P<key>[A-Za-z][\w-]*):(?P<value>[^\s/:][^\s:]*)(?=\s|$)")
_NAMES = ("todo.txt", "done.txt")
_RESERVED = frozenset(ROWS)


def finds(directory: Path) -> bool:
    """Return whether there is a todo.txt, or this is one."""
    return (directory / _NAMES[0]).is_file() or (directory.is_file() and directory.name.endswith("todo.txt"))


def read(directory: Path, care: Care) -> Reading:  # noqa: ARG001 (there is nothing to repair)
    """Read every line that is not blank."""
    reading = Reading()
    files = [directory] if directory.is_file() else [directory / name for name in _NAMES]
    for file in files:
        if not file.is_file():
            continue
        found = read_text(file, directory, reading) or ""
        for number, line in enumerate(found.split("\n"), 1):
            if line.strip():
                reading.tasks.append(read_task(line, Place(file.name, number)))
    return reading


def read_task(line: str, place: Place) -> ForeignTask:
    """Return the task of a line that is not blank."""
    match = _LINE.fullmatch(line.strip())
    assert match is not None  # each part may be missing
    text = match["text"].strip()
    keys: dict[str, Value] = {}
    if match["x"]:
        keys["x"] = "x"
        keys["completion"], keys["creation"] = match["first"], match["second"]
    else:
        keys["creation"] = match["first"]
    if match["priority"]:
        keys["priority"] = match["priority"]
    for sign, key in (("@", "@context"), ("+", "+project")):
        keys[key] = [word[1:] for word in text.split() if word.startswith(sign) and len(word) > 1]
    pairs = {pair["key"]: pair["value"] for pair in _PAIR.finditer(text)}
    keys |= {name: value for name, value in pairs.items() if name not in _RESERVED - {"dep", "p", "due", "t"}}
    title = " ".join(_PAIR.sub("", text).split()) or text or line.strip()
    named = pairs.get("id")
    keys.pop("id", None)
    keys.setdefault("priority", pairs.get("pri"))
    return ForeignTask(
        place, named or title, title, f"\n{line}\n".encode(), keys, is_id_from_title=named is None
    )


SOURCE = Source("todo.txt", "todo.txt", ROWS, finds, read)
