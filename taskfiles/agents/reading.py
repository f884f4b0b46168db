"""What an adapter gives: a part of an attempt, in the task file's own shape, and how the agent says it ended.

Adapters collect `Facts`, as the agent printed them; `Facts.reading` is the one gate that lets through what
the format takes (docs/reference/format.md). The rest is left out: unknown stays unknown, and never becomes 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple

from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.basics.patterns import lazy
from taskfiles.basics.secret import scrub_text
from taskfiles.task.values import MAX_INTEGER
from taskfiles.task.words import CostSource, ErrorType

AGENT_ERROR = ErrorType.AGENT_ERROR.value  # of no kind that is known
MAX_NAME, MAX_WORD, MAX_DETAIL, MAX_REASON, MAX_NOTES = 200, 40, 80, 300, 4000
_SCRUBBED = 8000  # what follows is cut in any case
_REMEMBERED = 4096
_EXACT = Context(prec=90, rounding=ROUND_HALF_UP)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROS = Decimal(1_000_000)
_HUMPS = lazy(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHERS = lazy(r"[^a-z0-9]+")


class Reading(NamedTuple):
    """What an agent's output says.

    `attempt` holds keys of an attempt: executor, session_id, turns, usage, cost, context, notes and their
    like; only known ones. `failed` is what the agent says of itself, None where it doesn't; `is_open` that
    its last step was no end, which is a failure, too. `error_type` is a word of the format's vocabulary,
    `detail` the agent's own, `reason` one line without secrets; all three only where it failed.
    `duration_seconds` is the agent's own figure, or the time between the first and the last of what it
    printed; `ended_at` is the last of these times. `problems` are sentences about what could not be used;
    only a result file has any.
    """

    attempt: dict[str, Any]
    failed: bool | None = None
    error_type: str | None = None
    reason: str | None = None
    duration_seconds: int | None = None
    problems: tuple[str, ...] = ()
    detail: str | None = None
    is_open: bool = False
    ended_at: str | None = None

    @property
    def refused_tools(self) -> int:
        """How many calls of tools the agent was refused, as far as it says."""
        return int(self.attempt.get("refused_tools", 0))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found that an adapter knows."""
        return not self.attempt and self.failed is None and self.duration_seconds is None


@dataclass
class Facts:
    """What an adapter has found, as it was printed: any JSON value, of any size; None where it found nothing.

    `input_tokens` includes cached ones, `output_tokens` reasoning, `cost_usd` is in dollars, `utilization`
    from 0 to 1. `cost_source` says where the cost comes from. `totals` are those of the session, other runs
    of it included; `own_printed` that this run's own stood beside them. `first_at` and `last_at` are the
    first and the last time that was printed.
    """

    model: object = None
    provider: object = None
    version: object = None
    session_id: object = None
    turns: object = None
    model_requests: object = None
    refused_tools: object = None
    input_tokens: object = None
    output_tokens: object = None
    reasoning_tokens: object = None
    cache_read_tokens: object = None
    cache_write_tokens: object = None
    cache_write_1h_tokens: object = None
    cost_usd: object = None
    cost_source: CostSource = CostSource.REPORTED
    totals: Facts | None = None
    own_printed: bool = False
    cost_usd_micros: object = None
    compactions: object = None
    rotations: object = None
    utilization: object = None
    duration_ms: object = None
    notes: object = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    failed: bool | None = None
    is_open: bool = False
    error_type: str | None = None
    detail: object = None
    reason: object = None

    def see(self, time: object) -> None:
        """Note a time that was printed: an instant as text, or milliseconds since 1970."""
        found = find_time(time)
        if found is not None:
            self.first_at = min(found, self.first_at or found)
            self.last_at = max(found, self.last_at or found)

    def reading(self) -> Reading:
        """Let through what the format takes."""
        attempt = {
            "executor": {
                "model": find_name(self.model),
                "provider": find_name(self.provider),
                "version": find_name(self.version),
            },
            "session_id": find_name(self.session_id),
            "turns": find_count(self.turns),
            "model_requests": find_count(self.model_requests),
            "refused_tools": find_count(self.refused_tools) or None,
            "usage": self._usage(),
            "cost": self._cost(),
            "session_totals": self._totals(),
            "context": {
                "compactions": find_count(self.compactions),
                "rotations": find_count(self.rotations),
                "utilization_final": find_share(self.utilization),
            },
            "notes": find_text(self.notes, MAX_NOTES),
        }
        failed = self.failed is True
        return Reading(
            _known(attempt),
            self.failed,
            (self.error_type or AGENT_ERROR) if failed else None,
            find_text(self.reason, MAX_REASON) if failed else None,
            self._seconds(),
            detail=find_text(self.detail, MAX_DETAIL) if failed else None,
            is_open=self.is_open and failed,
            ended_at=None if self.last_at is None else format_instant(self.last_at),
        )

    def _seconds(self) -> int | None:
        """Return the printed duration, else the time that was seen to pass; a failed run prints 0."""
        milliseconds = find_number(self.duration_ms)
        if milliseconds is not None and (milliseconds or not self.failed):
            return _rounded(milliseconds / 1000)
        if self.first_at is None or self.last_at is None or self.first_at == self.last_at:
            return None
        return _rounded(Decimal((self.last_at - self.first_at) / timedelta(milliseconds=1)) / 1000)

    def _usage(self) -> dict[str, int | None]:
        whole, out = find_count(self.input_tokens), find_count(self.output_tokens)
        read, written = find_count(self.cache_read_tokens), find_count(self.cache_write_tokens)
        reasoning, hour = find_count(self.reasoning_tokens), find_count(self.cache_write_1h_tokens)
        if whole is None or (read or 0) + (written or 0) > whole:  # a part of what is not known, or of less
            read = written = None
        return {
            "input_tokens": whole,
            "output_tokens": out,
            "reasoning_tokens": None if out is None or (reasoning or 0) > out else reasoning,
            "cache_read_tokens": read,
            "cache_write_tokens": written,
            "cache_write_1h_tokens": None if written is None or (hour or 0) > written else hour or None,
        }

    def _cost(self) -> dict[str, Any]:
        cost = find_count(self.cost_usd_micros)
        cost = find_micros(self.cost_usd) if cost is None else cost
        return {} if cost is None else {"actual_usd_micros": cost, "source": self.cost_source.value}

    def _totals(self) -> dict[str, Any]:
        if self.totals is None or find_name(self.session_id) is None:
            return {}
        totals = _known({"usage": self.totals._usage(), "cost": self.totals._cost()})
        return totals | {"own_printed": True} if totals and self.own_printed else totals


