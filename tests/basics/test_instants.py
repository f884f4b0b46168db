"""Instants: the quick way for the usual form says what the long way does."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.instants import _parse_any, _parse_usual, format_instant, parse_instant

PIECES = {
    0: ["2026", "0000", "0001", "9999", "٢٠٢٥", "+026"],
    5: ["01", "02", "12", "13", "00", "W1"],
    8: ["01", "28", "29", "30", "31", "32", "00"],
    11: ["00", "23", "24", "25", " 1"],
    14: ["00", "59", "60"],
    17: ["00", "59", "60", "61"],
    20: ["000", "482", "999", "4 2", "²00"],
}
NEAR = st.tuples(*(st.sampled_from(pieces) for pieces in PIECES.values())).map(
    lambda parts: "{}-{}-{}T{}:{}:{}.{}Z".format(*parts)
)


def long_way(text: str) -> datetime | None:
    with suppress(ValueError):
        return _parse_any(text)
    return None


@given(st.one_of(NEAR, st.datetimes().map(lambda when: f"{when.isoformat()[:19]}.123Z")))
def test_the_quick_way_says_what_the_long_way_does(text: str) -> None:
    quick = _parse_usual(text)
    if quick is not None:
        assert (quick, quick.tzinfo) == (long_way(text), getattr(long_way(text), "tzinfo", None))


def test_the_usual_form_goes_the_quick_way() -> None:
    when = parse_instant("2025-11-02T15:03:00.500Z")
    assert _parse_usual(format_instant(when)) == when
