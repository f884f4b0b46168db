"""The plain reader gives what ruamel.yaml gives, places included, or nothing at all."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.effort import examples
from support.strategies import PLAIN, frontmatters, mutate
from taskfiles.text.nodes import Node, YamlProblem, same
from taskfiles.text.yaml_any import read_any
from taskfiles.text.yaml_plain import read_plain, read_plain_values


def shape(node: Node) -> Any:
    """All that a node tells, children included."""
    children = [
        (shape(child[0]), shape(child[1])) if isinstance(child, tuple) else shape(child)
        for child in node.children
    ]
    own = {name: getattr(node, name) for name in Node.__slots__ if name not in {"children", "value"}}
    return own | {"children": children}


def compare(text: str) -> bool:
    """Compare both readers; gives whether the plain one read the text."""
    quick, values = read_plain(text), read_plain_values(text)
    assert (quick is None) == (values is None), text
    if quick is None or values is None:
        return False
    try:
        reference = read_any(text)
    except YamlProblem as problem:
        raise AssertionError(f"ruamel.yaml refuses what is read: {text!r}") from problem
    assert same(quick.value, reference.value), text
    assert same(values, reference.value), text
    assert list(values) == list(reference.entries()), text
    assert shape(quick) == shape(reference), text
    return True


def test_the_plain_form_is_read() -> None:
    assert compare(PLAIN)


@given(st.randoms(use_true_random=False))
def test_mutations_are_read_alike(chance: random.Random) -> None:
    for _ in range(20):
        compare(mutate(PLAIN, chance))


def test_what_is_kept_of_a_text_is_not_shared_with_the_next() -> None:
    text = "a: b\nc: [d, 1]\ne: {f: g}\nh:\n  - i\n"
    first, second = read_plain_values(text), read_plain_values(text)
    assert first == second == {"a": "b", "c": ["d", 1], "e": {"f": "g"}, "h": ["i"]}
    assert first is not None
    assert second is not None
    assert not any(first[key] is second[key] for key in "ceh")


def test_a_line_is_read_anew_where_it_means_another_thing() -> None:
    assert compare("a: b\nc: d\n")
    assert not compare("a: b\na: b\n")
    assert not compare("a: b\n  c: d\n")
    assert compare("a:\n  c: d\nb:\n- a: b\n  c: d\n- c: d\n")
    assert compare("a:\n- b\n")
    assert compare("a:\nb: c\n")


@given(frontmatters())
def test_odd_frontmatter_is_read_alike(front: Any) -> None:
    compare(front.text)


@given(st.text(alphabet="ab1: -#\n\"'[],{}0xe.~_", max_size=24))
def test_short_texts_are_read_alike(text: str) -> None:
    compare(text)


@given(frontmatters(), st.sampled_from(["# words\n", "x_n: 5\n", "x_l:\n  - a\n  - b c\n", "x_q: 'd'\n"]))
@examples(short=5, deep=20)
def test_long_texts_are_read_alike(front: Any, filler: str) -> None:
    """Neither reader has a size of its own beyond which it reads another language."""
    key, _, rest = filler.partition(":")
    lines = (f"{key}{n}:{rest}" for n in range(300)) if rest else (filler for _ in range(40_000))
    compare(PLAIN + "".join(lines))
    compare(front.text + "".join(lines) if front.text.endswith("\n") else front.text)


IN_DOUBT = [
    *(
        "",
        "\n",
        "a",
        "- a",
        "? a",
        "%YAML 1.2",
        " a: b",
        "a:b",
        "a: b\n...",
        "a: b\r\n",
        "\ufeffa: b",
        "a:\tb",
    ),
    *("a: *b", "a: &b c", "a: !t b", "a: |\n  b", "a: >\n  b", "a: b\n  c", "a: b\n c: d", "a: 1\na: 2"),
    *('a: "b\\n"', "a: 'it''s'", "a: b # c", "a: b: c", "a: b:", "<<: a"),
    *("a: ~", "a: -1", "a: 1.5", "a: .5", "a: 0x1", "a: 1e3", "a: 12345678901234567890"),
    *("a: -", "a:\n- b\n-", "a: @b", "a: `b"),
    *(
        "a: [b",
        "a: {b: c",
        "a: [b]]",
        "a: {b: c}}",
        "a: [b] c",
        "a: [b}",
        "a: {b: c]",
        "a: [b,, c]",
        "a: [b,]",
    ),
    *(
        "a: {b: c,}",
        "a: {b}",
        "a: {b: }",
        "a: {b:c}",
        "a: {b: 1, b: 2}",
        "a: {'b': c}",
        "a: [-1]",
        "a: [1.5]",
    ),
    *("a: ['b''c']", 'a: ["b\\n"]', "a: [b c]", "a: [b: c]", "a: [é]", "a: [&b c]", "a: [*b]", "a: [!b c]"),
    *(
        "a: " + "[" * 21 + "b" + "]" * 21,
        "a: [b\n  ]",
        "a: {<<: b}",
        "a: [b] # c",
        "a: [b",
        "a: ['b",
        "a: ['b]",
    ),
]
IN_BRACKETS = [
    *(
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "[b]",
        "[ b , c ]",
        "[b,c]",
        "{b: c}",
        "{ b: c , d: 1 }",
        "[b, [c]]",
        "{b: {c: d}}",
    ),
    *(
        "[{b: c}, {b: d}]",
        "{b: [c, 2], d: {}}",
        "[2.1.0, 2025-11-02, a/b.md, /c, _d]",
        "[true, null, False, y]",
    ),
    *("{null: 1, true: 2}", "['b, c', \"d: {e}\", '']", "{b: 'c'}", "[[], {}]", "[12, 007]"),
]


@pytest.mark.parametrize("text", IN_BRACKETS)
def test_brackets_on_one_line_are_read(text: str) -> None:
    assert compare(f"a: {text}\nb:\n- {text}\n- c: {text}\n")


@given(
    st.lists(st.sampled_from([*IN_BRACKETS, *"[]{},: ab1'\"", "b: ", "2.1.0", ", "]), max_size=8).map("".join)
)
def test_brackets_in_any_order_are_read_alike(text: str) -> None:
    compare(f"a: {text}")
    compare(f"- {text}")
    compare(f"a:\n- {text}\n- b: {text}")


@given(st.sampled_from(IN_BRACKETS), st.randoms(use_true_random=False))
def test_mutated_brackets_are_read_alike(text: str, chance: random.Random) -> None:
    for _ in range(20):
        compare(mutate(f"a: {text}\nb: {text}\n", chance))


@pytest.mark.parametrize("text", IN_DOUBT)
def test_what_is_in_doubt_is_left_to_ruamel(text: str) -> None:
    assert not compare(text)