class Tally:
    """Figures of many messages added up, each message once, however often it is printed.

    The highest figure of a message counts. The last 4096 messages are remembered.

    >>> tally = Tally()
    >>> for name, tokens in (("a", 3), ("b", 1), ("a", 5)):
    ...     tally.add({"tokens": tokens}, name)
    >>> tally.sums
    {'tokens': 6}
    """

    def __init__(self) -> None:
        self.sums: dict[str, int | Decimal] = {}
        self._seen: dict[str, dict[str, int | Decimal]] = {}

    def add(self, figures: Mapping[str, object], name: object = None) -> None:
        """Add a message's figures; without a name it is a message of its own."""
        known = self._seen.pop(name[:MAX_NAME], {}) if isinstance(name, str) else {}
        for key, value in figures.items():
            number = find_number(value)
            if number is None:
                continue
            more = max(number - known.get(key, 0), 0)
            self.sums[key] = self.sums.get(key, 0) + more
            known[key] = known.get(key, 0) + more
        if isinstance(name, str):
            self._seen[name[:MAX_NAME]] = known
            if len(self._seen) > _REMEMBERED:
                del self._seen[next(iter(self._seen))]


def find_number(value: object) -> int | Decimal | None:
    """Take a finite number from 0 to 2^63-1.

    >>> find_number(True), find_number(-1), find_number(Decimal("0.5"))
    (None, None, Decimal('0.5'))
    """
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    return value if 0 <= value <= MAX_INTEGER else None


def find_count(value: object) -> int | None:
    """Take a whole number from 0 to 2^63-1."""
    number = find_number(value)
    return int(number) if number is not None and number == int(number) else None


def find_micros(dollars: object) -> int | None:
    """Turn dollars into millionths, exactly, halves upwards.

    >>> find_micros(Decimal("0.10457895")), find_micros(Decimal("0.0000005"))
    (104579, 1)
    """
    number = find_number(dollars)
    if number is None:
        return None
    micros = _rounded(_EXACT.multiply(Decimal(number), _MICROS))
    return micros if micros <= MAX_INTEGER else None


def _rounded(number: int | float | Decimal) -> int:
    return int(_EXACT.to_integral_value(Decimal(number)))


def find_share(value: object) -> float | None:
    """Take a number from 0 to 1, to four digits."""
    number = find_number(value)
    return None if number is None or number > 1 else round(float(number), 4)


def find_name(value: object) -> str | None:
    """Take a short text of printable characters, as names of models and sessions are."""
    text = value.strip() if isinstance(value, str) else ""
    return text if text and len(text) <= MAX_NAME and text.isprintable() else None


def find_word(value: object) -> str | None:
    """Make one word of the name of an error, as all types of errors are written.

    >>> find_word("FatalTurnLimitedError"), find_word("rate_limit"), find_word("APIError")
    ('fatal_turn_limited_error', 'rate_limit', 'api_error')
    """
    text = value[:MAX_NAME] if isinstance(value, str) else ""
    word = _OTHERS.sub("_", _HUMPS.sub("_", text).lower())
    return word[:MAX_WORD].strip("_") or None


def find_text(value: object, most: int) -> str | None:
    """Make one line of a text, without secrets and control characters, of so many characters at most.

    >>> find_text("Bad key\\n  api_key=swordfish", 60)
    'Bad key api_key=[redacted]'
    """
    if not isinstance(value, str):
        return None
    clean = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", value[:_SCRUBBED])
    if len(value) > _SCRUBBED:  # half a secret is not recognised as one
        clean = re.sub(r"\S{1,500}\Z", "", clean)
    line = "".join(char if char.isprintable() else " " for char in scrub_text(clean))
    line = " ".join(line.split())
    return (line if len(line) <= most else line[: most - 1].rstrip() + "…") or None


def find_time(value: object) -> datetime | None:
    """Take an instant: as text, or milliseconds since 1970.

    >>> find_time("2026-11-29T18:20:06.054Z") == find_time(1795976406054)
    True
    """
    try:
        if isinstance(value, str):
            return parse_instant(value)
        milliseconds = find_number(value)
        return None if milliseconds is None else _EPOCH + timedelta(milliseconds=float(milliseconds))
    except (ValueError, OverflowError):
        return None


def find_dict(value: object) -> dict[str, Any]:
    """Take a mapping; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def add_counts(*values: object) -> int | None:
    """Add up parts of which the first must be known and the others may be missing.

    >>> add_counts(3, 4, None), add_counts(None, 4)
    (7, None)
    """
    first, *others = (find_count(value) for value in values)
    return None if first is None else first + sum(other for other in others if other is not None)


def _known(values: dict[str, Any]) -> dict[str, Any]:
    found = {key: _known(value) if isinstance(value, dict) else value for key, value in values.items()}
    return {key: value for key, value in found.items() if value is not None and value != {}}
