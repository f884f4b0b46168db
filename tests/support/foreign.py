"""Task files in the shapes of other tools' Markdown formats, as a repository has them that moves in."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

WORDS = ("add", "drop", "fix", "the", "parser", "index", "cache", "login", "export", "menu", "test", "page")


class Material:
    """Words, days and choices of one file, the same in every run."""

    def __init__(self, number: int) -> None:
        self.number, self._random = number, Random(number)

    def title(self) -> str:
        """Some words that begin with a capital."""
        return " ".join(self._random.sample(WORDS, 4)).capitalize()

    def day(self) -> str:
        """A day."""
        return f"2025-{self._random.randint(1, 12):02}-{self._random.randint(1, 28):02}"

    def moment(self) -> str:
        """An instant."""
        return f"{self.day()}T10:00:00.000Z"

    def of(self, *choices: str) -> str:
        """One of several."""
        return self._random.choice(choices)

    def boxes(self, mark: str = "") -> list[str]:
        """Some checkboxes."""
        count = self._random.randint(1, 5)
        return [f"- [{self.of(' ', 'x')}] {mark}{self.title()}" for _ in range(count)]


def _backlog_md(m: Material) -> tuple[str, list[str]]:
    title = m.title()
    front = [
        f"id: task-{m.number}",
        f"title: '{title}'",
        f"status: {m.of('To Do', 'In Progress', 'Done')}",
        "assignee:",
        f"  - '@{m.of('ana', 'bob')}'",
        f"created_date: '{m.day()} 15:03'",
        f"updated_date: '{m.day()}'",
        "labels:",
        f"  - {m.of('ui', 'cli')}",
        "dependencies:",
        f"  - task-{m.number - 1}",
    ]
    criteria = ["## Acceptance Criteria", "<!-- AC:BEGIN -->", *m.boxes("#1 "), "<!-- AC:END -->"]
    lines = ["---", *front, "---", "", "## Description", "", f"{title}.", "", *criteria]
    return f"backlog/tasks/task-{m.number} - {title.replace(' ', '-')}.md", lines


def _taskmd(m: Material) -> tuple[str, list[str]]:
    front = [
        f'id: "{m.number:03}"',
        f'title: "{m.title()}"',
        f"status: {m.of('pending', 'completed', 'blocked')}",
        f"priority: {m.of('critical', 'medium', 'high')}",
        f"effort: {m.of('small', 'large')}",
        f'dependencies: ["{m.number - 1:03}"]',
        f"tags: [{m.of('core', 'web')}]",
        f"created: {m.day()}",
    ]
    lines = ["---", *front, "---", "", f"# {m.title()}", "", "## Tasks", "", *m.boxes()]
    return f"taskmd/{m.of('cli', 'web')}/{m.number:03}-{m.of(*WORDS)}.md", lines


def _taskplain(m: Material) -> tuple[str, list[str]]:
    front = [
        f"id: plain-{m.number}",
        f"title: {m.title()}",
        "kind: task",
        f"state: {m.of('idea', 'ready', 'done')}",
        f"priority: {m.of('normal', 'high')}",
        f"size: {m.of('tiny', 'medium')}",
        f"updated_at: {m.moment()}",
        f"last_activity_at: {m.moment()}",
        "isolation: module",
    ]
    criteria = ["## Acceptance Criteria", "", *m.boxes()]
    lines = ["---", *front, "---", "", "## Overview", "", m.title(), "", *criteria]
    return f"taskplain/{m.of('10-ready', '30-done')}/task-plain-{m.number}.md", lines


def _tbd(m: Material) -> tuple[str, list[str]]:
    front = [
        "type: is",
        f"id: is-01kd{m.number:022}",
        "version: 3",
        f"kind: {m.of('bug', 'feature', 'task')}",
        f"title: {m.title()}",
        f"status: {m.of('open', 'closed', 'in_progress')}",
        f"priority: {m.of('0', '1', '2', '3', '4')}",
        "labels: []",
        "dependencies:",
        "  - type: blocks",
        f"    target: is-01kd{m.number - 1:022}",
        f"created_at: {m.moment()}",
        f"updated_at: {m.moment()}",
        "created_by: ana",
        "closed_at: null",
    ]
    return f"tbd/issues/is-01kd{m.number:022}.md", ["---", *front, "---", f"{m.title()}."]


def _ticket(m: Material) -> tuple[str, list[str]]:
    front = [
        f"id: tk-{m.number:04x}",
        f"status: {m.of('open', 'closed')}",
        f"deps: [tk-{m.number - 1:04x}]",
        "links: []",
        f"created: {m.day()}T10:00:00Z",
        f"type: {m.of('task', 'bug')}",
        f"priority: {m.of('0', '1', '2', '3', '4')}",
        "assignee: Ana",
    ]
    return f"tickets/tk-{m.number:04x}.md", ["---", *front, "---", f"# {m.title()}", "", f"{m.title()}."]


def _spec_kit(m: Material) -> tuple[str, list[str]]:
    lines = [f"# Tasks: {m.title()}", "", "## Phase 1: Setup", "", *m.boxes(f"T{m.number:03} [P] ")]
    return f"specs/{m.number:03}-{m.of(*WORDS)}/tasks.md", lines


def _obsidian_tasks(m: Material) -> tuple[str, list[str]]:
    items = [f"- [{m.of(' ', 'x', '/')}] #task {m.title()} ⏫ 📅 {m.day()} 🔁 every week" for _ in range(4)]
    return f"vault/{m.title()} {m.number}.md", [f"# {m.title()}", "", *items]


def _task_notes(m: Material) -> tuple[str, list[str]]:
    title = m.title()
    front = [
        f"title: {title}",
        f"status: {m.of('open', 'done')}",
        f"priority: {m.of('none', 'normal')}",
        f"due: {m.day()}",
        f"scheduled: {m.day()}",
        "contexts:",
        "  - home",
        "projects:",
        f'  - "[[{m.title()}]]"',
        "tags:",
        "  - task",
        f"dateCreated: {m.day()}T10:00:00.000+01:00",
        "timeEntries:",
        f"  - startTime: {m.day()}T10:00:00.000+01:00",
    ]
    return f"TaskNotes/Tasks/{title} {m.number}.md", ["---", *front, "---", title]


def _broken(m: Material) -> tuple[str, list[str]]:
    """Make a file that its tool takes and no YAML reader does."""
    wrong = ("title: Fix: the menu", "assignee: [@ana]", "title: 'open", "\tsize: 1", "title: a\ntitle: b")
    lines = ["---", f"id: task-d{m.number}", m.of(*wrong), "---", "", m.title()]
    return f"backlog/drafts/task-d{m.number} - {m.title()}.md", lines


# Each format with its share in a hundred.
FORMATS: tuple[tuple[Callable[[Material], tuple[str, list[str]]], int], ...] = (
    (_backlog_md, 25),
    (_tbd, 26),
    (_taskmd, 12),
    (_ticket, 12),
    (_obsidian_tasks, 5),
    (_task_notes, 8),
    (_spec_kit, 4),
    (_taskplain, 6),
    (_broken, 2),
)


def foreign_files(count: int) -> dict[str, str]:
    """Return files by path below `tasks/`, the formats in proportion."""
    cycle = [make for make, share in FORMATS for _ in range(share)]
    files: dict[str, str] = {}
    for number in range(1, count + 1):
        path, lines = cycle[number * 37 % len(cycle)](Material(number))
        files[f"tasks/{path}"] = "\n".join(lines) + "\n"
    assert len(files) == count
    return files
