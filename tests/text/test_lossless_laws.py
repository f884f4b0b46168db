"""Laws of lossless editing, over generated odd files.

Frontmatter laws compare with what the generator knows (strategies.py): which value a text has,
and which entry each line and comment belongs to. Nothing here asks the editor what it meant to keep.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from support.strategies import (
    ORDER,
    SCALARS,
    SECTION_TITLES,
    SUBSECTION_TITLES,
    VALUES,
    Comment,
    Edit,
    Frontmatter,
    Line,
    Path,
    applied,
    at,
    edits,
    files,
    frontmatters,
    loose_markdown,
    markdown_bodies,
    merge_patches,
    patched,
    section_texts,
)
from taskfiles.text.document import Document, Malformed, split_document
from taskfiles.text.nodes import same
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.reorder import reorder_yaml
from taskfiles.text.sections import (
    BadSection,
    find_checkboxes,
    find_headings,
    find_section,
    read_section,
    split_lines,
    tick_checkbox,
    write_section,
)
from taskfiles.text.splice import edit_yaml
from taskfiles.text.steps import find_steps
from taskfiles.text.typed import read_value
from taskfiles.text.yaml import read_yaml
from taskfiles.text.yaml_print import print_block, print_item, print_scalar

FRONTS = frontmatters()
PLAIN_FRONTS = frontmatters(tricky=False)
COMMONMARK = MarkdownIt("commonmark")


def order_of(path: Path) -> tuple[str, ...]:
    return tuple(ORDER) if path == () else ()


def edit(front: Frontmatter, wanted: dict[str, object]) -> str:
    return edit_yaml(front.text, wanted, order_of, front.newline)


def edit_or_skip(front: Frontmatter, wanted: dict[str, object]) -> str:
    """Edit; a refusal, which other laws bound, ends the example."""
    try:
        return edit(front, wanted)
    except UnsafeEdit:
        assume(False)
        raise


def lines_of(text: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z", text)


def starts(path: Path, prefix: Path) -> bool:
    return path[: len(prefix)] == prefix


# ------------------------------------------------------------------------------------ the oracle


def touched_paths(front: Frontmatter, change: Edit) -> list[Path]:
    """The paths that an edit replaces or removes; any of several equal list items may be the one."""
    *parent, last = change.path
    there = at(front.value, tuple(parent))
    if change.verb == "insert":
        return []
    if isinstance(there, list):
        return [(*parent, i) for i, item in enumerate(there) if same(item, there[int(last)])]
    return [change.path]


def emptied_or_filled(front: Frontmatter, change: Edit) -> bool:
    size = len(at(front.value, change.path[:-1]))
    return size == (0 if change.verb == "insert" else 1) and change.verb != "set"


def may_change(line: Line | Comment, front: Frontmatter, change: Edit) -> bool:
    """Tell whether a line or comment is part of what an edit is about."""
    for path in touched_paths(front, change):
        if starts(line.owner, path) and (
            line.owner != path or line.role != "above" or change.verb == "unset"
        ):
            return True
    parent = change.path[:-1]
    if line.owner == parent and line.role != "above" and emptied_or_filled(front, change):
        return True
    return line.role == "flow" and isinstance(line, Line) and starts(change.path, line.owner)


def alike(old: Line, end: str, new: str, change: Edit) -> bool:
    """Compare a line with its new self: the same bytes, but for a shared comma, dash or last line end."""
    text = old.text + end
    if new == text or (not end and new.rstrip("\r\n") == text):
        return True
    if old.home is None or not starts(change.path, old.home):
        return False
    if old.role == "flow":  # a new item may stand on its neighbour's line
        return re.split(r"[ \t]#", old.text)[0].strip(" \t,") in new
    return _undashed(new) == _undashed(text)


def _undashed(text: str) -> str:
    return re.sub(r"^[ -]*", lambda match: " " * len(match[0]), text)


def missing_lines(front: Frontmatter, new: str, change: Edit) -> list[Line]:
    """List the lines that had to stay, in their order, and didn't."""
    rest = iter(lines_of(new))
    missing = []
    for line, end in zip(front.lines, front.ends, strict=True):
        if may_change(line, front, change) or goes_with_the_first(line, change):
            continue
        if not any(alike(line, end, candidate, change) for candidate in rest):
            missing.append(line)
            break
    return missing


