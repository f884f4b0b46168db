"""The pieces of schemas: objects open to what later versions add, and instants in the one form of JSON."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from taskfiles.basics.instants import format_instant, normalise_instant

builder = pytest.importorskip("schema.parts", reason="the tests run without the repository's docs")
FLAG = builder.FLAG
MAYBE_COUNT = builder.MAYBE_COUNT
MAYBE_TEXT = builder.MAYBE_TEXT
NULL = builder.NULL
TEXT = builder.TEXT
TEXTS = builder.TEXTS
UTC = builder.UTC
make_object = builder.make_object


def accepts(schema: dict[str, Any], value: object) -> bool:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (NULL, [None], ["", 0, False]),
        (TEXT, ["", "a"], [None, 5]),
        (TEXTS, [[], ["a"]], ["a", [None], None]),
        (FLAG, [True, False], [0, None, "true"]),
        (MAYBE_TEXT, ["", None], [5]),
        (MAYBE_COUNT, [0, None], ["0", 0.5]),
    ],
)
def test_each_piece_takes_its_values(schema: dict[str, Any], good: list[object], bad: list[object]) -> None:
    assert [accepts(schema, value) for value in good] == [True] * len(good)
    assert [accepts(schema, value) for value in bad] == [False] * len(bad)


def test_an_object_has_all_its_properties_and_may_have_more() -> None:
    schema = make_object({"a": TEXT, "b": MAYBE_TEXT}, description="Two texts.")
    assert schema["description"] == "Two texts."
    assert accepts(schema, {"a": "x", "b": None})
    assert accepts(schema, {"a": "x", "b": None, "later": 1})
    assert not accepts(schema, {"a": "x"})
    assert not accepts(schema, {"a": None, "b": None})


@given(
    st.datetimes(
        datetime(1, 1, 3),
        datetime(9999, 12, 29),
        timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
    )
)
def test_instants_have_the_form_that_they_are_written_in(when: datetime) -> None:
    assert accepts(UTC, format_instant(when))
    assert accepts(UTC, normalise_instant(when.isoformat()))


@pytest.mark.parametrize(
    "text", ["2025-11-02", "2025-11-02T12:00:00", "2025-11-02 12:00:00Z", "2025-11-02T13:00:00+01:00", "soon"]
)
def test_other_spellings_of_instants_are_refused(text: str) -> None:
    assert not accepts(UTC, text)
