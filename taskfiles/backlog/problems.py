"""What is wrong with the files that a command read: each one's first error, and ids that stand twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.columns import find_invalid, read_ids
from taskfiles.task.findings import Finding, Problem
from taskfiles.task.task import Task


class Problems(NamedTuple):
    """Findings of files that a command read: of unreadable ones, and of readable tasks, one or more each."""

    unreadable: list[Finding]
    readable: list[Finding]

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.unreadable or self.readable)


NO_PROBLEMS = Problems([], [])


def find_problems(unreadable: Sequence[Finding], tasks: Sequence[Task]) -> Problems:
    """Return the problems of commands that read every task; see `first_problems`."""
    return Problems(list(unreadable), first_problems(tasks))


def first_problems(tasks: Sequence[Task]) -> list[Finding]:
    """List the warnings of commands that read every task: each task's first error, and duplicate ids."""
    return [*(task.errors[0] for task in find_invalid(tasks)), *check_duplicates(tasks)]


def check_duplicates(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Check that no two tasks have the same id; the first file by path counts as its owner."""
    if len({*read_ids(tasks)}) == len(tasks):
        return
    first: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: task.path):
        other = first.setdefault(task.id, task)
        if other is not task:
            yield task.locate(Problem("duplicate-id", ("id",), {"other": other.path}))
