"""Parse any YAML 1.2 text into nodes; the only user of ruamel.yaml.

ruamel.yaml parses the syntax (its C parser if that is installed); scalars are resolved by YAML 1.2's core
schema, so that timestamps stay text and `no` is a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from taskfiles.text.nodes import MAX_DEPTH, Node, YamlProblem

if TYPE_CHECKING:
    from taskfiles.text.nodes import Value

try:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # re-exported without saying so
except ImportError:  # no build of it for this platform
    CParser = None

MAX_SECOND_TRY = 256 * 1024
MAX_EXPANSION = 100_000  # values that aliases may stand for, in all

_NULL = re.compile(r"null|Null|NULL|~|", re.ASCII)
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE", re.ASCII)
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"(?P<inf>[-+]?\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)", re.ASCII)
_MAX_DIGITS = 3000  # CPython converts at most 4300 digits to text; a longer number stays text

_NEVER_CLOSED = re.compile("while (scanning a quoted|parsing a flow)")

# libyaml still breaks lines at these three, as in YAML 1.1; in 1.2 they are ordinary characters.
_OLD_BREAKS = "\x85\u2028\u2029"
_TAG = "tag:yaml.org,2002:"


def read_any(text: str) -> Node:
    """Parse one YAML document with ruamel.yaml; an empty one is a null scalar.

    Raises YamlProblem: yaml-syntax, duplicate-key, alias-expansion or too-deep.
    """
    text, restore = _hide_old_breaks(text)
    try:
        return _Composer(text, restore).compose(_parse(text, pure=False))
    except YamlProblem as problem:
        # libyaml rejects a colon in a plain word within brackets (`[12:30]`), a tab after a dash and the
        # like. The pure Python parser accepts them but is ten times slower: skip it for long texts.
        if problem.code != "yaml-syntax" or len(text) > MAX_SECOND_TRY:
            raise
    return _Composer(text, restore).compose(_parse(text, pure=True))


def _hide_old_breaks(text: str) -> tuple[str, dict[int, str]]:
    found = [char for char in _OLD_BREAKS if char in text]
    if not found:
        return text, {}
    spare = (code for code in range(0xF8F0, 0xF000, -1) if chr(code) not in text)
    swap = {ord(char): next(spare) for char in found}
    return text.translate(swap), {code: chr(char) for char, code in swap.items()}


def _parse(text: str, *, pure: bool) -> Iterator[Event]:
    try:
        if pure or CParser is None:
            yield from YAML(typ="safe", pure=True).parse(text)
        else:  # used directly: constructing a YAML object searches the disk for plug-ins each time
            parser = CParser(text)
            while parser.check_event():
                yield parser.get_event()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.context_mark is not None and _NEVER_CLOSED.match(error.context or ""):
            mark = error.context_mark  # point at the opening quote or bracket
        index = mark.index if mark is not None else 0
        problem = _explain(error.context or "", error.problem or "")
        raise YamlProblem("yaml-syntax", min(index, len(text)), problem=problem) from None
    except YAMLError as error:  # from the reader: it has no mark, so search for the character
        raise _reader_problem(text, error) from None
    except UnicodeEncodeError as error:
        raise YamlProblem("yaml-syntax", error.start, problem="a lone surrogate is not text") from None


# Part of a parser message, and what to show instead.
_MEANINGS = (
    ("scanning a quoted scalar", "the quote that opens here is never closed"),
    ("mapping values are not allowed", "a second `: ` stands in this value"),
    ("could not find expected ':'", "a key without its colon stands here"),
    ("parsing a flow node", "a value is missing here, or a bracket before this is never closed"),
    ("parsing a flow", "the bracket that opens here is not closed, or a comma is missing"),
    ("token '\\t'", "a tab stands where only blanks may"),
    ("cannot start any token", "a value begins here with a character that needs quotes"),
    ("did not find expected key", "the indentation does not fit the lines above"),
    ("block end", "the indentation does not fit the lines above"),
    ("did not find expected '-' indicator", "the indentation does not fit the list above"),
)


def _explain(context: str, problem: str) -> str:
    message = f"{context} {problem}".strip()
    return next((meaning for words, meaning in _MEANINGS if words in message), message)


def _reader_problem(text: str, error: YAMLError) -> YamlProblem:
    bad = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if bad is None:
        return YamlProblem("yaml-syntax", 0, problem=str(error).partition("\n")[0])
    return YamlProblem(
        "yaml-syntax", bad.start(), problem=f"the control character {ord(bad[0]):#04x} is not allowed"
    )


class _Composer:
    """Builds nodes from events without recursion, so that no input can exhaust the stack."""

    def __init__(self, text: str, restore: dict[int, str]) -> None:
        self.text, self.restore = text, restore
        self.anchors: dict[str, Node | None] = {}  # None while the anchored node is still open
        self.expanded = 0

    def compose(self, events: Iterator[Event]) -> Node:
        root: Node | None = None
        stack: list[tuple[Node, list[Node]]] = []  # an open collection and its children so far
        for event in events:
            if isinstance(event, (SequenceStartEvent, MappingStartEvent)):
                stack.append((self.open(event, len(stack)), []))
                continue
            if isinstance(event, ScalarEvent):
                node = self.scalar(event)
            elif isinstance(event, AliasEvent):
                node = self.alias(event, len(stack))
            elif isinstance(event, (SequenceEndEvent, MappingEndEvent)):
                node = self.close(*stack.pop(), event.end_mark.index)
            elif isinstance(event, DocumentStartEvent) and root is not None:
                raise YamlProblem(
                    "yaml-syntax", event.start_mark.index, problem="a second document begins here"
                )
            else:
                continue
            if stack:
                stack[-1][1].append(node)
            else:
                root = node
        return root or Node("scalar", 0, 0)

    def open(self, event: SequenceStartEvent | MappingStartEvent, depth: int) -> Node:
        if depth >= MAX_DEPTH:
            raise YamlProblem("too-deep", event.start_mark.index, limit=MAX_DEPTH)
        kind = "sequence" if isinstance(event, SequenceStartEvent) else "mapping"
        node = Node(kind, event.start_mark.index, event.end_mark.index)
        node.flow = bool(event.flow_style)
        node.anchor, node.tag = event.anchor, event.tag and str(event.tag)
        if node.anchor:
            self.anchors[node.anchor] = None
        return node

    def close(self, node: Node, parts: list[Node], end: int) -> Node:
        if node.kind == "sequence":
            node.children = parts
            node.value = [part.value for part in parts]
        else:
            node.children = list(zip(parts[::2], parts[1::2], strict=True))
            node.value = _mapping(node.children)
        node.size += sum(part.size for part in parts)
        node.depth = 1 + max((part.depth for part in parts), default=0)
        if node.flow and self.text[node.end - 1] in "[{":
            node.end = end
        elif parts:
            node.end = max(node.end, parts[-1].end)
        if node.anchor:
            self.anchors[node.anchor] = node
        return node

    def scalar(self, event: ScalarEvent) -> Node:
        text, start, end = event.value, event.start_mark.index, event.end_mark.index
        style = event.style or ""
        if self.restore:
            text = text.translate(self.restore)
        if style in {"|", ">"}:
            end = self.block_end(start, end)
        node = Node("scalar", start, end)
        node.style, node.anchor, node.tag = style, event.anchor, event.tag and str(event.tag)
        node.value = text if style and not node.tag else _resolve(text, node.tag)
        node.key = text
        if node.anchor:
            self.anchors[node.anchor] = node
        return node

    def block_end(self, start: int, end: int) -> int:
        """Return the end of a block scalar: after its last line of text, or with `+` its last blank line."""
        source = self.text[start:end]
        header = re.split(r"[\r\n]", source, maxsplit=1)[0].partition("#")[0]
        if "+" not in header:
            source = source.rstrip(" \r\n\t")
        elif source.endswith("\n"):
            source = source[: -2 if source.endswith("\r\n") else -1]
        return start + len(source)

    def alias(self, event: AliasEvent, depth: int) -> Node:
        start = event.start_mark.index
        target = self.anchors.get(event.anchor)
        if target is None:
            known = event.anchor in self.anchors
            problem = f"*{event.anchor} " + (
                "stands inside the value it names" if known else "names no anchor"
            )
            raise YamlProblem("yaml-syntax", start, problem=problem)
        if depth + target.depth > MAX_DEPTH:
            raise YamlProblem("too-deep", start, limit=MAX_DEPTH)
        self.expanded += target.size
        if self.expanded > MAX_EXPANSION:
            raise YamlProblem("alias-expansion", start, limit=MAX_EXPANSION)
        node = Node(target.kind, start, event.end_mark.index, target.value)
        node.children, node.key = target.children, target.key
        node.size, node.depth = target.size, target.depth
        node.alias = True
        return node


def _mapping(entries: list[tuple[Node, Node]]) -> dict[str, Value]:
    result: dict[str, Value] = {}
    merged: dict[str, Value] = {}
    for key, value in entries:
        if key.kind != "scalar":
            import json  # noqa: PLC0415 (hardly a file has such a key)

            key.key = json.dumps(key.value, ensure_ascii=False, default=str)
        if key.key in result:
            raise YamlProblem("duplicate-key", key.start, key=key.key)
        if key.key == "<<" and not key.style:
            _merge(merged, value)
        else:
            result[key.key] = value.value
    if merged:
        return result | {key: value for key, value in merged.items() if key not in result}
    return result


def _merge(into: dict[str, Value], node: Node) -> None:
    """Collect the keys that `<<` merges in; of several sources the first wins, as in ruamel.yaml."""
    sources = node.children if node.kind == "sequence" else [node]
    for source in sources:
        if source.kind != "mapping":
            raise YamlProblem("yaml-syntax", node.start, problem="<< takes a mapping or a list of mappings")
        for key, value in source.entries().items():
            into.setdefault(key, value)


def _resolve(text: str, tag: str | None) -> Value:
    """Return a scalar's value in YAML 1.2's core schema; with a custom tag it stays text."""
    if tag is not None and tag != _TAG + "float":
        if tag == _TAG + "null":
            return None
        if tag not in {_TAG + "bool", _TAG + "int"}:
            return text
    if text[:1].isalpha() and text[0] not in "nNtTfF":  # the common case, without a regular expression
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text[0] in "tT"
    if _INT.fullmatch(text):
        if len(text) > _MAX_DIGITS:
            return text
        number = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        return float(number) if tag == _TAG + "float" and abs(number) < 10**300 else number
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if match := _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "", 1)) if match["inf"] else float("nan")
    return text


def _finite(text: str) -> Value:
    """Convert text to a float; a number too large for one stays text instead of becoming infinity."""
    number = float(text)
    return text if number in (float("inf"), float("-inf")) else number
