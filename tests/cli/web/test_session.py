"""Who may look: codes are good once and for a while, sessions are signed and end, guessing is stopped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles_cli.web.session import MONTH, MOST, Sessions

SECRET = b"s" * 32


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_code_lets_one_browser_in_once() -> None:
    sessions = Sessions(SECRET)
    code = sessions.make_code(60)
    session = sessions.use_code(code)
    assert session is not None
    assert sessions.is_session(session)
    assert sessions.use_code(code) is None


def test_a_code_is_good_for_a_while() -> None:
    clock = Clock()
    sessions = Sessions(SECRET, clock)
    early, late = sessions.make_code(60), sessions.make_code(60)
    clock.now += 60
    assert sessions.use_code(early) is not None
    clock.now += 1
    assert sessions.use_code(late) is None


def test_a_session_outlives_the_server_and_ends_after_a_month() -> None:
    clock = Clock()
    first = Sessions(SECRET, clock)
    session = first.use_code(first.make_code(60))
    assert session is not None
    again = Sessions(SECRET, clock)
    assert again.is_session(session)
    assert again.host_name == first.host_name
    assert not Sessions(b"t" * 32, clock).is_session(session)
    clock.now += MONTH + 1
    assert not again.is_session(session)


def test_no_two_sessions_have_one_value_against_forgery() -> None:
    sessions = Sessions(SECRET)
    one, other = (sessions.use_code(sessions.make_code(60)) or "" for _ in range(2))
    assert sessions.is_csrf(one, sessions.csrf(one))
    assert not sessions.is_csrf(other, sessions.csrf(one))
    assert not sessions.is_csrf(one, "")
    assert not sessions.is_csrf(one, "\udcff")


@given(st.data())
def test_no_changed_session_is_one(data: st.DataObject) -> None:
    sessions = Sessions(SECRET)
    session = sessions.use_code(sessions.make_code(60)) or ""
    at = data.draw(st.integers(0, len(session) - 1))
    letter = data.draw(st.sampled_from([each for each in "0123456789abcdef. \u0663é" if each != session[at]]))
    assert not sessions.is_session(session[:at] + letter + session[at + 1 :])
    assert not sessions.is_session(session[:at])


@pytest.mark.parametrize("given_code", ["", "x", "é", "\udcff", "a" * 10_000])
def test_what_is_no_code_opens_nothing(given_code: str) -> None:
    sessions = Sessions(SECRET)
    code = sessions.make_code(60)
    assert sessions.use_code(given_code) is None
    assert sessions.use_code(code) is not None


def test_guessing_is_stopped_for_a_minute() -> None:
    clock = Clock()
    sessions = Sessions(SECRET, clock)
    for _ in range(MOST):
        assert not sessions.is_stopped()
        sessions.note_wrong()
    assert sessions.is_stopped()
    clock.now += 61
    assert not sessions.is_stopped()