def goes_with_the_first(line: Line, change: Edit) -> bool:
    """Tell whether a blank line has no place any more: the item below it moves up behind an outer dash."""
    *above, last = change.path
    is_first = change.verb == "unset" and last == 0 and bool(above) and isinstance(above[-1], int)
    return is_first and not line.text.strip() and line.owner == (*above, 1)


def lost_comments(front: Frontmatter, new: str, change: Edit) -> list[Comment]:
    """List the comments that had to stay and don't stand exactly once."""
    return [
        comment
        for comment in front.comments
        if (count := new.count(comment.text)) != 1
        if count > 1 or not may_change(comment, front, change)
    ]


def tricky_near(front: Frontmatter, changed: Iterable[Path]) -> bool:
    """Tell whether an anchor, alias, tag, merge or explicit key stands on a path, above or below it."""
    return any(
        starts(path, spot) or starts(spot, path) or (kind == "explicit" and path[:-1] == spot[:-1])
        for path in changed
        for spot, kind in front.tricky.items()
    )


def refusable(front: Frontmatter, change: Edit) -> bool:
    """Tell whether an edit may be refused: near a tricky construct, or comments have no place to go."""
    return tricky_near(front, [change.path]) or strands_comments(front, change)


def strands_comments(front: Frontmatter, change: Edit) -> bool:
    """Tell whether removing an entry moves comments or blanks behind a dash or below a block scalar."""
    own = [
        i for i, line in enumerate(front.lines) if starts(line.owner, change.path) and line.role != "above"
    ]
    if change.verb != "unset" or not own:
        return False
    first, around = front.lines[own[0]], [*front.lines[: own[0]][-1:], *front.lines[own[-1] + 1 :][:1]]
    before = [line.role for line in front.lines[: own[0]] if line.role not in ("above", "inside")]
    headless = first.home is not None and first.text.lstrip().startswith("-")
    return (headless or before[-1:] == ["literal"]) and any(
        line.role in ("above", "inside") for line in around
    )


def lost_words(front: Frontmatter, new: str, change: Edit) -> list[str]:
    """List the one-line scalars whose spelling had to stay, in order, and didn't."""
    place = 0
    for path, source in front.words.items():
        if any(starts(path, gone) for gone in touched_paths(front, change)):
            continue
        place = new.find(source, place)
        if place < 0:
            return [source]
        place += len(source)
    return []


def blank_lines(text: str) -> int:
    return sum(not line.strip() for line in lines_of(text))


# ------------------------------------------------------------------------------- reading and printing


@given(FRONTS)
def test_reading_gives_what_was_written(front: Frontmatter) -> None:
    assert same(read_yaml(front.text).value, front.value)


@given(SCALARS, st.sampled_from(["", "'", '"']))
def test_a_printed_scalar_reads_back(value: object, style: str) -> None:
    text = print_scalar(value, style=style)
    assert len(text.splitlines()) == 1
    assert same(read_yaml(f"key: {text}  # note\n").value, {"key": value})
    assert same(read_value(text), value)


@given(SCALARS, st.sampled_from(["", "'", '"']))
def test_a_printed_scalar_reads_back_in_flow(value: object, style: str) -> None:
    text = print_scalar(value, style=style, flow=True)
    assert same(read_yaml(f"key: [{text}, {text}]\n").value, {"key": [value, value]})
    assert same(read_yaml(f"key: {{a: {text}}}\n").value, {"key": {"a": value}})


