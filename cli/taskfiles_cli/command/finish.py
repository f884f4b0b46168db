"""What commands that close tasks share: the one command that does what is missing, filled in."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from taskfiles import TaskfilesError
from taskfiles.text.sections import INSIGHT_SECTIONS
from taskfiles_cli.command.session import Session

# The options of `complete` that write a section, by its name.
OPTIONS = {title: "--" + title.lower().replace(" ", "-") for title in INSIGHT_SECTIONS}


def say_what_is_missing(error: TaskfilesError, session: Session, given: Mapping[str, str]) -> None:
    """Put the command that finishes a task into an error that it is incomplete.

    `given` are the options that `complete` got; what nobody can know stands there as TEXT.
    """
    if error.code != "incomplete" or error.details.get("state") != "done":
        return
    task_id, obstacles = error.details["id"], error.details["obstacles"]
    codes = {each["code"] for each in obstacles}
    others = {"open-descendant", "unreadable-descendant"}
    options = dict(given)
    if "unchecked-criterion" in codes:
        options = {"--check-acs": "", **options}
    if "missing-commit-message" in codes:
        options["--commit-message"] = str(session.store.get(task_id).get("title"))
    if "no-insights" in codes:
        empty = [
            each["message"].removesuffix(" is empty") for each in obstacles if each["code"] == "no-insights"
        ]
        named = [title for title in empty if title in OPTIONS] or list(INSIGHT_SECTIONS)
        options |= {OPTIONS[title]: "TEXT" for title in named if OPTIONS[title] not in options}
    words = [word for name, value in options.items() for word in (name, value) if word]
    command = shlex.join(["tasks", "complete", task_id, *words])
    last = f"Then: `{command}`." if codes & others else f"All in one: `{command}`."
    if "unchecked-criterion" in codes:
        last = f"If what is unchecked is met: `{command}`."
    parts = [part for part in (_BEFORE.get(code) for code in sorted(codes)) if part]
    if not error.details["forcible"]:
        force = ""
    else:
        force = " --force REASON goes on all the same and notes the reason."
    error.set_hint(" ".join([*parts, last]) + force + " Nothing was written.")


_BEFORE = {
    "open-descendant": "Close what is below it first.",
    "unreadable-descendant": "Fix what can't be read first; `tasks validate` names each place.",
}
