"""Files read without the rules: nothing at all, or exactly what the plain way finds."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.project import BODY, INSIGHTS, TICKED
from support.slow_path import slow_path
from support.strategies import PLAIN, files, mutate
from taskfiles.store.index.reading import task_entry
from taskfiles.store.index.sound import read_sound
from taskfiles.task.keytable import WORD_LISTS
from taskfiles.task.remembered import RESERVED, Entry, pack, unpack
from taskfiles.task.task import Unreadable, parse_task
from taskfiles.task.wire import make_entry

PATH = "tasks/10-ready/task-fix.md"
UUID = "0199c6f2-7d1a-7c3e-9b1e-0b6f6f2a9c11"
ATTEMPT = {
    "id": UUID,
    "started_at": "2025-11-02T15:03:00.000Z",
    "ended_at": "2025-11-02T15:05:00.000Z",
    "duration_seconds": "120",
    "status": "failed",
}


def plain_entry(data: bytes, *, check: bool = False) -> Entry | None:
    """Read on the slow way; None for what can't be read."""
    try:
        with slow_path():
            return make_entry(parse_task(PATH, data), check=check)
    except Unreadable:
        return None


def compare(data: bytes) -> bool:
    """Compare both ways; gives whether the short one was certain."""
    found = read_sound(PATH, data)
    if found is None:
        return False
    quick, values = found
    assert repr(list(values.items())) == repr(list(unpack(quick.values).items()))
    plain = plain_entry(data)
    assert plain is not None, data
    assert quick.errors == plain.errors == (), data
    assert quick.row.decode() == plain.row.decode()
    # Marshalled bytes tell shared objects apart, so that what they hold is compared, order and types too.
    assert repr(list(unpack(quick.values).items())) == repr(list(unpack(plain.values).items()))
    assert (quick.id, quick.state, quick.etag, quick.findings) == (plain.id, plain.state, plain.etag, None)
    assert quick.record()[:3] == plain.record()[:3]
    return True


def file(front: str, body: str = BODY) -> bytes:
    return f"---\n{front}---\n{body}".encode()


DONE = PLAIN.replace("blocked:\n", 'commit_message: "feat: it"\n')
WHOLE = [
    "id: fix\ntitle: Fix\nstate: ready\n",
    DONE,
    DONE.replace(
        "quality_gates: {}",
        "duration_seconds: 7\n      ended_at: 2026-01-08T01:54:04.482Z\n      status: failed",
    ).replace("model: null", "model: m"),
    (
        "id: fix\ntitle: Fix\nstate: ready\nlinks:\n"
        "  - type: url\n    url: https://a.b/c\n    title: How\n"
        "  - type: file\n    path: src/a.py\n"
        "  - type: task\n    id: b\n    relation: duplicates\n"
    ),
]


def test_what_is_usual_is_read() -> None:
    assert compare(file(WHOLE[0]))
    assert compare(file(WHOLE[2], TICKED + INSIGHTS))
    assert compare(file(WHOLE[3]))


@given(files())
def test_odd_files_are_read_alike(made: tuple[bytes, object, bytes]) -> None:
    compare(made[0])


@given(st.sampled_from(WHOLE), st.randoms(use_true_random=False))
def test_mutations_are_read_alike(text: str, chance: random.Random) -> None:
    for _ in range(10):
        compare(mutate(file(text).decode(), chance).encode("utf-8", "surrogatepass"))


@given(st.sampled_from(WHOLE), st.randoms(use_true_random=False))
def test_damaged_bytes_are_read_alike(text: str, chance: random.Random) -> None:
    data = bytearray(file(text))
    for _ in range(chance.randint(1, 3)):
        data[chance.randrange(len(data))] = chance.choice(
            [0, 9, 10, 13, 32, 45, 58, 60, 128, 255, chance.randrange(256)]
        )
    compare(bytes(data))


# Near the border of each rule

FENCES = [
    "---\n",
    "--- \n",
    "---",
    "---\r\n",
    "----\n",
    "\ufeff---\n",
    "---\n---\n",
    "...\n",
    " ---\n",
    "--- x\n",
    "",
]
BODIES = [
    "",
    "\n",
    "---\n",
    "text",
    "<<<<<<<\n",
    "<<<<<<< a",
    "a <<<<<<< b",
    "======= \n>>>>>>> b\n",
    "\0",
    "\r---\n",
]


