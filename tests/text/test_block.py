"""A marked block in somebody's file: found, put in, and kept apart from what surrounds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles import TaskfilesError
from taskfiles.text.block import BEGIN, END, VERSION, Block, find_block, put_block

BOM = b"\xef\xbb\xbf"
LINES = st.lists(
    st.sampled_from(["", "text", "# Head", "- é", "```", "<!-- a comment -->", "  <!-- tasks:begin", "\x0c"]),
    max_size=6,
)
TEXTS = st.builds(
    lambda bom, lines, newline, last: (
        bom + newline.join(lines).encode() + (newline.encode() if last else b"")
    ),
    st.sampled_from([b"", BOM]),
    LINES,
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)


# Laws


@given(TEXTS)
def test_appending_keeps_every_byte(before: bytes) -> None:
    after = put_block("AGENTS.md", before, "new")
    assert after.startswith(before)
    content = before.removeprefix(BOM)
    assert after.endswith(b"\n") == (content.endswith(b"\n") or not content)
    assert put_block("AGENTS.md", after, "new") == after
    if b"\r\n" in before:
        assert after.count(b"\n") == after.count(b"\r\n")


@given(
    TEXTS,
    st.binary(max_size=20).filter(lambda tail: not {*tail} & {*b"<\0"}),
    st.sampled_from(["\n", "\r\n"]),
)
def test_refreshing_keeps_every_byte_around(head: bytes, tail: bytes, newline: str) -> None:
    if head.removeprefix(BOM) and not head.endswith(b"\n"):
        head += newline.encode()
    old = f"{BEGIN}{newline}old{newline}{END}".encode()
    new = f"{BEGIN}{newline}a{newline}b{newline}{END}".encode()
    assert put_block("AGENTS.md", head + old + tail, "a\nb\n") == head + new + tail
    assert put_block("AGENTS.md", head + new + tail, "a\nb\n") == head + new + tail


@given(TEXTS)
def test_what_was_put_in_is_found(before: bytes) -> None:
    after = put_block("AGENTS.md", before, "new")
    block = find_block("AGENTS.md", after)
    assert block is not None
    assert after[block.start : block.end].decode().split() == f"{BEGIN} new {END}".split()
    assert block.line == after.count(b"\n", 0, block.start) + 1


# Finding


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# Mine\n",
        b"<!-- tasks:beginning -->\n<!-- tasks -->\n",
        b"see <!-- tasks:begin --> and <!-- tasks:end -->\n",
        b"  <!-- tasks:begin -->\n",
        b"Latin-1: caf\xe9\n",
    ],
)
def test_no_block_is_found_where_no_line_begins_with_a_mark(data: bytes) -> None:
    assert find_block("AGENTS.md", data) is None


def test_a_block_has_its_place_and_its_version() -> None:
    data = b"caf\xe9\r\n<!-- tasks:begin -->\r\nold\r\n<!--tasks:end--> <!-- mine -->\r\n"
    start, end = data.index(b"<!-- tasks:begin"), data.index(b" <!-- mine")
    assert find_block("AGENTS.md", data) == Block(start, end, line=2, version=1)


def test_a_byte_order_mark_is_not_part_of_the_block() -> None:
    data = BOM + f"{BEGIN}\nold\n{END}\n".encode()
    block = find_block("AGENTS.md", data)
    assert block is not None
    assert (block.start, block.line) == (len(BOM), 1)
    assert put_block("AGENTS.md", data, "new").startswith(BOM + b"<!--")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("text\n<begin>\nold\n", 2, "the block that begins here has no end"),
        ("text\n\n<end>\n", 3, "a block ends here that has no beginning"),
        ("<begin>\n<begin>\n<end>\n", 2, "the block that begins in line 1 has no end"),
        ("<begin>\n<end>\n\n<begin>\n<end>\n", 4, "a block stands in line 1 already"),
        ("<begin>\n<end>\n<end>\n", 3, "a block ends here that has no beginning"),
        (f"\n<!-- tasks:begin v{VERSION + 1} -->\n<end>\n", 2, f"the block is of version {VERSION + 1}"),
        ("<begin>\n<end>\n\0", 3, "the file is no text"),
    ],
)
def test_damage_is_refused_with_its_line(text: str, line: int, problem: str) -> None:
    data = text.replace("<begin>", BEGIN).replace("<end>", END).encode()
    with pytest.raises(TaskfilesError, match=problem) as caught:
        find_block("AGENTS.md", data)
    assert (caught.value.code, caught.value.path, caught.value.line) == ("block-damaged", "AGENTS.md", line)
    with pytest.raises(TaskfilesError, match=problem):
        put_block("AGENTS.md", data, "new")


# Putting in


@pytest.mark.parametrize(
    ("before", "gap"), [("", ""), ("text", "\n\n"), ("text\n", "\n"), ("text\n\n", ""), ("a\r\n", "\r\n")]
)
def test_a_blank_line_parts_a_new_block_from_what_stands_above(before: str, gap: str) -> None:
    newline = "\r\n" if "\r\n" in before else "\n"
    last = newline if not before or before.endswith("\n") else ""
    wanted = before + gap + newline.join([BEGIN, "a", "b", END]) + last
    assert put_block("AGENTS.md", before.encode(), "\na\nb\n") == wanted.encode()
