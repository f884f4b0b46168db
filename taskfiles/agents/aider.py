"""aider: the lines of text that it prints for people; it has no format for machines.

Seen: 0.86 in November 2026; before that made from `aider/coders/base_coder.py` of Aider-AI/aider. So:

- Its tokens are no figures to keep: rounded from a thousand on, its own count where it streams (its default),
  and without the request for the commit message. So they are left out, and its cost, which it computes from
  them by a list of prices, is an estimate. The cost of the session runs on, so that the last one counts.
- It exits with 0 whatever happened. An error of litellm, or a token limit that was hit, is a failure unless
  an answer follows: it tries again by itself.
- A turn is an answer. How many requests there were is not printed, nor whether all is well.
- Of a request that hit a limit it prints a cost all the same. Which limit it was shows in the output: an
  answer that had begun was not refused for its input.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from taskfiles.agents.kinds import CONTEXT_OVERFLOW, OUTPUT_LIMIT, find_kind
from taskfiles.agents.reading import Facts, Reading
from taskfiles.basics.patterns import lazy
from taskfiles.task.words import CostSource

_LONGEST = 2000
_COLOURS = lazy(r"\x1b\[[0-9;?]*[A-Za-z]")
_VERSION = lazy(r"Aider v(\S+)")
_MODEL = lazy(r"(?:Main model|Models?): (\S+) with \S+ edit format.*")
_FIGURE = r"(\d{1,9}(?:\.\d{1,9})?[kM]?)"
_TOKENS = lazy(
    rf"Tokens: {_FIGURE} sent(?:, {_FIGURE} cache write)?(?:, {_FIGURE} cache hit)?, {_FIGURE} received\..*"
)
_COST = lazy(r".*Cost: \$\d[\d.]{0,20} message, \$(\d{1,9}(?:\.\d{1,20})?) session\.")
_ERROR = lazy(r"litellm\.(?P<word>\w{1,60}(?:Error|Exception|Timeout)|Timeout): .*")
_LIMIT = lazy(r"Model \S+ has hit a token limit!")
_BEGUN = lazy(r"Output tokens: ~[1-9]")
_ANSWERS = ("Applied edit to ", "Commit ")


def read(lines: Iterable[bytes]) -> Reading:
    """Read what aider printed."""
    facts = Facts(cost_source=CostSource.ESTIMATED)
    answers, wraps, cost = 0, False, None
    for line in lines:
        if len(line) > _LONGEST:
            continue
        text = _COLOURS.sub("", line.decode("utf-8", "replace")).strip()
        text = text.removeprefix("> ")  # as it stands in the history of a chat
        if wraps and text and not text.startswith(("The API provider", "Retrying")):
            facts.reason = f"{facts.reason} {text}"
        wraps = False
        if version := _VERSION.fullmatch(text):
            facts.version = version[1]
        elif model := _MODEL.fullmatch(text):
            facts.model = model[1]
        elif _TOKENS.fullmatch(text):
            answers += 1
            facts.failed = None
        elif error := _ERROR.fullmatch(text):
            _fail(facts, error["word"], text)
            wraps = True
        elif _LIMIT.fullmatch(text):
            facts.failed, facts.reason, facts.detail = True, text, None
            facts.error_type = CONTEXT_OVERFLOW.value
            answers -= 1
            cost = None
        elif (_BEGUN.match(text) or "possibly exceeded output limit" in text) and facts.failed:
            facts.error_type = OUTPUT_LIMIT.value
        elif text.startswith(_ANSWERS):
            facts.failed = None
        if found := _COST.fullmatch(text):
            cost = Decimal(found[1])
    facts.turns = answers if answers > 0 else None
    facts.cost_usd = cost
    return facts.reading()


def _fail(facts: Facts, word: str, text: str) -> None:
    facts.failed, facts.detail, facts.reason = True, word, text
    facts.error_type = find_kind(word.removesuffix("Exception"), text=text)
