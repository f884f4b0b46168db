"""References to old ids in a text, rewritten to the ids of here; pure.

Code stays as it is: it says what was typed or printed elsewhere, where the old id is the right one. So do
URLs and paths. Every command finds a task by its old id as well, so what is left alone is never lost.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple

from taskfiles.backlog.links import find_links
from taskfiles.migrate.names import Named, Names, Texts
from taskfiles.text.prose import split_prose
from taskfiles.text.sections import split_lines

# A sign of a word, in scripts whose words are set apart: Chinese, Japanese and Korean text may touch an id.
_SIGN = r"(?:(?![\u2e80-\ud7ff\uf900-\uffef])\w)"
_DESTINATION = r"<[^<>\r\n]*+>|(?:[^\s()<>]|\([^\s()<>]*\))++"
_TOKEN = re.compile(
    r"(?P<escaped>\\[\\\[\]<])"
    r"|\[\[(?P<page>[^\[\]|#^\r\n]++)(?=[^\[\]\r\n]*+\]\])"
    rf"|\]\([ \t]*+(?P<link>{_DESTINATION})"
    rf"|^ {{0,3}}\[(?P<label>[^\[\]\r\n]++)\]:[ \t]*+(?P<definition>{_DESTINATION})"
    r"|(?P<tag><[A-Za-z/!?][^<>]*+>)"
    rf"|(?P<word>[#@]?+{_SIGN}++(?:[-./\\#@=&%?+:]++{_SIGN}++)*+)",
    re.MULTILINE,
)
_MARKS = re.compile(r"[\u0300-\u036f\u200d\ufe0e\ufe0f\u20e3]")  # they change the sign before them
_JOINTS = re.compile(r"([/+&])")
_ISSUE = re.compile(r"#[0-9]+")  # may stand among them


class Reference(NamedTuple):
    """A reference in a text: the line, from 0, how it was written, and what it is now."""

    line: int
    old: str
    new: str


class Rewritten(NamedTuple):
    """A text with other references, and which these are.

    `in_code` are references that stay because they are in code, `doubtful` those that stay because the id of
    here is another task's old one.
    """

    text: str
    references: list[Reference]
    in_code: list[Reference]
    doubtful: list[Reference]


def rewrite_references(text: str, names: Names, texts: Texts) -> Rewritten:
    """Return a text whose references to tasks name their ids and files here."""
    made = Rewritten("", [], [], [])
    starts = [0, *accumulate(map(len, split_lines(text)))]
    parts: list[str] = []
    done = 0
    for piece in split_prose(text):
        if piece.sort == "comment":
            continue
        for start, end, new, task in _find(text, piece.start, piece.end, names, texts):
            old = text[start:end]
            reference = Reference(bisect_right(starts, start) - 1, old, new)
            if old == new:
                continue
            if piece.sort == "code":
                made.in_code.append(reference._replace(new=old))
                continue
            other = names.find(task.id)
            if other is not None and other.id != task.id:
                made.doubtful.append(reference._replace(new=old))
                continue
            parts += [text[done:start], new]
            done = end
            made.references.append(reference)
    return made._replace(text="".join([*parts, text[done:]]))


def anchor_links(text: bytes, path: str, ids: Mapping[str, str]) -> bytes:
    """Return a text in which links to files of tasks, by their paths, name ids: wherever the files move.

    >>> anchor_links(b"[b](../b.md#how)", "tasks/web/a.md", {"tasks/b.md": "b"})
    b'[b](task:b#how)'
    """
    if b"](" not in text and b"]:" not in text:
        return text
    lines = split_lines(text.decode(errors="surrogateescape"))
    for link in reversed(list(find_links(path, lines))):
        if (task_id := ids.get(link.target)) is not None:
            line = lines[link.line]
            tail = re.search(r"[?#].*", line[link.start : link.end].strip("<>"))
            new = f"task:{task_id}{tail[0] if tail else ''}"
            lines[link.line] = f"{line[: link.start]}{new}{line[link.end :]}"
    return "".join(lines).encode(errors="surrogateescape")


_Found = tuple[int, int, str, Named]  # where a reference begins and ends, what it becomes, its task


def _find(text: str, start: int, end: int, names: Names, texts: Texts) -> Iterator[_Found]:
    """Yield the references between two places in their order."""
    for token in _TOKEN.finditer(text, start, end):
        sort = token.lastgroup or ""
        if sort == "word":
            yield from _find_words(token, names, texts)
        elif sort == "page":
            task = names.find_page(token[sort])
            if task is not None:
                yield *_span(token, sort), task.id, task
        elif sort in {"link", "definition"}:
            if sort == "definition":
                yield from _find_label(token, names, texts)
            task = names.find_file(token[sort].strip("<>"), texts.file)
            if task is not None:
                yield *token.span(sort), texts.lead(token[sort], task), task


def _span(token: re.Match[str], group: str) -> tuple[int, int]:
    """Return where a group begins and ends without the blanks around it."""
    start, end = token.span(group)
    inner = token[group]
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def _find_label(token: re.Match[str], names: Names, texts: Texts) -> Iterator[_Found]:
    for word in _TOKEN.finditer(token.string, *token.span("label")):
        if word["word"]:
            yield from _find_words(word, names, texts)


def _find_words(token: re.Match[str], names: Names, texts: Texts) -> Iterator[_Found]:
    """Yield the references of a run of signs: an id, or ids between `/`, `+`, `&` or after a colon."""
    if _MARKS.match(token.string, token.end()) or "://" in token["word"]:
        return
    at = token.start("word")
    for part in token["word"].split(":"):
        bare = part.strip("_")
        lead = part.find(bare) if bare else 0
        if bare and lead * 2 == len(part) - len(bare):
            yield from _find_joined(bare, at + lead, names, texts.above)
        at += len(part) + 1


def _find_joined(word: str, at: int, names: Names, above: str) -> Iterator[_Found]:
    task = names.find_word(word, above)
    if task is not None:
        yield at, at + len(word), task.id, task
        return
    parts = _JOINTS.split(word)
    if len(parts) < 3:
        return
    tasks = [names.find_word(part, above) for part in parts[::2]]
    if any(each is None and not _ISSUE.fullmatch(part) for each, part in zip(tasks, parts[::2], strict=True)):
        return
    for number, part in enumerate(parts):
        found = tasks[number // 2] if number % 2 == 0 else None
        if found is not None:
            yield at, at + len(part), found.id, found
        at += len(part)
