"""Lossless edits of YAML text: each step replaces, adds or removes the lines it must and no other byte.

`edit_yaml` parses the result and compares it with the wanted values: an edit that goes wrong is refused,
never written. Line ends, comments and blanks around an edit stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from taskfiles.basics.patterns import lazy
from taskfiles.text.nodes import Node, Path, Value, YamlProblem, same
from taskfiles.text.positions import COLON, Positions, UnsafeEdit
from taskfiles.text.steps import Step, find_steps
from taskfiles.text.yaml import read_yaml
from taskfiles.text.yaml_print import is_literal, print_block, print_item, print_scalar

KeyOrder = Callable[[Path], Sequence[str]]
_HEADER = lazy(r"[|>][-+0-9]*")


def edit_yaml(text: str, wanted: dict[str, Value], order: KeyOrder, newline: str = "\n") -> str:
    """Edit YAML text so that it parses to `wanted`, changing as few lines as possible.

    `order` returns the canonical keys of the mapping at a path: a new key is added in that order, an
    unknown one at the end.

    Raises UnsafeEdit if a construct can't be edited in place, or if the result parses to other values.
    """
    try:
        return _edit(text, wanted, order, newline, literal=True)
    except UnsafeEdit:
        # An indented comment below would become part of a literal block; quoted text leaves it alone.
        return _edit(text, wanted, order, newline, literal=False)


def _edit(text: str, wanted: dict[str, Value], order: KeyOrder, newline: str, *, literal: bool) -> str:
    for step in find_steps(read_yaml(text).value, wanted):
        try:
            text = _Edit(text, read_yaml(text), order, newline, literal).apply(step)
        except YamlProblem as problem:
            raise UnsafeEdit(step.path, "the result would not be readable YAML") from problem
    try:
        result = read_yaml(text).value
    except YamlProblem as problem:
        raise UnsafeEdit((), "the result would not be readable YAML") from problem
    if not same(result, wanted):
        difference = next(find_steps(wanted, result)).path
        raise UnsafeEdit(difference, "the result would not read back as intended")
    return text


class _Edit(Positions):
    """One step applied to one parse of the text."""

    def __init__(self, text: str, root: Node, order: KeyOrder, newline: str, literal: bool) -> None:
        super().__init__(text)
        self.root, self.order, self.newline, self.literal = root, order, newline, literal

    def apply(self, step: Step) -> str:
        self.path = step.path
        parent = self.root.find(step.path[:-1])
        if parent is None or not step.path:
            raise self.unsafe("it stands in no mapping of the frontmatter")
        for depth in range(len(step.path)):
            node = self.root.find(step.path[:depth])
            if node is not None and node.alias:
                raise self.unsafe("it is reached through an alias")
        if parent.anchor:
            raise self.unsafe(f"the value around it carries the anchor &{parent.anchor}")
        last = step.path[-1]
        index = last if isinstance(last, int) else self.index_of(parent, last)
        if step.verb == "remove":
            if index is None:
                raise self.unsafe("it comes from a merge key (<<)")
            splices = self.remove(parent, index)
        elif isinstance(last, int) and step.verb == "extend":
            assert isinstance(step.value, list)
            splices = self.extend(parent, last, step.value)
        elif step.verb == "insert" or index is None:
            splices = self.insert(parent, str(last), step.value)
        else:
            splices = self.replace(parent, index, step.value)
        text = self.text
        for start, end, new in sorted(splices, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    # Removing

    def remove(self, parent: Node, index: int) -> list[tuple[int, int, str]]:
        if parent.flow:
            return self.remove_flow(parent, index)
        self.lead(parent, index)
        if parent.kind == "mapping":
            key, value = parent.children[index]
            start, end = key.start, value.end
        else:
            start, end = self.dash(parent, index), parent.children[index].end
        self.check_rest(end)
        line = self.line_start(start)
        after = self.next_line(end)
        before = self.text[line:start]
        if not before.strip(" "):
            return [(line, after, "")]
        if set(before) - {" ", "-"} or index + 1 == len(parent.children):
            raise self.unsafe("it shares its line with what it stands in")
        follower = self.dash(parent, 1) if parent.kind == "sequence" else parent.children[1][0].start
        if not self.text[after:follower].strip():
            return [(start, follower, "")]
        if parent.kind == "sequence":
            raise self.unsafe("a comment stands between it and the next item")
        return [(start, self.line_end(end), "")]

    def remove_flow(self, parent: Node, index: int) -> list[tuple[int, int, str]]:
        start, end = self.flow_span(parent, index)
        last = index + 1 == len(parent.children)
        comma = self.comma(end, parent.end if last else self.flow_span(parent, index + 1)[0])
        if comma is not None:
            blanks = re.compile(r"[ \t]*").match(self.text, comma + 1)
            assert blanks is not None
            return [self.without_empty_line(start, blanks.end())]
        if index == 0:
            return [self.without_empty_line(start, end)]
        previous = self.flow_span(parent, index - 1)[1]
        comma = self.comma(previous, start)
        if comma is None:
            raise self.unsafe("the comma before it can't be found")
        if not self.text[comma + 1 : start].strip():
            return [(comma, end, "")]
        return [(comma, comma + 1, ""), self.without_empty_line(start, end)]

    def without_empty_line(self, start: int, end: int) -> tuple[int, int, str]:
        """Remove a span, and its whole line if nothing else is on it."""
        line = self.line_start(start)
        alone = not self.text[line:start].strip(" \t") and not self.text[end : self.line_end(end)].strip(
            " \t"
        )
        return (line, self.next_line(end), "") if alone else (start, end, "")

    def flow_span(self, parent: Node, index: int) -> tuple[int, int]:
        if self.text[parent.start : parent.start + 1] not in {"[", "{"}:
            raise self.unsafe("it stands in a pair without braces")
        child = parent.children[index]
        if parent.kind == "sequence":
            return child.start, child.end
        key, value = child
        self.check_key(key)
        return key.start, max(key.end, value.end)

    def comma(self, start: int, end: int) -> int | None:
        """Return the offset of the comma between two flow items, outside comments."""
        for match in re.compile(r"#[^\r\n]*|,").finditer(self.text, start, end):
            if match[0] == ",":
                return match.start()
        return None

    # Adding

    def insert(self, parent: Node, last: str, value: Value) -> list[tuple[int, int, str]]:
        if parent.flow:
            new = f"{print_scalar(last, flow=True)}: {print_scalar(value, flow=True, key=last)}"
            return self.insert_flow(parent, self.predecessor(parent, last), new)
        if not parent.children:
            raise self.unsafe("the mapping around it has no lines yet")
        previous = self.predecessor(parent, last)
        start = self.entry_start(parent.children[0][0])
        indent = self.column(start)
        entry = self.entry(last, value, indent)
        if previous is not None:
            return [self.lines_at(self.after(self.entry_end(*parent.children[previous]), indent), entry)]
        line = self.line_start(start)
        if not self.text[line:start].strip(" "):
            return [self.lines_at(line, entry)]
        return [(start, start, "".join(entry)[indent:] + " " * indent)]

    def entry(self, key: str, value: Value, indent: int) -> list[str]:
        step = self.sequence_step() if isinstance(value, list) else 2
        head, *rest = print_block(value, indent + step, newline=self.newline, literal=self.literal, key=key)
        name = print_scalar(key)
        return [" " * indent + name + ":" + (" " + head if head else "") + self.newline, *rest]

    def lines_at(self, index: int, lines: list[str]) -> tuple[int, int, str]:
        lead = "" if index == 0 or self.text[index - 1] in "\r\n" else self.newline
        return index, index, lead + "".join(lines)

    def predecessor(self, parent: Node, key: str) -> int | None:
        """Return the index of the entry to put a new key after; None for the first position."""
        order = self.order(self.path[:-1])
        if key not in order:
            return len(parent.children) - 1
        ranks = {name: rank for rank, name in enumerate(order)}
        standing = [(ranks[name.key], i) for i, (name, _) in enumerate(parent.children) if name.key in ranks]
        below = [pair for pair in standing if pair[0] < ranks[key]]
        if below:
            return max(below)[1]
        above = min((i for _, i in standing), default=None)
        if above is None:
            return len(parent.children) - 1
        return above - 1 if above else None

    def extend(self, parent: Node, index: int, values: list[Value]) -> list[tuple[int, int, str]]:
        """Insert items before the one at `index`, or after the last."""
        if parent.flow:
            new = ", ".join(print_scalar(value, flow=True) for value in values)
            return self.insert_flow(parent, index - 1 if index else None, new)
        if not parent.children:
            raise self.unsafe("the list around it has no lines yet")
        dash = self.dash(parent, max(index - 1, 0))
        indent, gap = self.column(dash), self.gap(parent)
        items = [
            line
            for value in values
            for line in print_item(value, indent, newline=self.newline, gap=gap, literal=self.literal)
        ]
        if index:
            return [self.lines_at(self.after(parent.children[index - 1].end, indent), items)]
        line = self.line_start(dash)
        if not self.text[line:dash].strip(" "):
            return [self.lines_at(line, items)]
        return [(dash, dash, "".join(items)[indent:] + " " * indent)]

    def gap(self, parent: Node) -> int:
        """Return the number of blanks after the dash of the first item."""
        dash, start = self.dash(parent, 0), parent.children[0].start
        between = self.text[dash + 1 : start]
        return len(between) if between and not between.strip(" ") else 1

    def sequence_step(self) -> int:
        """Return how far this document indents a list below its key; 2 if it has no list."""
        pending = [self.root]
        while pending:
            node = pending.pop(0)
            if node.alias or node.flow or node.kind == "scalar":
                continue
            if node.kind == "sequence":
                pending += node.children
                continue
            for key, value in node.children:
                if value.kind == "sequence" and not value.flow and not value.alias:
                    return (
                        max(0, self.column(value.start) - self.column(key.start)) if not value.anchor else 2
                    )
            pending += [value for _, value in node.children]
        return 2

    def insert_flow(self, parent: Node, previous: int | None, new: str) -> list[tuple[int, int, str]]:
        if not parent.children:
            opening = self.text.find("{" if parent.kind == "mapping" else "[", parent.start, parent.end)
            return [(opening + 1, opening + 1, new)]
        if previous is None:
            start, _ = self.flow_span(parent, 0)
            return [(start, start, new + ", ")]
        _, end = self.flow_span(parent, previous)
        return [(end, end, ", " + new)]

    # Replacing

    def replace(self, parent: Node, index: int, value: Value) -> list[tuple[int, int, str]]:
        node = parent.children[index] if parent.kind == "sequence" else parent.children[index][1]
        if node.alias:
            raise self.unsafe("its value is an alias (*name)")
        if node.anchor:
            raise self.unsafe(f"its value carries the anchor &{node.anchor}")
        if node.tag and not node.tag.startswith("tag:yaml.org,2002:"):
            raise self.unsafe(f"its value carries the tag {node.tag}")
        if parent.flow:
            return [self.replace_inline(parent, index, node, value)]
        if parent.kind == "sequence" and isinstance(value, (dict, list)) and value:
            return self.replace_item(parent, index, value)
        head, rest = self.new_text(parent, index, node, value)
        lead = self.lead(parent, index)
        self.check_rest(node.end)
        later = bool(set(self.text[lead : node.start]) & {"\r", "\n"})
        block = node.kind != "scalar" and not node.flow
        if (block or rest or not head) and later:
            # The old value is on lines of its own: remove those, keep the comment on the key's line.
            start, end = self.line_start(node.start), self.next_line(node.end)
            splices = [(start, end, "".join(rest))]
            if head:
                splices.append((lead, lead, " " + head))
            return splices
        if node.style in {"|", ">"}:
            header = _HEADER.search(self.text, node.start)
            assert header is not None
            text_end = self.line_end(header.end())
            start = header.start() if head else lead
            splices = [(start, header.end(), head)]
            end = self.next_line(node.end) if node.end > text_end else self.next_line(text_end)
            return [*splices, (self.next_line(text_end), end, "".join(rest))]
        if not rest:
            return [self.replace_inline(parent, index, node, value)]
        start = node.start if head else lead
        if head and node.start == lead:
            head = " " + head
        return [(start, node.end, head), self.lines_at(self.next_line(node.end), rest)]

    def new_text(self, parent: Node, index: int, node: Node, value: Value) -> tuple[str, list[str]]:
        """Format the new value as the rest of its key's line and the lines below."""
        if parent.kind == "sequence":
            indent = self.column(self.dash(parent, index)) + 2
        else:
            indent = self.column(parent.children[index][0].start)
            indent += self.sequence_step() if isinstance(value, list) else 2
        block = self.literal and isinstance(value, str) and is_literal(value) and node.style not in {"'", '"'}
        if isinstance(value, str) and not block:
            return print_scalar(value, style=node.style, key=self.path[-1]), []
        head, *rest = print_block(value, indent, newline=self.newline, literal=self.literal)
        return head, rest

    def replace_inline(self, parent: Node, index: int, node: Node, value: Value) -> tuple[int, int, str]:
        new = print_scalar(value, style=node.style, flow=parent.flow, key=self.path[-1])
        before = self.text[node.start - 1 : node.start]
        if parent.kind == "mapping" and parent.flow:
            key = parent.children[index][0]
            if COLON.match(self.text, key.end, max(node.start, key.end + 1)) is None:
                return node.start, node.end, ": " + new
        return node.start, node.end, new if before in {" ", "\t", "\n", "\r", "[", "{", ","} else " " + new

    def replace_item(self, parent: Node, index: int, value: Value) -> list[tuple[int, int, str]]:
        dash = self.dash(parent, index)
        node = parent.children[index]
        self.check_rest(node.end)
        lines = print_item(
            value, self.column(dash), newline=self.newline, gap=self.gap(parent), literal=self.literal
        )
        text = "".join(lines)[self.column(dash) :]
        return [(dash, node.end, text.removesuffix(self.newline))]
