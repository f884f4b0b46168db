"""todo.txt: one task a line; done ones stay in the file, as `x`."""

from __future__ import annotations

import re
from collections.abc import Collection

from taskfiles.leave.moments import print_day
from taskfiles.leave.target import Item, Leaving, Namer, Target
from taskfiles.migrate.foreign import ForeignTask, Place
from taskfiles.migrate.ids import suggest_from
from taskfiles.migrate.sources.todo_txt import SOURCE, read_task
from taskfiles.task.task import Task
from taskfiles.text.nodes import Value

_PLAIN = re.compile(r"\S+")
_KEY = re.compile(r"[A-Za-z][\w-]*")
_VALUE = re.compile(r"[^\s/:][^\s:]*")
_PAIR = re.compile(r"(?<!\S)([A-Za-z][\w-]*):([^\s/:])")
_PLACE = Place("todo.txt")


def start_naming(kept: Collection[str]) -> Namer:
    """Return what gives the title where the id follows from it and nobody names the task, else the id."""
    taken = set(kept)

    def name_task(task: Task, is_named: bool) -> str:
        title = task.title
        follows = title.casefold() not in taken and suggest_from(_read(title)) == task.id
        name = title if follows and fits(task, title, is_named) else task.id
        taken.add(name.casefold())
        return name

    return name_task


def fits(task: Task, old_id: str, is_named: bool) -> bool:
    """Return whether `id:` can have this value, or a line without `id:` says the same."""
    if _VALUE.fullmatch(old_id) is not None and "," not in old_id:
        return True
    labels = task.values.get("labels")
    line = " ".join([old_id, *_add_contexts(labels, old_id)])
    return not is_named and line == old_id == _read(old_id).title == " ".join(task.title.split())


def _add_contexts(labels: Value, title: str) -> list[str]:
    """Return the contexts for labels that the title does not have."""
    named = [each for each in labels if isinstance(each, str)] if isinstance(labels, list) else []
    words = set(title.split())
    return [f"@{each}" for each in named if _PLAIN.fullmatch(each) and not {f"@{each}", f"+{each}"} & words]


def _read(line: str) -> ForeignTask:
    return read_task(" ".join(line.split()) or "x", _PLACE)


def spell(word: str) -> Value:
    """Return a priority's letter in upper case."""
    return word if word == "x" else word.upper()


def write(leaving: Leaving) -> dict[str, bytes]:
    """Write a line for each task, the one that it came with where that says the same."""
    return {"todo.txt": "".join(f"{_write_line(item)}\n" for item in leaving.items).encode(errors="replace")}


def _write_line(item: Item) -> str:
    made = _make_line(item)
    kept = item.text.removeprefix("\n").removesuffix("\n")
    if "\n" not in kept and "\r" not in kept and kept.strip():
        before, after = _read(kept), _read(made)
        if (before.title, before.old_id, dict(before.keys)) == (after.title, after.old_id, dict(after.keys)):
            return kept
    return made


def _make_line(item: Item) -> str:
    """Return a new line; a title that would be read as something else is written a little otherwise."""
    title = " ".join(item.title.split())
    broken = _PAIR.sub(r"\1: \2", title)
    for each in (title, broken):
        line, shown = _join(item, each)
        if _read(line).title == shown:
            return line
    return _join(item, f"- {broken}")[0]


def _join(item: Item, title: str) -> tuple[str, str]:
    """Return a line, and the title that has to be read in it."""
    keys, done = dict(item.keys), item.state == "x"
    priority = str(keys.get("priority", ""))
    parts = ["x"] if done else [f"({priority})"] if priority else []
    completion, creation = str(keys.get("completion", "")), str(keys.get("creation", ""))
    parts += [completion] if done and completion else []
    parts += [creation] if creation and (completion or not done) else []
    shown = " ".join([title, *_add_contexts(keys.get("@context"), title)])
    parts.append(shown)
    pairs: dict[str, Value] = {"pri": priority if done else "", "due": keys.get("due"), "t": keys.get("t")}
    pairs |= {"dep": ",".join(item.waits), "p": item.parent}
    pairs |= {"id": item.old_id if item.old_id != shown else ""}
    parts += [
        f"{key}:{value}"
        for key, value in {**pairs, **item.own}.items()
        if value not in (None, "") and _KEY.fullmatch(key) and _VALUE.fullmatch(str(value))
    ]
    return " ".join(parts), shown


TARGET = Target(SOURCE, write, print_day, "day", spell=spell, names=start_naming, fits=fits)