@given(VALUES, st.integers(1, 4), st.integers(1, 4), st.sampled_from(["\n", "\r\n"]))
def test_a_printed_block_reads_back(value: object, indent: int, step: int, newline: str) -> None:
    first, *below = print_block(value, indent, newline=newline, step=step)
    text = f"key:{' ' * bool(first)}{first}{newline}{''.join(below)}after: 1{newline}"
    assert all(line.endswith(newline) for line in below)
    assert same(read_yaml(text).value, {"key": value, "after": 1})


@given(VALUES, st.integers(0, 4), st.integers(1, 4), st.integers(1, 3), st.sampled_from(["\n", "\r\n"]))
def test_a_printed_item_reads_back(value: object, indent: int, step: int, gap: int, newline: str) -> None:
    item = "".join(print_item(value, indent, newline=newline, step=step, gap=gap))
    text = f"key:{newline}{item}{' ' * indent}- after{newline}"
    assert same(read_yaml(text).value, {"key": [value, "after"]})


@given(VALUES, VALUES)
def test_steps_lead_from_old_to_new(old: object, new: object) -> None:
    value: object = {"key": old}
    for step in find_steps({"key": old}, {"key": new}):
        verb = {"remove": "unset", "extend": "insert"}.get(step.verb, step.verb)
        items = reversed(step.value) if step.verb == "extend" else [step.value]  # type: ignore[arg-type]
        for item in items:
            value = applied(value, Edit(verb, step.path, item))
    assert same(value, {"key": new})


# ------------------------------------------------------------------------------------------- edits


@given(st.data())
def test_one_edit_changes_its_own_entry_and_nothing_else(data: st.DataObject) -> None:
    front = data.draw(FRONTS)
    change = data.draw(edits(front.value))
    wanted = applied(front.value, change)
    new = edit_or_skip(front, wanted)
    assert same(read_yaml(new).value, wanted)
    assert missing_lines(front, new, change) == []
    assert lost_comments(front, new, change) == []
    assert lost_words(front, new, change) == []
    if change.verb == "unset":
        assert blank_lines(new) <= blank_lines(front.text)


def test_removing_the_first_of_several_flow_lines_leaves_no_blank_line() -> None:
    text = edit_yaml("labels: [\n  a,\n  b\n]\n", {"labels": ["b"]}, order_of)
    assert text == "labels: [\n  b\n]\n"


def test_setting_one_item_to_what_another_one_says_keeps_both_lines() -> None:
    text = edit_yaml("labels:\n  - a  # first\n  - b  # second\n", {"labels": ["b", "b"]}, order_of)
    assert text == "labels:\n  - b  # first\n  - b  # second\n"


def test_a_plain_word_with_a_colon_in_it_reads_inside_brackets() -> None:
    text = "links: [http://a.b/c, 2025-11-02T15:03:00Z]\n"
    assert read_yaml(text).value == {"links": ["http://a.b/c", "2025-11-02T15:03:00Z"]}


def test_a_key_can_be_added_after_an_explicit_key() -> None:
    text = edit_yaml("? id\n: a\n", {"id": "a", "title": "b"}, order_of)
    assert text == "? id\n: a\ntitle: b\n"


def test_a_text_of_several_lines_can_be_set_above_an_indented_comment() -> None:
    wanted = {"blocked": "a\nb\n", "title": "x"}
    new = edit_yaml("blocked:\n  # why\ntitle: x\n", wanted, order_of)
    assert read_yaml(new).value == wanted
    assert "\n  # why\ntitle: x\n" in new


@given(st.data())
def test_an_edit_is_refused_only_near_a_construct_that_cannot_be_edited(data: st.DataObject) -> None:
    front = data.draw(FRONTS)
    change = data.draw(edits(front.value))
    try:
        edit(front, applied(front.value, change))
    except UnsafeEdit:
        assert refusable(front, change)


