"""Any YAML 1.2 text: what its scalars mean, where its nodes stand, and why it is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from taskfiles.text.nodes import MAX_DEPTH, YamlProblem, same
from taskfiles.text.yaml_any import read_any

# Meaning: YAML 1.2's core schema


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, None) for word in ("null", "Null", "NULL", "~", "")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[(word, word) for word in ("no", "on", "y", "tRUE", "nil", "<<", ".", "2025-11-02", "12:30", "0b1")],
        *[("017", 17), ("+5", 5), ("-5", -5), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000")],
        *[(".5", 0.5), ("5.", 5.0), ("-1.5e3", -1500.0), (".inf", math.inf), ("-.INF", -math.inf)],
        *[("'5'", "5"), ('"true"', "true"), ("|-\n  5", "5"), (">-\n  a\n  b", "a b")],
        *[
            ("!!str 5", "5"),
            ("!!int '5'", 5),
            ("!!float 5", 5.0),
            ("!!null x", None),
            ("!!bool 'true'", True),
        ],
        *[("!own 5", "5"), ("!!binary aGk=", "aGk="), ("!!int x", "x"), ("!!set {x}", {"x": None})],
        ("[12:30, http://a.b/c]", ["12:30", "http://a.b/c"]),  # what libyaml alone would refuse
    ],
)
def test_the_value_of_a_scalar(text: str, value: Any) -> None:
    assert same(read_any(f"key: {text}\n").value, {"key": value})


def test_not_a_number_is_one_value() -> None:
    assert same(read_any("key: .nan").value, {"key": math.nan})


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 3001])
def test_a_number_that_can_not_be_kept_stays_text(number: str) -> None:
    assert read_any(f"key: {number}").value == {"key": number}


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_the_old_line_breaks_are_ordinary_characters(char: str) -> None:
    text = f"key: a{char}b\nother: 'c{char}d'\n"
    root = read_any(text)
    assert root.value == {"key": f"a{char}b", "other": f"c{char}d"}
    node = root.find(("other",))
    assert node is not None
    assert text[node.start : node.end] == f"'c{char}d'"


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_an_empty_document_is_null(text: str) -> None:
    root = read_any(text)
    assert (root.kind, root.value) == ("scalar", None)


# Keys, merges and aliases


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<<: {a: 1, b: 1}\na: 2\n", {"a": 2, "b": 1}),
        ("<<: [{a: 1}, {a: 2, b: 3}]\n", {"a": 1, "b": 3}),
        ("'<<': {a: 1}\n", {"<<": {"a": 1}}),
        ("? a\n: 2\n: 3\n", {"a": 2, "": 3}),
        ("x: &x {a: [1]}\ny: *x\n", {"x": {"a": [1]}, "y": {"a": [1]}}),
    ],
)
def test_the_value_of_a_mapping(text: str, value: Any) -> None:
    assert same(read_any(text).value, value)


def test_an_alias_knows_that_it_is_one() -> None:
    alias = read_any("x: &x [1, 2]\ny: *x\n").find(("y",))
    assert alias is not None
    assert (alias.alias, alias.kind, alias.depth) == (True, "sequence", 1)


# Places


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("key: |\n  a\n\n\nafter: 1\n", "|\n  a"),
        ("key: |+ # note\n  a\n\nafter: 1\n", "|+ # note\n  a\n"),
        ("key: >-\r\n  a\r\nafter: 1\r\n", ">-\r\n  a"),
        ("key: |+\r\n  a\r\n\r\nafter: 1\r\n", "|+\r\n  a\r\n"),
        ("key: &x !own 'a' # note\n", "&x !own 'a'"),
        ("key: [a, {b: c}] # note\n", "[a, {b: c}]"),
        ("key:\n  - a\n  - b: c # note\n\nafter: 1\n", "- a\n  - b: c"),
    ],
)
def test_a_node_stands_where_its_text_does(text: str, source: str) -> None:
    node = read_any(text).find(("key",))
    assert node is not None
    assert text[node.start : node.end] == source


# Refusals: the mark ‸ stands where the problem is reported


def refuse(text: str) -> YamlProblem:
    """Read a text with the mark ‸ taken out; return the refusal, which must stand at the mark."""
    with pytest.raises(YamlProblem) as caught:
        read_any(text.replace("‸", ""))
    assert caught.value.index == text.index("‸"), caught.value.params
    return caught.value


BEFORE = "id: o\n"
AFTER = "\nstate: ready\n"
CLOSED = "the bracket that opens here is not closed, or a comma is missing"
BELOW = "this line is indented below a key that has a value already"
BLOCK = "begins a text on the lines below; nothing but a comment may follow it"
CAUSES = [
    ("a: b‸: c", "there is a second `: ` in this value", "Quote the value"),
    ("a: b\n ‸c: d", BELOW, "Indent it as the keys above"),
    ("  ‸a: b", BELOW, "Indent it as the keys above"),
    ("a: ‸'x", "the quote that opens here is never closed", "Add the closing '"),
    ('‸"a: x', "the quote that opens here is never closed", 'Add the closing "'),
    ("a: 'it'‸s'", "text follows the closing quote", "''"),
    ('a: "x"‸ y: z', "text follows the closing quote", "between the quotes"),
    ("a: ‸[x", CLOSED, "quote a value that begins with `[`"),
    ("a: ‸{x: 1 y: 2}", CLOSED, "quote a value that begins with `{`"),
    ("a: [‸}", "a value is missing here, or a bracket before this is never closed", "close the bracket"),
    ("a: [x, ‸, y]", "a value is missing here, or a bracket before this is never closed", "Give the value"),
    ("a: [b] ‸c", "text follows the closing `]`", "Quote the whole value"),
    ("a: ‸]", "`]` stands where a value begins", "Quote the value"),
    ("a: ‸,b", "`,` stands where a value begins", "Quote the value"),
    ("a: ‸@b", "a value begins with `@`, and YAML reserves it", 'Quote it: "@b"'),
    ("a: [x, ‸@bob]", "a value begins with `@`, and YAML reserves it", 'Quote it: "@bob"'),
    ("a:\n  - ‸`x`", "a value begins with ```, and YAML reserves it", 'Quote it: "`x`"'),
    ("a: ‸%x", "a value begins with `%`, and it begins a directive", 'Quote it: "%x"'),
    ("‸%x: y", "a line begins with `%`, which begins a directive", '"%key"'),
    ("‸% x", "a line begins with `%`, which begins a directive", '"%key"'),
    ("‸\ta: b", "a tab indents this line", "Indent with blanks"),
    ("a:\n ‸\t- b", "a tab indents this line", "Indent with blanks"),
    ("a:\n  - b\n‸\t- c", "a tab indents this line", "Indent with blanks"),
    ("a:‸\tb: c", "a tab is used where only blanks are allowed", "Replace it by a blank"),
    ("title:‸Foo", "no blank follows the colon", "Write `title: …`"),
    ("‸title Foo", "this key has no colon", "Write it as `key: value`"),
    ("a: ‸- b", "a `- ` begins a list within a line", "next line"),
    ("a: ‸? b", "a `? ` begins a key within a value", "Quote the value"),
    ("a: ‸& b", "a value begins with `&`, which takes a name after it", "Quote the value"),
    ("a: ‸| text", f"a value begins with `|`, which {BLOCK}", "Quote the value"),
    ("a: ‸> text", f"a value begins with `>`, which {BLOCK}", "Quote the value"),
    ("a: ‸!x!y z", "a value begins with `!`, which begins a tag", "Quote the value"),
    ('a: "C:‸\\Users"', "`\\U` is no escape in double quotes", "single quotes"),
    ('a: "‸\\q"', "`\\q` is no escape in double quotes", "single quotes"),
    ('a: "‸\\U00110000"', "the escape is for a character that Unicode does not have", "U0010ffff"),
    ("a:\n  - b\n ‸c", "the indentation does not fit the lines above", "neighbours"),
    ("a: ‸*gone", "*gone names no anchor", 'Quote it if the `*` belongs to the value: "*gone"'),
    ("a: &x [‸*x]", "*x stands inside the value it names", "Quote it"),
    ("a: b‸\x07", "the control character 0x07 is not allowed", "Remove it"),
    ("‸---\nc: d", "a second document begins here", "one document"),
    ("<<: ‸5", "<< takes a mapping or a list of mappings", '"<<"'),
    ("<<: ‸[{a: 1}, 5]", "<< takes a mapping or a list of mappings", '"<<"'),
]


@pytest.mark.parametrize(("text", "problem", "remedy"), CAUSES)
def test_a_refusal_names_its_cause_its_place_and_a_remedy(text: str, problem: str, remedy: str) -> None:
    refused = refuse(BEFORE + text + AFTER)
    assert (refused.code, refused.params["problem"]) == ("yaml-syntax", problem)
    assert remedy in refused.params["remedy"]


@pytest.mark.parametrize("line", ["key : value", "a: [12:30]", "a: x]", "a: b # c: d", "a: it's", "a:\t[b]"])
def test_what_only_looks_wrong_is_read(line: str) -> None:
    assert read_any(BEFORE + line + AFTER).kind == "mapping"


@pytest.mark.parametrize(
    "text",
    [
        "? ‸[1, x]\n: 2\n",
        "? ‸- a\n: 2\n",
        "? ‸a: b\n",
        "‸[a]: b\n",
        "x: {‸{a: b}: c}\n",
        "x:\n  - ? ‸[a]\n",
        "x: &x [a]\n? ‸*x\n: b\n",
        "? " + "‸" + "? " * 30 + "a: b\n",
    ],
)
def test_a_list_or_mapping_is_no_key(text: str) -> None:
    assert refuse(text).code == "complex-key"


@pytest.mark.parametrize(
    "text",
    [
        'a: "b ‸\\ud800 c"\n',
        'a: "‸\\uDFFF"\n',
        'a: "\\ud83d\\ude00 ‸\\ud83d"\n',
        'a: "‸\\ude00\\ud83d"\n',
        'a: "‸\\U0000d800"\n',
        'a: "‸\\ud83d \\ude00"\n',
        '"‸\\ud800": b\n',
        'a: ["b", "\\\\‸\\ud800"]\n',
        "a: ‸\ud800\n",
    ],
)
def test_half_a_surrogate_pair_is_no_text(text: str) -> None:
    assert refuse(text).code == "lone-surrogate"


@pytest.mark.parametrize("escape", ["\\ud83d\\ude00", "\\U0001f600", "\\U0000d83d\\U0000de00"])
def test_both_halves_are_one_character(escape: str) -> None:
    """YAML takes in JSON, which writes characters beyond U+FFFF so."""
    assert read_any(f'a: "x{escape}"\n').value == {"a": "x\U0001f600"}


@pytest.mark.parametrize("text", ["a: 1\n‸a: 2\n", "a: 1\n‸'a': 2\n", "b: {a: 1, ‸a: 1}\n"])
def test_a_key_stands_once(text: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_any(text.replace("‸", ""))
    assert (caught.value.code, caught.value.index) == ("duplicate-key", text.index("‸"))


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("[" * MAX_DEPTH + "‸[]" + "]" * MAX_DEPTH, "[" * MAX_DEPTH + "]" * MAX_DEPTH),
        (f"x: &x {'[' * 98}{']' * 98}\ny: [[‸*x]]\n", f"x: &x {'[' * 98}{']' * 98}\ny: [*x]\n"),
    ],
)
def test_depth_has_a_limit_and_aliases_count(text: str, within: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_any(text.replace("‸", ""))
    assert (caught.value.code, caught.value.index) == ("too-deep", text.index("‸"))
    assert caught.value.params == {"limit": MAX_DEPTH}
    assert read_any(within).depth == MAX_DEPTH


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{inner}'] * 10)}]\n"
    for name, inner in zip("bcdef", "abcde", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        f"a: &a {'x' * 5000}\nb: [{', '.join(['*a'] * 1000)}]\n",
        f"a: &a {{{'k' * 1000}: 1}}\n" + "".join(f"b{n}:\n  <<: *a\n" for n in range(1000)),
    ],
    ids=["lists of lists", "one long text", "merged keys"],
)
def test_what_aliases_stand_for_is_linear_in_the_text(text: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_any(text)
    assert caught.value.code == "alias-expansion"
    assert caught.value.params["limit"] <= 10_000 + 10 * len(text)


def test_a_usual_number_of_aliases_is_read() -> None:
    attempts = "".join("- started_at: 2025-11-02T15:03:00Z\n  executor: *e\n" for _ in range(1000))
    root = read_any(f"x: &e {{tool: claude-code, model: claude-sonnet-4-5}}\na:\n{attempts}")
    assert len(root.entries()["a"]) == 1000  # type: ignore[arg-type]  # a list
