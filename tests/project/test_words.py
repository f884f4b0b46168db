"""Plain computing English: names, docstrings and comments use the words of the trade."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import taskfiles

LIBRARY = Path(taskfiles.__file__).parent
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
    "stats",
    "store",
    "task",
    "telemetry",
    "text",
]
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
STANDARD_NAMES = {"__enter__", "__aenter__", "enter_context", "enter_async_context"}

PATTERNS = [
    (re.compile(rf"(?<!\w)(?:{words})(?!\w)".replace(" ", r"\s+"), re.IGNORECASE), better)
    for words, better in BETTER.items()
]


def find_words(source: str) -> list[tuple[int, str, str]]:
    """List line, word and better word; strings that are no docstrings are not checked."""
    return sorted(
        (line + text.count("\n", 0, match.start()), match[0], better)
        for line, text in [*docstrings(source), *comments_and_names(source)]
        for pattern, better in PATTERNS
        for match in pattern.finditer(text)
    )


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
    for room in ROOMS_DONE:
        for file in sorted((LIBRARY / room).rglob("*.py")):
            name = file.relative_to(LIBRARY).as_posix()
            if name not in NOT_YET:
                found += [
                    f"taskfiles/{name}:{line}: “{word}”: write {better}"
                    for line, word, better in find_words(file.read_text(encoding="utf-8"))
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
    assert all((LIBRARY / name).exists() for name in [*ROOMS_DONE, *NOT_YET])
