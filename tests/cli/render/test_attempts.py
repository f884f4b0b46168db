"""Attempts on a terminal: no line is wider, what stays can be told apart, what has no room is named."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles_cli.render.attempts import render_attempts
from taskfiles_cli.render.cells import text_width
from taskfiles_cli.render.lines import compose

BASE: dict[str, Any] = {
    "task_id": "fix",
    "ended_at": "2025-11-02T15:00:00.000000Z",
    "ending": "succeeded",
    "error_type": None,
    "duration_seconds": 3725,
    "tool": "claude-code",
    "model": "claude-sonnet-4-20250514",
    "input_tokens": 123_456,
    "output_tokens": 7_890,
    "cost_usd_micros": 1_234_567,
    "approved": True,
    "reviewer": "Ada Lovelace",
}
LONG = "windows-paths-with-drive-letters-are-normalised"
ROWS = [
    BASE,
    BASE | {"task_id": f"{LONG}-a", "model": "claude-opus-4-1-20250805", "ending": "failed"},
    BASE | {"task_id": f"{LONG}-b", "error_type": "gate_failed", "ending": "failed", "approved": None},
    BASE | {"model": None, "ending": "timed_out", "error_type": "timeout", "approved": False},
]


def shown(rows: list[dict[str, Any]], width: int | None, *, colours: bool = False) -> list[str]:
    lines = render_attempts(rows, rows, len(rows), UTC, width=width, icons="icon" if width else None)
    return [compose(line, colours=colours) for line in lines]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160, 200])
def test_no_line_is_wider_and_tasks_can_be_told_apart(width: int) -> None:
    lines = shown(ROWS, width)
    assert max(map(text_width, lines)) <= width
    assert lines[0].split()[:3] == ["ENDED", "TASK", "RESULT"]
    assert len({line.split()[2] for line in lines[1:4]}) == 3
    whole = lines[0].split()
    missing = next((line for line in lines if line.startswith("No room for ")), "")
    for name in ("TIME", "COST", "MODEL", "TOOL", "TOKENS", "REVIEW"):
        assert (name in whole) != (name in missing)


def test_words_stand_beside_colours() -> None:
    text = "\n".join(shown(ROWS, 200, colours=True))
    assert "\x1b[32m● succeeded\x1b[0m" in text
    assert "\x1b[1;31m■ failed: gate_failed\x1b[0m" in text
    assert "\x1b[1;31mrejected by Ada Lovelace\x1b[0m" in text
    assert "\x1b" not in "\n".join(shown(ROWS, None))


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "task_id": st.text("ab-", min_size=1, max_size=60),
                "model": st.none() | st.text("xyz 日", min_size=1, max_size=50),
                "tool": st.none() | st.just("t" * 30),
                "error_type": st.none() | st.text("pq", min_size=1, max_size=40),
                "ending": st.sampled_from(["succeeded", "partial", "failed"]),
                "reviewer": st.none() | st.text("r ", min_size=1, max_size=40),
            }
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(60, 200),
)
def test_every_table_fits(rows: list[dict[str, Any]], width: int) -> None:
    lines = shown([BASE | row for row in rows], width)
    assert max(map(text_width, lines)) <= width
