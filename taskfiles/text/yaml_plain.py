"""Parse simple YAML without a YAML library: block mappings and lists of scalars and brackets on one line.

For everything else in YAML (anchors, tags, escapes, folded lines, tabs …) the functions here
return None, and ruamel.yaml parses the text. Their result must always equal that of ruamel.yaml: the forms
are few and strict, and a differential test compares values and positions over odd and mutated files.
"""

from __future__ import annotations

from taskfiles.text.nodes import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from taskfiles.text.nodes import Value

Line: TypeAlias = "tuple[int, int, str]"  # offset of the content, its indentation, the content

_MAX_DEPTH = 20
_MAX_DIGITS = 18
_MAX_KEY = 100  # YAML's own limit for the text before a colon is 1024
_IN_WORDS = str.maketrans("", "", "_-./")  # in brackets, beside letters and digits
# Words that are not text in YAML 1.2, and their values.
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_END: Line = (0, -1, "")
_MAX_KEPT, _MAX_KEPT_LENGTH = 2048, 60
# What lines are that many files have: key, value, whether it stands on the line. Within brackets: key, value.
_lines: dict[str, tuple[str, Value, bool]] = {}
_parts: dict[str, tuple[str, Value]] = {}


class _Doubt(Exception):
    """The text is not in the simple form."""


def read_plain(text: str) -> Node | None:
    """Parse a block mapping into nodes; None if the text is in any other form."""
    return _read(text, positions=True)[1]


def read_plain_values(text: str) -> dict[str, Value] | None:
    """Parse a block mapping into values alone, in half the time; None if the text is in any other form."""
    return _read(text, positions=False)[0]


def _read(text: str, *, positions: bool) -> tuple[dict[str, Value] | None, Node | None]:
    try:
        return _Reader(text, positions=positions).whole()
    except _Doubt:
        return None, None


