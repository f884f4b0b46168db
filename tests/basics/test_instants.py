"""Instants and durations: which texts are read and as what, and the one form that is written."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.instants import (
    UNTIL,
    WHEN,
    _parse_any,
    _parse_usual,
    find_day,
    find_instant,
    find_span,
    format_instant,
    has_zone,
    normalise_instant,
    pad_alike,
    pad_usual,
    parse_duration,
    parse_instant,
    read_until,
    read_when,
    utc_now,
)

PIECES = {
    0: ["2026", "0000", "0001", "9999", "٢٠٢٥", "+026"],
    5: ["01", "02", "12", "13", "00", "W1"],
    8: ["01", "28", "29", "30", "31", "32", "00"],
    11: ["00", "23", "24", "25", " 1"],
    14: ["00", "59", "60"],
    17: ["00", "59", "60", "61"],
    20: ["", "000", "482", "999", "4 2", "²00", "482123", "48212", "4821²3"],
}
NEAR = st.tuples(*(st.sampled_from(pieces) for pieces in PIECES.values())).map(
    lambda parts: "{}-{}-{}T{}:{}:{}.{}Z".format(*parts).replace(".Z", "Z")
)


def long_way(text: str) -> datetime | None:
    with suppress(ValueError):
        return _parse_any(text)
    return None


USUAL = st.builds("{:%FT%T}{}".format, st.datetimes(), st.sampled_from(["Z", ".123Z", ".123456Z"]))
NEAR_OR_USUAL = st.one_of(NEAR, USUAL)


@given(NEAR_OR_USUAL)
def test_the_quick_way_says_what_the_long_way_does(text: str) -> None:
    quick = _parse_usual(text)
    if quick is not None:
        assert (quick, quick.tzinfo) == (long_way(text), getattr(long_way(text), "tzinfo", None))


@given(NEAR_OR_USUAL)
def test_a_padded_instant_is_that_instant(text: str) -> None:
    padded, when = pad_usual(text), long_way(text)
    if padded is not None and when is not None:
        assert padded == f"{when.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


@given(st.lists(NEAR_OR_USUAL, min_size=1, max_size=3), st.booleans())
def test_instants_of_one_form_are_padded_as_each_one_is(texts: list[str], is_one: bool) -> None:
    texts = texts[:1] * 3 if is_one else texts
    one_by_one = [*map(pad_usual, texts)]
    at_once = pad_alike(texts)
    assert at_once in (None, one_by_one)
    assert at_once is not None or not is_one or None in one_by_one


def test_the_usual_form_goes_the_quick_way() -> None:
    when = parse_instant("2025-11-02T15:03:00.500Z")
    assert _parse_usual(format_instant(when)) == when


# What is read

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2025-11-02T12:00:00Z",
        "2025-11-02t12:00:00z",
        "2025-11-02 12:00:00",  # without a zone: UTC
        "2025-11-02T12:00:00.000",
        "2025-11-02T13:00:00+01:00",
        "2025-11-02T06:30:00-05:30",
        "2025-11-02T12:00:00.0000009Z",  # digits past microseconds are dropped
        "2025-11-02T12:00:00,0Z",
        "2025-11-02 12:00",
        "2025-11-02T12:00Z",
        "2025-11-02T13:00:00+0100",
        "2025-11-02 13:00:00 +0100",  # as git writes it
        "2025-11-02T13:00+01",
        "20251102T120000Z",
        "20251102T1200",
        "20251102T130000.0+0100",
        "20251102t063000-0530",
    ],
)
def test_spellings_of_one_instant(text: str) -> None:
    assert parse_instant(text) == NOON


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not of the form"),
        ("2025-11-02T12:00:00  Z", "not of the form"),
        ("2025-11-02", "it has no time"),
        ("20251102", "it has no time"),
        ("2025-02-29", "there is no day 2025-02-29"),
        ("20251301", "there is no day 2025-13-01"),
        ("0000-01-01", "there is no day 0000-01-01"),
        ("2025-11-02T12", "not of the form"),
        ("2025-11-02T1203", "not of the form"),
        ("20251102T12:03", "not of the form"),
        ("20251102 1203", "not of the form"),
        ("2025-11-02T12:00:00+1", "not of the form"),
        ("٢٠٢٥-11-02T12:00:00Z", "not of the form"),
        ("tomorrow", "not of the form"),
        ("2016-12-31T23:59:60Z", "leap seconds"),
        ("2025-02-30T12:00:00Z", "there is no day 2025-02-30"),
        ("2025-13-01T12:00:00Z", "there is no day 2025-13-01"),
        ("2025-11-02T24:00:00Z", "there is no time 24:00:00"),
        ("2025-11-02T24:60", "there is no time 24:60:00"),
        ("2025-11-02T12:00:00+24:00", "zone is out of range"),
        ("2025-11-02T12:00:00-01:60", "zone is out of range"),
        ("0001-01-01T00:00:00+01:00", "year is out of range"),
        ("9999-12-31T23:59:59-01:00", "year is out of range"),
    ],
)
def test_what_is_refused_says_why(text: str, reason: str) -> None:
    for read in (parse_instant, normalise_instant) if "no time" not in reason else (parse_instant,):
        with pytest.raises(ValueError, match=reason):
            read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-11-02T12:00:00Z", True),
        ("2025-11-02 12:00:00+01:00", True),
        ("2025-11-02T12:00:00", False),
        ("2025-11-02T12:00:00.5", False),
        ("2025-11-02", False),
        ("2025-11-02 12:00", False),
        ("20251102T1200", False),
        ("20251102T1200+0100", True),
        ("Z", False),
    ],
)
def test_whether_a_text_names_its_zone(text: str, expected: bool) -> None:
    assert has_zone(text) is expected


# Days

DAY = date(2025, 11, 2)


@pytest.mark.parametrize("value", ["2025-11-02", "20251102", 20251102])
def test_a_day_is_read_as_the_whole_day_in_its_time_zone(value: object) -> None:
    assert find_day(value) == DAY
    first, last = find_span(value) or (None, None)
    assert (str(first), str(last)) == ("2025-11-02 00:00:00+00:00", "2025-11-02 23:59:59.999999+00:00")
    berlin = find_span(value, ZoneInfo("Europe/Berlin"))
    assert berlin is not None
    assert str(berlin[0]) == "2025-11-01 23:00:00+00:00"
    assert find_instant(value, ZoneInfo("Europe/Berlin")) == berlin[0]


def test_a_day_of_25_hours_is_one_day() -> None:
    span = find_span("2025-10-26", ZoneInfo("Europe/Berlin"))
    assert span is not None
    assert span[1] - span[0] == timedelta(hours=25) - timedelta(microseconds=1)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_have_their_span(value: str, zone: str) -> None:
    span = find_span(value, ZoneInfo(zone))
    assert span is not None
    assert span[0] <= span[1]


@pytest.mark.parametrize(
    "value", ["", "2025-1-2", "2025-02-30", "2025-1102", "202511021", 2025, True, 1.5, None, ["2025-11-02"]]
)
def test_what_is_no_day(value: object) -> None:
    assert find_day(value) is None
    assert find_span(value) is None


@given(st.dates())
def test_a_day_stays_that_day(day: date) -> None:
    for text in (f"{day:%Y-%m-%d}".rjust(10, "0"), day.isoformat().replace("-", "")):
        assert normalise_instant(text) == day.isoformat()


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["", "Z", "+0100", "-05:30", "+02"]))
def test_both_forms_of_an_instant_are_one(when: datetime, zone: str) -> None:
    """With all its digits the basic form says what the extended one does."""
    text = when.replace(tzinfo=None, microsecond=0).isoformat()
    try:
        expected = parse_instant(text + zone)
    except ValueError:
        return
    assert parse_instant(text.replace("-", "").replace(":", "") + zone.replace(":", "")) == expected


# What is written

ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
AWARE = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES)


@given(AWARE)
def test_a_written_instant_is_read_back_to_the_millisecond(when: datetime) -> None:
    text = format_instant(when)
    assert timedelta() <= when - parse_instant(text) < timedelta(milliseconds=1)
    assert format_instant(parse_instant(text)) == normalise_instant(text) == text


@given(AWARE, st.text("0123456789", max_size=12))
def test_the_same_instant_in_utc_keeps_its_digits(when: datetime, digits: str) -> None:
    fraction = f".{digits}" if digits else ""
    local = when.replace(microsecond=0).isoformat()
    text = local[:19] + fraction + local[19:]
    normal = normalise_instant(text)
    assert parse_instant(normal) == parse_instant(text)
    assert normal[19:] == f"{fraction}Z"
    assert normalise_instant(normal) == normal


def test_the_time_is_in_utc() -> None:
    assert utc_now().tzinfo is UTC


# Durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("10s", 10),
        ("30m", 1800),
        ("2h", 7200),
        ("7d", 604800),
        ("2w", 1209600),
        ("0s", 0),
        (" 1h ", 3600),
    ],
)
def test_durations_are_read_as_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "10", "s", "1.5h", "-1s", "1 h", "1y", "1H", "1h30m", "١s", "1000000000s"]
)
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as 10s, 30m or 2h"):
        parse_duration(text)


def test_every_date_that_help_names_is_read() -> None:
    now = datetime(2025, 11, 2, 15, 3, tzinfo=UTC)
    for named, read in ((UNTIL, read_until), (WHEN, read_when)):
        for form in re.split(", | or | to ", named):
            assert read(form, now).tzinfo is UTC
