"""Every finding in both directions: the file that has it, with its place, and its nearest sound sibling.

A row's `bad` text carries the mark ‸ where the finding must point; the mark is taken out before the file
is written. Columns count characters from 1, a byte order mark not among them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from support.layouts import in_states
from support.project import BODY, INSIGHTS, TICKED, Project
from taskfiles import FINDINGS, Finding, validate
from taskfiles.operations.validate import validate_some, validate_text
from taskfiles.task.keys import KEY_ORDER, WORDS

pytestmark = in_states

MARK = "‸"
FIX = "tasks/10-ready/task-fix.md"
CONFIG = "tasks/tasks.toml"
DONE = "tasks/30-done/2025-11-02 task-fix.md"
ID_1 = "0199c6f2-0000-7000-8000-000000000001"
ID_2 = "0199c6f2-0000-7000-8000-000000000002"

Files = Mapping[str, str]


def fix(extra: str = "", *, body: str = BODY, title: str = "title: Fix", state: str = "state: ready") -> str:
    """A sound task of its own; what is added begins on line 5."""
    return f"---\nid: fix\n{title}\n{state}\n{extra}---\n{body}"


def done(extra: str = "", *, body: str = TICKED + INSIGHTS, message: str = "commit_message: done\n") -> Files:
    """A done task; what is added begins on line 7."""
    front = f"---\nid: fix\ntitle: Fix\nstate: done\n{message}completed_at: 2025-11-02T12:00:00Z\n"
    return {DONE: f"{front}{extra}---\n{body}"}


def attempt(extra: str = "", **keys: str) -> str:
    """One sound attempt as an item of `attempts`, its own keys replaced or added to."""
    sound = {
        "started_at": "2025-11-02T15:03:00Z",
        "ended_at": "2025-11-02T15:05:00Z",
        "duration_seconds": "120",
        "status": "failed",
        "executor": "{tool: claude-code}",
    }
    lines = [f"{key}: {value}" for key, value in (sound | keys).items() if value]
    return "    - " + "\n      ".join([*lines, *extra.splitlines()]) + "\n"


def later(tokens: str, mark: str = "") -> str:
    """A sound attempt an hour later, with the totals of its session."""
    times = {"started_at": "2025-11-02T16:03:00Z", "ended_at": "2025-11-02T16:05:00Z"}
    figures = f"{{input_tokens: {tokens}}}"
    return attempt(
        **times, session_id="s", usage="" if mark else figures, session_totals=f"{mark}{{usage: {figures}}}"
    )


def tried(*attempts: str) -> str:
    """A task with these attempts, or with one sound one."""
    return fix("execution:\n  attempts:\n" + "".join(attempts or (attempt(),)))


def other(task_id: str, extra: str = "", *, kind: str = "task") -> Files:
    """Another sound task of the same project."""
    text = f"---\nid: {task_id}\ntitle: Another\nkind: {kind}\nstate: ready\n{extra}---\n{BODY}"
    return {f"tasks/10-ready/{kind}-{task_id}.md": text}


def canceled(task_id: str, extra: str = "", *, kind: str = "task", mark: str = "") -> Files:
    """Another sound task that is canceled."""
    ((path, text),) = other(task_id, extra, kind=kind).items()
    moved = path.replace("10-ready", "40-canceled")
    return {moved: text.replace("state: ready", f"state: {mark}canceled")}


class Case(NamedTuple):
    """One row: the files that have the finding, with its place marked, and the files that haven't."""

    code: str
    name: str
    bad: str | bytes | Files
    good: str | bytes | Files
    field: str | None = None
    severity: str = "error"
    place: tuple[int, int] | None = None  # for bytes, which carry no mark
    path: str = FIX
    also: frozenset[str] = frozenset()  # findings that the same mistake brings about


MANY = f"x_a: &a {'y' * 1000}\nx_b: [{'*a, ' * 20}"  # with two more, they stand for too much
REVIEW = {
    "name": "name: Ada",
    "approved": "approved: true",
    "reviewed_at": "reviewed_at: 2025-11-02T16:00:00Z",
}
LONG = "abcdefghij-klmnopqrst-xyz"

UNREADABLE = [
    Case("no-closing-fence", "never closed", f"{MARK}---\nid: fix\ntitle: Fix\nstate: ready\n", fix()),
    Case("no-closing-fence", "closed by four hyphens", f"{MARK}---\nid: fix\n----\n", fix()),
    Case("no-closing-fence", "with a byte order mark", f"\ufeff{MARK}---\nid: fix\n", "\ufeff" + fix()),
    Case(
        "fence-word", "js", fix().replace("---\n", f"---{MARK}js\n", 1), fix().replace("---\n", "--- \t\n", 1)
    ),
    Case("fence-word", "after a blank", fix().replace("---\n", f"--- {MARK}yaml\n", 1), "\ufeff" + fix()),
    Case("not-a-mapping", "a list", f"---\n{MARK}- id: fix\n---\n{BODY}", fix()),
    Case("not-a-mapping", "words", f"---\n{MARK}id fix\n---\n{BODY}", fix()),
    Case("not-a-mapping", "a list below a comment", f"---\n# note\n{MARK}- id: fix\n---\n{BODY}", fix()),
    Case("not-a-mapping", "nothing at all", f"---\n{MARK}---\n{BODY}", fix()),
    Case("missing-id", "without the key", f"---\n{MARK}title: Fix\nstate: ready\n---\n{BODY}", fix(), "id"),
    Case(
        "missing-id",
        "below a comment",
        f"---\n# note\n{MARK}title: Fix\nstate: ready\n---\n{BODY}",
        fix(),
        "id",
    ),
    Case("invalid-id", "capital", fix().replace("id: fix", f"id: {MARK}Fix"), fix(), "id"),
    Case("invalid-id", "hyphen first", fix().replace("id: fix", f"id: {MARK}-fix"), fix(), "id"),
    Case("invalid-id", "blank within", fix().replace("id: fix", f"id: {MARK}fix it"), fix(), "id"),
    Case("invalid-id", "other script", fix().replace("id: fix", f"id: {MARK}fïx"), fix(), "id"),
    Case(
        "wrong-type",
        "a number as id",
        fix().replace("id: fix", f"id: {MARK}5"),
        {"tasks/10-ready/task-5.md": fix().replace("id: fix", 'id: "5"')},
        "id",
    ),
    Case("yaml-syntax", "two colons", fix("x_a: b" + MARK + ": c\n"), fix('x_a: "b: c"\n')),
    Case("yaml-syntax", "a quote never closed", fix(f"x_a: {MARK}'b\n"), fix("x_a: 'b'\n")),
    Case("yaml-syntax", "a bracket never closed", fix(f"x_a: {MARK}[b\n"), fix("x_a: [b]\n")),
    Case("yaml-syntax", "an alias of nothing", fix(f"x_a: {MARK}*gone\n"), fix("x_b: &gone 1\nx_a: *gone\n")),
    Case("yaml-syntax", "a control character", fix(f"x_a: b{MARK}\x07c\n"), fix('x_a: "b\\ac"\n')),
    Case("yaml-syntax", "a reserved sign", fix(f"labels: [{MARK}@bob]\n"), fix('labels: ["@bob"]\n')),
    Case("yaml-syntax", "no blank", fix(f"x_a:{MARK}b\n"), fix("x_a: b\n")),
    Case("yaml-syntax", "a tab as indentation", fix(f"x_a:\n{MARK}\tb: c\n"), fix("x_a:\n  b: c\n")),
    Case("duplicate-key", "at the top", fix(f"{MARK}title: Again\n"), fix()),
    Case("duplicate-key", "nested", fix(f"x_a:\n  b: 1\n  {MARK}b: 2\n"), fix("x_a:\n  b: 1\n  c: 2\n")),
    Case("duplicate-key", "in braces", fix(f"x_a: {{é: 1, {MARK}é: 2}}\n"), fix("x_a: {é: 1, e: 2}\n")),
    Case("duplicate-key", "quoted", fix(f'{MARK}"title": Again\n'), fix('"kind": task\n')),
    Case(
        "conflict-marker",
        "in the frontmatter",
        fix(f"{MARK}<<<<<<< HEAD\nsize: tiny\n=======\nsize: xl\n>>>>>>> other\n"),
        fix("size: tiny\n"),
    ),
    Case(
        "conflict-marker",
        "in the body",
        fix(body=f"{BODY}{MARK}<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"),
        fix(body=f"{BODY}a\n=======\nb <<<<<<< c\n"),
    ),
    Case(
        "conflict-marker",
        "in the body, in an HTML comment",
        fix(body=f"{BODY}<!--\n{MARK}<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n-->\n"),
        fix(body=f"{BODY}```diff\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n```\n"),
    ),
    Case(
        "conflict-marker",
        "in the body, after a code block",
        fix(body=f"{BODY}~~~\n<<<<<<< a\n~~~\n{MARK}>>>>>>> other\n"),
        fix(body=f"{BODY}    <<<<<<< HEAD\n    >>>>>>> other\n\n~~~\n>>>>>>> other\n"),
    ),
    Case(
        "conflict-marker",
        "longer ones",
        fix(f"{MARK}<<<<<<<< HEAD\nsize: tiny\n========\nsize: xl\n>>>>>>>> other\n"),
        fix("size: xl\n"),
    ),
    Case("conflict-marker", "above everything", f"{MARK}<<<<<<< HEAD\n{fix()}", fix()),
    Case("nul-byte", "in the frontmatter", fix(f"x_a: é{MARK}\0\n"), fix('x_a: "é\\0"\n')),
    Case("nul-byte", "in the body", fix(body=f"{BODY}ab{MARK}\0\n"), fix(body=f"{BODY}ab\n")),
    Case("not-utf8", "UTF-16", fix().encode("utf-16"), fix(), place=(1, 1)),
    Case("not-utf8", "UTF-16 without a mark", fix().encode("utf-16-le"), fix(), place=(1, 1)),
    Case("not-utf8", "UTF-32", fix().encode("utf-32"), fix(), place=(1, 1)),
    Case(
        "not-utf8",
        "Latin-1 in the frontmatter",
        fix("x_a: né\n").encode("latin-1"),
        fix("x_a: né\n").encode() + b"n\xe9 in the body\n",
        place=(5, 7),
    ),
    Case(
        "alias-expansion",
        "ten times the text",
        fix(f"{MANY}*a, {MARK}*a]\n"),
        fix(f"{MANY}*a]\n"),
    ),
    Case("complex-key", "a mapping", fix(f"? {MARK}a: b\n"), fix("? x_a\n: b\n")),
    Case("complex-key", "nested", fix(f"x_a:\n  {MARK}[b]: c\n"), fix('x_a:\n  "[b]": c\n')),
    Case("lone-surrogate", "escaped", fix(f'x_a: "b {MARK}\\ud800"\n'), fix('x_a: "b \\ud83d\\ude00"\n')),
    Case(
        "too-deep",
        "a hundred brackets",
        fix(f"x_a: {'[' * 99}{MARK}[{']' * 100}\n"),
        fix(f"x_a: {'[' * 99}{']' * 99}\n"),
    ),
]

