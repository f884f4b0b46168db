"""What a repository is called in its events."""

from __future__ import annotations

import os


def repository_name(common: str | None, root: str) -> str:
    """Give `owner/name` of the remote `origin`, else the name of the directory.

    `common` is the git directory that all worktrees share; its file is read without git, which would take
    longer than the whole event.
    """
    url = _origin_url(os.path.join(common, "config")) if common is not None else ""
    parts = [part for part in url.replace(":", "/").removesuffix(".git").split("/") if part]
    top = os.path.dirname(common) if common is not None and os.path.basename(common) == ".git" else root
    return "/".join(parts[-2:]) if len(parts) > 1 else os.path.basename(top) or "repository"


def _origin_url(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = [line.strip() for line in file.read(1 << 20).splitlines()]
    except OSError:
        return ""
    inside = False
    for line in lines:
        if line.startswith("["):
            inside = line.replace(" ", "").lower().startswith('[remote"origin"]')
        elif inside and line.partition("=")[0].strip().lower() == "url":
            return line.partition("=")[2].strip().strip('"')
    return ""
