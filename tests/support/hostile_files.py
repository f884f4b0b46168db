"""Task files as nobody should write them, each readable or refused: what commands must stand."""

from __future__ import annotations

from support.project import BODY

ODD = "tasks/10-ready/task-odd.md"
HEAD = "---\nid: odd\ntitle: Odd\nstate: ready\n"
ATTEMPT = (
    "execution:\n  attempts:\n    - id: 0199c6f2-0000-7000-8000-000000000001\n"
    "      started_at: 2025-11-02T15:03:00Z\n      ended_at: 2025-11-02T15:05:00Z\n"
    "      status: failed\n      executor: {tool: t}\n"
)
# Text that would begin a line of its own, speak to a terminal or to GitHub, or turn what follows around.
FORGED = "::error file=forged::FORGED"
HOSTILE = rf"a\n{FORGED}\r\nFORGED\e[31m\a\u009b31m\u202e\u2028FORGED\u0085FORGED"


def _task(front: str = "", body: str = BODY, head: str = HEAD) -> str:
    return f"{head}{front}---\n{body}"


def _hostile() -> dict[str, str]:
    keys = [
        "title",
        "priority",
        "size",
        "kind",
        "parent",
        "milestone",
        "track",
        "blocked",
        "commit_message",
        "created_at",
        "updated_at",
        "x_note",
        "task_type",
    ]
    lists = ["labels", "assignees", "depends_on", "blocks", "children", "touches"]
    texts = {
        f"hostile {key}": _task(f'{key}: "{HOSTILE}"\n', head=HEAD.replace("title: Odd\n", ""))
        if key == "title"
        else _task(f'{key}: "{HOSTILE}"\n')
        for key in keys
    }
    texts |= {f"hostile {key}": _task(f'{key}: ["{HOSTILE}", fine]\n') for key in lists}
    texts["hostile key"] = _task(f'"{HOSTILE}": 1\n')
    texts["hostile link"] = _task(f'links: [{{type: "{HOSTILE}", number: 5}}]\n')
    for key in ("status", "error_type", "error_reason", "notes", "model", "session_id", "context"):
        texts[f"hostile attempt {key}"] = _task(f'{ATTEMPT}      {key}: "{HOSTILE}"\n')
    texts["hostile tool"] = _task(ATTEMPT.replace("tool: t", f'tool: "{HOSTILE}", model: "{HOSTILE}"'))
    texts["hostile gate"] = _task(
        f'{ATTEMPT}      quality_gates: {{run: ["{HOSTILE}"], failed: ["{HOSTILE}"]}}\n'
    )
    return texts


_NUMBERS = {
    "nines": "9" * 309,
    "digits": "7" * 5_000,
    "hexadecimal": f"0x{'f' * 3_990}",
    "infinity": ".inf",
    "not a number": ".nan",
    "exponent": "1e999",
    "negative": "-1",
    "fraction": "0.1",
}
_INSTANTS = [
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "2025-02-30T00:00:00Z",
    "2025-11-02T25:00:00Z",
    "2025-11-02",
    "20251102T150300Z",
    "soon",
    "{}",
    "[1]",
]


def _refused_values() -> dict[str, str]:
    texts = {}
    for name, number in _NUMBERS.items():
        for key in ("duration_seconds", "turns", "context"):
            texts[f"{name} in {key}"] = _task(f"{ATTEMPT}      {key}: {number}\n")
        texts[f"{name} in usage"] = _task(
            f"{ATTEMPT}      usage: {{input_tokens: {number}, output_tokens: {number}}}\n"
        )
        texts[f"{name} in cost"] = _task(f"{ATTEMPT}      cost: {{actual_usd_micros: {number}}}\n")
        texts[f"{name} in rank"] = _task(f"rank: {number}\npriority: {number}\nsize: {number}\n")
        texts[f"{name} in estimate"] = _task(f"execution:\n  estimate: {{duration_seconds: {number}}}\n")
    for number, instant in enumerate(_INSTANTS):
        texts[f"instant {number}"] = _task(
            f"created_at: {instant}\nupdated_at: {instant}\ncompleted_at: {instant}\n"
            + ATTEMPT.replace("2025-11-02T15:05:00Z", instant)
        )
    return texts


HOSTILE_FILES: dict[str, str | bytes] = {
    "complex keys": _task("? " * 12 + "a: b\n"),
    "complex key that is a list": _task("? [a, b]\n: 1\n"),
    "complex key in an attempt": _task(f"{ATTEMPT}      ? {{a: b}}\n      : 1\n"),
    "surrogate in title": _task(head=HEAD.replace("title: Odd", r'title: "a \ud800 b"')),
    "surrogate in key": _task('"\\udfff": 1\n'),
    "surrogate in list": _task(r'labels: ["\ud800", fine]' + "\n"),
    "surrogate in attempt": _task(f'{ATTEMPT}      notes: "\\ud800"\n'),
    "surrogate in bytes": _task(body="\n## Overview\n\nx\n").encode() + b"\xed\xa0\x80\n",
    "not UTF-8 in front": HEAD.encode() + b"x: caf\xe9\n---\n",
    "not UTF-8 in body": _task().encode() + b"\xff\xfe\n",
    "NUL": _task("x: a\0b\n"),
    "no last newline": f"{HEAD}---",
    "empty": "",
    "fence only": "---\n---\n",
    "unclosed": HEAD,
    "tab": _task("labels:\n\t- a\n"),
    "at sign": _task("assignees: [@bob]\n"),
    "duplicate": _task("id: odd\n"),
    "merge key": _task("x_a: &a {b: 1}\nx_c:\n  <<: *a\n"),
    "alias bomb": _task(
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    ),
    "deep": _task(f"x: {'[' * 3_000}{']' * 3_000}\n"),
    "tag": _task("x_n: !!python/object/apply:os.system [touch ran]\n"),
    "no mapping": "---\n- a\n---\n",
    "documents": _task("x: 1\n...\n--- \ny: 2\n"),
    "markers": f"{HEAD}<<<<<<< ours\nx: 1\n=======\nx: 2\n>>>>>>> theirs\n---\n",
    "markers in body": _task(body="\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"),
    "line separators": _task(head=HEAD.replace("title: Odd", "title: a\u2028b\u2029c\u0085d")),
    "carriage returns": _task().replace("\n", "\r\n"),
    "lone carriage returns": _task(body="a\rb\r"),
    "byte order mark": "\ufeff" + _task(),
    "null keys": _task("~: 1\nlabels: ~\nexecution: ~\nparent: null\n"),
    "wrong shapes": _task("labels: {a: b}\nexecution: [1, {attempts: 5}]\nlinks: 5\nparent: [a]\n"),
    "wrong attempts": _task("execution:\n  attempts: [1, null, [], {}, {id: 5, reviewer: [], cost: x}]\n"),
    "own parent": _task("parent: odd\ndepends_on: [odd]\nchildren: [odd]\n"),
    "unknown words": _task("kind: thing\npriority: hi\nsize: huge\nexecutor: 5\n").replace("ready", "redy"),
    "state that is a list": _task(head=HEAD.replace("ready", "[ready]")),
    "hostile body": _task(body="\n## Overview\n\n\x1b[31m\x9b31m\u202e\n\n- [ ] \x1b]0;x\x07\n"),
    **_hostile(),
    **_refused_values(),
}
