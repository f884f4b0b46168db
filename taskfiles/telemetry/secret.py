"""Secrets in text: how they are recognised, and what stands in their place; pure.

The rules err towards taking out too much of a text and leave alone what people and programs refer to:
task ids, UUIDs, commit hashes, model names. What no rule knows stays: a short password in a sentence, say.
"""

from __future__ import annotations

import re
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

MARK = "[redacted]"


class Rule(NamedTuple):
    """A kind of secret: what it is, for people, its pattern, and what is written instead."""

    about: str
    pattern: re.Pattern[str]
    instead: str = MARK


def _rule(about: str, pattern: str, instead: str = MARK) -> Rule:
    return Rule(about, re.compile(pattern), instead)


_VALUE = r"""(?:"[^"\n]*"?|'[^'\n]*'?|[^\s"',;&])+"""
_NAMES = (
    r"pass(?:word|wd|phrase|code)|pwd|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key"
    r"|account[_-]?key|secret[_-]?key|signature|sig|auth|session[_-]?id|cookie"
)

# Larger things first: what a later rule finds inside of them is gone already.
RULES = (
    _rule(
        "private keys",
        r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----"
        r".*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----|\Z)",
    ),
    _rule("user and password of a URL", r"(?i)(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}://)[^\s/?#]*@", r"\1"),
    _rule(
        "a password of a URL that holds a slash",
        r"(?i)(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}://)[^\s/?#@:]*:(?!\d{1,5}(?:/|$))[^\s@]*@",
        r"\1",
    ),
    _rule(
        "authorization headers and cookies",
        r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(\"?\s*[:=]\s*)[^\r\n]+",
        r"\1\2" + MARK,
    ),
    _rule("bearer and basic credentials", r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", r"\1 " + MARK),
    _rule("JSON Web Tokens", r"eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){0,3}"),
    _rule("AWS access keys", r"(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}"),
    _rule("GitHub tokens", r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"),
    _rule("GitLab tokens", r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas|ffct)-[A-Za-z0-9_.-]{16,}"),
    _rule("Slack tokens", r"xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|xwfp-[A-Za-z0-9-]{10,}"),
    _rule(
        "Slack and Discord hooks", r"(hooks\.slack\.com/|discord(?:app)?\.com/api/web)[\w./-]+", r"\1" + MARK
    ),
    _rule(
        "Anthropic and OpenAI keys",
        r"(?<![A-Za-z0-9])sk-(?:(?:ant|proj|svcacct|admin|or)-[\w-]{16,}|[A-Za-z0-9]{20,})",
    ),
    _rule(
        "Google keys and tokens", r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{16,}|GOCSPX-[A-Za-z0-9_-]{20,}"
    ),
    _rule("Stripe keys", r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    _rule(
        "Hugging Face, npm and PyPI tokens",
        r"hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{50,}",
    ),
    _rule("SendGrid and DigitalOcean keys", r"SG\.[\w-]{16,}\.[\w-]{16,}|do[opr]_v1_[a-f0-9]{40,}"),
    _rule(
        "what is called a password, secret, token or key",
        rf"(?i)((?:{_NAMES})s?[\"']?\s*(?:=>|:=|[:=])\s*){_VALUE}",
        r"\1" + MARK,
    ),
    _rule(
        "passwords among a program's options",
        rf"(?i)(--[\w-]*(?:{_NAMES})\s+){_VALUE}",
        r"\1" + MARK,
    ),
)
_LONG_WORD = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_KINDS = str.maketrans(ascii_lowercase + ascii_uppercase + digits, "a" * 26 + "A" * 26 + "0" * 10)
_FEWEST, _SHARE = 2, 0.3


def scrub_text(text: str) -> str:
    """Take what looks like a secret out of a text; doing it again changes nothing.

    >>> scrub_text("cloned https://ada:hunter2@example.com/repo.git with password=swordfish")
    'cloned https://example.com/repo.git with password=[redacted]'
    >>> scrub_text("task fix-navbar at 5e884898da28047151d0e56f8dc6292773603d0d")
    'task fix-navbar at 5e884898da28047151d0e56f8dc6292773603d0d'
    """
    for rule in RULES:
        text = rule.pattern.sub(rule.instead, text)
    return _LONG_WORD.sub(lambda found: MARK if looks_random(found[0]) else found[0], text)


def looks_random(word: str) -> bool:
    """Tell whether a long word has small and capital letters and digits in no order, as keys do.

    Words that people make keep each kind together: about one neighbour in five is of another kind, against
    three in five of a random key. Hexadecimal digits of one case, and so hashes and UUIDs, are none.

    >>> looks_random("Qwen3-Coder-480B-A35B-Instruct"), looks_random("wJalrXUtnFEMIK7MDENGbPxRfiCYz")
    (False, True)
    """
    kinds = word.translate(_KINDS)
    if min(kinds.count("a"), kinds.count("A")) < _FEWEST or "0" not in kinds:
        return False
    changes = sum(one != other and {one, other} <= set("aA0") for one, other in pairwise(kinds))
    return changes >= _SHARE * len(kinds)
