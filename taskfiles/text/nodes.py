"""Parsed YAML: plain values, and nodes that know their exact position in the text."""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers assume True; importing `typing` costs more than this module
if TYPE_CHECKING:
    from typing import Any, TypeAlias

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
Path: TypeAlias = tuple[str | int, ...]

MAX_DEPTH = 100
_FEW = 16  # keys of a mapping in which looking at each takes no longer than an index
MAX_DIGITS = 3000  # CPython converts at most 4300 digits to text; a longer number stays text


class YamlProblem(Exception):
    """YAML that can't be read: finding code, offset into the text, parameters of the message."""

    def __init__(self, code: str, index: int, **params: Any) -> None:
        super().__init__(code)
        self.code, self.index, self.params = code, index, params


class Node:
    """A value and its position: `text[start:end]` is its source, properties (anchor, tag) included.

    `children` are nodes for a sequence and (key, value) pairs for a mapping; `key` is the name of a
    mapping key. A block collection ends where its last child ends. `depth` counts the levels below,
    aliases expanded.
    """

    __slots__ = (
        "alias",
        "anchor",
        "children",
        "depth",
        "end",
        "flow",
        "index",
        "key",
        "kind",
        "start",
        "style",
        "tag",
        "value",
    )

    def __init__(self, kind: str, start: int, end: int, value: Value = None) -> None:
        self.kind = kind  # scalar | sequence | mapping
        self.start, self.end, self.value = start, end, value
        self.children: list[Any] = []
        self.flow = False
        self.style = ""  # scalars: "", ', ", | or >
        self.anchor: str | None = None
        self.tag: str | None = None
        self.alias = False
        self.key = ""
        self.depth = 0
        self.index: dict[str, int] | None = None  # the positions of keys, once many were asked for

    def entries(self) -> dict[str, Value]:
        """Return the values of a mapping by key."""
        assert isinstance(self.value, dict)
        return self.value

    def get(self, key: str) -> Node | None:
        """Return the value node of a key written in this mapping itself; None if there is none."""
        at = self.position(key)
        return None if at is None else self.children[at][1]

    def position(self, key: str) -> int | None:
        """Return the index of a key written in this mapping itself; None if there is none."""
        if len(self.children) <= _FEW:
            return next((at for at, (name, _) in enumerate(self.children) if name.key == key), None)
        if self.index is None:  # so that asking for every key of a large mapping stays linear
            self.index = {name.key: at for at, (name, _) in reversed(list(enumerate(self.children)))}
        return self.index.get(key)

    def find(self, path: Path) -> Node | None:
        """Return the node at a path of keys and indices below this one; None if there is none."""
        node: Node | None = self
        for step in path:
            if node is None or node.kind == "scalar":
                return None
            if isinstance(step, int):
                within = node.kind == "sequence" and 0 <= step < len(node.children)
                node = node.children[step] if within else None
            else:
                node = node.get(step) if node.kind == "mapping" else None
        return node

    def find_key(self, path: Path) -> Node | None:
        """Return the key node at the end of a path, or the item node if the path ends with an index."""
        parent = self.find(path[:-1])
        if parent is None or not path or parent.kind != "mapping":
            return self.find(path)
        at = parent.position(str(path[-1]))
        return None if at is None else parent.children[at][0]


def same(left: Value, right: Value) -> bool:
    """Return whether two values are equal in type too (1, 1.0 and true differ), keys in any order."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    return left == right or (left != left and right != right)  # noqa: PLR0124 (two NaNs are the same value)


def field_name(path: Path) -> str:
    """Format a path as a dotted field name.

    >>> field_name(("execution", "attempts", 0, "status"))
    'execution.attempts[0].status'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
