"""Patterns that are compiled at their first use do what `re.compile` does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.patterns import lazy, lazy_bytes

SOURCES = [r"a+", r"(a)(b)?", r"^b", r"\bab\b", r"", r"[^a\n]"]


@given(
    st.sampled_from(SOURCES),
    st.sampled_from([0, re.IGNORECASE, re.MULTILINE]),
    st.text(alphabet="abA \n", max_size=12),
)
def test_every_method_does_what_the_compiled_pattern_does(source: str, flags: int, text: str) -> None:
    # A pattern of its own for each method: any of them may be the first that is used.
    plain = re.compile(source, flags)
    for method in ("match", "fullmatch", "search"):
        found, wanted = getattr(lazy(source, flags), method)(text), getattr(plain, method)(text)
        assert (found and (found.span(), found.groups())) == (wanted and (wanted.span(), wanted.groups()))
    assert [each.span() for each in lazy(source, flags).finditer(text)] == [
        each.span() for each in plain.finditer(text)
    ]
    assert lazy(source, flags).findall(text) == plain.findall(text)
    assert lazy(source, flags).split(text) == plain.split(text)
    assert lazy(source, flags).sub("-", text) == plain.sub("-", text)


def test_nothing_is_compiled_before_it_is_used() -> None:
    broken = lazy("(")
    with pytest.raises(re.error):
        broken.search("text")


def test_the_positions_of_a_method_are_passed_on() -> None:
    pattern = lazy("b")
    first = pattern.search("abab")
    second = pattern.search("abab", 2)
    assert first is not None
    assert second is not None
    assert (first.start(), second.start(), pattern.search("abab", 2, 3)) == (1, 3, None)


def test_bytes_have_patterns_of_their_own() -> None:
    assert lazy_bytes(rb"\d+").findall(b"a1b22") == [b"1", b"22"]
    assert lazy_bytes(rb"^b", re.MULTILINE).sub(b"x", b"b\nb") == b"x\nx"


def test_what_else_a_pattern_has_is_not_there() -> None:
    with pytest.raises(AttributeError, match="groupindex"):
        lazy("a").groupindex  # noqa: B018 (the access is what is refused)
