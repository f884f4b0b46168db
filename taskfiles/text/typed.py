"""Values as people type them in options: text as it stands, unless it is plainly something else."""

from __future__ import annotations

from taskfiles.text.nodes import Node, Value, YamlProblem
from taskfiles.text.yaml import read_yaml
from taskfiles.text.yaml_print import print_scalar

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_NULL_WORD = '"null"'


def read_typed(text: str) -> Value:
    """Return the value that somebody typed: the text itself, unless it is clear that it is something else.

    That is `true`, `false`, `null`, a number that is written back in the same characters, and a list or map
    in brackets, to whose items the same applies. `"null"` is the word.

    >>> read_typed("fix #12"), read_typed("1.10"), read_typed("1.5"), read_typed("[a, 1, 1.0e3]")
    ('fix #12', '1.10', 1.5, ['a', 1, '1.0e3'])
    """
    if text == _NULL_WORD:
        return "null"
    if text[:1] not in {"[", "{"}:
        return _read_word(text)
    try:
        node = read_yaml(text)
    except YamlProblem:
        return text
    # A comment, or anything else beside the brackets, would be lost.
    is_whole = node.flow and not text[node.end :].strip() and not _has_document_marker(text)
    return _read_node(node) if is_whole else text


def is_clearing(text: str) -> bool:
    """Return whether a typed value clears its key."""
    return text == "null"


def unquote_null(text: str) -> str:
    """Return a typed text; `"null"` is the word, since without quotes it clears.

    >>> unquote_null('"null"'), unquote_null('"a"')
    ('null', '"a"')
    """
    return "null" if text == _NULL_WORD else text


def _read_word(text: str) -> Value:
    """Return the value of a plain word: the text, unless a value is written in exactly these characters."""
    if text in _WORDS:
        return _WORDS[text]
    if text[:1] not in "-.0123456789" or not text:
        return text
    try:
        number = read_yaml(text).value
    except YamlProblem:
        return text
    return number if isinstance(number, (int, float)) and print_scalar(number) == text else text


def _read_node(node: Node) -> Value:
    """Return the value of a node in brackets; loops only as deep as YAML may nest."""
    if node.alias or node.tag:
        return node.value
    if node.kind == "sequence":
        return [_read_node(item) for item in node.children]
    if node.kind == "mapping":
        if any(key.key == "<<" for key, _ in node.children):
            return node.value
        return {key.key: _read_node(value) for key, value in node.children}
    is_word = not node.style and node.key is not None
    return _read_word(node.key) if is_word and node.key else node.value


def read_value(text: str) -> Value:
    """Parse a text as YAML: a list, map, boolean, null, number or word.

    Raises YamlProblem for YAML that can't be read or that has a document marker.

    >>> read_value("[a, 1, no]")
    ['a', 1, 'no']
    """
    node = read_yaml(text)
    if _has_document_marker(text):
        raise YamlProblem("yaml-syntax", 0, problem="it contains a document marker", remedy="Quote it.")
    return node.value


def _has_document_marker(text: str) -> bool:
    return any(part in text for part in ("\n...", "\n---"))