class _Reader:
    """A recursive descent over the lines of one text; with `positions` it makes nodes too."""

    def __init__(self, text: str, *, positions: bool) -> None:
        # Unprintable characters (controls, odd blanks, a BOM, old line breaks) are left to ruamel.yaml.
        if not text.replace("\n", "").isprintable():
            raise _Doubt
        self.positions, self.at = positions, 0
        self.lines: list[Line] = []
        offset = 0
        for line in text.split("\n"):
            content = line.strip(" ")
            if content and content[0] != "#":
                indent = 0 if line[0] != " " else len(line) - len(line.lstrip(" "))
                self.lines.append((offset + indent, indent, content))
            offset += len(line) + 1
        if not self.lines or self.lines[0][1] != 0:
            raise _Doubt
        self.lines.append(_END)

    def whole(self) -> tuple[dict[str, Value], Node | None]:
        """Parse the whole text as one mapping."""
        found = self.mapping(0, 0)
        if self.lines[self.at] is not _END:
            raise _Doubt
        return found

    def mapping(self, indent: int, depth: int) -> tuple[dict[str, Value], Node | None]:
        """Parse the entries at an indentation, from the current line on."""
        if depth > _MAX_DEPTH:
            raise _Doubt
        lines, positions = self.lines, self.positions
        result: dict[str, Value] = {}
        pairs: list[tuple[Node, Node]] = []
        value: Value
        node: Node | None
        while True:
            offset, column, content = lines[self.at]
            if column != indent:
                if column > indent:
                    raise _Doubt  # a value of several lines, or wrong indentation
                break
            if (known := _lines.get(content)) is not None and not positions:
                key, value, is_filled = known
                if key in result:
                    raise _Doubt
                self.at += 1
                result[key] = value if is_filled else self.below(indent, depth, 0)[0]
                continue
            if content[:2] == "- " or content == "-":
                break  # the next item of the list that contains this mapping
            key, colon, rest = content.partition(":")
            if not colon or not _is_key(key) or key in result or (rest and rest[0] != " "):
                raise _Doubt
            rest = rest.lstrip(" ")
            if rest:
                start = offset + len(content) - len(rest)
                value, node = self.value(rest, start)
                self.at += 1
            else:
                self.at += 1
                value, node = self.below(indent, depth, offset + len(key) + 1)
            result[key] = value
            if not positions:
                _keep(content, key, value if rest else None, is_filled=bool(rest))
            else:
                assert node is not None
                pairs.append((_scalar(offset, offset + len(key), key, _CONSTANTS.get(key, key)), node))
        if not result:
            raise _Doubt
        return result, _mapping_node(result, pairs) if positions else None

    def below(self, indent: int, depth: int, after: int) -> tuple[Value, Node | None]:
        """Parse the value below a key whose own line has none; the key's colon ends at `after`."""
        _, column, content = self.lines[self.at]
        is_item = content[:2] == "- "
        if column > indent or (column == indent and is_item):
            return self.items(column, depth + 1) if is_item else self.mapping(column, depth + 1)
        return None, _scalar(after, after, "", None) if self.positions else None

    def items(self, indent: int, depth: int) -> tuple[list[Value], Node | None]:
        """Parse the items of a list at an indentation."""
        if depth > _MAX_DEPTH:
            raise _Doubt
        lines = self.lines
        result: list[Value] = []
        nodes: list[Node] = []
        value: Value
        node: Node | None
        begin = lines[self.at][0]
        while True:
            offset, column, content = lines[self.at]
            if column != indent or content[:2] != "- ":
                if column > indent or content == "-":
                    raise _Doubt
                break
            rest = content[2:].lstrip(" ")
            shift = len(content) - len(rest)
            key, colon, after = rest.partition(":")
            if colon and (not after or after[0] == " ") and _is_key(key):
                lines[self.at] = (offset + shift, column + shift, rest)
                value, node = self.mapping(column + shift, depth + 1)
            else:
                value, node = self.value(rest, offset + shift)
                self.at += 1
            result.append(value)
            if node is not None:
                nodes.append(node)
        return result, _list_node(begin, result, nodes) if self.positions else None

    def value(self, text: str, start: int) -> tuple[Value, Node | None]:
        """Parse a value on one line."""
        first = text[0]
        if first in "[{":
            return self.flow(text, start)
        if first in "\"'":
            inner = text[1:-1]
            if len(text) < 2 or text[-1] != first or first in inner or (first == '"' and "\\" in inner):
                raise _Doubt
            return inner, _scalar(start, start + len(text), inner, inner, first) if self.positions else None
        value = _plain(text)
        if ": " in text or " #" in text or text[-1] == ":":
            raise _Doubt
        return value, _scalar(start, start + len(text), text, value) if self.positions else None

    def flow(self, text: str, start: int) -> tuple[Value, Node | None]:
        """Parse a list in brackets, or a mapping in braces, that is all of a line's value."""
        if not self.positions and (flat := _read_flat(text)) is not None:
            return flat, None
        try:
            value, node, end = self.flow_part(text, 0, start, 1)
        except IndexError:  # the line ends before a bracket is closed
            raise _Doubt from None
        if end != len(text):
            raise _Doubt
        return value, node

    def flow_part(self, text: str, at: int, start: int, depth: int) -> tuple[Value, Node | None, int]:
        """Parse a list or mapping that begins at an index; the third is the index behind it."""
        if depth > _MAX_DEPTH:
            raise _Doubt
        begin, closing = at, "}" if text[at] == "{" else "]"
        names: list[tuple[int, str]] = []  # a mapping's keys, with their indices
        values: list[Value] = []
        nodes: list[Node] = []
        at = _skip(text, at + 1)
        while text[at] != closing:
            if closing == "}":
                key = text[at:].partition(":")[0]
                names.append((at, key))
                at += len(key) + 1
                if not _is_key(key) or text[at] != " ":
                    raise _Doubt
                at = _skip(text, at)
            value, node, at = self.flow_value(text, at, start, depth)
            values.append(value)
            if node is not None:
                nodes.append(node)
            if text[at] == ",":
                at = _skip(text, at + 1)
                if text[at] == closing:
                    raise _Doubt
            elif text[at] != closing:
                raise _Doubt
        keys = [key for _, key in names]
        if len({*keys}) < len(keys):
            raise _Doubt
        found: Value = dict(zip(keys, values, strict=True)) if closing == "}" else values
        made = None
        if self.positions:
            made = Node("mapping" if closing == "}" else "sequence", start + begin, start + at + 1, found)
            heads = [
                _scalar(start + first, start + first + len(key), key, _CONSTANTS.get(key, key))
                for first, key in names
            ]
            made.children, made.flow = [*zip(heads, nodes, strict=True)] if heads else nodes, True
            _measure(made, nodes)
        return found, made, at + 1

    def flow_value(self, text: str, at: int, start: int, depth: int) -> tuple[Value, Node | None, int]:
        """Parse one value within brackets; the third is the index of what follows it, blanks left out."""
        first = text[at]
        if first in "[{":
            value, node, end = self.flow_part(text, at, start, depth + 1)
            return value, node, _skip(text, end)
        if first in "\"'":
            end = text.find(first, at + 1) + 1
            inner = text[at + 1 : end - 1]
            if not end or (first == '"' and "\\" in inner) or text[end] == first:
                raise _Doubt
            node = _scalar(start + at, start + end, inner, inner, first) if self.positions else None
            return inner, node, _skip(text, end)
        end = at
        while text[end] not in ",]}":
            end += 1
        word = text[at:end].rstrip(" ")
        if not _is_word(word):
            raise _Doubt
        plain = _plain(word)
        node = _scalar(start + at, start + at + len(word), word, plain) if self.positions else None
        return plain, node, end


