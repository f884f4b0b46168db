"""Globs: overlap is what enumerating paths says it is, and what a matcher of another make says."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.effort import Effort
from taskfiles.backlog.globs import find_overlaps, overlap

# A matcher that shares nothing with the code under test: globs as regular expressions.


@cache
def matcher(glob: str) -> re.Pattern[str]:
    names = [name for name in glob.split("/") if name not in {"", "."}]
    parts = [r"(?:[^/]+/)*" if name == "**" else segment(name) + "/" for name in names]
    wild = any(name == "**" or segment(name) != re.escape(name) for name in names)
    return re.compile("".join(parts) + ("" if wild else r"(?:[^/]+/)*"))


def segment(name: str) -> str:
    code, at = "", 0
    while at < len(name):
        group = re.match(r"\[(?![!^]\][^\]]*\Z)(?!\][^\]]*\Z)([!^]?)(\]?[^\]]*)\]", name[at:])
        if name[at] in "*?":
            code += {"*": "[^/]*", "?": "[^/]"}[name[at]]
        elif group:
            members = [
                chr(c)
                for c in range(32, 127)
                if chr(c) != "/" and (chr(c) in listed(group[2])) is not bool(group[1])
            ]
            code += "(?:" + "|".join(map(re.escape, members)) + ")" if members else "(?!)"
            at += group.end() - 1
        else:
            code += re.escape(name[at])
        at += 1
    return code


def listed(text: str) -> set[str]:
    found, at = set[str](), 0
    while at < len(text):
        if re.match(r".-.", text[at:]):
            found |= {chr(c) for c in range(ord(text[at]), ord(text[at + 2]) + 1)}
            at += 3
        else:
            found.add(text[at])
            at += 1
    return found


def matches(glob: str, path: str) -> bool:
    return matcher(glob).fullmatch(path + "/") is not None


# By enumeration: patterns so short that a path which matches both, where there is one, is among those tried.

NAMES = ["".join(letters) for size in range(1, 6) for letters in product("abcz", repeat=size)]
PATHS = ["/".join(names) for size in range(1, 7) for names in product(["a", "b", "ab"], repeat=size)]


@cache
def matched(glob: str, names: bool) -> frozenset[str]:
    return frozenset(path for path in (NAMES if names else PATHS) if matches(glob, path))


CHARACTERS = st.sampled_from(["a", "b", "c", "*", "?", "[ab]", "[!a]", "[a-b]", "[^abc]", "[c-a]"])
SEGMENTS = st.lists(CHARACTERS, min_size=1, max_size=3).map("".join).filter(lambda name: name != "**")
WHOLE = st.lists(st.sampled_from(["a", "b", "ab", "*", "**", "a*", "?", "*b"]), min_size=1, max_size=3).map(
    "/".join
)


@given(SEGMENTS, SEGMENTS)
def test_segments_overlap_where_one_name_matches_both(left: str, right: str) -> None:
    assert overlap(left, right) is bool(matched(left, True) & matched(right, True))


@given(WHOLE, WHOLE)
def test_globs_overlap_where_one_path_matches_both(left: str, right: str) -> None:
    assert overlap(left, right) is bool(matched(left, False) & matched(right, False))


# By construction: patterns made of one path, which therefore overlap.

LETTERS = "ab-.![]^é"
NAME = st.text(LETTERS, min_size=1, max_size=4).filter(lambda name: name != ".")


@st.composite
def widened(draw: st.DrawFn, path: list[str]) -> str:
    """A glob that matches a path: some of its characters, segments and stretches replaced by wildcards."""
    names: list[str] = []
    for name in path:
        kind = draw(st.sampled_from(["keep", "any", "run", "before", "parts"]))
        if kind == "run":
            names.append("**")
        elif kind == "any":
            names.append("*")
        else:
            names += ["**"] * (kind == "before")
            names.append(
                "".join(
                    draw(
                        st.sampled_from(
                            [one(c), "?", "*", f"*{one(c)}", f"[{c}x]" if c not in "]!^[-" else "?"]
                        )
                    )
                    for c in name
                )
                if kind == "parts"
                else "".join(map(one, name))
            )
    return "/".join(names)


def one(character: str) -> str:
    return f"[{character}]" if character in "[]" else character


@given(st.data(), st.lists(NAME, min_size=1, max_size=5))
def test_globs_of_one_path_overlap(data: st.DataObject, path: list[str]) -> None:
    left, right = data.draw(widened(path)), data.draw(widened(path))
    if "é" not in "".join(path):  # the matcher above knows ASCII
        assert matches(left, "/".join(path))
    assert overlap(left, right)
    assert overlap(right, left)


ANY = st.lists(
    st.one_of(st.text("ab*?[]!-", min_size=1, max_size=5), st.just("**")), min_size=1, max_size=4
).map("/".join)


@given(ANY, ANY)
def test_overlap_has_no_sides(left: str, right: str) -> None:
    assert overlap(left, right) is overlap(right, left)


@given(st.lists(st.one_of(WHOLE, ANY), max_size=8))
def test_overlaps_among_many_are_those_of_each_pair(globs: list[str]) -> None:
    assert find_overlaps(globs) == {
        glob: [other for other in sorted(set(globs)) if overlap(glob, other)] for glob in set(globs)
    }


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("src", "src/api/store.py", True),
        ("src", "src", True),
        ("src", "source/x.py", False),
        ("src/", "./src//x", True),
        ("src/a", "src/b", False),
        ("/", "any/where", True),
        ("src/**", "src", True),
        ("src/**/x.py", "src/x.py", True),
        ("**/x.py", "**/y.py", False),
        ("**/x.py", "src/**", True),
        ("src/*", "src/a/b", False),
        ("src/*", "src/a", True),
        ("src/*", "src", True),
        ("Src", "src", False),
        ("src/*.py", "src/*.md", False),
        ("src/a*", "src/*a", True),
        ("src/a**b", "src/axxb", True),
        ("src/a**b", "src/ax/xb", False),
        ("[a-m]*", "[n-z]*", False),
        ("[a-m]*", "[m-z]*", True),
        ("[!a]", "[^b]", True),
        ("[!a]", "a", False),
        ("[.-0]", "[!.0]", False),
        ("[]", "[]", True),
        ("[]", "[]x", False),
        ("[!]", "!", False),
        ("[]a]", "]", True),
        ("[a", "[a/b", True),
        ("[z-a]", "*", False),
        ("[z-a]", "[z-a]", False),
        ("{a,b}", "a", False),
        ("日本/*", "日本/?", True),
    ],
)
def test_cases(left: str, right: str, expected: bool) -> None:
    assert overlap(left, right) is expected
    assert overlap(right, left) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("*a" * 3000 + "b", "*b" * 3000 + "a", False),
        ("*a" * 3000, "*b" * 3000 + "a", True),
        ("**/a/" * 3000 + "b", "**/b/" * 3000 + "a", False),
        ("?" * 20_000, "*" * 20_000, True),
        ("[" * 200_000, "*", True),
        ("[a-c]*" * 2000 + "d", "*[b-d]" * 2000 + "e", False),
        ("a/" * 20_000, "**", True),
    ],
    ids=["stars", "stars that meet", "segments", "marks", "brackets", "classes", "depth"],
)
def test_hostile_patterns_are_decided(left: str, right: str, expected: bool) -> None:
    """Backtracking would not come to an end here."""
    assert overlap(left, right) is expected


def test_many_globs_of_one_sort_are_told_apart(effort: Effort) -> None:
    # Each of one sort meets each of the other: in the deep profile a million pairs, and all of them true.
    count = effort.pick(short=200, deep=1000)
    globs = [f"src/part{n}/**" for n in range(count)] + [f"**/name{n}.py" for n in range(count)] + ["docs"]
    found = find_overlaps(globs)
    assert found["docs"] == sorted(["docs", *globs[count : 2 * count]])
    assert found["**/name7.py"] == sorted(["docs", "**/name7.py", *globs[:count]])
