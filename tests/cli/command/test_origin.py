"""Where an action comes from: the ids of the run and of the caller."""

from __future__ import annotations

import os

import pytest

from taskfiles.task.values import find_uuid
from taskfiles_cli.command.origin import (
    ATTEMPT_VARIABLE,
    CLAIM_VARIABLE,
    RUN_ID_VARIABLE,
    find_actor,
    read_attempt,
    read_claims,
    read_run_id,
)

RUN = "2cedfa3f-3ddf-4498-9038-b87710985780"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names neither a run nor a claim."""
    for name in (RUN_ID_VARIABLE, CLAIM_VARIABLE, ATTEMPT_VARIABLE):
        monkeypatch.delenv(name, raising=False)


def test_a_run_has_the_caller_s_id_where_that_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUN_ID_VARIABLE, RUN.upper())
    assert read_run_id() == RUN
    for given in ("", "nope", f"{RUN}\n"):
        monkeypatch.setenv(RUN_ID_VARIABLE, given)
        made = read_run_id()
        assert find_uuid(made) == made != RUN
        assert made[14] == "4"
    assert read_run_id() != read_run_id()


def test_the_caller_holds_a_claim_and_an_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_claims(None) == []
    assert read_claims("given") == ["given"]
    monkeypatch.setenv(CLAIM_VARIABLE, "token")
    monkeypatch.setenv(ATTEMPT_VARIABLE, "a-1")
    assert read_claims(None) == ["token", "a-1"]
    assert read_claims("given") == ["given", "a-1"]
    assert read_attempt() == "a-1"
    monkeypatch.setenv(ATTEMPT_VARIABLE, "")
    assert read_attempt() is None


def test_callers_differ_and_no_claim_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    anybody = find_actor(None)
    assert anybody == f"user {os.getuid()} session {os.getsid(0)}"
    monkeypatch.setenv(RUN_ID_VARIABLE, RUN)
    assert find_actor(None) == f"run {RUN}"
    monkeypatch.setenv(CLAIM_VARIABLE, "claim-secret")
    holder = find_actor(None)
    assert holder.startswith("claim ")
    assert "secret" not in holder
    assert find_actor("claim-secret") == holder != find_actor("claim-other")
