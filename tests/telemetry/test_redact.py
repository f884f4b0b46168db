"""What may leave the machine: no secret in any place, the structure whole, ids and words as they were."""

from __future__ import annotations

import base64
import hashlib
import json
import multiprocessing
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles import TaskfilesError
from taskfiles.basics.secret import scrub_text
from taskfiles.basics.secret_rule import LARGE, MARK, NAMED
from taskfiles.telemetry.key import SIZE, key_path, load_key
from taskfiles.telemetry.redact import (
    ACTORS,
    MAX_TEXT,
    PATHS,
    cut_text,
    hash_path,
    hash_sum,
    redact_event,
)

KEY = bytes(range(32))
# How each kind of secret looks; what must be gone is group 1.
KINDS = {
    "AWS": r"(AKIA[A-Z0-9]{16})",
    "GitHub": r"(gh[pousr]_[A-Za-z0-9]{36})",
    "GitHub, fine-grained": r"(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})",
    "GitLab": r"(glpat-[A-Za-z0-9_-]{20})",
    "Slack": r"(xox[bp]-[0-9]{10,13}-[0-9]{10,13}-[A-Za-z0-9]{24})",
    "OpenAI": r"(sk-[A-Za-z0-9]{48})",
    "OpenAI, project": r"(sk-proj-[A-Za-z0-9_-]{40,60})",
    "Anthropic": r"(sk-ant-api03-[A-Za-z0-9_-]{93}AA)",
    "Google": r"(AIza[A-Za-z0-9_-]{35})",
    "Stripe": r"(sk_live_[A-Za-z0-9]{24})",
    "Hugging Face": r"(hf_[A-Za-z0-9]{34})",
    "npm": r"(npm_[A-Za-z0-9]{36})",
    "JWT": r"(eyJ[A-Za-z0-9_-]{20,40}\.eyJ[A-Za-z0-9_-]{20,40}\.[A-Za-z0-9_-]{43})",
    "private key": r"-----BEGIN (?:RSA |OPENSSH |EC )?PRIVATE KEY-----\n([A-Za-z0-9+/]{40,64})\n",
    "password": r"(?:password|PASSWD|db_pwd|secret|api-key|ApiKey) ?[=:] ?([A-Za-z0-9!#%^*()+]{10,30})",
    "quoted": r"(?:\"password\": ?\"|token='?)([A-Za-z0-9]{10,30})",
    "option": r"--(?:password|api-key|token) ([A-Za-z0-9!#%^*()+]{10,30})",
    "bearer": r"[Bb]earer ([A-Za-z0-9._~+-]{20,60})",
    "header": r"(?:Authorization|authorization|Set-Cookie): ([A-Za-z0-9]{4,9} [A-Za-z0-9=]{12,40})",
    "URL": r"(?:https|postgres|ssh)://[a-z]{1,8}:([A-Za-z0-9%!]{10,20})@example\.com/repo",
    "URL with a token": r"https://([A-Za-z0-9]{20,40})@example\.com/repo\.git",
    "AWS secret": r"aws_secret_access_key = ([A-Za-z0-9/+]{40})",
}


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, str]:
    """A text with a secret in it, set apart as secrets are, and the secret."""
    whole = draw(st.sampled_from(sorted(KINDS.values())).flatmap(lambda p: st.from_regex(p, fullmatch=True)))
    secret = next(found[1] for p in KINDS.values() if (found := re.fullmatch(p, whole)))
    before = draw(st.text(max_size=250)) + draw(st.sampled_from([" ", "\n", "\t", "("]))
    return before + whole + draw(st.sampled_from([" ", "\n", ") ", ""])), secret


WORDS = st.sampled_from(
    [*sorted(PATHS | ACTORS), "field", "from", "to", "data", "reason", "notes", "reviewer"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=20), inner, max_size=4)
    ),
    max_leaves=20,
)


@st.composite
def with_secret(draw: st.DrawFn) -> tuple[Any, str]:
    """Any JSON that holds a text with a secret somewhere: as a value, an item or a key."""
    text, secret = draw(planted())
    value: Any = text
    for _ in range(draw(st.integers(0, 4))):
        shape = draw(st.sampled_from(["list", "value", "key"]))
        if shape == "list":
            value = [draw(JSON), value]
        elif shape == "key" and isinstance(value, str):
            value = {value: draw(JSON)}
        else:
            value = {**draw(st.dictionaries(st.text(max_size=9), JSON, max_size=2)), draw(WORDS): value}
    return value, secret


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for name, item in value.items() for text in (name, *texts(item))]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


