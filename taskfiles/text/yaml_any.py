"""Parse any YAML 1.2 text into nodes; the only user of ruamel.yaml.

ruamel.yaml parses the syntax (its C parser if that is installed); `yaml_scalar` resolves scalars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
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
from taskfiles.text.yaml_problem import (
    bad_alias,
    bad_merge,
    explain,
    explain_character,
    explain_code,
    second_document,
)
from taskfiles.text.yaml_scalar import resolve

if TYPE_CHECKING:
    from taskfiles.text.nodes import Value

try:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # re-exported without saying so
except ImportError:  # no build of it for this platform
    CParser = None

# Characters that aliases may stand for: so many for each character of the text, and some for short texts.
EXPANSION, MIN_EXPANSION = 10, 10_000

# libyaml still breaks lines at these three, as in YAML 1.1; in 1.2 they are ordinary characters.
_WEIGHT = 4  # characters around a value: brackets, quotes, comma
_OLD_BREAKS = "\x85\u2028\u2029"
_SURROGATE = re.compile("[\ud800-\udfff]")
# The escapes of halves of a surrogate pair: `lone` is one whose other half does not follow.
_FIRST, _SECOND = r"\\(?:u|U0000)[dD][89abAB][0-9a-fA-F]{2}", r"\\(?:u|U0000)[dD][c-fC-F][0-9a-fA-F]{2}"
_HALVES = re.compile(rf"\\\\|{_FIRST}{_SECOND}|(?P<lone>{_FIRST}|{_SECOND})")


def read_any(text: str) -> Node:
    """Parse one YAML document with ruamel.yaml; an empty one is a null scalar.

    Raises YamlProblem: yaml-syntax, duplicate-key, complex-key, lone-surrogate, alias-expansion or too-deep.
    """
    text, restore = _hide_old_breaks(text)
    try:
        return _Composer(text, restore).compose(_parse(text, pure=False))
    except YamlProblem as problem:
        # libyaml rejects a colon in a plain word within brackets (`[12:30]`), a tab after a dash, escapes
        # of a surrogate pair and the like. The pure Python parser accepts them; it takes ten times as long.
        if problem.code != "yaml-syntax":
            raise
    return _Composer(text, restore).compose(_parse(text, pure=True))


def _hide_old_breaks(text: str) -> tuple[str, dict[int, str]]:
    found = [char for char in _OLD_BREAKS if char in text]
    if not found:
        return text, {}
    taken = set(text)
    spare = (
        code for code in chain(range(0xE000, 0xF900), range(0xF0000, 0x10FFFE)) if chr(code) not in taken
    )
    swap = {ord(char): next(spare, 0xFFFD) for char in found}
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
        begin = error.context_mark and error.context_mark.index
        message = f"{error.context or ''} {error.problem or ''}"
        raise explain(text, message, mark.index if mark else 0, begin) from None
    except YAMLError:  # from the reader: it has no mark, so search for the character
        raise explain_character(text) from None
    except UnicodeEncodeError as error:
        raise YamlProblem("lone-surrogate", error.start) from None
    except (ValueError, OverflowError):  # an escape beyond Unicode
        raise explain_code(text) from None


class _Composer:
    """Builds nodes from events without recursion, so that no input can exhaust the stack."""

    def __init__(self, text: str, restore: dict[int, str]) -> None:
        self.text, self.restore = text, restore
        # Each anchor's node and weight, the characters that it stands for; None while it is still open.
        self.anchors: dict[str, tuple[Node, int] | None] = {}
        self.limit = MIN_EXPANSION + EXPANSION * len(text)
        self.expanded = 0

    def compose(self, events: Iterator[Event]) -> Node:
        root: Node | None = None
        stack: list[_Open] = []
        for event in events:
            if isinstance(event, (SequenceStartEvent, MappingStartEvent)):
                self.check_key(stack, event)
                stack.append(_Open(self.open(event, len(stack))))
                continue
            if isinstance(event, ScalarEvent):
                node, weight = self.scalar(event)
            elif isinstance(event, AliasEvent):
                node, weight = self.alias(event, len(stack))
                if node.kind != "scalar":
                    self.check_key(stack, event)
            elif isinstance(event, (SequenceEndEvent, MappingEndEvent)):
                node, weight = self.close(stack.pop(), event.end_mark.index)
            elif isinstance(event, DocumentStartEvent) and root is not None:
                raise second_document(event.start_mark.index)
            else:
                continue
            if stack:
                stack[-1].parts.append(node)
                stack[-1].weight += weight
            else:
                root = node
        return root or Node("scalar", 0, 0)

    @staticmethod
    def check_key(stack: list[_Open], event: Event) -> None:
        """Refuse a list or mapping that begins where a key belongs."""
        if stack and stack[-1].node.kind == "mapping" and len(stack[-1].parts) % 2 == 0:
            raise YamlProblem("complex-key", event.start_mark.index)

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

    def close(self, opened: _Open, end: int) -> tuple[Node, int]:
        node, parts = opened.node, opened.parts
        if node.kind == "sequence":
            node.children = parts
            node.value = [part.value for part in parts]
        else:
            node.children = list(zip(parts[::2], parts[1::2], strict=True))
            node.value = _mapping(node.children)
        node.depth = 1 + max((part.depth for part in parts), default=0)
        if node.flow and self.text[node.end - 1] in "[{":
            node.end = end
        elif parts:
            node.end = max(node.end, parts[-1].end)
        if node.anchor:
            self.anchors[node.anchor] = node, opened.weight
        return node, opened.weight

    def scalar(self, event: ScalarEvent) -> tuple[Node, int]:
        text, start, end = event.value, event.start_mark.index, event.end_mark.index
        style = event.style or ""
        if self.restore:
            text = text.translate(self.restore)
        if style == '"' and _SURROGATE.search(text):
            text = self.join_surrogates(text, start, end)
        if style in {"|", ">"}:
            end = self.block_end(start, end)
        node = Node("scalar", start, end)
        node.style, node.anchor, node.tag = style, event.anchor, event.tag and str(event.tag)
        node.value = text if style and not node.tag else resolve(text, node.tag)
        node.key = text
        weight = _WEIGHT + len(text)
        if node.anchor:
            self.anchors[node.anchor] = node, weight
        return node, weight

    def join_surrogates(self, text: str, start: int, end: int) -> str:
        """Join the halves of pairs, as JSON writes characters beyond U+FFFF; refuse a half alone."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            halves = _HALVES.finditer(self.text, start, end)
            place = next((half.start() for half in halves if half["lone"]), start)
            raise YamlProblem("lone-surrogate", place) from None

    def block_end(self, start: int, end: int) -> int:
        """Return the end of a block scalar: after its last line of text, or with `+` its last blank line."""
        source = self.text[start:end]
        header = re.split(r"[\r\n]", source, maxsplit=1)[0].partition("#")[0]
        if "+" not in header:
            source = source.rstrip(" \r\n\t")
        elif source.endswith("\n"):
            source = source[: -2 if source.endswith("\r\n") else -1]
        return start + len(source)

    def alias(self, event: AliasEvent, depth: int) -> tuple[Node, int]:
        start = event.start_mark.index
        found = self.anchors.get(event.anchor)
        if found is None:
            raise bad_alias(event.anchor, start, is_open=event.anchor in self.anchors)
        target, weight = found
        if depth + target.depth > MAX_DEPTH:
            raise YamlProblem("too-deep", start, limit=MAX_DEPTH)
        self.expanded += weight
        if self.expanded > self.limit:
            raise YamlProblem("alias-expansion", start, limit=self.limit)
        node = Node(target.kind, start, event.end_mark.index, target.value)
        node.children, node.key = target.children, target.key
        node.depth = target.depth
        node.alias = True
        return node, weight


class _Open:
    """A collection that is not closed yet: its node, its children so far and their weight."""

    __slots__ = ("node", "parts", "weight")

    def __init__(self, node: Node) -> None:
        self.node, self.weight = node, _WEIGHT
        self.parts: list[Node] = []


def _mapping(entries: list[tuple[Node, Node]]) -> dict[str, Value]:
    result: dict[str, Value] = {}
    merged: dict[str, Value] = {}
    for key, value in entries:
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
            raise bad_merge(node.start)
        for key, value in source.entries().items():
            into.setdefault(key, value)