@given(st.data())
def test_a_file_without_tricky_constructs_takes_any_edit(data: st.DataObject) -> None:
    front = data.draw(PLAIN_FRONTS)
    change = data.draw(edits(front.value))
    wanted = applied(front.value, change)
    try:
        new = edit(front, wanted)
    except UnsafeEdit:
        assert strands_comments(front, change)
    else:
        assert same(read_yaml(new).value, wanted)


@given(st.data())
def test_a_sequence_of_edits_leaves_other_top_level_entries_alone(data: st.DataObject) -> None:
    front = data.draw(FRONTS.filter(lambda front: not front.flow_root))
    text, value = front.text, front.value
    touched: set[object] = set()
    for _ in range(data.draw(st.integers(2, 5))):
        change = data.draw(edits(value))
        wanted = applied(value, change)
        try:
            text = edit_yaml(text, wanted, order_of, front.newline)
        except UnsafeEdit:
            continue
        value = wanted
        touched.add(change.path[0])
        assert same(read_yaml(text).value, value)
    rest = iter(lines_of(text))
    before: object = None
    for line, end in zip(front.lines, front.ends, strict=True):
        # An indented comment above an entry reads as the end of the one before it, once that has grown.
        is_drawn_in = line.role == "above" and line.text[:1].isspace() and before in touched
        if line.role != "above" and line.owner:
            before = line.owner[0]
        if line.owner and line.owner[0] not in touched and not is_drawn_in:
            assert any(new.rstrip("\r\n") == line.text and (not end or new.endswith(end)) for new in rest)


@given(st.data())
def test_many_changes_at_once_leave_other_top_level_entries_alone(data: st.DataObject) -> None:
    front = data.draw(FRONTS.filter(lambda front: not front.flow_root))
    wanted = patched(front.value, data.draw(merge_patches(front.value)))
    new = edit_or_skip(front, wanted)
    assert same(read_yaml(new).value, wanted)
    kept = {key for key in front.value if key in wanted and same(front.value[key], wanted[key])}
    rest = iter(lines_of(new))
    for line, end in zip(front.lines, front.ends, strict=True):
        if line.owner and line.owner[0] in kept:
            assert any(
                candidate.rstrip("\r\n") == line.text and candidate.endswith(end) for candidate in rest
            )


@given(st.data())
def test_editing_twice_to_the_same_values_changes_nothing_more(data: st.DataObject) -> None:
    front = data.draw(FRONTS)
    assert edit(front, front.value) == front.text
    wanted = applied(front.value, data.draw(edits(front.value)))
    once = edit_or_skip(front, wanted)
    assert edit_yaml(once, wanted, order_of, front.newline) == once


def is_canonical(source: str, value: object) -> bool:
    """Tell whether a spelling is one that printing gives."""
    return any(print_scalar(value, style=style) == source for style in ("", "'", '"'))


@given(st.data())
def test_setting_a_scalar_and_setting_it_back_gives_the_same_bytes(data: st.DataObject) -> None:
    front = data.draw(FRONTS)
    places = [path for path, source in front.words.items() if is_canonical(source, at(front.value, path))]
    assume(places)
    path = data.draw(st.sampled_from(places))
    word = data.draw(st.sampled_from(["unique", "unique words"]))
    other = edit_or_skip(front, applied(front.value, Edit("set", path, word)))
    assert edit_yaml(other, front.value, order_of, front.newline) == front.text


@given(st.data())
def test_inserting_an_entry_and_removing_it_gives_the_same_bytes(data: st.DataObject) -> None:
    front = data.draw(FRONTS.filter(lambda front: front.ends[-1] != "" and not front.flow_root))
    key = data.draw(st.sampled_from([key for key in (*ORDER, "x_new") if key not in front.value]))
    with_key = edit_or_skip(front, {**front.value, key: data.draw(VALUES)})
    assert edit_yaml(with_key, front.value, order_of, front.newline) == front.text