@given(with_secret(), st.sampled_from(["hash", "none"]))
def test_no_secret_leaves_wherever_it_stands(case: tuple[Any, str], mode: str) -> None:
    value, secret = case
    assert any(secret in text for text in texts(value))
    assert not any(secret in text for text in texts(redact_event(value, KEY, mode=mode)))


@given(st.binary(min_size=1, max_size=8), st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]))
def test_random_words_are_taken_for_keys(seed: bytes, encode: Any) -> None:
    word = encode(hashlib.sha512(seed).digest()).decode().rstrip("=")
    assert word not in scrub_text(f"see {word} there")


@given(JSON)
def test_redacting_again_changes_nothing(value: Any) -> None:
    once = redact_event(value, KEY)
    assert json.dumps(redact_event(once, KEY)) == json.dumps(once)


@given(st.text(max_size=600) | planted().map(lambda pair: pair[0] * 3))
def test_a_text_is_cut_once(text: str) -> None:
    cut = cut_text(text)
    assert len(cut) <= MAX_TEXT
    assert cut_text(cut) == cut
    assert scrub_text(scrub_text(text)) == scrub_text(text)


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((shape(item) for item in value.values()), key=repr)
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__ if isinstance(value, str) else repr(value)


@given(JSON)
def test_the_structure_stays(value: Any) -> None:
    assert shape(redact_event(value, KEY)) == shape(value)


def test_nothing_nests_too_deep_to_be_redacted() -> None:
    value: Any = "password=swordfish"
    for _ in range(900):
        value = {"data": [value]}
    redacted = redact_event(value, KEY)
    assert "swordfish" not in repr(redacted)
    assert redact_event(redacted, KEY) == redacted


EVENT = {
    "specversion": "1.0",
    "id": "0199c6f2-0000-7000-8000-000000000001",
    "source": "urn:taskfiles:ada/app",
    "type": "task.changed",
    "subject": "fix-navbar",
    "time": "2026-11-21T05:00:00.000Z",
    "datacontenttype": "application/json",
    "dataschema": "urn:taskfiles:schema:v1:event.task.changed",
    "correlationid": "7f1d7c0e-51a5-4d0f-8d0e-1f6c0f6d7a11",
    "sequence": "1795237200000000000.000001",
    "data": {
        "run_id": "7f1d7c0e-51a5-4d0f-8d0e-1f6c0f6d7a11",
        "repo": "ada/app",
        "issue_number": 7,
        "event_type": "task.changed",
        "applied_rules": ["place-by-state"],
        "changes_made": [
            {"path": "tasks/10-ready/task-fix.md", "field": "state", "from": "ready", "to": "done"},
            {"path": "tasks/10-ready/task-fix.md", "field": "assignees[0]", "from": None, "to": "ada"},
            {"path": "tasks/10-ready/task-fix.md", "field": "touches", "from": [], "to": ["src/**", "a.py"]},
        ],
        "timestamp": "2026-11-21T05:00:00.000Z",
        "action": "task.update",
        "outcome": "success",
        "reason": None,
        "actor": "user 1000 session 7",
        "deliverable_manifest": {"report.md": {"size": 3, "sha256": "ab" * 32}},
        "blocking_conflicts": [
            "touches:src/**|src/a.py",
            "deliverable:report",
            "depends_on:other",
            "isolation:global",
        ],
        "attempt": {
            "executor": {"tool": "claude-code", "model": "claude-sonnet-4-20250514"},
            "commit": {"head": "5e884898da28047151d0e56f8dc6292773603d0d"},
            "reviewer": {"name": "Ada", "approved": True, "reviewed_at": "2026-11-21T05:00:00Z"},
            "usage": {"input_tokens": 12},
        },
    },
}


