"""Use case: write the project's tasks as those of another tool, into a directory of their own."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from taskfiles.backlog.snapshot import unreadable_task
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.leave.back import Back, compare, read_back
from taskfiles.leave.directory import check_free, write_directory
from taskfiles.leave.plan import Spoken, plan_leaving
from taskfiles.leave.registry import load_target
from taskfiles.leave.target import Leaving, Target
from taskfiles.leave.tool import Tool
from taskfiles.leave.words import list_theirs, read_choices
from taskfiles.migrate.choices import Choice
from taskfiles.migrate.foreign import STRICT
from taskfiles.migrate.headings import rename_headings
from taskfiles.store.store import Store
from taskfiles.task.keys import WORDS


class Departure(NamedTuple):
    """What was written for another tool, or would be: its files, the words, and what comes back."""

    tool: Tool
    target: Target
    leaving: Leaving
    spoken: Counter[Spoken]
    files: dict[str, bytes]
    back: Back

    @property
    def problem(self) -> TaskfilesError | None:
        """The error for which nothing is written, if there is one."""
        words = sorted(each for each in self.spoken if each.word is None and each.key == "state")
        return _wordless(self, words) if words else None


def export_tasks(
    store: Store,
    directory: Path,
    tool: Tool,
    *,
    choices: Sequence[Choice] = (),
    headings: bool = False,
    dry_run: bool = False,
) -> Departure:
    """Write all tasks into a new or empty directory, in the files of another tool; all of them or nothing.

    What was written is read again as `migrate_tasks` would read it and compared, so that what has no place
    there is known. `choices` say what states are there: `state`, our word, and theirs. With `headings`
    sections get the tool's names, where it has any. A dry run writes nothing that stays and returns the same,
    whatever stands in the way.
    Raises TaskfilesError: place-taken, wordless, unreadable-task, bad-value, io.
    """
    target = load_target(tool)
    words = read_choices(choices, target)
    check_free(directory)
    snapshot = store.snapshot()
    if snapshot.unreadable:
        raise unreadable_task(snapshot.unreadable[0])
    leaving, spoken = plan_leaving(snapshot.tasks, target, words, store.root.resolve().name)
    for item in leaving.items if headings else ():
        item.body = rename_headings(item.body, target.headings)
    files = target.write(leaving)
    made = Departure(tool, target, leaving, spoken, files, Back())
    if not dry_run and made.problem is not None:
        raise made.problem
    with write_directory(directory, files, keeps=not dry_run) as written:
        reading = target.source.read(written / target.place, STRICT)
        for task in reading.tasks if headings else ():
            task.body = rename_headings(task.body)
        found = read_back(reading, target)
        return made._replace(back=compare(leaving, found, target))


def _wordless(made: Departure, words: Sequence[Spoken]) -> TaskfilesError:
    known = list_theirs(made.target)
    named = ", ".join(f"state {each.value} ({number_of(made.spoken[each], 'task')})" for each in words)
    choices = " ".join(shlex.quote(f"state:{each.value}={'|'.join(known)}") for each in words)
    details = {"words": [{"key": each.key, "value": each.value, "words": known} for each in words]}
    return TaskfilesError(
        "wordless", tool=made.target.source.tool, problem=named, choices=choices, details=details
    )


def departure_object(made: Departure) -> dict[str, Any]:
    """Return what was written for another tool as JSON has it."""
    states = Counter(str(item.task.values.get("state")) for item in made.leaving.items)
    lost = {key: count for key, count in made.back.lost.items() if not _is_shown(made, key)}
    return {
        "format": made.tool.value,
        "tool": made.target.source.tool,
        "tasks": len(made.leaving.items),
        "back": len(made.back.tasks),
        "states": dict(sorted(states.items())),
        "words": [
            {
                "key": each.key,
                "value": each.value,
                "to": each.row,
                "word": each.word,
                "back": _find_back(made, each),
                "count": count,
            }
            for each, count in sorted(
                made.spoken.items(), key=lambda pair: (pair[0].key, -pair[1], pair[0].value)
            )
        ],
        "unplaced": [{"key": key, "count": lost[key]} for key in sorted(lost)],
        "added": [{"key": key, "count": count} for key, count in sorted(made.back.added.items())],
        "files": [{"path": path, "bytes": len(data)} for path, data in sorted(made.files.items())],
        "ids": [{"id": item.task.id, "there": item.old_id} for item in made.leaving.items],
    }


def _is_shown(made: Departure, key: str) -> bool:
    """Return whether the table of words shows what becomes of a key."""
    return key in WORDS and any(each.key == key for each in made.spoken)


def _find_back(made: Departure, spoken: Spoken) -> list[str]:
    found = Counter[str]()
    for (key, value, back), count in made.back.words.items():
        if (key, value) == (spoken.key, spoken.value):
            found[back] += count
    return sorted(found)
