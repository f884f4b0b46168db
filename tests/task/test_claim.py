"""A lease: whose it is, from when until when, and what its file says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.task.acting import MAX_NAME, check_name
from taskfiles.task.claim import (
    MAX_SECONDS,
    Lease,
    check_seconds,
    digest,
    end_of,
    is_live,
    lease_text,
    new_lease,
    new_token,
    parse_lease,
)

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)
MILLIS = st.integers(0, 10**12).map(
    lambda millis: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
)
LEASES = st.builds(
    Lease,
    id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,30}", fullmatch=True),
    by=st.sampled_from(["ana", "Ana Ñ", "x" * MAX_NAME, "👩"]),
    since=MILLIS,
    until=MILLIS,
    seconds=st.integers(1, MAX_SECONDS) | st.floats(0.001, MAX_SECONDS),
    keys=st.lists(st.text(max_size=5), min_size=1, max_size=3).map(tuple),
    assigned=st.booleans(),
    host=st.text(max_size=5),
    pid=st.integers(0, 2**22),
)


@given(LEASES)
def test_a_lease_that_is_written_down_reads_back(lease: Lease) -> None:
    assert parse_lease(lease_text(lease)) == lease


def test_a_lease_begins_now_and_ends_after_its_seconds() -> None:
    lease = new_lease("fix", "ana", NOON, 1800, "claim-1", None, "", "claim-2")
    assert (lease.since, lease.until, lease.seconds) == (NOON, NOON + timedelta(minutes=30), 1800)
    assert lease.keys == (digest("claim-1"), digest("claim-2"))
    assert not lease.assigned
    assert is_live(lease, NOON)
    assert is_live(lease, lease.until - timedelta(microseconds=1))
    assert not is_live(lease, lease.until)


def test_the_end_of_a_lease_stays_within_the_calendar() -> None:
    assert end_of(NOON, MAX_SECONDS) == NOON + timedelta(days=365)
    last = datetime.max.replace(tzinfo=UTC)
    assert end_of(last, 1) == last


def test_tokens_are_random_and_compared_without_regard_to_case() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert len({digest(token) for token in tokens}) == 100
    one = tokens.pop()
    assert digest(f" {one.upper()}\n") == digest(one)
    assert one not in digest(one)


@pytest.mark.parametrize("name", ["ana", " ana ", "Ana Ñ", "x" * MAX_NAME])
def test_a_name_is_one_line_of_text(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\tb", "\x07", "x" * (MAX_NAME + 1), None, 5, ["ana"]])
def test_other_names_are_refused(name: object) -> None:
    with pytest.raises(ValueError, match="one line of 1 to 200 characters"):
        check_name(name)


@pytest.mark.parametrize("seconds", [1, 0.5, MAX_SECONDS])
def test_a_lease_may_be_up_to_a_year_long(seconds: float) -> None:
    assert check_seconds(seconds) == seconds


@pytest.mark.parametrize("seconds", [0, -1, MAX_SECONDS + 1, float("inf"), float("nan"), True, "60", None])
def test_other_lengths_are_refused(seconds: object) -> None:
    with pytest.raises(ValueError, match="longer than 0 s and at most 365d"):
        check_seconds(seconds)


SOUND = json.loads(lease_text(new_lease("fix", "ana", NOON, 60, "claim-1")))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"format": 2}, "its format is not 1"),
        ({"format": None}, "its format is not 1"),
        ({"id": "../fix"}, "its id is none"),
        ({"id": None}, "its id is none"),
        ({"by": ""}, "a holder's name"),
        ({"since": "noon"}, "its times can't be read"),
        ({"until": None}, "its times can't be read"),
        ({"seconds": 0}, "a lease is longer"),
        ({"keys": []}, "it names no holder's key"),
        ({"keys": [1]}, "it names no holder's key"),
        ({"keys": "claim-1"}, "it names no holder's key"),
    ],
)
def test_a_damaged_lease_is_refused_with_the_reason(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_lease(json.dumps(SOUND | change).encode())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 10**5, "not JSON"),
        (b"[]", "object"),
    ],
)
def test_other_bytes_are_refused(data: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_lease(data)


def test_what_is_for_information_may_be_missing() -> None:
    least = {key: SOUND[key] for key in ("format", "id", "by", "since", "until", "seconds", "keys")}
    lease = parse_lease(json.dumps(least | {"x": 1}).encode())
    assert (lease.assigned, lease.host, lease.pid) == (False, "", 0)