VALUES = [
    Case("missing-key", "title", f"---\n{MARK}id: fix\nstate: ready\n---\n{BODY}", fix(), "title"),
    Case("missing-key", "state", f"---\n{MARK}id: fix\ntitle: Fix\n---\n{BODY}", fix(), "state"),
    *(
        Case(
            "missing-key",
            f"attempt without {key}",
            tried(attempt(**{key: ""}).replace("    - ", f"    - {MARK}")),
            tried(),
            f"execution.attempts[0].{key}",
        )
        for key in ("started_at", "ended_at", "duration_seconds", "status", "executor")
    ),
    Case(
        "missing-key",
        "executor without tool",
        tried(attempt(executor=f"{MARK}{{model: m}}")),
        tried(attempt(executor="{tool: t, model: m}")),
        "execution.attempts[0].executor.tool",
    ),
    Case(
        "missing-key",
        "planner without tool",
        tried(attempt(executor=f"{{tool: t, planner: {MARK}{{model: m}}}}")),
        tried(attempt(executor="{tool: t, planner: {tool: p}}")),
        "execution.attempts[0].executor.planner.tool",
    ),
    *(
        Case(
            "missing-key",
            f"reviewer without {key}",
            tried(attempt("reviewer:\n  " + MARK + "\n  ".join(v for k, v in REVIEW.items() if k != key))),
            tried(attempt("reviewer:\n  " + "\n  ".join(REVIEW.values()))),
            f"execution.attempts[0].reviewer.{key}",
        )
        for key in REVIEW
    ),
    Case(
        "missing-key",
        "execution without attempts",
        fix(f"execution: {MARK}{{}}\n"),
        tried(),
        "execution.attempts",
    ),
    Case(
        "missing-key",
        "link without type",
        fix(f"links:\n  - {MARK}number: 5\n"),
        fix("links:\n  - type: github_issue\n    number: 5\n"),
        "links[0].type",
    ),
    Case(
        "missing-key",
        "GitHub link without number",
        fix(f"links:\n  - {MARK}type: github_issue\n    repo: a/b\n"),
        fix("links:\n  - {type: github_issue, repo: a/b, number: 5}\n"),
        "links[0].number",
    ),
    Case(
        "missing-key",
        "Linear link without key",
        fix(f"links:\n  - {MARK}type: linear\n"),
        fix("links:\n  - {type: linear, key: AB-1}\n"),
        "links[0].key",
    ),
    Case(
        "wrong-type", "number for text", fix(title=f"title: {MARK}2024"), fix(title='title: "2024"'), "title"
    ),
    Case(
        "wrong-type", "boolean for text", fix(f"blocked: {MARK}true\n"), fix('blocked: "true"\n'), "blocked"
    ),
    Case("wrong-type", "list for text", fix(f"track: {MARK}[a]\n"), fix("track: a\n"), "track"),
    Case("wrong-type", "text for a list", fix(f"labels: {MARK}ui\n"), fix("labels: [ui]\n"), "labels"),
    Case(
        "wrong-type",
        "number in a list",
        fix(f"labels: [ui, {MARK}5]\n"),
        fix("labels: [ui, '5']\n"),
        "labels[1]",
    ),
    Case(
        "wrong-type",
        "mapping in a list",
        fix(f"touches:\n  - {MARK}a: b\n"),
        fix("touches:\n  - 'a: b'\n"),
        "touches[0]",
    ),
    Case("wrong-type", "number for a word", fix(f"size: {MARK}5\n"), fix("size: small\n"), "size"),
    Case(
        "wrong-type",
        "number for an instant",
        fix(f"created_at: {MARK}2025\n"),
        fix("created_at: '2025-11-02T15:03:00Z'\n"),
        "created_at",
    ),
    Case(
        "wrong-type",
        "text for an integer",
        tried(attempt(duration_seconds=f"{MARK}'120'")),
        tried(),
        "execution.attempts[0].duration_seconds",
    ),
    Case(
        "wrong-type",
        "fraction for an integer",
        tried(attempt(duration_seconds=f"{MARK}120.0")),
        tried(),
        "execution.attempts[0].duration_seconds",
    ),
    Case(
        "wrong-type",
        "boolean for an integer",
        tried(attempt(f"turns: {MARK}true")),
        tried(attempt("turns: 1")),
        "execution.attempts[0].turns",
    ),
    Case(
        "wrong-type",
        "text for a fraction",
        tried(attempt(f"context: {{utilization_final: {MARK}'0.5'}}")),
        tried(attempt("context: {utilization_final: 0.5}")),
        "execution.attempts[0].context.utilization_final",
    ),
    Case(
        "wrong-type",
        "YAML 1.1 yes",
        tried(attempt(f"reviewer: {{name: Ada, approved: {MARK}yes, reviewed_at: '2025-11-02T16:00:00Z'}}")),
        tried(attempt("reviewer: {name: Ada, approved: true, reviewed_at: '2025-11-02T16:00:00Z'}")),
        "execution.attempts[0].reviewer.approved",
    ),
    Case(
        "wrong-type",
        "quoted boolean",
        tried(
            attempt(f"reviewer: {{name: Ada, approved: {MARK}'true', reviewed_at: '2025-11-02T16:00:00Z'}}")
        ),
        tried(attempt("reviewer: {name: Ada, approved: false, reviewed_at: '2025-11-02T16:00:00Z'}")),
        "execution.attempts[0].reviewer.approved",
    ),
    Case("wrong-type", "text for execution", fix(f"execution: {MARK}none\n"), tried(), "execution"),
    Case(
        "wrong-type",
        "mapping for attempts",
        fix(f"execution: {{attempts: {MARK}{{}}}}\n"),
        tried(),
        "execution.attempts",
    ),
    Case(
        "wrong-type",
        "text for an attempt",
        fix(f"execution: {{attempts: [{MARK}once]}}\n"),
        tried(),
        "execution.attempts[0]",
    ),
    Case(
        "wrong-type",
        "text for an executor",
        tried(attempt(executor=f"{MARK}claude-code")),
        tried(),
        "execution.attempts[0].executor",
    ),
    Case(
        "wrong-type",
        "number for a version",
        tried(attempt(executor=f"{{tool: t, version: {MARK}2.1}}")),
        tried(attempt(executor="{tool: t, version: 2.1.0}")),
        "execution.attempts[0].executor.version",
    ),
    Case(
        "wrong-type",
        "text for a gate's time",
        tried(attempt(f"quality_gates: {{durations_ms: {{build: {MARK}9s}}}}")),
        tried(attempt("quality_gates: {durations_ms: {build: 900}}")),
        "execution.attempts[0].quality_gates.durations_ms.build",
    ),
    Case("wrong-type", "text for links", fix(f"links: {MARK}none\n"), fix("links: []\n"), "links"),
    Case(
        "wrong-type",
        "text for a link's number",
        fix(f"links: [{{type: github_issue, number: {MARK}'5'}}]\n"),
        fix("links: [{type: github_issue, number: 5}]\n"),
        "links[0].number",
    ),
    Case("null-value", "title", fix(title=f"title: {MARK}null"), fix(title="title: 'null'"), "title"),
    Case("null-value", "execution", fix(f"execution: {MARK}~\n"), fix("links: ~\n"), "execution"),
    Case("null-value", "in a list", fix(f"labels: [ui, {MARK}null]\n"), fix("labels: null\n"), "labels[1]"),
    Case(
        "null-value",
        "notes of an attempt",
        tried(attempt(f"notes: {MARK}null")),
        tried(attempt("notes: none")),
        "execution.attempts[0].notes",
    ),
    Case(
        "null-value",
        "tokens of an attempt",
        tried(attempt(f"usage: {{input_tokens: {MARK}null}}")),
        tried(attempt("usage: {input_tokens: 0}")),
        "execution.attempts[0].usage.input_tokens",
    ),
    Case(
        "null-value",
        "outcome of an attempt",
        tried(attempt(f"outcome: {MARK}null")),
        tried(attempt("outcome: failed")),
        "execution.attempts[0].outcome",
    ),
    Case(
        "null-value",
        "reviewer of an attempt",
        tried(attempt(f"reviewer: {MARK}null")),
        tried(),
        "execution.attempts[0].reviewer",
    ),
    Case("empty-text", "title", fix(title=f"title: {MARK}' '"), fix(), "title"),
    Case("empty-text", "in a list", fix(f"labels: ['ui', {MARK}'']\n"), fix("labels: []\n"), "labels[1]"),
    Case(
        "empty-text",
        "error_reason",
        tried(attempt(f"error_reason: {MARK}'  '")),
        tried(attempt("error_reason: 'x'")),
        "execution.attempts[0].error_reason",
    ),
    Case(
        "empty-text",
        "tool",
        tried(attempt(executor=f"{{tool: {MARK}''}}")),
        tried(),
        "execution.attempts[0].executor.tool",
    ),
    *(
        Case(
            "unknown-value", key, fix(f"{key}: {MARK}{word.upper()}\n"), {path: fix(f"{key}: {word}\n")}, key
        )
        for key, word, path in [
            ("kind", "task", FIX),
            ("priority", "urgent", FIX),
            ("size", "xl", FIX),
            ("ambiguity", "medium", FIX),
            ("executor", "human_review", FIX),
            ("isolation", "isolated", FIX),
        ]
    ),
    Case("unknown-value", "state", fix(state=f"state: {MARK}todo"), fix(), "state"),
    Case(
        "unknown-value",
        "status",
        tried(attempt(status=f"{MARK}succeeded")),
        tried(attempt(status="completed")),
        "execution.attempts[0].status",
    ),
    Case(
        "unknown-value",
        "outcome",
        tried(attempt(f"outcome: {MARK}failure")),
        tried(attempt("outcome: failed")),
        "execution.attempts[0].outcome",
    ),
    Case(
        "unknown-value",
        "cost source",
        tried(attempt(f"cost: {{source: {MARK}guessed}}")),
        tried(attempt("cost: {source: estimated}")),
        "execution.attempts[0].cost.source",
    ),
    Case(
        "unknown-value",
        "link type",
        fix(f"links: [{{type: {MARK}jira, key: A-1}}]\n"),
        fix("links: [{type: linear, key: A-1}]\n"),
        "links[0].type",
    ),
    Case(
        "unknown-value",
        "link relation",
        fix(f"links: [{{type: task, id: b, relation: {MARK}blocks}}]\n"),
        fix("links: [{type: task, id: b, relation: discovered-from}, {type: task, id: c}]\n"),
        "links[0].relation",
    ),
    Case(
        "foreign-path",
        "in a link",
        fix(f"links: [{{type: file, path: {MARK}/etc/passwd}}]\n"),
        fix("links: [{type: file, path: src/a.py}]\n"),
        "links[0].path",
    ),
    Case(
        "wrong-type",
        "URL without a scheme",
        fix(f"links: [{{type: url, url: {MARK}example.org}}]\n"),
        fix("links: [{type: url, url: 'https://example.org', title: How}]\n"),
        "links[0].url",
    ),
    *(
        Case(
            "invalid-timestamp",
            name,
            fix(f"created_at: {MARK}{text}\n"),
            fix(f"created_at: {sound}\n"),
            "created_at",
        )
        for name, text, sound in [
            ("impossible date", "2025-02-30T12:00:00Z", "2025-02-28T12:00:00Z"),
            ("leap second", "2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("hour alone", "2025-11-02T15Z", "2025-11-02 15:00Z"),
            ("hour 24", "2025-11-02T24:00:00Z", "'2025-11-02T23:00:00+00:00'"),
            ("zone of one digit", "2025-11-02T12:00:00+1", "2025-11-02T12:00:00+0100"),
            ("half a basic form", "20251102T12:00:00Z", "20251102T120000Z"),
            ("zone of 24 hours", "2025-11-02T12:00:00+24:00", "2025-11-02t12:00:00.123456789z"),
            ("a word", "yesterday", "2024-02-29T12:00:00-00:30"),
        ]
    ),
    *(
        Case("invalid-timestamp", key, fix(f"{key}: {MARK}soon\n"), fix(f"{key}: null\n"), key)
        for key in ("updated_at", "last_activity_at", "completed_at")
    ),
    Case(
        "invalid-timestamp",
        "attempt",
        tried(attempt(ended_at=f"{MARK}soon")),
        tried(),
        "execution.attempts[0].ended_at",
    ),
    Case(
        "invalid-timestamp",
        "review",
        tried(attempt(f"reviewer: {{name: A, approved: true, reviewed_at: {MARK}soon}}")),
        tried(attempt("reviewer: {name: A, approved: true, reviewed_at: '2025-11-02T16:00:00Z'}")),
        "execution.attempts[0].reviewer.reviewed_at",
    ),
    Case(
        "out-of-range",
        "negative",
        tried(attempt(f"exit_code: {MARK}-1")),
        tried(attempt("exit_code: 0")),
        "execution.attempts[0].exit_code",
    ),
    Case(
        "out-of-range",
        "beyond 63 bits",
        tried(attempt(f"usage: {{output_tokens: {MARK}9223372036854775808}}")),
        tried(attempt("usage: {output_tokens: 9223372036854775807}")),
        "execution.attempts[0].usage.output_tokens",
    ),
    Case(
        "out-of-range",
        "more than all",
        tried(attempt(f"context: {{utilization_final: {MARK}1.01}}")),
        tried(attempt("context: {utilization_final: 1}")),
        "execution.attempts[0].context.utilization_final",
    ),
    Case(
        "out-of-range",
        "not a number",
        tried(attempt(f"context: {{utilization_final: {MARK}.nan}}")),
        tried(attempt("context: {utilization_final: 0.0}")),
        "execution.attempts[0].context.utilization_final",
    ),
    Case(
        "out-of-range",
        "negative duration",
        tried(attempt(duration_seconds=f"{MARK}-1")),
        tried(),
        "execution.attempts[0].duration_seconds",
        also=frozenset({"duration-mismatch"}),
    ),
    Case(
        "invalid-uuid",
        "no hyphens",
        tried(attempt(f"id: {MARK}{ID_1.replace('-', '')}")),
        tried(attempt(f"id: {ID_1}")),
        "execution.attempts[0].id",
    ),
    Case(
        "invalid-uuid",
        "a word",
        tried(attempt(f"id: {MARK}first")),
        tried(attempt(f"id: {ID_1.upper()}")),
        "execution.attempts[0].id",
    ),
    Case(
        "missing-commit-message",
        "blank",
        done(message=f"commit_message: {MARK}''\n"),
        done(),
        "commit_message",
        "hint",
        path=DONE,
    ),
    Case(
        "missing-commit-message",
        "since 2025-11-01",
        {
            "tasks/30-done/2025-11-01 task-fix.md": done(message="")[DONE]
            .replace("2025-11-02T12", "2025-11-01T00")
            .replace("state: ", f"state: {MARK}")
        },
        {
            "tasks/30-done/2025-10-31 task-fix.md": done(message="")[DONE].replace(
                "2025-11-02T12:00:00Z", "2025-11-01T00:59:59+01:00"
            )
        },
        "state",
        "hint",
        path="tasks/30-done/2025-11-01 task-fix.md",
    ),
    *(
        Case(
            "missing-completed-at",
            name,
            {
                "tasks/30-done/task-fix.md": done()[DONE]
                .replace("completed_at: 2025-11-02T12:00:00Z\n", line)
                .replace("state: ", f"state: {MARK}")
            },
            done(),
            "state",
            "warning",
            path="tasks/30-done/task-fix.md",
        )
        for name, line in [("absent", ""), ("null", "completed_at:\n")]
    ),
]

ATTEMPTS = [
    Case(
        "no-attempts", "empty list", fix(f"execution:\n  attempts: {MARK}[]\n"), fix(), "execution.attempts"
    ),
    Case(
        "ended-before-started",
        "by a second",
        tried(attempt(ended_at=f"{MARK}2025-11-02T15:02:59Z")),
        tried(attempt(ended_at="2025-11-02T15:03:00Z", duration_seconds="0")),
        "execution.attempts[0].ended_at",
    ),
    Case(
        "ended-before-started",
        "by its zone",
        tried(attempt(ended_at=f"{MARK}2025-11-02T15:05:00+01:00")),
        tried(attempt(ended_at="2025-11-02T16:05:00+01:00")),
        "execution.attempts[0].ended_at",
    ),
    Case(
        "attempt-in-future",
        "a slip of the year",
        tried(attempt(started_at="2999-11-02T15:03:00Z", ended_at=f"{MARK}2999-11-02T15:05:00Z")),
        tried(attempt()),
        "execution.attempts[0].ended_at",
        "warning",
    ),
    Case(
        "duration-mismatch",
        "two seconds more",
        tried(attempt(duration_seconds=f"{MARK}122")),
        tried(attempt(duration_seconds="121")),
        "execution.attempts[0].duration_seconds",
        "warning",
    ),
    Case(
        "duration-mismatch",
        "two seconds less",
        tried(attempt(duration_seconds=f"{MARK}118")),
        tried(attempt(duration_seconds="119")),
        "execution.attempts[0].duration_seconds",
        "warning",
    ),
    Case(
        "attempts-overlap",
        "by a second",
        tried(attempt(), attempt(started_at=f"{MARK}2025-11-02T15:04:59Z", ended_at="2025-11-02T15:06:59Z")),
        tried(attempt(), attempt(started_at="2025-11-02T15:05:00Z", ended_at="2025-11-02T15:07:00Z")),
        "execution.attempts[1].started_at",
        "warning",
    ),
    Case(
        "attempts-unordered",
        "the later one first",
        tried(attempt(), attempt(started_at=f"{MARK}2025-11-02T15:00:00Z", ended_at="2025-11-02T15:02:00Z")),
        tried(attempt(started_at="2025-11-02T15:00:00Z", ended_at="2025-11-02T15:02:00Z"), attempt()),
        "execution.attempts[1].started_at",
        "warning",
    ),
    Case(
        "duplicate-attempt",
        "in another case",
        tried(
            attempt(f"id: {ID_1}"),
            attempt(
                f"id: {MARK}{ID_1.upper()}",
                started_at="2025-11-02T15:05:00Z",
                ended_at="2025-11-02T15:07:00Z",
            ),
        ),
        tried(
            attempt(f"id: {ID_1}"),
            attempt(f"id: {ID_2}", started_at="2025-11-02T15:05:00Z", ended_at="2025-11-02T15:07:00Z"),
        ),
        "execution.attempts[1].id",
        "warning",
    ),
    Case(
        "gate-not-run",
        "another was run",
        tried(attempt(f"quality_gates: {{run: [build], failed: [build, {MARK}lint]}}")),
        tried(attempt("quality_gates: {run: [build, lint], failed: [lint]}")),
        "execution.attempts[0].quality_gates.failed[1]",
        "warning",
    ),
    Case(
        "gate-not-run",
        "none was run",
        tried(attempt(f"quality_gates: {{failed: [{MARK}lint]}}")),
        tried(attempt("quality_gates: {run: [lint]}")),
        "execution.attempts[0].quality_gates.failed[0]",
        "warning",
    ),
    *(
        Case(
            "cache-exceeds-input",
            name,
            tried(attempt(f"usage: {{input_tokens: {MARK}10, {bad}}}")),
            tried(attempt(f"usage: {{input_tokens: 10, {good}}}")),
            "execution.attempts[0].usage.input_tokens",
            "warning",
        )
        for name, bad, good in [
            ("read", "cache_read_tokens: 11", "cache_read_tokens: 10"),
            (
                "both",
                "cache_read_tokens: 6, cache_write_tokens: 5",
                "cache_read_tokens: 6, cache_write_tokens: 4",
            ),
        ]
    ),
    Case(
        "same-session",
        "an earlier attempt without totals",
        tried(attempt(session_id="s"), later("130", MARK)),
        tried(attempt(session_id="t"), later("130")),
        "execution.attempts[1].session_totals",
        "warning",
    ),
    Case(
        "unknown-error-type",
        "a tool's own word",
        tried(attempt(f"error_type: {MARK}rate_limited")),
        tried(attempt("error_type: rate_limit")),
        "execution.attempts[0].error_type",
        "warning",
    ),
    Case(
        "not-one-word",
        "a sentence",
        tried(attempt(f"error_type: {MARK}the tests failed")),
        tried(attempt("error_type: gate_failed")),
        "execution.attempts[0].error_type",
        "warning",
    ),
    *(
        Case(
            "foreign-path",
            bad,
            tried(attempt(f"created_files: [a.py, {MARK}{bad}]")),
            tried(attempt("created_files: [a.py, b/.../c..py]")),
            "execution.attempts[0].created_files[1]",
            also=frozenset({"unsorted-files"}),
        )
        for bad in ["/etc/passwd", "~/x", "b/../../x", "b\\x"]
    ),
    *(
        Case(
            "comment-in-value",
            name,
            fix(line.replace("#", f"{MARK}#") + "\n"),
            fix(sound + "\n"),
            field,
            "warning",
        )
        for name, line, sound, field in (
            ("in a text", "x_a: b #1 c", "x_a: b # 1 c", "x_a"),
            ("as the whole value", "x_a: #1", 'x_a: "#1"', "x_a"),
            ("in a list", "labels:\n  - b #c", 'labels:\n  - "b #c"', "labels[0]"),
            ("nested", "x_a:\n  b: c\t#d", "x_a:\n  b: c\t## d", "x_a.b"),
            ("in brackets", "labels: [a, b #1\n  ]", "labels: [a, b#1\n  ]", "labels[1]"),
            ("on the last of several lines", "x_a: b\n  c #d", "x_a: |\n  c #d", "x_a"),
        )
    ),
    Case(
        "unsorted-files",
        "the second",
        tried(attempt(f"created_files: [b.py, {MARK}a.py]")),
        tried(attempt("created_files: [a.py, a.py, b.py]")),
        "execution.attempts[0].created_files[1]",
        "warning",
    ),
    *(
        Case(
            "status-outcome",
            f"{status} and {wrong}",
            tried(attempt(f"outcome: {MARK}{wrong}", status=status)),
            tried(attempt(f"outcome: {right}", status=status)),
            "execution.attempts[0].outcome",
            "warning",
        )
        for status, wrong, right in [
            ("completed", "blocked", "success"),
            ("completed", "failed", "partial"),
            ("failed", "success", "failed"),
            ("failed", "partial", "blocked"),
            ("abandoned", "success", "failed"),
            ("abandoned", "blocked", "failed"),
        ]
    ),
]

FORMS = [
    *(
        Case(
            "no-zone",
            key,
            fix(f"{key}: {MARK}2025-11-02T12:00:00\n"),
            fix(f"{key}: 2025-11-02 12:00:00+00:00\n"),
            key,
            "warning",
        )
        for key in ("created_at", "updated_at", "last_activity_at")
    ),
    *(
        Case(
            "day-only",
            f"{key}: {day}",
            fix(f"{key}: {MARK}{day}\n"),
            fix(f"{key}: 2025-11-02 12:00Z\n"),
            key,
            "warning",
        )
        for key in ("created_at", "updated_at", "last_activity_at")
        for day in ("2025-11-02", "20251102")
    ),
    *(
        Case(
            "invalid-timestamp",
            f"day in an attempt, {key}",
            tried(attempt(**{key: f"{MARK}2025-11-02"})),  # type: ignore[arg-type]  # all of them are texts
            tried(attempt()),
            f"execution.attempts[0].{key}",
        )
        for key in ("started_at", "ended_at")
    ),
    Case(
        "no-zone",
        "completed_at",
        {DONE: done()[DONE].replace("2025-11-02T12:00:00Z", f"{MARK}2025-11-02T12:00:00")},
        done(),
        "completed_at",
        "warning",
        path=DONE,
    ),
    Case(
        "no-zone",
        "attempt",
        tried(attempt(started_at=f"{MARK}2025-11-02 15:03:00")),
        tried(),
        "execution.attempts[0].started_at",
        "warning",
    ),
    Case(
        "no-zone",
        "review",
        tried(attempt(f"reviewer: {{name: A, approved: true, reviewed_at: {MARK}'2025-11-02T16:00:00'}}")),
        tried(attempt("reviewer: {name: A, approved: true, reviewed_at: '2025-11-02T16:00:00z'}")),
        "execution.attempts[0].reviewer.reviewed_at",
        "warning",
    ),
    *(
        Case("reserved-key", key, fix(f"{MARK}{key}: mine\n"), fix(f"x_{key}: mine\n"), key, "warning")
        for key in ("path", "etag", "valid", "body", "derived")
    ),
    Case(
        "unknown-key",
        "misspelt",
        fix(f"{MARK}prioritee: high\n"),
        fix("priority: high\n"),
        "prioritee",
        "hint",
    ),
    Case("unknown-key", "one's own", fix(f"{MARK}sprint: 5\n"), fix("x_sprint: 5\n"), "sprint", "hint"),
    Case("unknown-key", "quoted", fix(f'{MARK}"sprint": 5\n'), fix('"x_sprint": 5\n'), "sprint", "hint"),
    Case(
        "unknown-key",
        "below execution",
        fix(f"execution:\n  {MARK}note: x\n  attempts:\n{attempt()}"),
        fix(f"execution:\n  x_note: x\n  attempts:\n{attempt()}"),
        "execution.note",
        "hint",
    ),
    Case(
        "unknown-key",
        "in an attempt",
        tried(attempt(f"{MARK}error: x")),
        tried(attempt("x_error: x")),
        "execution.attempts[0].error",
        "hint",
    ),
    Case(
        "unknown-key",
        "in an executor",
        tried(attempt(executor=f"{{tool: t, {MARK}modell: m}}")),
        tried(attempt(executor="{tool: t, model: m}")),
        "execution.attempts[0].executor.modell",
        "hint",
    ),
    Case(
        "unknown-key",
        "in usage",
        tried(attempt(f"usage: {{{MARK}tokens: 5}}")),
        tried(attempt("usage: {x_tokens: 5}")),
        "execution.attempts[0].usage.tokens",
        "hint",
    ),
    Case(
        "unknown-key",
        "in a link",
        fix(f"links: [{{type: linear, key: A-1, {MARK}link: x}}]\n"),
        fix("links: [{type: linear, key: A-1, x_link: x}]\n"),
        "links[0].link",
        "hint",
    ),
]

PLACES = [
    Case(
        "wrong-directory",
        "another state's",
        {"tasks/20-in-progress/task-fix.md": fix(state=f"state: {MARK}ready")},
        fix(),
        "state",
        "warning",
        path="tasks/20-in-progress/task-fix.md",
    ),
    Case(
        "wrong-directory",
        "one too deep",
        {"tasks/10-ready/ui/task-fix.md": fix(state=f"state: {MARK}ready")},
        fix(),
        "state",
        "warning",
        path="tasks/10-ready/ui/task-fix.md",
    ),
    Case(
        "wrong-directory",
        "tasks/ itself",
        {"tasks/task-fix.md": fix(state=f"state: {MARK}ready")},
        fix(),
        "state",
        "warning",
        path="tasks/task-fix.md",
    ),
    Case(
        "wrong-name",
        "another id",
        {"tasks/10-ready/task-mend.md": fix().replace("id: fix", f"id: {MARK}fix")},
        fix(),
        "id",
        "warning",
        path="tasks/10-ready/task-mend.md",
    ),
    Case(
        "wrong-name",
        "another kind",
        {"tasks/10-ready/epic-fix.md": fix().replace("id: fix", f"id: {MARK}fix")},
        {"tasks/10-ready/epic-fix.md": fix("kind: epic\n")},
        "id",
        "warning",
        path="tasks/10-ready/epic-fix.md",
    ),
    Case(
        "wrong-name",
        "without its day",
        {"tasks/30-done/task-fix.md": done()[DONE].replace("id: fix", f"id: {MARK}fix")},
        done(),
        "id",
        "warning",
        path="tasks/30-done/task-fix.md",
    ),
    Case(
        "wrong-name",
        "with the local day",
        {DONE: done()[DONE].replace("id: fix", f"id: {MARK}fix").replace("12:00:00Z", "23:30:00-01:00")},
        {"tasks/30-done/2025-11-03 task-fix.md": done()[DONE].replace("12:00:00Z", "23:30:00-01:00")},
        "id",
        "warning",
        path=DONE,
    ),
    *(
        Case(
            "missing-heading",
            title,
            fix(body=MARK + BODY.replace(f"## {title}", f"## No {title}")),
            fix(),
            None,
            "hint",
        )
        for title in ("Overview", "Technical Approach")
    ),
    Case(
        "missing-heading",
        "Acceptance Criteria",
        fix(body=f"{MARK}\n## Overview\n\n## Technical Approach\n"),
        fix(body="\n## Overview\n\n## acceptance criteria\n- [ ] a\n## Technical Approach\n"),
        None,
        "hint",
    ),
    Case(
        "missing-heading",
        "only in a code block",
        fix(body=MARK + BODY.replace("## Overview", "```\n## Overview\n```")),
        fix(body=BODY.replace("## Overview", "Overview\n---")),
        None,
        "hint",
    ),
    Case(
        "missing-heading",
        "insights of a done task",
        done(body=MARK + TICKED + INSIGHTS.replace("## Post", "## Pre")),
        done(),
        None,
        "hint",
        path=DONE,
    ),
    Case(
        "missing-heading",
        "changelog of a done task",
        done(body=MARK + TICKED + INSIGHTS.replace("Changelog", "Log")),
        done(),
        None,
        "hint",
        path=DONE,
    ),
    Case(
        "missing-heading",
        "decisions of a done task",
        done(body=MARK + TICKED + INSIGHTS.replace("### Decisions", "### Choices")),
        done(),
        None,
        "hint",
        path=DONE,
    ),
    Case(
        "missing-heading",
        "changes of a done task",
        done(body=MARK + TICKED + INSIGHTS.replace("Technical Changes", "Structure")),
        done(body=TICKED + INSIGHTS.replace("Technical Changes", "Architecture")),
        None,
        "hint",
        path=DONE,
    ),
    Case(
        "missing-checkbox",
        "plain bullets",
        fix(body=BODY.replace("## Acc", f"{MARK}## Acc").replace("[ ] ", "").replace("[x] ", "")),
        fix(body=BODY.replace("- [ ] First", "* First")),
        None,
        "warning",
    ),
    Case(
        "missing-checkbox",
        "only in a code block",
        fix(body=f"\n## Overview\n{MARK}## Acceptance Criteria\n~~~\n- [ ] a\n~~~\n## Technical Approach\n"),
        fix(body="\n## Overview\n## Acceptance Criteria\n1. [X] a\n## Technical Approach\n"),
        None,
        "warning",
    ),
    Case(
        "open-criteria",
        "one",
        done(body=TICKED.replace("- [x] Second", f"{MARK}- [ ] Second") + INSIGHTS),
        done(),
        None,
        "warning",
        path=DONE,
    ),
    Case(
        "open-criteria",
        "several; a box elsewhere, or of a task that is open, is none",
        done(body=TICKED.replace("- [x] First", f"{MARK}- [ ] First").replace("[x] S", "[ ] S") + INSIGHTS),
        done(body=TICKED.replace("How.", "- [ ] How.") + INSIGHTS),
        None,
        "warning",
        path=DONE,
    ),
]

BETWEEN = [
    Case(
        "duplicate-id",
        "two states",
        {
            FIX: fix(),
            "tasks/20-in-progress/task-fix.md": fix(state="state: in-progress").replace(
                "id: fix", f"id: {MARK}fix"
            ),
        },
        {FIX: fix(), **other("mend")},
        "id",
        path="tasks/20-in-progress/task-fix.md",
    ),
    *(
        Case(
            "dangling-reference",
            key,
            {FIX: fix(f"{key}: [mend, {MARK}gone]\n", state="state: ready\nkind: story"), **other("mend")},
            {
                FIX: "",
                "tasks/10-ready/story-fix.md": fix(f"{key}: [mend]\n", state="state: ready\nkind: story"),
                **other("mend"),
            },
            f"{key}[1]",
            "warning",
            also=frozenset({"wrong-name"}),
        )
        for key in ("children", "depends_on", "blocks")
    ),
    Case(
        "dangling-reference",
        "parent",
        fix(f"parent: {MARK}gone\n"),
        {FIX: fix("parent: top\n"), **other("top", kind="epic")},
        "parent",
        "warning",
    ),
    Case(
        "hierarchy-cycle",
        "by children",
        {
            "tasks/10-ready/epic-fix.md": fix(f"kind: epic\nchildren: [{MARK}sub]\n"),
            **other("sub", "children: [fix]\n", kind="story"),
        },
        {"tasks/10-ready/epic-fix.md": fix("kind: epic\nchildren: [sub]\n"), **other("sub", kind="story")},
        "children[0]",
        path="tasks/10-ready/epic-fix.md",
        also=frozenset({"hierarchy-kind"}),
    ),
    Case(
        "hierarchy-cycle",
        "its own child",
        fix(f"children: [{MARK}fix]\n"),
        {FIX: fix("children: []\n")},
        "children[0]",
        also=frozenset({"hierarchy-kind"}),
    ),
    Case(
        "hierarchy-cycle",
        "its own parent",
        fix(f"parent: {MARK}fix\n"),
        {FIX: fix("parent: top\n"), **other("top", kind="epic")},
        "parent",
    ),
    Case(
        "hierarchy-depth",
        "a fourth level",
        {
            FIX: fix().replace("id: fix", f"id: {MARK}fix"),
            **other("c", "children: [fix]\n"),
            **other("b", "children: [c]\n", kind="story"),
            **other("a", "children: [b]\n", kind="epic"),
        },
        {
            FIX: fix(),
            **other("b", "children: [fix]\n", kind="story"),
            **other("a", "children: [b]\n", kind="epic"),
        },
        "id",
        also=frozenset({"hierarchy-kind"}),
    ),
    *(
        Case(
            "hierarchy-kind",
            f"{child} among the children of {kind}",
            {**other("top", f"children: [{MARK}sub]\n", kind=kind), **other("sub", kind=child)},
            {
                **other("top", "children: [sub]\n", kind=kind if kind != "task" else "epic"),
                **other("sub", kind="task"),
            },
            "children[0]",
            path=f"tasks/10-ready/{kind}-top.md",
        )
        for kind, child in [
            ("task", "task"),
            ("task", "story"),
            ("story", "story"),
            ("story", "epic"),
            ("epic", "epic"),
        ]
    ),
    Case(
        "hierarchy-kind",
        "by the older key",
        {"tasks/10-ready/story-fix.md": fix(f"kind: story\nparent: {MARK}top\n"), **other("top")},
        {"tasks/10-ready/story-fix.md": fix("kind: story\nparent: top\n"), **other("top", kind="epic")},
        "parent",
        path="tasks/10-ready/story-fix.md",
    ),
    Case(
        "several-parents",
        "two stories",
        {
            FIX: fix(),
            **other("a", "children: [fix]\n", kind="story"),
            **other("b", f"children: [{MARK}fix]\n", kind="story"),
        },
        {FIX: fix(), **other("a", "children: [fix]\n", kind="story"), **other("b", kind="story")},
        "children[0]",
        "warning",
        path="tasks/10-ready/story-b.md",
    ),
    Case(
        "dependency-cycle",
        "two tasks",
        {FIX: fix("depends_on: [a]\n"), **other("a", f"depends_on: [{MARK}fix]\n")},
        {FIX: fix("depends_on: [a]\n"), **other("a")},
        "depends_on[0]",
        path="tasks/10-ready/task-a.md",
    ),
    Case(
        "dependency-cycle",
        "depends and blocks",
        {FIX: fix(f"blocks: [b]\ndepends_on: [a, {MARK}b]\n"), **other("a"), **other("b")},
        {FIX: fix("blocks: [b]\ndepends_on: [a]\n"), **other("a"), **other("b")},
        "depends_on[1]",
    ),
    Case(
        "dependency-cycle",
        "itself",
        fix(f"depends_on: [{MARK}fix]\n"),
        {FIX: fix("depends_on: [a]\n"), **other("a")},
        "depends_on[0]",
    ),
    Case(
        "dependency-cycle",
        "blocks itself",
        fix(f"blocks: [{MARK}fix]\n"),
        {FIX: fix("blocks: [a]\n"), **other("a")},
        "blocks[0]",
    ),
]


WAITS = [
    Case(
        "waits-for-canceled",
        "depends on it",
        {FIX: fix(f"depends_on: [a, {MARK}b]\n"), **other("a"), **canceled("b")},
        {FIX: fix("depends_on: [a, b]\n"), **other("a"), **other("b")},
        "depends_on[1]",
        "warning",
    ),
    Case(
        "waits-for-canceled",
        "blocked by it",
        {FIX: fix(), **canceled("b", f"blocks: [{MARK}fix]\n")},
        {FIX: fix(), **other("b", "blocks: [fix]\n")},
        "blocks[0]",
        "warning",
        path="tasks/40-canceled/task-b.md",
    ),
    Case(
        "open-below-closed",
        "a child",
        {FIX: fix("parent: top\n"), **canceled("top", kind="epic", mark=MARK)},
        {FIX: fix("parent: top\n"), **other("top", kind="epic")},
        "state",
        "warning",
        path="tasks/40-canceled/epic-top.md",
    ),
    Case(
        "open-below-closed",
        "a grandchild",
        {
            FIX: fix("parent: mid\n"),
            **canceled("mid", "parent: top\n", kind="story", mark=MARK),
            **canceled("top", kind="epic"),
        },
        {
            FIX: fix("parent: mid\n"),
            **other("mid", "parent: top\n", kind="story"),
            **other("top", kind="epic"),
        },
        "state",
        "warning",
        path="tasks/40-canceled/story-mid.md",
    ),
]


ALERT = "metric = 'success_rate'\nbelow = 0.5\n"


def toml(text: str) -> Files:
    """A project that has nothing but settings."""
    return {CONFIG: text}


def _config(code: str, name: str, bad: str, good: str, field: str | None) -> Case:
    severity = "warning" if code in {"config-unknown-key", "newer-format"} else "error"
    return Case(code, name, toml(bad), toml(good), field, severity, path=CONFIG)


SETTINGS = [
    _config("newer-format", "by one", f"format = {MARK}2\n", "format = 1\n", "format"),
    _config("config-syntax", "not a value", f"format ={MARK}\n", "format = 1\n", None),
    _config(
        "config-syntax",
        "a date that isn't",
        f"[milestones.a]\ndue = {MARK}2026-02-30\n",
        "[milestones.a]\ndue = 2026-02-28\n",
        None,
    ),
    *(
        _config("config-value", name, bad, good, field)
        for name, bad, good, field in [
            ("format", f"format = {MARK}'1'\n", "format = 1\n", "format"),
            ("timestamps", f"timestamps = {MARK}'no'\n", "timestamps = false\n", "timestamps"),
            ("lock", f"[lock]\ntimeout = {MARK}10\n", "[lock]\ntimeout = '10s'\n", "lock.timeout"),
            (
                "lock without header",
                f"lock.timeout = {MARK}'ten'\n",
                "lock.timeout = '500ms'\n",
                "lock.timeout",
            ),
            (
                "lease",
                f"[lease]\n  duration = {MARK}'30'\n",
                "[lease]\n  duration = '30m'\n",
                "lease.duration",
            ),
            (
                "label",
                f"[labels.ui]\ndescription = {MARK}5\n",
                "[labels.ui]\ndescription = 'x'\n",
                "labels.ui.description",
            ),
            ("track", f"[tracks.a]\ntitle = {MARK}true\n", "[tracks.a]\ntitle = 'A'\n", "tracks.a.title"),
            (
                "milestone",
                f"[milestones.a]\ndue = {MARK}'2026-12-01'\n",
                "[milestones.a]\ndue = 2026-12-01\n",
                "milestones.a.due",
            ),
            (
                "gate",
                f"[gates.test]\ncommand = 'make'\nrequired = {MARK}'yes'\n",
                "[gates.test]\ncommand = 'make'\nrequired = false\n",
                "gates.test.required",
            ),
            (
                "gate's types",
                f"[gates.test]\ncommand = 'make'\ntask_types = {MARK}'bug'\n",
                "[gates.test]\ncommand = 'make'\ntask_types = ['bug']\n",
                "gates.test.task_types",
            ),
            (
                "gate without command",
                f"[{MARK}gates.test]\nrequired = true\n",
                "[gates.test]\ncommand = 'make'\n",
                "gates.test.command",
            ),
            ("run", f"[run]\nretries = {MARK}-1\n", "[run]\nretries = 0\n", "run.retries"),
            (
                "ambiguity",
                f"[run]\nmax_ambiguity = {MARK}'hihg'\n",
                "[run]\nmax_ambiguity = 'high'\n",
                "run.max_ambiguity",
            ),
            ("predict", f"[predict]\ncommand = {MARK}''\n", "[predict]\ncommand = 'x'\n", "predict.command"),
            (
                "price",
                f'[prices."m.1"]\ninput = {MARK}"3"\noutput = 5\n',
                '[prices."m.1"]\ninput = 3\noutput = 5\nsince = 2026-01-01\n',
                "prices.m.1.input",
            ),
            (
                "sinks",
                f"[telemetry]\nsinks = {MARK}'local'\n",
                "[telemetry]\nsinks = ['local']\n",
                "telemetry.sinks",
            ),
            (
                "retention",
                f"[telemetry.retention]\n'task.changed' = {MARK}365\n",
                "[telemetry.retention]\n'task.changed' = '365d'\n",
                "telemetry.retention.task.changed",
            ),
            (
                "a day with a time",
                f"[milestones.a]\ndue = {MARK}2026-12-01T10:00:00Z\n",
                "[milestones.a]\ndue = 2026-12-01\n",
                "milestones.a.due",
            ),
            (
                "threshold",
                f"[[alerts]]\nmetric = 'effort'\nbelow = {MARK}'0.5'\n",
                "[[alerts]]\nmetric = 'effort'\nbelow = 0.5\n",
                "alerts[0].below",
            ),
            (
                "flag as a threshold",
                f"[[alerts]]\nmetric = 'effort'\nabove = {MARK}true\n",
                "[[alerts]]\nmetric = 'effort'\nabove = 1\n",
                "alerts[0].above",
            ),
            (
                "second alert",
                f"[[alerts]]\n{ALERT}[[alerts]]\nabove = 2\nmetric = {MARK}5\n",
                f"[[alerts]]\n{ALERT}[[alerts]]\nabove = 2\nmetric = 'effort'\n",
                "alerts[1].metric",
            ),
            (
                "alerts: one table",
                f"[{MARK}alerts]\n{ALERT}",
                f"[[alerts]]\n{ALERT}",
                "alerts",
            ),
            (
                "alerts: no figure",
                f"[[alerts]]\nmetric = {MARK}'sucess_rate'\nbelow = 0.5\n",
                f"[[alerts]]\n{ALERT}",
                "alerts[0].metric",
            ),
            (
                "alerts: a flag",
                f"[[alerts]]\nmetric = {MARK}'insufficient'\nbelow = 1\n",
                "[[alerts]]\nmetric = 'tasks'\nbelow = 1\n",
                "alerts[0].metric",
            ),
            (
                "alerts: a word",
                f"[[alerts]]\nmetric = {MARK}'duration_p95_measure'\nbelow = 1\n",
                "[[alerts]]\nmetric = 'duration_p95'\nbelow = 1\n",
                "alerts[0].metric",
            ),
            (
                "alerts: no metric",
                f"[[{MARK}alerts]]\nbelow = 0.5\n",
                f"[[alerts]]\n{ALERT}",
                "alerts[0].metric",
            ),
            (
                "alerts: no threshold",
                f"[[{MARK}alerts]]\nmetric = 'success_rate'\n",
                f"[[alerts]]\n{ALERT}",
                "alerts[0]",
            ),
            (
                "alerts: two thresholds",
                f"[[{MARK}alerts]]\n{ALERT}above = 0.9\n",
                f"[[alerts]]\n{ALERT}",
                "alerts[0]",
            ),
            (
                "alerts: a rate in percent",
                f"[[alerts]]\nmetric = 'success_rate_low'\nbelow = {MARK}60\n",
                "[[alerts]]\nmetric = 'success_rate_low'\nbelow = 1\n",
                "alerts[0].below",
            ),
            (
                "alerts: no number",
                f"[[alerts]]\nmetric = 'effort'\nabove = {MARK}inf\n",
                "[[alerts]]\nmetric = 'effort'\nabove = 9e300\n",
                "alerts[0].above",
            ),
            (
                "alerts: a name that is taken",
                f"[[alerts]]\nname = 'a'\n{ALERT}[[alerts]]\n{ALERT}name = {MARK}'a'\n",
                f"[[alerts]]\nname = 'a'\n{ALERT}[[alerts]]\n{ALERT}name = 'b'\n",
                "alerts[1].name",
            ),
            (
                "alert: name",
                f"[[alerts]]\n{ALERT}name = {MARK}''\n",
                f"[[alerts]]\n{ALERT}name = 'a'\n",
                "alerts[0].name",
            ),
            (
                "alert: name of another type",
                f"[[alerts]]\n{ALERT}name = {MARK}5\n",
                f"[[alerts]]\n{ALERT}name = '5'\n",
                "alerts[0].name",
            ),
            (
                "alert: by",
                f"[[alerts]]\n{ALERT}by = {MARK}'model,size'\n",
                f"[[alerts]]\n{ALERT}by = ['model', 'size']\n",
                "alerts[0].by",
            ),
            (
                "alert: an item of by",
                f"[[alerts]]\n{ALERT}by = {MARK}['model', '']\n",
                f"[[alerts]]\n{ALERT}by = []\n",
                "alerts[0].by[1]",
            ),
            (
                "alert: where",
                f"[[alerts]]\n{ALERT}where = {MARK}'opus'\n",
                f"[[alerts]]\n{ALERT}where = {{model = 'opus'}}\n",
                "alerts[0].where",
            ),
            (
                "alert: a value of where",
                f"[[alerts]]\n{ALERT}where = {MARK}{{model = 5}}\n",
                f"[[alerts]]\n{ALERT}where = {{model = '5'}}\n",
                "alerts[0].where.model",
            ),
            (
                "alert: where beside by",
                f"[[alerts]]\n{ALERT}where = {MARK}{{modle = 'a'}}\n",
                f"[[alerts]]\n{ALERT}where = {{ambiguity = 'low'}}\n",
                "alerts[0].where.modle",
            ),
            (
                "alert: where as a table",
                f"[[alerts]]\n{ALERT}[alerts.where]\nsize = {MARK}'a'\n",
                f"[[alerts]]\n{ALERT}[alerts.where]\nmodel = 'a'\n",
                "alerts[0].where.size",
            ),
            (
                "alert: window",
                f"[[alerts]]\n{ALERT}window = {MARK}30\n",
                f"[[alerts]]\n{ALERT}window = '30d'\n",
                "alerts[0].window",
            ),
            (
                "alert: a window without a unit",
                f"[[alerts]]\n{ALERT}window = {MARK}'30'\n",
                f"[[alerts]]\n{ALERT}window = '30m'\n",
                "alerts[0].window",
            ),
            (
                "alert: an empty window",
                f"[[alerts]]\n{ALERT}window = {MARK}'0d'\n",
                f"[[alerts]]\n{ALERT}window = '1ms'\n",
                "alerts[0].window",
            ),
            (
                "alert: least",
                f"[[alerts]]\n{ALERT}least = {MARK}-1\n",
                f"[[alerts]]\n{ALERT}least = 0\n",
                "alerts[0].least",
            ),
            (
                "alert: a broken least",
                f"[[alerts]]\n{ALERT}least = {MARK}1.5\n",
                f"[[alerts]]\n{ALERT}least = 1\n",
                "alerts[0].least",
            ),
            (
                "alert: severity",
                f"[[alerts]]\n{ALERT}severity = {MARK}'hint'\n",
                f"[[alerts]]\n{ALERT}severity = 'warning'\n",
                "alerts[0].severity",
            ),
        ]
    ),
    _config(
        "config-unknown-key",
        "misspelt",
        f"{MARK}timestamp = true\n",
        "timestamps = true\n",
        "timestamp",
    ),
    _config(
        "config-unknown-key",
        "in a table",
        f"[lock]\n  {MARK}time-out = '5s'\n",
        "[lock]\n  timeout = '5s'\n",
        "lock.time-out",
    ),
    _config(
        "config-value",
        "below a text of several lines",
        f"[gates.a]\ncommand = '''\n[lock]\ntimeout = 5\n'''\nrequired = {MARK}5\n",
        "[gates.a]\ncommand = '''\n[lock]\ntimeout = 5\n'''\nrequired = true\n",
        "gates.a.required",
    ),
    _config(
        "invalid-id",
        "a track",
        f'[tracks.a]\n[{MARK}tracks."Phase 2"]\n',
        "[tracks.phase-2]\n",
        "tracks.Phase 2",
    ),
    _config(
        "config-unknown-key",
        "in an alert",
        f"[[alerts]]\n{ALERT}{MARK}colour = 1\n",
        f"[[alerts]]\n{ALERT}x_colour = 1\n",
        "alerts[0].colour",
    ),
    _config("config-syntax", "a number without end", f"{MARK}format = {'9' * 5000}\n", "format = 1\n", None),
    _config("config-unknown-key", "a table", f"[{MARK}locks]\n", "[x_locks]\n", "locks"),
]

CASES = [*UNREADABLE, *VALUES, *ATTEMPTS, *FORMS, *PLACES, *BETWEEN, *WAITS, *SETTINGS]


def write(project: Project, files: str | bytes | Files) -> tuple[str, int, int] | None:
    """Write the files of a row without the mark; gives the path, line and column that it stood at."""
    marked = None
    for path, text in (files if isinstance(files, Mapping) else {FIX: files}).items():
        if isinstance(text, str) and MARK in text:
            lines = text.partition(MARK)[0].split("\n")
            marked = path, len(lines), len(lines[-1].removeprefix("\ufeff")) + 1
        file = project.write(path, text.replace(MARK, "") if isinstance(text, str) else text)
        if not text:  # the row means that there is no such file
            file.unlink()
    return marked


def check(project: Project) -> list[Finding]:
    return validate(project.store).findings


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}: {case.name}")
def test_finding_has_its_place(project: Project, case: Case) -> None:
    marked = write(project, case.bad)
    found = check(project)
    assert [finding for finding in found if finding.code not in {case.code, *case.also}] == []
    path, line, column = marked or (case.path, *(case.place or (0, 0)))
    assert (case.code, case.severity, path, line, column, case.field) in [
        (f.code, f.severity, f.path, f.line, f.column, f.field) for f in found
    ]
    assert case.also or len(found) == 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}: {case.name}")
