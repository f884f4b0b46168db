"""Name of a repository in its events and datasets."""

from __future__ import annotations

import os
import re

from taskfiles.basics.patterns import lazy
from taskfiles.store.location import read_start
from taskfiles.telemetry.remote import Remote, parse_remote

_SECTION = lazy(r'\[\s*remote\s+"((?:[^"\\]|\\.)*)"\s*\]\s*(.*)', re.IGNORECASE)
_LARGEST = 1 << 20  # bytes of git's file that are read


def repository_name(common: str | None, root: str) -> str:
    """Return the host and path of the remote `origin`, else the name of the directory.

    `common` is the git directory that all worktrees share; its file is read without git, which would take
    longer than the whole event.
    """
    top = os.path.dirname(common) if common is not None and os.path.basename(common) == ".git" else root
    urls = read_remotes(common).get("origin", []) if common is not None else []
    remote = parse_remote(urls[0], os.path.abspath(top)) if urls else None
    return remote.name if remote else os.path.basename(top) or "repository"


def parsed_remotes(common: str, top: str) -> set[Remote]:
    """Return all remotes of a repository, however they are written."""
    urls = [url for each in read_remotes(common).values() for url in each]
    return {remote for url in urls if (remote := parse_remote(url, os.path.abspath(top)))}


def read_remotes(common: str) -> dict[str, list[str]]:
    """Map the names of the remotes in git's file `config` to their URLs; empty where it can't be read."""
    text = read_start(os.path.join(common, "config"), _LARGEST).decode(errors="surrogateescape")
    remotes: dict[str, list[str]] = {}
    name: str | None = None
    for line in map(str.strip, text.split("\n")):
        setting = line
        if line.startswith("["):
            section = _SECTION.match(line)
            name = section[1] if section else None
            setting = section[2] if section else ""
        key, _, value = setting.partition("=")
        if name is not None and key.strip().lower() == "url":
            remotes.setdefault(name, []).append(_value(value.strip()))
    return remotes


def _value(text: str) -> str:
    """Read a value as git does: quotes go, and a comment outside of them."""
    found, quoted, escaped = "", False, False
    for char in text:
        if escaped:
            found, escaped = found + char, False
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char in "#;" and not quoted:
            break
        else:
            found += char
    return found.strip()