@given(st.sampled_from(FENCES), st.sampled_from(WHOLE), st.sampled_from(FENCES), st.sampled_from(BODIES))
def test_fences_and_bodies(opening: str, front: str, closing: str, body: str) -> None:
    compare((opening + front + closing + body).encode())


DIGITS = st.sampled_from(
    [
        "0",
        "00",
        "01",
        "02",
        "09",
        "12",
        "13",
        "23",
        "24",
        "28",
        "29",
        "30",
        "31",
        "32",
        "59",
        "60",
        "1",
        "٣٣",
        "½",
    ]
)
YEARS = st.sampled_from(
    ["2025", "2024", "1900", "2000", "0000", "0001", "9999", "10000", "199", "-001", "٢٠٢٥"]
)
INSTANTS = st.one_of(
    st.builds(
        "{}-{}-{}{}{}:{}:{}{}{}".format,
        YEARS, DIGITS, DIGITS, st.sampled_from(["T", "t", " ", "_", "TT"]), DIGITS, DIGITS, DIGITS,
        st.sampled_from(["", ".5", ".482", ".", ".1234567890123", ".x", ".٣"]),
        st.sampled_from(["Z", "z", "", "+00:00", "-00:00", "+01:00", "ZZ", " Z"]),
    ),
    st.sampled_from(["2025-11-02", "20251102T150300Z", "2025-11-02T15:03Z", "Z", "T", "", "2025", "now"]),
)  # fmt: skip
LEAVES = st.one_of(
    INSTANTS,
    st.sampled_from([UUID, UUID.upper(), UUID[:-1], UUID.replace("-", ""), "{" + UUID + "}", "g" + UUID[1:]]),
    st.sampled_from(["fix", "Fix", "-fix", "fix-", "fix_1", "ﬁx", "0", "7", "007", "é", "x²"]),
    st.sampled_from(["", " ", '""', "''", '" "', "null", "~", "true", "True", "no",
                     "'5'", "[]", "{}", "[a]", "[a, null]"]),
    st.sampled_from(["0", "1", "-1", "1.0", "0.5", "9223372036854775807", "9223372036854775808",
                     "999999999999999999", "1e3", "0x1"]),
    st.sampled_from(sorted({word for words in WORD_LISTS.values() for word in words})),
    st.sampled_from(["/a", "~a", "~", "a/../b", "..", "a..b", ".", "a\\b", "a b", "'/a'", '"\u2028"',
                     "'\u00a0'", "👩\u200d💻"]),
)  # fmt: skip
TOP = st.sampled_from(
    [
        *(
            "id",
            "title",
            "kind",
            "parent",
            "children",
            "state",
            "blocked",
            "commit_message",
            "priority",
            "size",
        ),
        *(
            "executor",
            "touches",
            "track",
            "created_at",
            "completed_at",
            "last_activity_at",
            "execution",
            "links",
        ),
        *("x_own", "estimate", "valid_", "yes", "null", "Id", "description", *sorted(RESERVED)),
    ]
)


@given(
    st.sampled_from(["ready", "done", "idea", "gone"]),
    st.dictionaries(TOP, LEAVES | st.lists(LEAVES, max_size=2), min_size=1, max_size=3),
)
@example("done", {"completed_at": "2025-10-31T23:59:59Z"})
@example("done", {"completed_at": "2025-11-01T00:00:00Z"})
@example("done", {"commit_message": ""})
@example("done", {"commit_message": "' '"})
@example("done", {"commit_message": "'\u00a0'"})
def test_keys(state: str, own: dict[str, str | list[str]]) -> None:
    keys: dict[str, str | list[str]] = {"id": "fix", "title": "Fix", "state": state, **own}
    compare(file("".join(written(name, value, "") for name, value in keys.items())))


def written(name: str, value: str | list[str], indent: str) -> str:
    if isinstance(value, list):
        return f"{indent}{name}:\n" + "".join(f"{indent}- {item}\n" for item in value)
    return f"{indent}{name}: {value}\n"