def test_sound_sibling_has_no_finding(project: Project, case: Case) -> None:
    write(project, case.good)
    assert check(project) == []


# Findings that need more than the text of a file


def test_no_frontmatter(project: Project) -> None:
    (found,) = validate_text("<stdin>", b"# Notes\n")
    assert found[:6] == ("no-frontmatter", "warning", found.message, "<stdin>", 1, 1)
    assert validate_text(FIX, fix().encode()) == []


@pytest.mark.parametrize("first", ["\n---", "--", "", "#"])
def test_a_slip_in_the_first_line_does_not_make_a_task_vanish(project: Project, first: str) -> None:
    project.write(FIX, fix().replace("---", first, 1))
    (found,) = check(project)
    assert found[:6] == ("no-frontmatter", "warning", found.message, FIX, 1, 1)
    listed = project.run("list", "--strict")
    assert (listed.code, "no-frontmatter" in listed.err) == (1, True)
    assert project.run("show", "fix").code == 1


def test_other_markdown_is_no_task_and_no_error(project: Project) -> None:
    project.write("tasks/README.md", "# How we work\n")
    assert check(project) == []
    assert validate_some(project.store, ["tasks/README.md"], project.root).findings == []


@pytest.mark.slow
def test_too_large(project: Project) -> None:
    whole = fix().encode() + b"\n"
    project.write(FIX, whole + b"x" * (64 * 1024 * 1024 - len(whole)))
    assert check(project) == []
    project.write(FIX, whole + b"x" * (64 * 1024 * 1024 - len(whole) + 1))
    (found,) = check(project)
    assert (found.code, found.severity, found.path, found.line, found.column) == (
        "too-large",
        "error",
        FIX,
        1,
        1,
    )


