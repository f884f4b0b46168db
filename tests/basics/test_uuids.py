"""UUIDs as RFC 9562 has them; the standard library's module reads what is written here."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.uuids import format_uuid, new_uuid4, new_uuid7

WHEN = st.datetimes(
    min_value=datetime(1970, 1, 2),
    max_value=datetime(2200, 1, 1),
    timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)


@given(st.integers(0, 2**128 - 1))
def test_the_form_is_the_usual_one(bits: int) -> None:
    assert format_uuid(bits) == str(uuid.UUID(int=bits))


def test_a_random_uuid_has_version_4_and_repeats_nothing() -> None:
    made = [uuid.UUID(new_uuid4()) for _ in range(100)]
    assert {(each.version, each.variant) for each in made} == {(4, uuid.RFC_4122)}
    assert len({*made}) == len(made)


@given(WHEN)
def test_a_uuid_of_a_time_begins_with_its_milliseconds(when: datetime) -> None:
    made = uuid.UUID(new_uuid7(when))
    assert (made.int >> 76 & 0xF, made.variant) == (7, uuid.RFC_4122)
    millis = timedelta(milliseconds=made.int >> 80)
    assert timedelta() <= when - datetime(1970, 1, 1, tzinfo=UTC) - millis < timedelta(milliseconds=1)


@given(st.lists(WHEN, min_size=2, max_size=5))
def test_uuids_sort_by_their_times(times: list[datetime]) -> None:
    by_text = sorted(times, key=new_uuid7)
    for earlier, later in pairwise(by_text):
        assert earlier - later < timedelta(milliseconds=1)


def test_uuids_of_one_time_differ() -> None:
    noon = datetime(2025, 11, 2, 12, tzinfo=UTC)
    assert len({new_uuid7(noon) for _ in range(100)}) == 100
