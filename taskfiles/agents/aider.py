"""aider: the lines of text that it prints for people; it has no format for machines.

Made from `aider/coders/base_coder.py` of Aider-AI/aider (what it announces, and its report of tokens and
cost), as it was in 2025; the release can't be told from that file. What follows from it:

- Figures from a thousand on are rounded (`2.3k`, `12k`), and costs to cents from a cent on.
- A line is about one message; the cost of the session runs on, so that the last one counts.
- `sent` includes what was written to a cache. What was read from one is in it with some services and not
  with others: where the cached tokens exceed what was sent, hits can't be part of it and are added.
- It doesn't say whether it failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from taskfiles.agents.reading import Facts, Reading, Tally
from taskfiles.basics.patterns import lazy

_LONGEST = 2000
_COLOURS = lazy(r"\x1b\[[0-9;?]*[A-Za-z]")
_VERSION = lazy(r"Aider v(\S+)")
_MODEL = lazy(r"(?:Main model|Models?): (\S+) with \S+ edit format.*")
_FIGURE = r"(\d{1,9}(?:\.\d{1,9})?[kM]?)"
_TOKENS = lazy(
    rf"Tokens: {_FIGURE} sent(?:, {_FIGURE} cache write)?(?:, {_FIGURE} cache hit)?, {_FIGURE} received\..*"
)
_COST = lazy(r".*Cost: \$\d[\d.]{0,20} message, \$(\d{1,9}(?:\.\d{1,20})?) session\.")


def read(lines: Iterable[bytes]) -> Reading:
    """Read what aider printed."""
    facts, tally = Facts(), Tally()
    for line in lines:
        if len(line) > _LONGEST:
            continue
        text = _COLOURS.sub("", line.decode("utf-8", "replace")).strip()
        text = text.removeprefix("> ")  # as it stands in the history of a chat
        if version := _VERSION.fullmatch(text):
            facts.version = version[1]
        elif model := _MODEL.fullmatch(text):
            facts.model = model[1]
        elif tokens := _TOKENS.fullmatch(text):
            tally.add(_figures(*tokens.groups()))
        if cost := _COST.fullmatch(text):
            facts.cost_usd = Decimal(cost[1])
    facts.turns = tally.sums.get("lines")
    facts.input_tokens, facts.output_tokens = tally.sums.get("input"), tally.sums.get("output")
    facts.cache_read_tokens, facts.cache_write_tokens = tally.sums.get("read"), tally.sums.get("written")
    return facts.reading()


def _figures(sent: str, written: str | None, hit: str | None, received: str) -> dict[str, object]:
    whole, cached = _count(sent), (_count(written or "0") + _count(hit or "0"))
    return {
        "lines": 1,
        "input": whole if cached <= whole else whole + _count(hit or "0"),
        "output": _count(received),
        "read": None if hit is None else _count(hit),
        "written": None if written is None else _count(written),
    }


def _count(figure: str) -> Decimal:
    """Read a figure as it is printed.

    >>> _count("212"), _count("2.3k")
    (Decimal('212'), Decimal('2300.0'))
    """
    unit = {"k": 1_000, "M": 1_000_000}.get(figure[-1], 1)
    return Decimal(figure.rstrip("kM")) * unit
