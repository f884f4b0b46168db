"""Hypothesis strategies: odd but valid task files, edits of their values, Markdown bodies.

A generated frontmatter knows its own meaning and which entry each of its lines belongs to, so that
laws need neither the reader nor the editor under test to say what must survive an edit.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from hypothesis import strategies as st

from taskfiles import KEY_ORDER

Path = tuple[str | int, ...]
Draw = Callable[[st.SearchStrategy[Any]], Any]

ORDER = list(KEY_ORDER)

# ---------------------------------------------------------------------------------------- spellings

INLINE: list[tuple[str, Any]] = [
    ("word", "word"),
    ("two words", "two words"),
    ("no", "no"),
    ("5", 5),
    ("0123", 123),
    ("0o17", 15),
    ("0x1F", 31),
    ("1_000", "1_000"),
    ("-7", -7),
    ("1.50", 1.5),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("true", True),
    ("FALSE", False),
    ("~", None),
    ("null", None),
    ("2025-11-02", "2025-11-02"),
    ("a#b", "a#b"),
    ("-x", "-x"),
    ("naïve 👩\u200d💻", "naïve 👩\u200d💻"),
    ("a\u2028b\u0085c\u2029d", "a\u2028b\u0085c\u2029d"),
    ("''", ""),
    ('""', ""),
    ("'it''s'", "it's"),
    ("'a: b # c'", "a: b # c"),
    ("'x\u2028y\u0085z'", "x\u2028y\u0085z"),
    ('"a\\tb\\nc"', "a\tb\nc"),
    ('"\\u00e9 \\x41 \\L"', "é A \u2028"),
    ('"- [x] {y}, z"', "- [x] {y}, z"),
    ("'true'", "true"),
    ('"5"', "5"),
]
BLOCK_ONLY: list[tuple[str, Any]] = [  # plain scalars that can't stand inside [ ] or { }
    ("a, b", "a, b"),
    ("http://a.b/c?d=1#e", "http://a.b/c?d=1#e"),
    ("2025-11-02T15:03:00.000Z", "2025-11-02T15:03:00.000Z"),
    ("src/[x]/**", "src/[x]/**"),
    ("x]}", "x]}"),
    ('don\'t "do" it', 'don\'t "do" it'),
]
# `§` stands for the indentation of a continuation line
MULTILINE: list[tuple[list[str], Any]] = [
    (["first", "§second"], "first second"),
    (["first", "", "§third no"], "first\nthird no"),
    (["'one", "§two ''three'''"], "one two 'three'"),
    (["'one", "", "", "§four'"], "one\n\nfour"),
    (['"one', '§two"'], "one two"),
    (['"one\\', '§  two # no comment"'], "onetwo # no comment"),
    (['"- one', '§- two: "'], "- one - two: "),
]
LITERAL: list[tuple[list[str], str]] = [  # content lines and the same text folded, without its last end
    (["one"], "one"),
    (["one", "two"], "one two"),
    (["one", "", "two"], "one\ntwo"),
    (["- one", "  deeper", "two"], "- one\n  deeper\ntwo"),
    (["key: [no", "# no comment"], "key: [no # no comment"),
    (["  lead", "é\u2028👍"], "  lead\né\u2028👍"),
    (["x", "\ttab"], "x\n\ttab"),
]
KEYS: list[tuple[str, str]] = [
    *((key, key) for key in ORDER),
    ("x_note", "x_note"),
    ("my key", "my key"),
    ("'quo''ted'", "quo'ted"),
    ('"d\\tq: #"', "d\tq: #"),
    ("ключ", "ключ"),
    ("👍", "👍"),
    ("a.b-c", "a.b-c"),
    ("5", "5"),
    ("null", "null"),
    ("-dash", "-dash"),
    ("ti#tle", "ti#tle"),
]
SEPARATORS = [" ", " ", " ", "  ", "\t", "        "]
COMMENT_TAILS = ["", "", " key: no", " - [x", " 'it", " \u2028 \u0085é", "\ttab\t", "#", " {", "  "]

# ----------------------------------------------------------------------------------------- the model


@dataclass(frozen=True)
class Line:
    """A frontmatter line without its end, and the entry (a path) that it belongs to.

    `role` is own, literal (a block scalar's text), above (comments and blanks over an entry), inside
    (after a collection's last child) or flow. Within `home`, lines share dashes or commas with others.
    """

    text: str
    owner: Path
    role: str = "own"
    home: Path | None = None


class Comment(NamedTuple):
    """A comment's unique text and the entry that it belongs to."""

    text: str
    owner: Path
    role: str


@dataclass(repr=False)
class Frontmatter:
    """A generated frontmatter with its meaning.

    `tricky` maps paths to the construct used there, `words` to the spelling of a one-line scalar.
    """

    lines: list[Line]
    value: dict[str, Any]
    tricky: dict[Path, str]
    comments: list[Comment]
    words: dict[Path, str]
    newline: str = "\n"
    ends: list[str] = field(default_factory=list)
    flow_root: bool = False

    def __repr__(self) -> str:
        return f"<Frontmatter {self.text!r} tricky={self.tricky}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # how Hypothesis shows it
        printer.text(repr(self))

    @property
    def text(self) -> str:
        """The frontmatter as it stands in a file."""
        return "".join(line.text + end for line, end in zip(self.lines, self.ends, strict=True))


class _Piece(NamedTuple):
    head: str  # what follows `key:` or `-` on its line
    below: list[Line]
    value: Any
    role: str = "own"


_INDICES = [
    st.nothing(),
    *(st.integers(0, size - 1) for size in range(1, 100)),
]  # built once: they are drawn often


class _Writer:
    """Draws one frontmatter; `tricky` allows anchors, aliases, tags, merge keys and explicit keys."""

    def __init__(self, draw: Draw, *, tricky: bool) -> None:
        self.draw = draw
        self.allow_tricky = tricky
        self.tricky: dict[Path, str] = {}
        self.comments: list[Comment] = []
        self.words: dict[Path, str] = {}
        self.anchors: list[tuple[str, Any]] = []
        self.names = 0
        self.after = ""  # "literal" or "keep" right after a block scalar

    def pick(self, options: Sequence[Any]) -> Any:
        return options[self.draw(_INDICES[len(options)])]

    def comment(self, owner: Path, role: str) -> str:
        text = f"# c{len(self.comments)};{self.pick(COMMENT_TAILS)}"
        self.comments.append(Comment(text, owner, role))
        return text

    def trail(self, owner: Path, role: str = "own") -> str:
        kind = self.pick(["", "", "", "  ", " #", "\t#", "     #"])
        return kind[:-1] + self.comment(owner, role) if kind.endswith("#") else kind

    def above(self, indent: int, path: Path, role: str = "above") -> list[Line]:
        kinds = ["", "", "", "c", "cc", "0"]
        if self.after != "keep":
            kinds += ["b", "bc", "bcb"]
        if not self.after:
            kinds += ["d", "s"]
        lines = []
        for kind in self.pick(kinds):
            if kind in "bs":
                lines.append(Line("" if kind == "b" else "  ", path, role))
            else:
                column = {"c": indent, "0": 0, "d": indent + 3}[kind]
                lines.append(Line(" " * column + self.comment(path, role), path, role))
        return lines

    # ---- values

    def block_value(self, parent: int, path: Path, depth: int, *, in_list: bool) -> _Piece:
        kinds = ["inline"] * 5 + ["empty", "next", "multi", "literal", "flow", "flow", "flow lines"]
        if depth < 3:
            kinds += ["map", "map", "list", "list"] + ["compact"] * 3 * in_list
        if self.allow_tricky:
            kinds += ["anchor", "alias", "tag"] + ["anchored map"] * (depth < 3)
        kind = self.pick(kinds)
        write = {
            "inline": self.inline,
            "empty": self.empty,
            "next": self.next_line,
            "multi": self.multiline,
            "literal": self.literal,
            "flow": self.flow_line,
            "flow lines": self.flow_lines,
            "anchor": self.anchor,
            "alias": self.alias,
            "tag": self.tag,
        }.get(kind)
        if write:
            if kind != "literal":
                self.after = ""
            return write(parent, path)
        if kind == "compact":
            return self.compact(parent, path, depth)
        self.after = ""
        head = self.trail(path)
        name = self.new_anchor(path) if kind == "anchored map" else ""
        if name:
            head = f" &{name}{head}"
        if kind == "list":
            below, value = self.items(
                parent + self.pick([1, 2, 4] if in_list else [0, 2, 2, 4]), path, depth + 1
            )
        else:
            below, value = self.entries(parent + self.pick([1, 2, 2, 4]), path, depth + 1)
        if name:
            self.anchors.append((name, value))
        if not self.after and self.pick([False] * 5 + [True]):
            below.append(Line(" " * (parent + 5) + self.comment(path, "inside"), path, "inside"))
        return _Piece(head, below, value)

    def inline(self, parent: int, path: Path) -> _Piece:
        source, value = self.pick(INLINE + BLOCK_ONLY)
        self.words[path] = source
        return _Piece(self.pick(SEPARATORS) + source + self.trail(path), [], value)

    def empty(self, parent: int, path: Path) -> _Piece:
        return _Piece(self.trail(path), [], None)

    def next_line(self, parent: int, path: Path) -> _Piece:
        source, value = self.pick(INLINE + BLOCK_ONLY)
        head = self.trail(path, "between")
        line = " " * (parent + self.pick([1, 2, 4])) + source + self.trail(path)
        return _Piece(head, [Line(line, path)], value)

    def multiline(self, parent: int, path: Path) -> _Piece:
        (first, *rest), value = self.pick(MULTILINE)
        texts = [text.replace("§", " " * (parent + self.pick([1, 2, 4]))) for text in rest]
        texts[-1] += self.trail(path)
        return _Piece(self.pick(SEPARATORS) + first, [Line(text, path) for text in texts], value)

    def literal(self, parent: int, path: Path) -> _Piece:
        content, folded = self.pick(LITERAL)
        style, chomp = self.pick("|>"), self.pick(["", "-", "+"])
        step = self.pick([1, 2, 4])
        number = str(step) if content[0].startswith(" ") or self.pick([False, True]) else ""
        header = style + self.pick([number + chomp, chomp + number])
        text = "\n".join(content) if style == "|" else folded
        blanks = self.pick([0, 0, 1, 2])
        value = text + {"": "\n", "-": "", "+": "\n" * (blanks + 1)}[chomp]
        lines = [" " * (parent + step) * bool(line) + line for line in content] + [""] * blanks
        self.after = "keep" if chomp == "+" else "literal"
        head = self.pick(SEPARATORS) + header + self.trail(path, "between")
        return _Piece(head, [Line(line, path, "literal") for line in lines], value)

    # ---- flow

    def flow_item(self, path: Path, depth: int) -> tuple[str, Any]:
        if depth < 2 and self.pick([False] * 5 + [True]):
            return self.flow(path, depth + 1)
        source, value = self.pick(INLINE)
        self.words[path] = source
        return source, value

    def flow(self, path: Path, depth: int = 0) -> tuple[str, Any]:
        pad, comma = self.pick(["", "", " "]), self.pick([", ", ", ", " ,  "])
        last = self.pick(["", "", "", ","])
        size = self.pick([0, 1, 1, 2, 3])
        if self.pick([True, False]):
            items = [self.flow_item((*path, i), depth) for i in range(size)]
            parts, value = [source for source, _ in items], [item for _, item in items]
            return f"[{pad}{comma.join(parts)}{last * bool(parts)}{pad}]", value
        parts, mapping = [], {}
        for source, key in self.keys(size):
            text, mapping[key] = self.flow_item((*path, key), depth)
            parts.append(f"{source}: {text}")
        return f"{{{pad}{comma.join(parts)}{last * bool(parts)}{pad}}}", mapping

    def flow_line(self, parent: int, path: Path) -> _Piece:
        text, value = self.flow(path)
        return _Piece(self.pick(SEPARATORS) + text + self.trail(path), [], value, "flow")

    def flow_lines(self, parent: int, path: Path) -> _Piece:
        is_list, size = self.pick([True, False]), self.pick([1, 2, 3])
        names = [(str(i), i) for i in range(size)] if is_list else self.keys(size)
        head = self.pick(SEPARATORS) + "{["[is_list] + self.trail(path, "between")
        value: Any = [] if is_list else {}
        below: list[Line] = []
        indent = " " * (parent + self.pick([1, 2, 4]))
        trailing_comma = self.pick([False, True])
        for number, (source, key) in enumerate(names):
            child = (*path, key)
            text, item = self.flow_item(child, 1)
            if self.pick([False] * 4 + [True]):
                below.append(Line(indent + self.comment(child, "above"), child, "above", path))
            comma = "," if trailing_comma or number + 1 < size else ""
            text = indent + ("" if is_list else f"{source}: ") + text + comma + self.trail(child)
            below.append(Line(text, child, "flow", path))
            if is_list:
                value.append(item)
            else:
                value[key] = item
        below.append(Line(indent + "}]"[is_list] + self.trail(path), path, "flow", path))
        return _Piece(head, below, value, "flow")

    # ---- constructs that an edit may refuse

    def new_anchor(self, path: Path) -> str:
        self.tricky[path] = "anchor"
        self.names += 1
        return f"a{self.names}"

    def anchor(self, parent: int, path: Path) -> _Piece:
        source, value = self.pick(INLINE)
        name = self.new_anchor(path)
        self.anchors.append((name, value))
        return _Piece(f" &{name} {source}" + self.trail(path), [], value)

    def alias(self, parent: int, path: Path) -> _Piece:
        if not self.anchors:
            return self.anchor(parent, path)
        name, value = self.pick(self.anchors)
        self.tricky[path] = "alias"
        return _Piece(f" *{name}" + self.trail(path), [], copy.deepcopy(value))

    def tag(self, parent: int, path: Path) -> _Piece:
        self.tricky[path] = "tag"
        source, value = self.pick([("!!str 5", "5"), ("!odd word", "word"), ('!!int "7"', 7), ("! no", "no")])
        return _Piece(" " + source + self.trail(path), [], value)

    # ---- collections

    def keys(self, count: int) -> list[tuple[str, str]]:
        return self.draw(st.lists(st.sampled_from(KEYS), min_size=count, max_size=count, unique=True))

    def entries(
        self, indent: int, path: Path, depth: int, *, compact: bool = False
    ) -> tuple[list[Line], dict[str, Any]]:
        lines: list[Line] = []
        value: dict[str, Any] = {}
        for source, key in self.keys(self.pick([1, 1, 2, 3] if depth else [1, 2, 3, 4, 5, 6])):
            child = (*path, key)
            if lines or not compact:
                lines += self.above(indent, child)
            lead = ""
            if self.allow_tricky and (lines or not compact) and self.pick([False] * 12 + [True]):
                self.tricky[child] = "explicit"
                lines.append(Line(f"{' ' * indent}? {source}" + self.trail(child), child))
                piece = self.inline(indent, child)
                piece = piece._replace(head=" " + piece.head.lstrip())
                self.after = ""
            else:
                lead = source + self.pick(["", "", "", " "])
                piece = self.block_value(indent, child, depth, in_list=False)
            lines += self.placed(f"{' ' * indent}{lead}:", piece, child)
            value[key] = piece.value
        maps = [(name, given) for name, given in self.anchors if isinstance(given, dict)]
        if maps and self.pick([False, True]):
            name, given = self.pick(maps)
            self.tricky[path] = "merge"
            lines.append(Line(f"{' ' * indent}<<: *{name}", (*path, "<<")))
            value = {**copy.deepcopy(given), **value}
            self.after = ""
        return lines, value

    def items(
        self, indent: int, path: Path, depth: int, *, compact: bool = False
    ) -> tuple[list[Line], list[Any]]:
        lines: list[Line] = []
        value: list[Any] = []
        for number in range(self.pick([1, 2, 2, 3])):
            child = (*path, number)
            if lines or not compact:
                lines += self.above(indent, child)
            piece = self.block_value(indent, child, depth, in_list=True)
            piece = piece._replace(
                head=piece.head.replace("\t", " ", 1) if piece.head[:1] == "\t" else piece.head
            )
            lines += self.placed(" " * indent + "-", piece, child)
            value.append(piece.value)
        return lines, value

    def placed(self, lead: str, piece: _Piece, path: Path) -> list[Line]:
        """Put a value behind its key or dash; a compact collection's first line keeps its owner."""
        if piece.role == "compact":
            first, *below = piece.below
            lines = [replace(first, text=lead + piece.head + first.text.lstrip(" ")), *below]
            return [replace(line, home=path) for line in lines]
        home = path if piece.role == "flow" else None
        return [Line(lead + piece.head, path, piece.role, home), *piece.below]

    def compact(self, parent: int, path: Path, depth: int) -> _Piece:
        gap = self.pick([1, 1, 3])
        write = self.pick([self.entries, self.entries, self.items])
        below, value = write(parent + 1 + gap, path, depth + 1, compact=True)
        return _Piece(" " * gap, below, value, "compact")

    # ---- the whole

    def root(self) -> Frontmatter:
        shape = self.pick(["block"] * 12 + ["indented", "flow", "dots"])
        flow_root = shape == "flow"
        if flow_root:
            piece = self.flow_root()
            lines, value = [Line(piece.head, (), "flow", ()), *piece.below], piece.value
        else:
            lines, value = self.entries(2 if shape == "indented" else 0, (), 0)
            lines += self.above(0, (), "inside")
        if shape == "dots":
            lines.append(Line("...", (), "inside"))
        newline = self.pick(["\n", "\n", "\n", "\r\n"])
        ends = [newline] * len(lines)
        if self.pick([False] * 15 + [True]):
            ends = [self.pick(["\n", "\r\n"]) for _ in lines]
        if not self.after and lines[-1].text and self.pick([False] * 15 + [True]):
            ends[-1] = ""
        return Frontmatter(
            lines, value, self.tricky, self.comments, self.words, newline, ends, flow_root=flow_root
        )

    def flow_root(self) -> _Piece:
        parts, mapping = [], {}
        for source, key in self.keys(self.pick([1, 2, 3])):
            text, mapping[key] = self.flow_item((key,), 0)
            parts.append(f"{source}: {text}")
        return _Piece(f"{{ {', '.join(parts)} }}" + self.trail(()), [], mapping, "flow")


@st.composite
def frontmatters(draw: Draw, *, tricky: bool = True) -> Frontmatter:
    """Odd frontmatters; without `tricky` none of their constructs may make an edit unsafe."""
    return _Writer(draw, tricky=tricky and draw(st.booleans())).root()


BODIES = st.one_of(
    st.binary(max_size=60).filter(
        lambda data: b"<<<<<<<" not in data and b">>>>>>>" not in data and b"\0" not in data
    ),
    st.sampled_from(
        [
            b"",
            b"\n",
            b"---\n",
            b"\n---\nkey: no\n---\n",
            b"\xff\xfe invalid \xc3\x28\r\n",
            b"# Heading\n\n- [ ] box",
            b"text\rlone\r\n\n\n",
            "é\u2028👍\u0085\n".encode(),
        ]
    ),
)


@st.composite
def files(draw: Draw) -> tuple[bytes, Frontmatter, bytes]:
    """A task file's bytes, with the frontmatter and the body it is made of."""
    front = draw(frontmatters())
    if not front.ends[-1]:
        front.ends[-1] = front.newline
    body = draw(BODIES)
    bom = draw(st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf"]))
    blanks = st.sampled_from(["", "", "", " ", "\t "])
    opening, closing = (f"---{draw(blanks)}{front.newline}".encode() for _ in range(2))
    return bom + opening + front.text.encode() + closing + body, front, body


# ----------------------------------------------------------------------------------- values and edits

_ODD_TEXTS = [
    "", " ", "no", "5", "1.0", "~", "null", "- x", "a: b", "a #b", "#x", "'", '"', "[a]", "{a}", "&a", "*a",
    "!t", "|", ">", "%", "@", "`", "? a", ":", "-", "---", "...", "<<", "=", "a\nb", "a\n\nb\n", "\n", "\n a",
    " a\nb", "a\n ", "a\r\nb", "\ta", "a\t", "é", "👩\u200d💻", "\u0085", "a\u2028b", "\u2029", "\ufeffa",
    "\x07", "\x7f", "\x9f", "a\\b", "2025-11-02", "0x1F", "0o17", ".inf", "+.5", "1e3", "a:", "a ",
    "line one\nline two: x\n# three\n",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(_ODD_TEXTS),
    st.sampled_from(["word", "other words", "новое"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text("ab: #-\n'\"\\,[]{}\t\r\u2028\u0085", max_size=12),
)
SCALARS = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)


class Edit(NamedTuple):
    """One edit: `set` or `unset` a path, or `insert` at the path of a new key or list position."""

    verb: str
    path: Path
    value: Any = None


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """List all paths below a value, its own first."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from paths(value[key], (*path, key))


def at(value: Any, path: Path) -> Any:
    """Give what stands at a path."""
    for key in path:
        value = value[key]
    return value


def applied(value: Any, edit: Edit) -> Any:
    """Give the value that an edit asks for; the old one stays."""
    value = copy.deepcopy(value)
    parent, key = at(value, edit.path[:-1]), edit.path[-1]
    if edit.verb == "unset":
        del parent[key]
    elif edit.verb == "insert" and isinstance(parent, list):
        parent.insert(int(key), edit.value)
    else:
        parent[key] = edit.value
    return value


@st.composite
def edits(draw: Draw, value: dict[str, Any]) -> Edit:
    """An edit of any place in a value: top-level and deep ones, keys and items."""
    path = draw(st.sampled_from(list(paths(value))))
    there = at(value, path)
    verbs = ["set"] if path else []
    if len(path) > 1 or (path and len(value) > 1):  # a frontmatter keeps at least one key
        verbs.append("unset")
    if isinstance(there, dict | list):
        verbs += ["insert", "insert"]
    verb = draw(st.sampled_from(verbs))
    if verb == "unset":
        return Edit("unset", path)
    if verb == "insert" and isinstance(there, list):
        path = (*path, draw(st.integers(0, len(there))))
    elif verb == "insert":
        names = st.sampled_from([key for _, key in KEYS if key not in there] + ["new"])
        new = draw(names | TEXTS) if draw(st.integers(0, 3)) == 0 else draw(names)
        path = (*path, new)
        verb = "set" if new in there else "insert"
    return Edit(verb, path, draw(VALUES))


def patched(value: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396) to a value."""
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, new in patch.items():
        if new is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), new)
    return result


def merge_patches(value: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Merge patches that touch a value's own keys, nested ones too, and add others."""
    known = {
        key: st.none() | VALUES | (merge_patches(v) if isinstance(v, dict) else st.nothing())
        for key, v in value.items()
    }
    some = st.fixed_dictionaries({}, optional=known)
    return st.builds(
        lambda own, new: {**new, **own}, some, st.dictionaries(st.sampled_from(ORDER), VALUES, max_size=1)
    )


# ------------------------------------------------------------------------------------------ Markdown

SECTION_TITLES = ["Overview", "Acceptance Criteria", "Technical Approach", "Post-Implementation Insights"]
SUBSECTION_TITLES = ["Changelog", "Decisions", "Technical Changes", "Architecture"]

_PROSE = [
    ["text"],
    ["text # no heading", "  goes on"],
    ["#nospace", "\\# escaped"],
    ["é\u2028👍\u0085 # no"],
    ["    # indented code"],
    ["```", "# in a fence", "", "## Overview", "- [ ] no box", "```"],
    ["~~~~ py", "```", "~~~", "# still in the fence", "~~~~~  "],
    ["```", "## fenced", "   ```"],
    ["``` a`b"],
    ["- item", "- [x] ticked", "* [ ] open", "1. [ ] numbered", "  - [X] nested"],
    ["- [ ]\ttab", "- [y] no box", "- [ ]glued", "-  [ ]  wide"],
    ["> quote", "> - [ ] quoted"],
    ["| a | b |", "|---|---|"],
]
_HEADINGS = [
    ["# Title"],
    ["## Other ##"],
    ["### Notes"],
    ["##\tTabbed # "],
    ["#### Deep ####"],
    ["Underlined", "==="],
    ["Also underlined  ", "  ---"],
    *(["## " + title] for title in SECTION_TITLES),
    *(["### " + title] for title in SUBSECTION_TITLES),
    ["## overview"],
    ["Acceptance Criteria", "---"],
]
_LINE_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n"])


@st.composite
def markdown_bodies(draw: Draw) -> tuple[str, str]:
    """A well-formed body whose blocks are set apart by blank lines, and its line end."""
    newline = draw(_LINE_ENDS)
    blocks = draw(st.lists(st.sampled_from(_PROSE) | st.sampled_from(_HEADINGS), max_size=9))
    blanks = [[""] * draw(st.integers(1, 2)) for _ in blocks]
    lines = [line for block, blank in zip(blocks, blanks, strict=True) for line in [*block, *blank]]
    text = newline * draw(st.integers(0, 1)) + newline.join(lines)
    return text + draw(st.sampled_from(["", newline])) * bool(text), newline


@st.composite
def section_texts(draw: Draw) -> str:
    """A section's new text: blocks below any section's level, blank lines around them."""
    newline = draw(_LINE_ENDS)
    parts = draw(st.lists(st.sampled_from([*_PROSE, ["#### Deep ####"], ["##### x"]]), max_size=3))
    text = (newline * 2).join(newline.join(part) for part in parts)
    around = st.sampled_from(["", "", newline, newline * 2])
    return draw(around) + text + draw(around)


LOOSE_LINES = [  # lines in any order; HTML, link definitions and blocks nested in list items are left out
    "text", "text # no", "", "", "# A", "## Overview", "### x ###", "#", "## ", "#\ttab", "#nospace",
    "####### s", "## z##", "===", "---", "=", "  --- ", "***", "_ _ _", "```", "```py", "```a`b", "~~~",
    "````", "~~~ x~y",
    "- item", "- [ ] box", "* star", "1. one", "2. two", "> quote", "> # q", "\\# esc", "| a | b |", "-", "+",
    "**bold** text", "-dash", "1.one", "2025-11-02", "[x] y", "`code`", "\\--",
]  # fmt: skip
INDENTED_LINES = [
    "text",
    "",
    "   # three",
    "    # four",
    "  # two",
    "   ```",
    "    ```",
    "\t# tab",
    "  text",
    "    ===",
    "   ===",
]


@st.composite
def loose_markdown(draw: Draw) -> str:
    """Markdown lines put together without regard to what they make of each other."""
    pool = draw(st.sampled_from([LOOSE_LINES, LOOSE_LINES, INDENTED_LINES]))
    lines = draw(st.lists(st.sampled_from(pool), max_size=8))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return newline.join(lines) + draw(st.sampled_from(["", newline]))


# ----------------------------------------------------------------------------------- changed at random

PLAIN = """\
id: fix-navbar
title: Make the navbar usable (on phones)
kind: task
state: done
# what it is about
touches:
  - src/part10/**
  - docs/a.md
labels: [perf, backend/x]
children: []
blocked:
estimate: 12
x_map:
    deep: "a: b"
    list:
    - one
    - 'two # no'
created_at: 2026-01-01T01:10:00.482Z
links:
- type: github_issue
  number: 7
execution:
  attempts:
    - started_at: 2026-01-08T01:53:57.482Z
      executor:§
        tool: aider§
        model: null

      quality_gates: {}
""".replace("§", "  ")
INSERTS = [
    *"\n\t :-#'\"[]{}&*!|>%@`,?~.0189eExX_aNntTfF\\\r\x85\u2028\ufeff\u00a0é<",
    *("  ", "- ", ": ", "\n  ", "\n- ", "---\n", "...\n", "<<: ", "a" * 1030),
    *("0x1", "1_0", ".inf", "null", "1e5", "2025-11-02"),
]


def mutate(text: str, chance: random.Random) -> str:
    """Change a text at a few random places."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        cut = chance.choice([0, 0, 1, 1, 2, 7])
        put = chance.choice(["", chance.choice(INSERTS), chance.choice(INSERTS), text[at - 9 : at]])
        text = text[:at] + put + text[at + cut :]
    return text
