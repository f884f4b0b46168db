"""The prompt of an agent for its task, and the places in its command that stand for parts of it; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from taskfiles.backlog.family import Context

# What may stand in a command; nothing else in braces is touched.
PLACEHOLDERS = ("id", "title", "path", "prompt_file")
_PLACEHOLDER = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")


def make_prompt(context: Context, *, complete: bool = False, feedback: str = "") -> str:
    """Write the prompt of a task: its title, place and body, what it is part of, how to report on it.

    With `complete` it says what a task needs to be done. `feedback` is what was wrong with the
    attempt before.
    """
    task = context.target
    parts: list[str] = [
        f"# {task.get('title')}",
        f"Task `{task.id}`, kept in `{task.path}`.",
        task.body.strip(),
    ]
    if context.ancestors:
        lines = [f"- {each.id} ({each.get('kind')}): {each.get('title')}" for each in context.ancestors]
        parts += ["# What it is part of", "\n".join(lines)]
    if context.children:
        lines = [f"- {each.id} ({each.state}): {each.get('title')}" for each in context.children]
        parts += ["# What is below it", "\n".join(lines)]
    parts += ["# How to work on it", _advice(task.id, complete=complete)]
    if feedback:
        parts += ["# What was wrong with the attempt before", feedback.strip()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _advice(task_id: str, *, complete: bool) -> str:
    lines = [
        "- Do what the task says, in this directory, until its acceptance criteria are met.",
        f"- Tick each criterion that is met: `tasks update {task_id} --check N`, counted from 1.",
        f"- `tasks show {task_id}` shows the task; `tasks help agent` explains the tool.",
        "- The task is claimed for you, and this attempt at it is recorded when you end.",
    ]
    if complete:
        lines.append(
            "- It is completed after you, if its criteria are ticked. Until then write its `commit_message` "
            f"(`tasks update {task_id} --meta commit_message=TEXT`) and its Post-Implementation Insights "
            f"(`tasks update {task_id} --append SECTION TEXT` for Changelog, Decisions, Technical Changes)."
        )
    return "\n".join(lines)


def fill_in(command: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """Put values in the place of `{id}`, `{title}`, `{path}` and `{prompt_file}`; other braces stay.

    >>> fill_in(["agent", "--task={id}", "{x}"], {"id": "fix"})
    ['agent', '--task=fix', '{x}']
    """
    return [_PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), word) for word in command]


def wants_file(command: Sequence[str]) -> bool:
    """Return whether a command names the prompt's file."""
    return any("{prompt_file}" in word for word in command)
