"""Plain computing English: names, docstrings and comments use the words of the trade."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import taskfiles
import taskfiles_cli

LIBRARY = Path(taskfiles.__file__).parent
COMMAND_LINE = Path(taskfiles_cli.__file__).parent
ROOT = Path(__file__).parents[2]
ROOMS_DONE = [
    "backlog",
    "basics",
    "changes",
    "config",
    "dataset",
    "fleet",
    "merge",
    "operations",
    "report",
    "run",
    "schema",
    "stats",
    "store",
    "task",
    "telemetry",
    "text",
]
ROOMS_OF_THE_COMMAND_LINE_DONE = ["figures", "line", "render", "topics"]
NOT_YET: set[str] = set()  # modules of those rooms that still have such words

# Words to avoid, as a pattern, and what to write instead. Names are split: `_tell_all` is “tell all”.
BETTER = {
    "tell|tells|told|telling": "emit, report or show; “Return whether …”",
    "untold": "without attempts",
    "mend|mends|mended|mending": "fix",
    "hear|hears|heard": "receive; on_output",
    "enter|enters|entered": "add or record",
    "(?:take|takes|took|taken|taking) back": "undo or roll back",
    "(?:take|takes|took|taken|taking) down": "record or write",
    "(?:let|lets) go": "release or drop",
    "forget|forgets|forgotten": "drop",
    "had of": "obtained from",
    "is so already": "is up to date",
    "came to": "the outcome of …",
    "that which": "the one that",
    "lest": "so that … not",
    "unheeded": "ignored",
    "keeper|keepers": "lease renewer",
    "desk|desks": "callbacks",
    "testimony": "self-report",
    "shelf|shelves": "event files",
    "footprint": "work-tree changes",
    "scene|scenes": "case",
    "gravity": "severity",
    r"\AGives?": "Return …",  # how a docstring begins
}
# Words that no room has, not even in what it shows: in messages, help and documents.
NOWHERE = {
    "mend|mends|mended|mending": "fix",
    "points? in time": "date, day or instant",
    r"(?:take|takes|took|taken|taking)(?: \w+){0,2} back": "undo, give back or remove",
    "is so already": "is up to date",
    "untold": "without attempts",
    "it is no(?! longer)": "it is not a …",
    "(?:is|are) told": "is named, shown or logged",
}
STANDARD_NAMES = {"__enter__", "__aenter__", "enter_context", "enter_async_context"}


def compile_words(better: dict[str, str]) -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(rf"(?<!\w)(?:{words})(?!\w)".replace(" ", r"\s+"), re.IGNORECASE), instead)
        for words, instead in better.items()
    ]


PATTERNS = compile_words(BETTER)


def find_words(source: str) -> list[tuple[int, str, str]]:
    """List line, word and better word; strings that are no docstrings are not checked."""
    return sorted(
        (line + offset, word, better)
        for line, text in [*docstrings(source), *comments_and_names(source)]
        for offset, word, better in words_of(text)
    )


@cache
def words_of(text: str) -> list[tuple[int, str, str]]:
    """List line within the text, word and better word; a name is looked through once for all its uses."""
    return [
        (text.count("\n", 0, match.start()), match[0], better)
        for pattern, better in PATTERNS
        for match in pattern.finditer(text)
    ]


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            text = ast.get_docstring(node, clean=False)
            if text is not None:
                yield node.body[0].lineno, text


def comments_and_names(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
        elif token.type == tokenize.NAME and token.string not in STANDARD_NAMES:
            yield token.start[0], re.sub(r"_+|(?<=[a-z0-9])(?=[A-Z])", " ", token.string).strip()


def test_rooms_use_the_words_of_the_trade() -> None:
    found = []
    rooms = [LIBRARY / room for room in ROOMS_DONE]
    rooms += [COMMAND_LINE / room for room in ROOMS_OF_THE_COMMAND_LINE_DONE]
    alone = [*LIBRARY.glob("*.py"), *COMMAND_LINE.glob("*.py")]
    for room in [*rooms, *alone]:
        for file in sorted(room.rglob("*.py")) if room.is_dir() else [room]:
            name = file.relative_to(LIBRARY.parent).as_posix()
            if name not in NOT_YET:
                found += [
                    f"{name}:{line}: “{word}”: write {better}"
                    for line, word, better in find_words(file.read_text(encoding="utf-8"))
                ]
    assert not found, "\n".join(found)


def test_no_room_and_no_document_has_some_words() -> None:
    files = [file for top in (LIBRARY, COMMAND_LINE) for file in top.rglob("*.py")]
    files += [*COMMAND_LINE.rglob("*.md"), *COMMAND_LINE.rglob("*.txt"), *(ROOT / "docs").rglob("*.md")]
    files += [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "action.yml")]
    files += [ROOT / ".pre-commit-hooks.yaml"]
    found = [
        f"{file}:{text.count(chr(10), 0, match.start()) + 1}: “{match[0]}”: write {better}"
        for file in sorted(files)
        for text in [file.read_text(encoding="utf-8")]
        for pattern, better in compile_words(NOWHERE)
        for match in pattern.finditer(text)
    ]
    assert not found, "\n".join(found)


def test_words_are_found_in_names_docstrings_and_comments_only() -> None:
    source = '''\
"""Small.

What was taken
back.
"""

def report(untoldTasks: str) -> None:  # mend this
    """Give all."""
    MEND_ALL = "tell nobody"
    stack.enter_context(mender)
'''
    assert [(line, word) for line, word, _ in find_words(source)] == [
        (3, "taken\nback"),
        (7, "mend"),
        (7, "untold"),
        (8, "Give"),
        (9, "MEND"),
    ]


def test_rooms_and_modules_exist() -> None:
    assert all((LIBRARY / name).exists() for name in ROOMS_DONE)
    assert all((COMMAND_LINE / name).exists() for name in ROOMS_OF_THE_COMMAND_LINE_DONE)
    assert all((LIBRARY.parent / name).exists() for name in NOT_YET)