def test_ids_and_words_stay() -> None:
    """What is compared, counted or joined is what it was; paths, people and texts are not."""
    redacted = redact_event(EVENT, KEY)
    data, before = redacted["data"], EVENT["data"]
    assert isinstance(before, dict)
    assert {key: value for key, value in redacted.items() if key != "data"} == {
        key: value for key, value in EVENT.items() if key != "data"
    }
    hashed = {"changes_made", "actor", "deliverable_manifest", "blocking_conflicts", "attempt"}
    assert {key: value for key, value in data.items() if key not in hashed} == {
        key: value for key, value in before.items() if key not in hashed
    }
    state, assignee, touches = data["changes_made"]
    path = hash_path("tasks/10-ready/task-fix.md", KEY)
    assert re.fullmatch(r"path:[0-9a-f]{16}\.md", path)
    assert state == {"path": path, "field": "state", "from": "ready", "to": "done"}
    assert re.fullmatch(r"actor:[0-9a-f]{16}", assignee["to"])
    assert touches["to"] == sorted([hash_path("src/**", KEY), hash_path("a.py", KEY)])
    assert data["deliverable_manifest"] == {
        hash_path("report.md", KEY): {"size": 3, "sha256": hash_sum("ab" * 32, KEY)},
    }
    first, second, *rest = data["blocking_conflicts"]
    assert first == "touches:" + "|".join(sorted(hash_path(path, KEY) for path in ("src/**", "src/a.py")))
    assert second == f"deliverable:{hash_path('report', KEY)}"
    assert rest == ["depends_on:other", "isolation:global"]
    attempt = data["attempt"]
    assert attempt["reviewer"]["name"].startswith("actor:")
    assert attempt["reviewer"]["approved"] is True
    assert attempt["commit"] == {"head": "5e884898da28047151d0e56f8dc6292773603d0d"}
    assert attempt["executor"] == {"tool": "claude-code", "model": "claude-sonnet-4-20250514"}
    assert attempt["usage"] == {"input_tokens": 12}


def test_what_is_hashed_shows_neither_order_nor_known_sums() -> None:
    paths = [f"src/{name}.py" for name in "abcdefgh"]
    known = hashlib.sha256(b"MIT License").hexdigest()
    manifest = {path: {"size": 1, "sha256": known} for path in paths}
    event = {"deliverable_manifest": manifest, "touches": paths, "files": {"sha256": known}, "sha256": known}
    redacted = redact_event(event, KEY)
    hashed = sorted(hash_path(path, KEY) for path in paths)
    assert [*redacted["deliverable_manifest"]] == redacted["touches"] == hashed
    assert known not in json.dumps(redacted)
    assert {file["sha256"] for file in redacted["deliverable_manifest"].values()} == {hash_sum(known, KEY)}
    assert redacted["sha256"] == redacted["files"]["sha256"] == f"sum:{hash_sum(known, KEY)}"
    assert hash_sum(known, KEY) != hash_sum(known, bytes(32))
    assert redact_event(redacted, KEY) == redacted
    backwards = {"deliverable_manifest": dict(reversed(manifest.items())), "touches": paths[::-1]}
    again = redact_event(backwards, KEY)
    assert json.dumps(again["deliverable_manifest"]) == json.dumps(redacted["deliverable_manifest"])
    assert again["touches"] == redacted["touches"]
    assert redact_event(event, KEY, mode="none") == event


def test_hashes_need_the_key() -> None:
    assert hash_path("src/a.py", KEY) == hash_path("src/a.py", KEY) != hash_path("src/a.py", bytes(32))


def test_without_hashing_secrets_still_go() -> None:
    event = {"path": "src/a.py", "actor": "ada", "reason": "password=swordfish " + "long " * 100}
    redacted = redact_event(event, KEY, mode="none")
    assert (redacted["path"], redacted["actor"]) == ("src/a.py", "ada")
    assert redacted["reason"] == f"password={MARK} " + "long " * 100


@pytest.mark.parametrize(
    "text",
    [
        "fix-navbar-with-a-rather-long-name",
        "task-internationalisation",
        "0199c6f2-0000-7000-8000-000000000001",
        "5e884898da28047151d0e56f8dc6292773603d0d",
        "multiwf-6e1f3f6a15c54f3a8366d77ba47cbe1d",
        "Qwen3-Coder-480B-A35B-Instruct",
        "TypeError: Cannot read property 'foo' of undefined",
        "https://github.com/ada/app/issues/7",
        "getElementByIdAndSomethingElse was called",
        "git@github.com:ada/app.git",
    ],
)
def test_harmless_texts_stay(text: str) -> None:
    assert scrub_text(text) == text


def test_every_rule_is_described_once() -> None:
    abouts = [rule.about for rule in (*LARGE, *NAMED)]
    assert len(set(abouts)) == len(abouts)


# The key


def _load(state: str) -> bytes:
    return load_key(state)


def test_the_key_is_made_once_by_however_many(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(8) as pool:
        keys = set(pool.map(_load, [str(tmp_path)] * 64, chunksize=1))
    assert len(keys) == 1
    assert len(keys.pop()) == SIZE
    file = Path(key_path(str(tmp_path)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["key"]


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_what_is_no_key_is_an_error_and_stays(tmp_path: Path, content: bytes) -> None:
    file = Path(key_path(str(tmp_path)))
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(TaskfilesError, match="holds no key"):
        load_key(str(tmp_path))
    assert file.read_bytes() == content