def _keep(content: str, key: str, value: Value, *, is_filled: bool) -> None:
    """Keep what a line is, unless its value is a list or mapping, which each file has for itself."""
    if len(content) <= _MAX_KEPT_LENGTH and len(_lines) < _MAX_KEPT and type(value) not in {list, dict}:
        _lines[content] = key, value, is_filled


def _read_flat(text: str) -> Value:
    """Return the value of brackets with words and numbers only, in little time; None for all others."""
    inner, ends = text[1:-1].strip(" "), text[0] + text[-1]
    if ends == "[]":
        words = [part.strip(" ") for part in inner.split(",")] if inner else []
        return [_plain(word) for word in words] if all(map(_is_word, words)) else None
    if ends != "{}":
        return None
    found: dict[str, Value] = {}
    parts = inner.split(",") if inner else []
    for part in parts:
        pair = _parts.get(part) or _read_pair(part)
        if pair is None:
            return None
        found[pair[0]] = pair[1]
    return found if len(found) == len(parts) else None


def _read_pair(part: str) -> tuple[str, Value] | None:
    key, colon, word = part.strip(" ").partition(": ")
    word = word.lstrip(" ")
    if not colon or not _is_key(key) or not _is_word(word):
        return None
    pair = key, _plain(word)
    if len(part) <= _MAX_KEPT_LENGTH and len(_parts) < _MAX_KEPT:
        _parts[part] = pair
    return pair


def _is_word(text: str) -> bool:
    """Return whether a text is a word or number without quotes as those within brackets."""
    return text.isascii() and text.translate(_IN_WORDS).isalnum()


def _skip(text: str, at: int) -> int:
    """Return the index of the next character that is not a blank. Raises IndexError at the end."""
    while text[at] == " ":
        at += 1
    return at


def _is_key(text: str) -> bool:
    return (
        text.isascii()
        and text[:1].isalpha()
        and (text.isalnum() or text.replace("_", "").replace("-", "").isalnum())
        and len(text) <= _MAX_KEY
    )


def _plain(text: str) -> Value:
    """Return the value of a word without quotes."""
    first = text[0]
    if first.isalpha():
        return _CONSTANTS.get(text, text) if first in "nNtTfF" else text
    if first.isdecimal() and text.isascii():
        if text.isdecimal():
            if len(text) > _MAX_DIGITS:
                raise _Doubt
            return int(text)
        if text[1:2] in "xo" or ((text[-1].isdecimal() or text[-1] == ".") and _is_number(text)):
            raise _Doubt
        return text
    if first in "_/($":
        return text
    raise _Doubt


def _is_number(text: str) -> bool:
    """Return whether Python reads a text as a number; Python knows more forms than YAML."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _scalar(start: int, end: int, text: str, value: Value, style: str = "") -> Node:
    node = Node("scalar", start, end, value)
    node.key, node.style = text, style
    return node


def _mapping_node(value: dict[str, Value], pairs: list[tuple[Node, Node]]) -> Node:
    node = Node("mapping", pairs[0][0].start, pairs[-1][1].end, value)
    node.children = pairs
    parts = [part for pair in pairs for part in pair]
    return _measure(node, parts)


def _list_node(start: int, value: list[Value], nodes: list[Node]) -> Node:
    node = Node("sequence", start, nodes[-1].end, value)
    node.children = nodes
    return _measure(node, nodes)


def _measure(node: Node, parts: list[Node]) -> Node:
    node.depth = 1 + max((part.depth for part in parts), default=0)
    return node