@given(st.data())
def test_a_new_key_goes_to_its_canonical_place(data: st.DataObject) -> None:
    front = data.draw(PLAIN_FRONTS.filter(lambda front: not front.flow_root))
    ordered = reordered(front)
    key = data.draw(st.sampled_from([key for key in (*ORDER, "x_new") if key not in front.value]))
    before = keys_of(ordered)
    after = keys_of(edit_yaml(ordered, {**front.value, key: data.draw(VALUES)}, order_of, front.newline))
    assert [name for name in after if name != key] == before
    if key in ORDER:
        known = [name for name in after if name in ORDER]
        assert known == sorted(known, key=ORDER.index)
    else:
        assert after[-1] == key


@given(PLAIN_FRONTS, VALUES)
def test_execution_goes_right_after_last_activity_at(front: Frontmatter, execution: object) -> None:
    assume("last_activity_at" not in front.value and "execution" not in front.value)
    text = edit(front, {**front.value, "last_activity_at": "2025-11-02T15:03:00.000Z"})
    new = keys_of(
        edit_yaml(text, {**read_yaml(text).entries(), "execution": execution}, order_of, front.newline)
    )
    assert new.index("execution") == new.index("last_activity_at") + 1


def keys_of(text: str) -> list[str]:
    return [key.key for key, _ in read_yaml(text).children]


@pytest.mark.slow
@pytest.mark.parametrize(("fronts", "bound"), [(FRONTS, 0.15), (PLAIN_FRONTS, 0.02)], ids=["tricky", "plain"])
def test_refusals_are_rare(fronts: st.SearchStrategy[Frontmatter], bound: float) -> None:
    """Measured over 6,000 edits: 6.5 % where half of the files may be tricky, 0.15 % where none is."""
    counts: Counter[str] = Counter()

    @settings(max_examples=500)  # fewer would say little of so small a share
    @given(st.data())
    def count(data: st.DataObject) -> None:
        front = data.draw(fronts)
        change = data.draw(edits(front.value))
        counts["all"] += 1
        try:
            edit(front, applied(front.value, change))
        except UnsafeEdit:
            counts["refused"] += 1

    count()
    assert counts["refused"] <= bound * counts["all"], counts


# -------------------------------------------------------------------------------------------- order


def reordered(front: Frontmatter) -> str:
    try:
        return reorder_yaml(front.text, ORDER, front.newline)
    except UnsafeEdit:
        assume(False)
        raise


