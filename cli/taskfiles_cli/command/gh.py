"""Issues of GitHub as its own program `gh` prints them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from taskfiles.errors import TaskfilesError

FIELDS = (
    *("number", "title", "body", "state", "stateReason", "labels", "assignees", "milestone", "author", "url"),
    *("createdAt", "updatedAt", "closedAt"),
)
_REPOSITORY = re.compile(r"(?:[\w.-]+/)?[\w-]+/[\w.-]+")
_ALL = "100000"
_LOGGED_OUT = 4  # the exit code of gh for somebody it does not know


def names_repository(place: str) -> bool:
    """Return whether a place is OWNER/REPO, with a host before it or not, and nothing that is here.

    >>> names_repository("octo/app"), names_repository("octo"), names_repository("../issues.json")
    (True, False, False)
    """
    return _REPOSITORY.fullmatch(place) is not None and not place.startswith(".") and not Path(place).exists()


def list_issues(repository: str) -> str:
    """Return the JSON of all issues of a repository. Raises TaskfilesError (no-source)."""
    program = shutil.which("gh")
    words = (
        "issue",
        "list",
        "--repo",
        repository,
        "--state",
        "all",
        "--limit",
        _ALL,
        "--json",
        ",".join(FIELDS),
    )
    if program is None:
        command = " ".join(("gh", *words))
        raise _refusal(
            repository,
            "the program `gh` is not installed",
            f"Install it (https://cli.github.com), or name a file with what `{command}` prints elsewhere.",
        )
    environment = os.environ | {"GH_PROMPT_DISABLED": "1", "NO_COLOR": "1", "GH_PAGER": "cat"}
    done = subprocess.run(  # noqa: S603 (the user's own program, asked for by name)
        [program, *words], stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False
    )
    said = done.stderr.decode(errors="replace").strip().splitlines()
    if done.returncode == _LOGGED_OUT or any("gh auth login" in line for line in said):
        raise _refusal(repository, "`gh` is not logged in", "Run `gh auth login`, then migrate again.")
    if done.returncode:
        problem = f"`gh` ended with {done.returncode}: {said[0].rstrip('.') if said else 'it said nothing'}"
        raise _refusal(repository, problem, f"See what `gh repo view {repository}` says.")
    return done.stdout.decode(errors="surrogateescape")


def _refusal(repository: str, problem: str, remedy: str) -> TaskfilesError:
    return TaskfilesError("no-source", path=repository, problem=problem, remedy=remedy)
