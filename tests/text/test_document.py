"""A file's bytes as fences, frontmatter and body: what is taken for a task, and where it is damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.text.document import (
    BOM,
    MAX_FRONT,
    Malformed,
    count_lines,
    find_marker,
    line_start,
    looks_like_task,
    position,
    split_document,
)

TEXTS = st.text(alphabet="aé\n\r", max_size=12)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"---\n", True),
        (b"---js\n", True),
        (b"----\n", True),
        (BOM + b"---\n", True),
        (b"<<<<<<< ours\n", True),
        ("---\n".encode("utf-16"), True),
        ("---\n".encode("utf-16-le"), True),
        ("---\n".encode("utf-16-be"), True),
        ("---\n".encode("utf-32"), True),
        ("---\n".encode("utf-32-be"), True),
        (b"", False),
        (b"--\n", False),
        (b"\n---\n", False),
        (b"# Notes\n---\n", False),
        (b">>>>>>> theirs\n", False),
    ],
)
def test_what_claims_to_be_a_task(start: bytes, expected: bool) -> None:
    assert looks_like_task(start) is expected


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_in_four_parts(newline: str) -> None:
    head, fence = BOM + f"--- \t{newline}".encode(), f"---{newline}".encode()
    front, body = f"id: é{newline}title: a{newline}", f"Body{newline}---{newline}".encode()
    document = split_document(head + front.encode() + fence + body)
    assert document == (head, front, fence, body)
    assert (document.newline, document.body_line) == (newline, 5)


@pytest.mark.parametrize("data", [b"---\nid: a\n---", b"---\nid: a\n---\r", b"---\n---\n"])
def test_a_body_may_be_missing(data: bytes) -> None:
    document = split_document(data)
    assert (document.to_bytes(), document.body) == (data, b"")


@pytest.mark.parametrize("data", [b"---\nid: a\n---\n\xff\xfe", b"---\nid: a\n---\n<<<<<<< ours\n"])
def test_a_body_may_contain_anything_but_nul(data: bytes) -> None:
    assert split_document(data).to_bytes() == data


@pytest.mark.parametrize(
    ("data", "code", "place", "params"),
    [
        (b"text\n", "no-frontmatter", (1, 1), {}),
        (b"---", "no-closing-fence", (1, 1), {}),
        (b"---\nid: a\n----\n", "no-closing-fence", (1, 1), {}),
        (b"---\nid: a\n --- \n", "no-closing-fence", (1, 1), {}),
        (b"---\rid: a\r---\r", "no-closing-fence", (1, 1), {}),
        (b"---js\n", "fence-word", (1, 4), {"word": "js"}),
        (BOM + b"--- \tyaml \n", "fence-word", (1, 6), {"word": "yaml"}),
        (b"<<<<<<< ours\n---\n", "conflict-marker", (1, 1), {}),
        (b"---\nid: a\n>>>>>>>> theirs\n---\n", "conflict-marker", (3, 1), {}),
        (b"---\nid: a\n<<<<<<< ours", "conflict-marker", (3, 1), {}),
        ("---\nid: é\0\n---\n".encode(), "nul-byte", (2, 6), {}),
        (b"---\r\nid: a\r\n---\r\n\r\nab\0", "nul-byte", (5, 3), {}),
        ("---\nid: a\n".encode("utf-16"), "not-utf8", (1, 1), {"encoding": "UTF-16 or UTF-32"}),
        (b"---\nid: a\xe9\n---\n", "not-utf8", (2, 6), {"encoding": "the byte 0xe9"}),
        (
            b"---\n" + b"a" * (MAX_FRONT + 1) + b"\n---\n",
            "too-large",
            (2, 1),
            {"what": "frontmatter", "limit": 2},
        ),
    ],
)
def test_damage_has_its_code_and_place(
    data: bytes, code: str, place: tuple[int, int], params: dict[str, object]
) -> None:
    with pytest.raises(Malformed) as caught:
        split_document(data)
    assert (caught.value.code, (caught.value.line, caught.value.column)) == (code, place)
    assert caught.value.params == params


def test_a_conflict_in_a_body_is_found_by_whole_lines() -> None:
    assert find_marker(b"a\n<<<<<<< ours\n") == 2
    assert find_marker(b">>>>>>>>>\r\n") == 0
    assert find_marker(b"a <<<<<<< b\n=======\n<<<<<<\n<<<<<<<x\n") is None


@given(TEXTS, st.integers(0, 12))
def test_a_position_counts_lines_and_characters(text: str, at: int) -> None:
    before = text[:at]
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert position(text.encode(), len(before.encode())) == (len(lines), len(lines[-1]) + 1)
    assert count_lines(before) == len(lines) - 1
    assert before[line_start(text, len(before)) :] == lines[-1]


def test_a_byte_order_mark_takes_no_column() -> None:
    assert position(BOM + b"ab", len(BOM) + 1) == (1, 2)
