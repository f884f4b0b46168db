"""taskplain: `tasks/` with a directory for each state; its keys are those of this format."""

from __future__ import annotations

from pathlib import Path

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.markdown import list_markdown, read_page
from taskfiles.migrate.rows import DROP, Row, refs, word
from taskfiles.task.keys import KEY_ORDER, REFERENCES, WORDS
from taskfiles.task.layout import DIRECTORIES
from taskfiles.text.nodes import Value

_LINKS = ("parent", *REFERENCES)
ROWS: dict[str, Row] = {
    "id": DROP,
    "title": DROP,
    **{key: word(key, {each.replace("-", " "): each for each in words}) for key, words in WORDS.items()},
    **{key: refs(key) for key in _LINKS},
}
_OURS = [key for key in KEY_ORDER if key not in ROWS]


def finds(directory: Path) -> bool:
    """Return whether there is a directory of taskplain's, or this is one."""
    return any((_find_top(directory) / name).is_dir() for name in DIRECTORIES.values())


def _find_top(directory: Path) -> Path:
    return directory / "tasks" if (directory / "tasks").is_dir() else directory


def read(directory: Path, care: Care) -> Reading:
    """Read every task; where a file names no state its directory does."""
    reading = Reading()
    by_directory = {name: state for state, name in DIRECTORIES.items()}
    for file in list_markdown(_find_top(directory)):
        page = read_page(file, directory, reading, care=care)
        if page is None:
            continue
        keys: dict[str, Value] = {key: value for key, value in page.values.items() if key not in _OURS}
        ours: dict[str, Value] = {
            key: value for key, value in page.values.items() if key in _OURS and value not in (None, [])
        }
        words = {}
        if not keys.get("state") and file.parent.name in by_directory:
            words["state"] = str(by_directory[file.parent.name])
        old_id, title = str(keys.get("id") or file.stem), str(keys.get("title") or "")
        place = Place(page.path)
        reading.tasks.append(
            ForeignTask(
                place, old_id, title, page.body, keys, page.lines, words, ours, body_line=page.body_line
            )
        )
    return reading


SOURCE = Source("taskplain", "taskplain", ROWS, finds, read)
