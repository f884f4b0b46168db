"""Find the files of an id by the index."""

from __future__ import annotations

from taskfiles.store.index.changes import Changes
from taskfiles.store.index.reading import open_base, task_entry
from taskfiles.task.remembered import Lost


def find_known(root: str, directory: str, task_id: str) -> tuple[list[str], list[str]] | None:
    """Return the paths of files that have an id or are named after it, and those that the index doesn't know.

    None without a valid index, or if there are links or devices below `tasks/`.
    """
    base = open_base(directory, root)
    if base is None:
        return None
    try:
        changes = Changes(root, base.listings())
        if not changes.find():
            return None
        ids, gone = base.blob("ids"), changes.gone
        found = set()
        for place in _places_of(ids, task_id.encode()):
            path = base.lines("paths")[place]
            if path not in gone:
                found.add(path)
        delta = base.delta()[0] if changes.paths else {}
    except (Lost, OSError):
        return None
    unknown = []
    for path, key in changes.paths.items():
        known, record = delta.get(path, (None, None))
        if known != key:
            unknown.append(path)
        elif (entry := task_entry(record)) is not None and entry.id == task_id:
            found.add(path)
    found.update(path for path in changes.named_after(task_id) if path not in unknown)
    return sorted(found), unknown


def _places_of(lines: bytes, line: bytes) -> list[int]:
    """Return the numbers of the lines that are a text: a search costs less than splitting them."""
    lines, mark = b"\n" + lines + b"\n", b"\n" + line + b"\n"
    found = []
    at = lines.find(mark)
    while at >= 0:
        found.append(lines.count(b"\n", 0, at))
        at = lines.find(mark, at + 1)
    return found