def test_unreadable_file(project: Project) -> None:
    place = project.root / FIX
    place.symlink_to("../Gone.md")
    (found,) = check(project)
    assert (found.code, found.severity, found.path, found.line, found.column) == (
        "unreadable-file", "error", FIX, 1, 1,
    )  # fmt: skip
    assert "no such file" in found.message
    project.write("tasks/Gone.md", "no task")
    place.unlink()
    project.write(FIX, fix())
    assert check(project) == []


def test_outside_link(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(fix())
    inside = project.write("docs/inside.md", fix())
    place = project.root / FIX
    place.symlink_to(outside)
    (found,) = check(project)
    assert (found.code, found.severity, found.path, found.line, found.column) == (
        "outside-link", "error", FIX, 1, 1,
    )  # fmt: skip
    place.unlink()
    place.symlink_to(os.path.relpath(inside, place.parent))
    assert check(project) == []


STRAY = {"other-ending", "hidden-directory"}  # tests/store/test_strays.py
SPECIAL = STRAY | {"long-id", "no-frontmatter", "too-large", "unreadable-file", "outside-link", "unmerged"}


def test_every_code_has_its_row() -> None:
    assert {case.code for case in CASES} | SPECIAL == set(FINDINGS)
    for case in CASES:
        assert FINDINGS[case.code].severity == case.severity


def test_a_long_id_is_said_where_it_is_made_and_never_of_one_that_is_there(project: Project) -> None:
    project.write(f"tasks/10-ready/task-{LONG}.md", fix().replace("id: fix", f"id: {LONG}"))
    assert check(project) == []
    assert "long-id" not in project.run("update", LONG, "--title", "Other", "--output", "json").err
    for command in (("new", "--title", "T", "--id", f"{LONG}-2"), ("rename", LONG, f"{LONG}-3")):
        said = project.run(*command, "--output", "json").err
        assert '"code": "long-id"' in said
        assert "has 27 characters" in said
    assert "long-id" not in project.run("rename", f"{LONG}-3", LONG[:24]).err
    assert check(project) == []


# Places in numbers, whole files, files of other systems


def test_places_in_numbers(project: Project) -> None:
    """The mark's own arithmetic, checked once against counted numbers; é and 中 are one column each."""
    text = "---\nid: fix\ntitle: Fix\nstate: ready\nx_é: 中\nlabels: [é, 中文, 5]\n---\n" + BODY
    for head, end in [("", "\n"), ("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n")]:
        project.write(FIX, head + text.replace("\n", end))
        (found,) = check(project)
        assert (found.code, found.line, found.column, found.field) == ("wrong-type", 6, 17, "labels[2]")


def test_all_problems_of_a_file_in_one_run(project: Project) -> None:
    front = ["id: fix", "title: 5", "state: todo", "size: huge", "labels: ui", "created_at: soon"]
    front += ["execution:", "  attempts:", "    - status: done"]
    project.write(FIX, "\n".join(["---", *front, "---", BODY]))
    places = [(f.line, f.column, f.code, f.field) for f in check(project)]
    assert places == [
        (3, 8, "wrong-type", "title"),
        (4, 8, "unknown-value", "state"),
        (5, 7, "unknown-value", "size"),
        (6, 9, "wrong-type", "labels"),
        (7, 13, "invalid-timestamp", "created_at"),
        (10, 7, "missing-key", "execution.attempts[0].started_at"),
        (10, 7, "missing-key", "execution.attempts[0].ended_at"),
        (10, 7, "missing-key", "execution.attempts[0].duration_seconds"),
        (10, 7, "missing-key", "execution.attempts[0].executor"),
        (10, 15, "unknown-value", "execution.attempts[0].status"),
    ]


def test_all_problems_of_all_files_in_one_run(project: Project) -> None:
    project.write(FIX, fix("size: huge\n"))
    project.write("tasks/10-ready/task-b.md", "---js\n---\n")
    project.write("tasks/10-ready/task-c.md", fix("sprint: 5\n").replace("id: fix", "id: c"))
    project.write(CONFIG, "format = 1\n[lock]\ntimeout = 5\n")
    assert [(f.path, f.line, f.column, f.code) for f in check(project)] == [
        ("tasks/10-ready/task-b.md", 1, 4, "fence-word"),
        ("tasks/10-ready/task-c.md", 5, 1, "unknown-key"),
        (FIX, 5, 7, "unknown-value"),
        (CONFIG, 3, 11, "config-value"),
    ]


def test_null_id_is_reported_at_its_key(project: Project) -> None:
    project.write(FIX, f"---\ntitle: Fix\nstate: ready\nid:\n---\n{BODY}")
    (found,) = check(project)
    assert (found.severity, found.line, found.field) == ("error", 4, "id")


def test_instant_within_braces_is_yaml(project: Project) -> None:
    """YAML 1.2 lets a colon stand in a plain scalar of a flow mapping."""
    reviewer = "{name: Ada, approved: true, reviewed_at: 2025-11-02T16:00:00Z}"
    project.write(FIX, tried(attempt(f"reviewer: {reviewer}")))
    assert check(project) == []


@pytest.mark.parametrize("key", sorted(WORDS))
def test_nearest_word_is_offered(project: Project, key: str) -> None:
    word = next(iter(WORDS[key]))
    text = fix(state=f"state: {word}x") if key == "state" else fix(f"{key}: {word}x\n")
    project.write(FIX, text)
    (found,) = check(project)
    assert (found.code, found.field) == ("unknown-value", key)
    assert f"Did you mean {word}?" in found.hint


def test_nearest_key_and_id_are_offered(project: Project) -> None:
    project.write(FIX, fix("depends_on: [mendd]\nprioritee: high\n"))
    write(project, other("mend"))
    dangling, unknown = check(project)
    assert "Did you mean mend?" in dangling.hint
    assert "Did you mean priority?" in unknown.hint


def test_optional_keys_may_be_empty(project: Project) -> None:
    """An absent key and one without a value are the same, but for execution."""
    optional = [key for key in KEY_ORDER if key not in {"id", "title", "state", "execution"}]
    project.write(FIX, fix("".join(f"{key}:\n" for key in optional)))
    assert check(project) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("extra", "plain", "strict"),
    [("", 0, 0), ("sprint: 5\n", 0, 0), ("depends_on: [gone]\n", 0, 1), ("size: huge\n", 1, 1)],
    ids=["sound", "hint", "warning", "error"],
)
def test_severity_decides_the_exit_code(project: Project, extra: str, plain: int, strict: int) -> None:
    project.write(FIX, fix(extra))
    assert project.run("validate").code == plain
    assert project.run("validate", "--strict").code == strict


@pytest.mark.parametrize("code", [code for code, spec in FINDINGS.items() if spec.unreadable])
def test_unreadable_is_no_task(project: Project, code: str) -> None:
    """What can't be read is named with its path and place; the other tasks are there all the same."""
    cases = [case for case in CASES if case.code == code and "in the body" not in case.name]
    if not cases:
        assert code in SPECIAL
    for case in cases:
        write(project, case.bad)
        project.task("mend")
        snapshot = project.store.snapshot()
        assert [task.id for task in snapshot.tasks] == ["mend"]
        assert [(f.code, f.path) for f in snapshot.unreadable] == [(code, FIX)]


@pytest.mark.parametrize(
    "case", [case for case in VALUES if not isinstance(case.bad, Mapping)], ids=lambda case: case.name
)
def test_wrong_values_leave_a_task(project: Project, case: Case) -> None:
    """A mapping with a valid id is a task, whatever else is wrong with it."""
    write(project, case.bad)
    (task,) = project.store.snapshot().tasks
    assert task.id == "fix"
    assert not task.valid