def rank(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


@given(PLAIN_FRONTS)
def test_reordering_sorts_known_keys_and_leaves_unknown_ones_last(front: Frontmatter) -> None:
    assume(not front.flow_root)
    assert keys_of(reordered(front)) == sorted(front.value, key=rank)


@given(FRONTS)
def test_reordering_is_refused_only_for_tricky_files(front: Frontmatter) -> None:
    try:
        reorder_yaml(front.text, ORDER, front.newline)
    except UnsafeEdit:
        assert front.tricky or front.flow_root or could_join_a_block_scalar(front)


def could_join_a_block_scalar(front: Frontmatter) -> bool:
    """Tell whether a blank or indented comment stands between entries: it can't go below `key: |`.

    Nor can a blank line that ends another block scalar go below `key: |+`, which would keep it.
    """
    if any(line.role in ("above", "inside") and not line.text.startswith("#") for line in front.lines):
        return True
    texts = [line.text for line in front.lines]
    return "" in map(str.strip, texts) and any(re.search(r"[|>]\d?\+", text) for text in texts)


@given(FRONTS)
def test_reordering_keeps_values_lines_and_is_done_once(front: Frontmatter) -> None:
    new = reordered(front)
    assert same(read_yaml(new).value, front.value)
    old_lines, new_lines = lines_of(front.text), lines_of(new)
    if not front.ends[-1]:
        old_lines, new_lines = ([line.rstrip("\r\n") for line in lines] for lines in (old_lines, new_lines))
    assert Counter(new_lines) == Counter(old_lines)
    assert reorder_yaml(new, ORDER, front.newline) == new


@given(FRONTS)
def test_reordering_keeps_each_entry_together(front: Frontmatter) -> None:
    assume(not front.flow_root)
    new = [line.rstrip("\r\n") for line in lines_of(reordered(front))]
    for key in front.value:
        own = [line.text for line in front.lines if line.owner[:1] == (key,) and not is_above(line, key)]
        while own and not own[-1].strip():  # blank lines below a block scalar may stay where they are
            own.pop()
        assert any(new[i : i + len(own)] == own for i in range(len(new)))


@given(FRONTS)
def test_a_comment_directly_above_a_key_stays_directly_above_it(front: Frontmatter) -> None:
    assume(not front.flow_root)
    new = [line.rstrip("\r\n") for line in lines_of(reordered(front))]
    for above, line in zip(front.lines, front.lines[1:], strict=False):
        directly = line.role != "above" and len(line.owner) == 1 and is_above(above, line.owner[0])
        if directly and above.text.startswith("#"):
            assert new[new.index(above.text) + 1] == line.text


def is_above(line: Line, key: object) -> bool:
    return line.role == "above" and line.owner == (key,)


# ---------------------------------------------------------------------------------------- documents


@given(files())
def test_a_file_splits_into_its_parts_and_joins_again(file: tuple[bytes, Frontmatter, bytes]) -> None:
    data, front, body = file
    document = split_document(data)
    assert document.to_bytes() == data
    assert (document.front, document.body) == (front.text, body)
    assert document.newline == front.newline


FILE_BITS = [
    b"---",
    b"---",
    b"\n",
    b"\r\n",
    b"\r",
    b" ",
    b"id: a",
    b"...",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\0",
    b"<<<<<<< x",
    b"js",
    "\u2028".encode(),
]


@given(st.binary(max_size=40) | st.lists(st.sampled_from(FILE_BITS), max_size=12).map(b"".join))
def test_any_bytes_split_and_join_or_are_malformed(data: bytes) -> None:
    for claimed in (data, b"---\n" + data, b"---\nid: a\n---\n" + data):
        split = split_or_line(claimed)
        if isinstance(split, int):
            assert 1 <= split <= claimed.count(b"\n") + claimed.count(b"\r") + 1
        else:
            assert split.to_bytes() == claimed


def split_or_line(data: bytes) -> Document | int:
    """Split a file; of one that is malformed, give the line it is reported on."""
    try:
        return split_document(data)
    except Malformed as problem:
        return problem.line


@given(st.data())
def test_editing_a_file_leaves_fences_and_body_alone(data: st.DataObject) -> None:
    before, front, body = data.draw(files())
    document = split_document(before)
    wanted = applied(front.value, data.draw(edits(front.value)))
    new = document._replace(front=edit_or_skip(front, wanted)).to_bytes()
    again = split_document(new)
    assert (again.head, again.fence, again.body) == (document.head, document.fence, body)
    assert same(read_yaml(again.front).value, wanted)


# ----------------------------------------------------------------------------------------- sections


class Found(NamedTuple):
    """A heading as the reference sees it."""

    level: int
    title: str
    start: int
    end: int


def reference_headings(body: str) -> list[Found]:
    """List the headings outside quotes and list items, by markdown-it-py."""
    tokens = COMMONMARK.parse(body)
    return [
        Found(int(token.tag[1]), tokens[i + 1].content, *token.map)
        for i, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]


def reference_section(body: str, names: Sequence[str]) -> tuple[Found, int] | None:
    """Find a section's heading and the line where its content ends, by markdown-it-py."""
    headings = reference_headings(body)
    for name in names:
        for i, heading in enumerate(headings):
            if heading.title.casefold() == name.casefold():
                ends = [other.start for other in headings[i + 1 :] if other.level <= heading.level]
                return heading, min(ends, default=len(lines_of(body)))
    return None


def names_of(title: str) -> list[str]:
    return [title, "Architecture"] if title == "Technical Changes" else [title]


def own_headings(body: str) -> list[Found]:
    return [Found(*heading) for heading in find_headings(split_lines(body))]


def one_spaced(headings: list[Found]) -> list[Found]:
    """Write the lines of an underlined heading as one, which is how titles are compared."""
    return [heading._replace(title=" ".join(heading.title.split())) for heading in headings]


TITLES = st.sampled_from([*SECTION_TITLES, *SUBSECTION_TITLES[:3], "Notes", "overview"])


@given(st.text())
def test_split_lines_join_again(body: str) -> None:
    assert "".join(split_lines(body)) == body


@given(markdown_bodies())
def test_headings_of_well_formed_markdown_agree_with_commonmark(body: tuple[str, str]) -> None:
    assert one_spaced(own_headings(body[0])) == one_spaced(reference_headings(body[0]))


@given(loose_markdown())
def test_headings_of_loose_markdown_agree_with_commonmark(body: str) -> None:
    """Left out on purpose: HTML blocks, link definitions, and blocks nested in list items."""
    assert one_spaced(own_headings(body)) == one_spaced(reference_headings(body))


@pytest.mark.parametrize(
    "body",
    [
        "text\n- item\n---\n",
        "text\n> quote\n---\n",
        "---\ntext\n---\n",
        "***\n---\n",
        "-\n---\n",
    ],
)
def test_a_rule_under_a_list_a_quote_or_a_rule_is_no_underline(body: str) -> None:
    assert one_spaced(own_headings(body)) == one_spaced(reference_headings(body))


def write_or_skip(body: str, title: str, text: str, newline: str) -> str:
    """Write; a missing parent section, the one refusal of well-formed texts, ends the example."""
    try:
        return write_section(body, title, text, newline)
    except BadSection:
        assert title in SUBSECTION_TITLES
        assert reference_section(body, [SECTION_TITLES[-1]]) is None
        assume(False)
        raise


def meaning(text: str) -> str:
    """A section's text without line ends' spelling and the blank lines around it."""
    lines = [line.rstrip("\r\n") for line in lines_of(text)]
    return "\n".join(lines).strip("\n")


@given(markdown_bodies(), TITLES, section_texts())
def test_a_written_section_reads_back(body: tuple[str, str], title: str, text: str) -> None:
    new = write_or_skip(body[0], title, text, body[1])
    assert meaning(read_section(new, title) or "").rstrip() == meaning(text).rstrip()


def test_a_section_that_begins_with_indented_code_reads_back() -> None:
    body = write_section("", "Overview", "    # code\n    more\n")
    assert read_section(body, "Overview") == "    # code\n    more"


@given(markdown_bodies(), TITLES, section_texts())
def test_writing_a_section_twice_changes_nothing_more(body: tuple[str, str], title: str, text: str) -> None:
    once = write_or_skip(body[0], title, text, body[1])
    assert write_section(once, title, text, body[1]) == once


@given(markdown_bodies(), TITLES, section_texts())
def test_writing_a_section_leaves_all_other_lines_alone(body: tuple[str, str], title: str, text: str) -> None:
    old = body[0]
    new = write_or_skip(old, title, text, body[1])
    section = reference_section(old, names_of(title))
    old_lines, new_lines = lines_of(old), lines_of(new)
    if section is not None:
        heading, end = section
        before, after = old_lines[: heading.end], old_lines[end:]
        assert_ends(new_lines, before, after, body[1])
    else:
        assert any(holds(new_lines, old_lines[:i], old_lines[i:], body[1]) for i in range(len(old_lines) + 1))
        assert [h for h in reference_headings(new) if h.title.casefold() == title.casefold()]


def holds(lines: list[str], before: list[str], after: list[str], newline: str) -> bool:
    """Tell whether lines begin and end as given; a missing last line end may have been added."""
    if (
        before
        and not after
        and not before[-1].endswith(("\n", "\r"))
        and lines[len(before) - 1 : len(before)] != before[-1:]
    ):
        before = [*before[:-1], before[-1] + newline]
    middle = len(lines) - len(before) - len(after)
    return middle >= 0 and lines[: len(before)] == before and lines[len(before) + middle :] == after


def assert_ends(lines: list[str], before: list[str], after: list[str], newline: str) -> None:
    assert holds(lines, before, after, newline), (lines, before, after)


@given(markdown_bodies())
def test_writing_back_what_a_section_holds_changes_nothing(body: tuple[str, str]) -> None:
    for heading in reference_headings(body[0]):
        text = read_section(body[0], heading.title)
        assert text is not None
        assert write_section(body[0], heading.title, text, body[1]) == body[0]


@given(loose_markdown(), st.sampled_from(["Overview", "A", "three", "text", "Notes"]), loose_markdown())
def test_writing_into_any_body_replaces_one_stretch_or_is_refused(body: str, title: str, text: str) -> None:
    newline = "\r\n" if "\r\n" in body else "\n"
    lines = split_lines(body)
    section = find_section(lines, title)
    places = [(i, i) for i in range(len(lines) + 1)] if section is None else [(section.start, section.end)]
    try:
        new = write_section(body, title, text, newline)
    except BadSection:
        return
    assert any(holds(split_lines(new), lines[:start], lines[end:], newline) for start, end in places)
    assert write_section(new, title, text, newline) == new


# --------------------------------------------------------------------------------------- checkboxes


def with_criteria(body: tuple[str, str]) -> str:
    text, newline = body
    return f"## Acceptance Criteria{newline}{newline}- [ ] first{newline}{newline}" + text


@given(markdown_bodies().map(with_criteria), st.data())
def test_a_tick_changes_one_character(body: str, data: st.DataObject) -> None:
    boxes = find_checkboxes(split_lines(body))
    number = data.draw(st.integers(1, len(boxes)))
    checked = data.draw(st.booleans())
    new = tick_checkbox(body, number, checked=checked)
    changed = [i for i, (a, b) in enumerate(zip(body, new, strict=True)) if a != b]
    assert len(changed) == (boxes[number - 1].checked != checked)
    assert [box.checked for box in find_checkboxes(split_lines(new))] == [
        checked if i == number else box.checked for i, box in enumerate(boxes, 1)
    ]
    assert all(body[i - 1] == "[" and body[i + 1] == "]" for i in changed)
    assert tick_checkbox(new, number, checked=checked) == new


@given(markdown_bodies().map(with_criteria))
def test_checkboxes_are_those_of_the_section_outside_fences(body: str) -> None:
    section = reference_section(body, ["Acceptance Criteria"])
    assert section
    fenced = {
        i
        for token in COMMONMARK.parse(body)
        if token.type == "fence" and token.map
        for i in range(*token.map)
    }
    code = {
        i
        for token in COMMONMARK.parse(body)
        if token.type == "code_block" and token.map
        for i in range(*token.map)
    }
    expected = [
        i
        for i, line in enumerate(lines_of(body))
        if section[0].end <= i < section[1] and i not in fenced | code
        if re.match(r"\s*([-*+]|\d+[.)])[ \t]+\[[ xX]\][ \t]", line)
    ]
    assert [box.line for box in find_checkboxes(split_lines(body))] == expected


@given(markdown_bodies(), st.integers(-1, 20))
def test_a_tick_of_no_checkbox_is_an_index_error(body: tuple[str, str], number: int) -> None:
    boxes = find_checkboxes(split_lines(body[0]))
    assume(not 1 <= number <= len(boxes))
    with pytest.raises(IndexError):
        tick_checkbox(body[0], number, checked=True)
