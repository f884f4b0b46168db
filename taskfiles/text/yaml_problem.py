"""Explain why a YAML parser refuses a text: the cause in plain words, its place, and what to write instead.

The parser's own message names the token that it met, seldom the cause; the source around its mark does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from taskfiles.text.document import line_start
from taskfiles.text.nodes import YamlProblem

_NO_BLANK = re.compile(r"[ \t]*(?:- )*(?P<key>[\w.-]{1,60}):(?=[^\s:])")
_QUOTED = re.compile(r"(?:[^:\r\n]{0,200}: +|[ \t]*- +)?(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')")
_RESERVED = {"@": "YAML reserves it", "`": "YAML reserves it", "%": "it begins a directive"}
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Refusal(NamedTuple):
    """A parser's refusal: text and message, the offset where it stopped, that where what it read began."""

    text: str
    message: str
    stop: int
    begin: int

    def line(self, at: int) -> tuple[int, str]:
        """Return the offset and the first 2,000 characters of the line around an offset."""
        start = line_start(self.text, at)
        return start, re.split(r"[\r\n]", self.text[start : start + 2000], maxsplit=1)[0]

    def says(self, *words: str) -> bool:
        """Return whether the message has one of some words."""
        return any(word in self.message for word in words)


class Cause(NamedTuple):
    """The cause of a refusal: its offset, what is wrong, and what to write instead."""

    at: int
    problem: str
    remedy: str


def explain(text: str, message: str, stop: int, begin: int | None) -> YamlProblem:
    """Return a parser's refusal as a problem.

    `stop` is where the parser stopped; `begin` is where what it was reading began, if it says so.
    """
    stop = min(stop, len(text))
    refusal = Refusal(text, message, stop, stop if begin is None else min(begin, len(text)))
    cause = next((found for look in _LOOKS if (found := look(refusal))), None)
    if cause is None:
        cause = Cause(stop, "this is not YAML", "Write it as `key: value`, the value in quotes.")
    return YamlProblem("yaml-syntax", cause.at, problem=cause.problem, remedy=cause.remedy)


def explain_character(text: str) -> YamlProblem:
    """Return the problem of a text with a character that YAML does not allow."""
    bad = _CONTROL.search(text)
    index, name = (bad.start(), f"{ord(bad[0]):#04x}") if bad else (0, "here")
    remedy = 'Remove it, or write it as an escape in double quotes, as in "\\x07".'
    return YamlProblem(
        "yaml-syntax", index, problem=f"the control character {name} is not allowed", remedy=remedy
    )


def explain_code(text: str) -> YamlProblem:
    """Return the problem of a text with an escape of a code that Unicode does not have."""
    found = re.search(r"\\U(?!000|0010)", text)
    problem = "the escape is for a character that Unicode does not have"
    remedy = 'Write a code up to "\\U0010ffff", or the character itself.'
    return YamlProblem("yaml-syntax", found.start() if found else 0, problem=problem, remedy=remedy)


def bad_alias(name: str, index: int, *, is_open: bool) -> YamlProblem:
    """Return the problem of an alias whose anchor is not there, or not closed yet."""
    problem = f"*{name} " + ("stands inside the value it names" if is_open else "names no anchor")
    remedy = f'Quote it if the `*` belongs to the value: "*{name}".'
    return YamlProblem("yaml-syntax", index, problem=problem, remedy=remedy)


def bad_merge(index: int) -> YamlProblem:
    """Return the problem of a merge key (`<<`) without a mapping."""
    problem = "<< takes a mapping or a list of mappings"
    return YamlProblem("yaml-syntax", index, problem=problem, remedy='Quote the key if it is a word: "<<".')


def second_document(index: int) -> YamlProblem:
    """Return the problem of a second document in one text."""
    remedy = "Remove the line; the frontmatter is one document between its two `---` lines."
    return YamlProblem("yaml-syntax", index, problem="a second document begins here", remedy=remedy)


def _tab(refusal: Refusal) -> Cause | None:
    """Find a tab in the indentation of the line where the parser stopped, or of the one where it began."""
    for place in (refusal.stop, refusal.begin):
        start, line = refusal.line(place)
        tab = line[: len(line) - len(line.lstrip(" \t"))].find("\t")
        if tab >= 0 and line.strip():
            return Cause(start + tab, "a tab indents this line", "Indent with blanks.")
    if refusal.text.startswith("\t", refusal.stop):
        return Cause(refusal.stop, "a tab is used where only blanks are allowed", "Replace it by a blank.")
    return None


def _quote(refusal: Refusal) -> Cause | None:
    text, _, stop, begin = refusal
    if not refusal.says("quoted scalar"):
        return None
    if refusal.says("escape"):
        at = max(text.rfind("\\", begin, stop + 1), begin)
        remedy = "Write `\\\\` for a backslash, or put the value in single quotes."
        return Cause(at, f"`{text[at : at + 2]}` is no escape in double quotes", remedy)
    remedy = f"Add the closing {text[begin]} at the end of the value."
    return Cause(begin, "the quote that opens here is never closed", remedy)


