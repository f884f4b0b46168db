"""A unified diff of two contents: git applies it and gets the second from the first."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.text.diff import text_diff

TEXTS = st.lists(st.sampled_from(["a", "b", "", "\n", "\r\n", "é"]), max_size=8).map("".join)


def test_one_changed_line_with_what_surrounds_it() -> None:
    assert text_diff(b"a\nb\nc\n", b"a\nB\nc\n", "a/x", "b/x") == (
        "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
    )


def test_a_missing_newline_at_the_end_is_said() -> None:
    diff = text_diff(b"a\n", b"a", "a/x", "b/x")
    assert diff.endswith("-a\n+a\n\\ No newline at end of file\n")


def test_bytes_that_are_no_text_are_shown_all_the_same() -> None:
    assert text_diff(b"\xff\n", b"a\n", "a/x", "b/x").endswith("-\ufffd\n+a\n")


@given(TEXTS, TEXTS)
def test_it_is_empty_for_equal_texts_only(before: str, after: str) -> None:
    assert (text_diff(before.encode(), after.encode(), "a/x", "b/x") == "") == (before == after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\n", "a\nc\n"),
        ("a\n", "a"),
        ("a", "a\nb"),
        ("a\r\nb\r\n", "a\r\nc\r\n"),
        ("".join(f"{n}\n" for n in range(40)), "".join(f"{n}\n" for n in range(40) if n not in {3, 30})),
        ("é\n", "👩\n"),
    ],
)
def test_git_applies_it(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "x").write_bytes(before.encode())
    diff = text_diff(before.encode(), after.encode(), "a/x", "b/x")
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True)
    assert (tmp_path / "x").read_bytes() == after.encode()


@pytest.mark.parametrize("name", ["a b", "é", "a\nb", 'a"b', "a\\b", "a\x1b\tb", "\x7f"])
def test_git_applies_it_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"a\n")
    diff = text_diff(b"a\n", b"b\n", f"a/{name}", f"b/{name}")
    assert len(diff.splitlines()) == 5
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True)
    assert (tmp_path / name).read_bytes() == b"b\n"
