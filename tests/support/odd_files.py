"""Task files as chance makes them: seeds that are cut, mixed and repeated; for fuzz tests."""

from __future__ import annotations

import random

from support.project import BODY, INSIGHTS, TICKED
from support.strategies import INSERTS, PLAIN

ODD = """\
id: odd
title: &t "Odd \\u00e9 \\ud83d\\ude00"
state: ready
kind: 'task'
"quoted": *t
labels: [a, "b, c", 'd', 2025-11-02T15:06:00Z, {e: f}]
x_text: |+
  one
    two

x_folded: >-
  three
  four
x_map: {a: [1, 2.5, .nan], <<: {b: c}}
? x_key
: !!str 5
x_plain: a b
  c # d
links:
  - {type: github_issue, number: 7}
execution:
  attempts:
    - started_at: 2025-11-02T15:03:00Z
      ended_at: 2025-11-02T15:05:00+01:00
      duration_seconds: 99999999999999999999
      status: failed
      executor: {tool: t, planner: {tool: p}}
      quality_gates: {run: [a], failed: [b], durations_ms: {a: -1}}
"""
SEEDS = [
    f"---\n{PLAIN}---\n{TICKED}{INSIGHTS}",
    f"---\n{ODD}---\n{BODY}",
    f"\ufeff---\n{ODD}---".replace("\n", "\r\n"),
    f"---\nid: a\ntitle: A\nstate: ready\n---\n{BODY}\n```\n<<<<<<< a\n```\n<!-- b -->\n[a](b.md)\n==\n",
]
PIECES = [
    *INSERTS,
    *("? ", "? [", "- ", "-\t", "[", "{", "{a: ", "a: ", "*t, ", "&a ", "!!int ", "<<: *t\n", "# c\n", " #c"),
    *("'", '"', '"\\ud800"', '"\\U00110000"', "9" * 30, "9" * 400, ".inf", "1e999", "0x" + "f" * 40, "\\"),
    *("%YAML 1.1\n", "---\n", "...\n", "<<<<<<< a\n", ">>>>>>> b\n", "=======\n", "```\n", "~~~\n", "<!--"),
    *("-->", "# ", "## Overview\n", "- [ ] a\n", "* ", "_ ", "> ", "[a](", "]: <", "[Task:a", "\r", "\r\n"),
    *("\t", "\x00", "\x1b", "\x85", "\u2028"),
]


def make_file(chance: random.Random) -> bytes:
    """Make one file: a seed with a few changes, some of them repeated many times."""
    text = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(5):
            case 0:
                text = text[:at] + chance.choice(PIECES) + text[at + chance.choice([0, 1, 7, 30]) :]
            case 1:
                text = text[:at] + chance.choice(PIECES) * chance.choice([2, 31, 120]) + text[at:]
            case 2:
                other = chance.choice(SEEDS)
                start = chance.randrange(len(other))
                text = text[:at] + other[start : start + chance.randint(1, 80)] + text[at:]
            case 3:
                text = text[:at] + text[at + chance.randint(1, 40) :]
            case _:
                lines = text.split("\n")
                line = chance.randrange(len(lines))
                lines[line:line] = lines[line : line + chance.randint(1, 3)] * chance.choice([1, 1, 40])
                text = "\n".join(lines)
    data = text.encode()
    if chance.random() < 0.1:
        at = chance.randrange(len(data) + 1)
        data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    return data
