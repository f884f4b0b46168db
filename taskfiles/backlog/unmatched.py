"""What a filter asks for and no task has: texts that are mistyped, more often than not; pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from taskfiles.backlog.filter import Filter
from taskfiles.backlog.graph import words
from taskfiles.backlog.query import find_meta, has_meta, person
from taskfiles.backlog.snapshot import Snapshot, no_such_task
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.unicode import normal
from taskfiles.task.attempts import attempt_list
from taskfiles.task.names import ids_in_path
from taskfiles.task.task import Task
from taskfiles.task.values import suggest


class Unmatched(NamedTuple):
    """A text that a filter asks for and no task has; `near` asks for the nearest that one has."""

    field: str
    text: str
    near: str


class _Wanted:
    """The texts that are asked for in one field, and those of the tasks that were looked at."""

    def __init__(self, field: str, texts: Iterable[str], read: Callable[[Task], Iterable[str]]) -> None:
        self.field, self.texts, self._read = field, sorted(set(texts)), read
        self.known: dict[str, str] = {}

    def look(self, task: Task) -> None:
        for text in self._read(task):
            self.known.setdefault(_form(self.field, text), text)

    def missing(self) -> Iterator[Unmatched]:
        for text in self.texts:
            if _form(self.field, text) not in self.known:
                yield Unmatched(self.field, text, suggest(text, sorted(self.known.values())))


class Lookout:
    """Looks at every task for what a filter asks for."""

    def __init__(self, wanted: Filter) -> None:
        asked = [
            _Wanted("label", [each for group in wanted.labels for each in group], _labels),
            _Wanted("assignee", wanted.assignee or (), _assignees),
            _Wanted("model", wanted.model or (), lambda task: _of_attempts(task, "model")),
            _Wanted("tool", wanted.tool or (), lambda task: _of_attempts(task, "tool")),
        ]
        self._asked = [each for each in asked if each.texts]
        self._meta = [(key, value) for key, value in wanted.meta if isinstance(value, str)]
        self._values: dict[str, set[str]] = {}
        self._seen: set[tuple[str, str]] = set()

    def look(self, task: Task) -> None:
        """Look at one task of all."""
        for each in self._asked:
            each.look(task)
        for key, value in self._meta:
            if (key, value) not in self._seen:
                if has_meta(task, key, value):
                    self._seen.add((key, value))
                self._values.setdefault(key, set()).update(_texts(find_meta(task, key)))

    def look_at(self, tasks: Iterable[Task]) -> None:
        """Look at all tasks."""
        for task in tasks:
            self.look(task)

    def look_until_found(self, tasks: Iterable[Task]) -> None:
        """Look at tasks until one or another has all that is asked for; mostly the first one has."""
        for number, task in enumerate(tasks, 1):
            self.look(task)
            if number & (number - 1) == 0 and not self.missing():
                return

    def missing(self, labels: Collection[str] = ()) -> list[Unmatched]:
        """List what no task has of all that were looked at; `labels` are declared, so that they are known."""
        for each in self._asked:
            if each.field == "label":
                each.known.update({normal(label): label for label in labels})
        found = [one for each in self._asked for one in each.missing()]
        return found + [
            Unmatched(key, value, suggest(value, sorted(self._values.get(key, ()))))
            for key, value in self._meta
            if (key, value) not in self._seen
        ]


def check_parents(snapshot: Snapshot, wanted: Filter, parents: Mapping[str, str]) -> None:
    """Refuse a parent that is not a task, unless tasks name it or its file can't be read.

    `parents` has the parent of each child. Raises TaskfilesError (no-such-task).
    """
    if wanted.parent is None:
        return
    known = {task.id for task in snapshot.tasks} | set(parents.values())
    known |= {name for finding in snapshot.unreadable for name in ids_in_path(finding.path)}
    for parent in sorted(wanted.parent - known):
        raise no_such_task(parent, snapshot)


def _form(field: str, text: str) -> str:
    return person(text) if field == "assignee" else normal(text)


def _labels(task: Task) -> list[str]:
    return words(task, "labels")


def _assignees(task: Task) -> list[str]:
    return words(task, "assignees")


def _of_attempts(task: Task, key: str) -> Iterator[str]:
    for attempt in attempt_list({"execution": task.value("execution")}):
        executor = attempt.get("executor") if isinstance(attempt, dict) else None
        text = executor.get(key) if isinstance(executor, dict) else None
        if isinstance(text, str):
            yield text


def _texts(value: object) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