@given(
    st.dictionaries(
        st.sampled_from(
            [
                *(
                    "id",
                    "started_at",
                    "ended_at",
                    "duration_seconds",
                    "status",
                    "outcome",
                    "error_type",
                    "turns",
                ),
                *(
                    "commit",
                    "usage",
                    "created_files",
                    "notes",
                    "executor",
                    "x_own",
                    "quality_gates",
                    "reviewer",
                ),
            ]
        ),
        LEAVES | st.lists(LEAVES, max_size=3),
        max_size=2,
    ),
    st.sampled_from(
        [
            "tool: t",
            "tool:",
            "model: m",
            "tool: t\n        model:",
            "tool: t\n        planner:\n          tool: p",
            "tool: t\n        planner: {}",
            "tool: ''",
        ]
    ),
    st.sampled_from(
        [
            "",
            "commit: {}",
            "usage:\n        input_tokens: 1\n        x_other: -1",
            "cost:\n        actual_usd_micros: 1.5",
            "context:\n        utilization_final: 1",
            "context:\n        utilization_final: 2",
            "context:\n        utilization_final: true",
            "quality_gates:\n        durations_ms:\n          lint: 5\n          a.b: 1",
            "quality_gates:\n        durations_ms:\n          lint: -5",
            "quality_gates:\n        run: [a, b]\n        failed:",
            "reviewer:\n        name: n\n        approved: yes\n        reviewed_at: 2025-11-02T15:03:00Z",
            "reviewer:\n        name: n\n        approved: true\n        reviewed_at: 2025-11-02T15:03:00Z",
            "reviewer:\n        name: n\n        approved: true\n        reviewed_at: 2025-11-02",
        ]
    ),
)
def test_attempts(own: dict[str, str | list[str]], executor: str, part: str) -> None:
    keys: dict[str, str | list[str]] = {**ATTEMPT, **{k: v for k, v in own.items() if k != "executor"}}
    lines = "".join(written(name, value, "      ") for name, value in keys.items())
    lines += f"      executor:\n        {executor}\n" + (f"      {part}\n" if part else "")
    front = f"id: fix\ntitle: Fix\nstate: ready\nexecution:\n  attempts:\n    - {lines.lstrip()}"
    compare(file(front))


@given(INSTANTS, INSTANTS)
@example("2025-11-02T15:03:00.5Z", "2025-11-02T15:03:00.50Z")
@example("2025-11-02T15:03:00.9Z", "2025-11-02T15:03:00.10Z")
@example("2025-11-02T15:03:00Z", "2025-11-02T15:03:00.0Z")
def test_the_order_of_times(start: str, end: str) -> None:
    times = f"started_at: {start}\n      ended_at: {end}\n"
    front = f"id: fix\ntitle: Fix\nstate: ready\nexecution:\n  attempts:\n    - {times}"
    compare(
        file(f"{front}      duration_seconds: 0\n      status: failed\n      executor:\n        tool: t\n")
    )


@pytest.mark.parametrize(
    "value",
    [
        "",
        "\n    - {}",
        " []",
        " {}",
        "\n  x_own: 1",
        "\n  attempts:",
        "\n  attempts: []",
        "\n  attempts:\n  - a",
    ],
)
def test_executions_without_attempts(value: str) -> None:
    assert not compare(file(f"id: fix\ntitle: Fix\nstate: ready\nexecution:{value}\n"))


@given(
    st.dictionaries(
        st.sampled_from(["type", "repo", "number", "key", "x_own"]), LEAVES, min_size=1, max_size=4
    ),
    st.sampled_from(["github_issue", "linear", None]),
)
def test_links(link: dict[str, str], kind: str | None) -> None:
    keys = {"type": kind, **link} if kind else link
    lines = "".join(f"  {name}: {value}\n" for name, value in keys.items())
    compare(file(f"id: fix\ntitle: Fix\nstate: ready\nlinks:\n- {lines.lstrip()}"))


@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_large_files(size: int) -> None:
    data = file(WHOLE[0], "")
    assert compare(data + b"x" * (size - len(data))) is (size <= 1 << 20)


# What is remembered of any file


@given(files(), st.booleans())
def test_any_task_can_be_remembered(made: tuple[bytes, object, bytes], check: bool) -> None:
    entry = plain_entry(made[0], check=check)
    if entry is not None:
        record = unpack(pack(entry.record()))
        again = task_entry(record)
        assert again is not None
        assert repr(again.record()) == repr(entry.record())