def _reserved(refusal: Refusal) -> Cause | None:
    text, _, stop, _ = refusal
    sign = text[stop : stop + 1]
    if refusal.says("start any token") and sign in _RESERVED:
        word = re.split(r"[\s,\]}\"]", text[stop : stop + 40], maxsplit=1)[0]
        return Cause(stop, f"a value begins with `{sign}`, and {_RESERVED[sign]}", f'Quote it: "{word}".')
    if refusal.says("directive", "<document start>", "document end"):
        at = 0 if text.startswith("%") else text.rfind("\n%", 0, stop + 2) + 1
        if text.startswith("%", at):
            remedy = 'Quote the key, as in `"%key": value`, or remove the line.'
            return Cause(at, "a line begins with `%`, which begins a directive", remedy)
    return None


def _no_blank(refusal: Refusal) -> Cause | None:
    """Find `key:value`, which is one word in YAML."""
    if not refusal.says("':'", "mapping values", "block mapping", "expected key"):
        return None
    for place in (refusal.begin, refusal.stop):
        start, line = refusal.line(place)
        if found := _NO_BLANK.match(line):
            remedy = f"Write `{found['key']}: …`, with a blank."
            return Cause(start + found.end(), "no blank follows the colon", remedy)
    return None


def _second_colon(refusal: Refusal) -> Cause | None:
    if not refusal.says("mapping values are not allowed"):
        return None
    start, line = refusal.line(refusal.stop)
    before = line[: refusal.stop - start]
    if before.startswith(" ") and ": " not in before and before.strip(" -"):
        at = start + len(before) - len(before.lstrip(" "))
        remedy = "Indent it as the keys above, or write a value of several lines with `|`."
        return Cause(at, "this line is indented below a key that has a value already", remedy)
    problem = "there is a second `: ` in this value"
    return Cause(refusal.stop, problem, 'Quote the value, as in `key: "a: b"`.')


def _sign(refusal: Refusal) -> Cause | None:
    """Find the sign with a meaning of its own that begins a value."""
    begin = refusal.begin
    meaning = next((meaning for words, meaning in _SIGNS if refusal.says(*words)), None)
    if meaning is None:
        return None
    problem = f"a value begins with `{refusal.text[begin : begin + 1]}`, which {meaning}"
    return Cause(begin, problem, "Quote the value if the sign belongs to it.")


_SIGNS = (
    (("scanning an anchor", "scanning an alias"), "takes a name after it"),
    (("block scalar",), "begins a text on the lines below; nothing but a comment may follow it"),
    (("a tag", "tag handle", "tag URI"), "begins a tag"),
)


def _bracket(refusal: Refusal) -> Cause | None:
    text, _, stop, begin = refusal
    if refusal.says("flow node"):
        problem = "a value is missing here, or a bracket before this is never closed"
        return Cause(stop, problem, "Give the value, or close the bracket.")
    if not refusal.says("flow mapping", "flow sequence"):
        return None
    problem = "the bracket that opens here is not closed, or a comma is missing"
    remedy = f"Add what is missing; quote a value that begins with `{text[begin : begin + 1]}`."
    return Cause(begin, problem, remedy)


def _no_colon(refusal: Refusal) -> Cause | None:
    if not refusal.says("could not find expected ':'"):
        return None
    start, line = refusal.line(refusal.begin)
    at = start + len(line) - len(line.lstrip(" ")) if line.strip() else refusal.stop
    return Cause(at, "this key has no colon", "Write it as `key: value`.")


def _dash(refusal: Refusal) -> Cause | None:
    if refusal.says("sequence entries are not allowed"):
        remedy = "Quote the value, or begin the list on the next line."
        return Cause(refusal.stop, "a `- ` begins a list within a line", remedy)
    if refusal.says("mapping keys are not allowed"):
        return Cause(refusal.stop, "a `? ` begins a key within a value", "Quote the value.")
    return None


def _around_value(refusal: Refusal) -> Cause | None:
    """Find a bracket or comma that begins a value, and text after a value in quotes or brackets."""
    stop = refusal.stop
    sign = refusal.text[stop : stop + 1]
    if sign and sign in "]},":
        remedy = f"Quote the value, or remove the `{sign}`."
        return Cause(stop, f"`{sign}` stands where a value begins", remedy)
    start, line = refusal.line(stop)
    before = line[: stop - start].rstrip(" ")
    if before.endswith(("]", "}")):
        return Cause(stop, f"text follows the closing `{before[-1]}`", "Quote the whole value.")
    found = _QUOTED.match(line)
    if found is None or found.end() > stop - start:
        return None
    after = line[found.end() :].strip()
    if not after or after.startswith((":", "#")):
        return None
    remedy = "Put the whole value between the quotes; within '…' a quote is written ''."
    return Cause(start + found.end(), "text follows the closing quote", remedy)


def _indentation(refusal: Refusal) -> Cause | None:
    if not refusal.says("block end", "expected key", "'-' indicator", "block mapping"):
        return None
    above = "list" if refusal.says("sequence", "collection", "'-' indicator") else "lines"
    problem = f"the indentation does not fit the {above} above"
    return Cause(refusal.stop, problem, "Indent the line as its neighbours are.")


def _separator(refusal: Refusal) -> Cause | None:
    if not refusal.says("document"):
        return None
    remedy = "Remove it; the frontmatter is one document between its two `---` lines."
    return Cause(refusal.stop, "this is a document mark (`---`, `...`)", remedy)


_LOOKS: tuple[Callable[[Refusal], Cause | None], ...] = (
    _tab,
    _quote,
    _reserved,
    _no_blank,
    _second_colon,
    _sign,
    _bracket,
    _no_colon,
    _dash,
    _around_value,
    _indentation,
    _separator,
)
