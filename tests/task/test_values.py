"""What a value may be: each check takes what the format allows and names what it refuses."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given

from support.strategies import VALUES
from taskfiles.task import values
from taskfiles.task.values import BadValue
from taskfiles.task.words import ExecutorLevel, Priority, State
from taskfiles.text.nodes import same

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)
UUID = "0199C6F2-7d1a-7c3e-9b1e-0b6f6f2a9c11"


def refusal(check: Any, value: object) -> tuple[str, dict[str, Any]]:
    with pytest.raises(BadValue) as caught:
        check(value)
    return caught.value.code, caught.value.params


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "the boolean true"),
        (5, "the number 5"),
        (-1.5, "the number -1.5"),
        (10**20, "a very large number"),
        ("5", "text"),
        ([], "a list"),
        ({}, "a mapping"),
    ],
)
def test_a_value_has_a_name_for_sentences(value: object, name: str) -> None:
    assert values.describe(value) == name


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (values.check_text, ["", " ", "a"]),
        (values.check_filled, ["a", " a "]),
        (values.check_id, ["a", "5", "fix-navbar", "a-", "a" * 300]),
        (values.check_uuid, [UUID, UUID.lower()]),
        (values.check_integer, [0, values.MAX_INTEGER]),
        (values.check_boolean, [True, False]),
        (values.check_list, [[], [None, 5]]),
    ],
)
def test_what_is_allowed_is_given_back(check: Any, good: list[object]) -> None:
    assert [check(value) for value in good] == good


def test_fractions_and_instants_are_given_in_their_types() -> None:
    assert [repr(values.check_fraction(value)) for value in (0, 1, 0.5)] == ["0.0", "1.0", "0.5"]
    assert values.check_instant("2025-11-02T13:00:00+01:00") == values.check_instant(NOON) == NOON


@pytest.mark.parametrize(
    ("check", "value", "code"),
    [
        (values.check_filled, "", "empty-text"),
        (values.check_filled, " \n", "empty-text"),
        (values.check_id, "", "invalid-id"),
        (values.check_id, "Fix", "invalid-id"),
        (values.check_id, "-fix", "invalid-id"),
        (values.check_id, "fix\n", "invalid-id"),
        (values.check_id, "../fix", "invalid-id"),
        (values.check_id, "fïx", "invalid-id"),
        (values.check_uuid, UUID.replace("-", ""), "invalid-uuid"),
        (values.check_uuid, f"{{{UUID}}}", "invalid-uuid"),
        (values.check_integer, -1, "out-of-range"),
        (values.check_integer, 2**63, "out-of-range"),
        (values.check_fraction, 1.01, "out-of-range"),
        (values.check_fraction, -0.01, "out-of-range"),
        (values.check_fraction, float("nan"), "out-of-range"),
        (values.check_instant, "2025-02-30T12:00:00Z", "invalid-timestamp"),
        (values.check_instant, "soon", "invalid-timestamp"),
    ],
)
def test_a_value_of_the_right_type_may_be_refused(check: Any, value: object, code: str) -> None:
    assert refusal(check, value)[0] == code


@pytest.mark.parametrize(
    ("check", "value", "wanted", "remedy"),
    [
        (values.check_text, 5, "text", 'Quote it: "5".'),
        (values.check_text, True, "text", 'Quote it: "true".'),
        (values.check_text, 10**20, "text", 'Quote it: "…".'),
        (values.check_text, [], "text", "Write a word or a quoted text."),
        (values.check_integer, "120", "a whole number", "Remove the quotes."),
        (values.check_integer, 1.0, "a whole number", "Write a whole number."),
        (values.check_integer, True, "a whole number", "Write a whole number."),
        (values.check_fraction, "0.5", "a number from 0.0 to 1.0", "Write it without quotes, as in 0.75."),
        (values.check_fraction, True, "a number from 0.0 to 1.0", "Write it without quotes, as in 0.75."),
        (values.check_boolean, "true", "true or false", "Write true or false, without quotes."),
        (values.check_boolean, 1, "true or false", "Write true or false, without quotes."),
        (values.check_instant, 2025, "a date and time", "Write it as 2025-11-02T15:03:00Z."),
        (values.check_list, "ui", "a list", "Write it as a list: [ui]."),
        (values.check_list, "a, b", "a list", "Write it as a list: […]."),
        (values.check_list, {}, "a list", "Write it as a list: […]."),
    ],
)
def test_a_wrong_type_is_named_with_its_remedy(check: Any, value: object, wanted: str, remedy: str) -> None:
    found = {"found": values.describe(value), "wanted": wanted, "remedy": remedy}
    assert refusal(check, value) == ("wrong-type", found)
    assert refusal(check, None) == ("null-value", {})


def test_a_mapping_is_missed() -> None:
    assert values.not_a_mapping([]).code == "wrong-type"
    assert values.not_a_mapping(None).code == "null-value"


def test_words_are_exact_and_the_nearest_is_offered() -> None:
    assert values.check_word(State, "in-progress") is State.IN_PROGRESS
    code, params = refusal(lambda value: values.check_word(Priority, value), "Hihg")
    assert (code, params["near"]) == ("unknown-value", "Did you mean high? ")
    assert params["allowed"] == "none, low, normal, high, urgent"
    assert refusal(lambda value: values.check_word(State, value), "IDEA")[0] == "unknown-value"
    assert values.suggest("human review", [*ExecutorLevel]) == "Did you mean human_review? "
    assert values.suggest("soon", [*ExecutorLevel]) == ""


@pytest.mark.parametrize("value", [None, 5, "", "x", UUID[:-1], [UUID]])
def test_what_is_no_uuid_is_not_found(value: object) -> None:
    assert values.find_uuid(value) is None
    assert values.find_uuid(UUID) == UUID.lower()


def test_only_a_text_is_a_word() -> None:
    assert values.is_word("done", {"done"})
    assert not any(values.is_word(value, {"done"}) for value in ("Done", ["done"], {}, None))


# What Python callers give


class Own(StrEnum):
    WORD = "word"


@given(VALUES)
def test_plain_values_stay_as_they_are(value: object) -> None:
    assert same(values.plain_value(value, 20), value)


def test_what_python_has_besides_becomes_plain() -> None:
    given = OrderedDict({Own.WORD: (Own.WORD, NOON), 5: None})
    plain = values.plain_value(given, 2)
    assert plain == {"word": ["word", "2025-11-02T12:00:00.000Z"], "5": None}
    assert [type(each) for each in (plain, plain["word"], plain["word"][0])] == [dict, list, str]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({1, 2}, "a Python set has no place in YAML"),
        (b"a", "a Python bytes has no place in YAML"),
        (NOON.replace(tzinfo=None), "without a time zone"),
        ([[["a"]]], "nests too deep"),
    ],
)
def test_what_has_no_place_in_yaml_is_refused(value: object, problem: str) -> None:
    code, params = refusal(lambda value: values.plain_value(value, 2), value)
    assert (code, problem in params["problem"]) == ("wrong-type", True)


@pytest.mark.parametrize("value", ["\udcff", ["a\ud800"], {"\udcff": 1}, {"a": {"b": "\udcff"}}], ids=ascii)
def test_what_is_no_text_is_refused(value: object) -> None:
    assert refusal(lambda value: values.plain_value(value, 5), value) == ("lone-surrogate", {})


@pytest.mark.parametrize("check", [values.check_integer, values.check_fraction])
@pytest.mark.parametrize(
    "value", ["9" * 3001, "-" + "9" * 5000, "1e999", "0x" + "f" * 4000, 10**308, -1, 10**400]
)
def test_a_number_however_large_is_out_of_range(check: Any, value: object) -> None:
    """What is too large for a number reads as text; it is no wrong type, and nothing is to be unquoted."""
    code, params = refusal(check, value)
    assert code == "out-of-range"
    assert len(str(params)) < 100


@pytest.mark.parametrize("value", ["5", "1e5", "many", "1e", "0x", "", "12:30"])
def test_text_is_no_number_out_of_range(value: str) -> None:
    assert refusal(values.check_integer, value)[0] == "wrong-type"
