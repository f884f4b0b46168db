"""Rules by which secrets are recognised from what stands around them: names, headers, URLs; pure.

Every rule takes time in proportion to the text: nothing repeats without a bound and then requires more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from taskfiles.basics.patterns import lazy

MARK = "[redacted]"
# Keys of mappings whose texts are secret whatever they look like.
SECRET_KEYS = lazy(
    r"(?i)pass(?:word|wd|phrase)|secret|api_?key|private_?key|credential|authorization|cookie"
    r"|(?:^|_)(?:access|auth|bearer|id|refresh|session)_?token$|^token$|^claims?$"
)


class Rule(NamedTuple):
    """A kind of secret: its description for people, its pattern, and the replacement."""

    about: str
    pattern: re.Pattern[str]
    instead: str | Callable[[re.Match[str]], str] = MARK

    def scrub(self, text: str) -> str:
        """Replace what the pattern matches."""
        return self.pattern.sub(self.instead, text)


def _rule(about: str, pattern: str, instead: str | Callable[[re.Match[str]], str] = MARK) -> Rule:
    return Rule(about, lazy(pattern), instead)


_VALUE = r"""(?:"[^"\n]*"?|'[^'\n]*'?|[^\s"',;&])+"""
_KEYS = (
    "access|account|admin|api|app|application|auth|client|consumer|crypto|decryption|deploy|deployment|encrypt"
    "|encryption|function|hmac|integration|license|licence|master|private|publish|secret|service|shared|sign"
    "|signing|ssh|storage|subscription|webhook"
)
_NAMES = (
    r"pass(?:word|wd|phrase|code)|passwort|contrase(?:n|ñ)a|pwd|secret|token|credential|signature|sig|auth"
    rf"|session[_-]?id|cookie|(?:{_KEYS})[_-]?key"
)
# Shorter names, which mean a secret only behind a separator: DB_PASS, smtp-pw, WIFI_PSK.
_SHORT = r"(?<=[A-Za-z0-9])[_-](?:pass|pw|psk|creds?|otp|totp|salt|pepper|jwt|pat|dsn|pin)"
# One secret among several of its kind: DB_PASSWORD_PROD, API_KEY_2, SECRET_KEY_BASE.
_SUFFIX = (
    r"(?:[_-](?:base|prod|production|dev|development|test|staging|live|backup|old|new|primary|secondary|main"
    r"|default|value|plain|raw|hash|digest|[0-9]{1,3}))?"
)
_HUMP = r"(?<=[a-z0-9])(?-i:Pass|Pw|Psk|Creds?|Otp)"
_BARE = r"(?<![\w.-])(?:pass|pw|pgpass)(?==)"
# A count of tokens, a test that passes and the directory of a shell are no secrets.
_COUNT = lazy(
    r"""["']?(?:\d[\d_.]*[kKM]?|\[?null|none|true|false|yes|no|ok|done|passed|failed)["']?""", re.IGNORECASE
)
_COUNTED = lazy(r"(?i)(?:tokens|pass|salt|pat|pin|auth|cookies?|sig)[\"']?\s*(?:=>|:=|[:=])\s*")
_DIRECTORY = lazy(r"(?:^|(?<=[^A-Za-z0-9_]))(?:OLD)?PWD=[\"']?[/~.]")


def _named(found: re.Match[str]) -> str:
    """Return the name with a mark for its value; unchanged where the value is a count or a directory."""
    whole, name = found[0], found[1]
    if _COUNTED.fullmatch(name.lstrip("_-")) and _COUNT.fullmatch(whole[len(name) :].rstrip(".)")):
        return whole
    before = found.string[max(0, found.start() - 4) : found.start()]
    if name == "PWD=" and _DIRECTORY.search(before + whole[: len(name) + 2]):
        return whole
    return name + MARK


_SCHEME = r"(?i)(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}://)"
_PASSWORD_OF_URL = lazy(rf"{_SCHEME}[^\s/?#@:]*:(?!\d{{1,5}}(?:/|\Z))")


def scrub_urls(text: str) -> str:
    """Remove the user and password of URLs whose password holds a slash: those end at the next @.

    >>> scrub_urls("postgres://ada:a/b@db:5432/x, http://localhost:8080/@ada")
    'postgres://db:5432/x, http://localhost:8080/@ada'
    """
    parts = text.split("@")
    for index, part in enumerate(parts[:-1]):
        word = part[max(part.rfind(space) for space in " \t\n\r\f\v") + 1 :]
        if "://" in word and (found := _PASSWORD_OF_URL.search(word)):
            parts[index] = part[: len(part) - len(word)] + word[: found.end(1)]
        else:
            parts[index] = part + "@"
    return "".join(parts)


_HAS_PAYLOAD = lazy(r"eyJ[\w-]{6,}\.[\w-]")
# Larger things first: what a later rule finds inside of them is gone already.
LARGE = (
    _rule(
        "private keys",
        r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----"
        r".*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----|\Z)",
    ),
    _rule("user and password of a URL", rf"{_SCHEME}[^\s/?#]*@", r"\1"),
)
NAMED = (
    _rule(
        "authorization headers and cookies",
        r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(\"?\s*[:=]\s*)[^\r\n]+",
        r"\1\2" + MARK,
    ),
    _rule("bearer and basic credentials", r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", r"\1 " + MARK),
    _rule(
        "JSON Web Tokens",
        r"eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){0,4}",
        lambda found: MARK if _HAS_PAYLOAD.match(found[0]) else found[0],
    ),
    _rule(
        "webhooks",
        r"(hooks\.slack(?:-gov)?\.com/|discord(?:app)?\.com/api/web|\.webhook\.office\.com/"
        r"|hooks\.zapier\.com/hooks/|\.tines\.com/webhook/)[\w./@-]+",
        r"\1" + MARK,
    ),
    _rule("keys in a query", r"([?&](?:key|code|api|apikey)=)[\w%./+~-]{16,}=*", r"\1" + MARK),
    _rule("hashes of passwords", r"\$(?:2[abxy]?|5|6|y|7|argon2(?:id|i|d)|scrypt)\$[./A-Za-z0-9$,=+-]{20,}"),
    _rule(
        "what is called a password, secret, token or key",
        rf"(?i)((?:{_NAMES}|{_SHORT}|{_HUMP}|{_BARE})s?{_SUFFIX}[\"']?\s*(?:=>|:=|[:=])\s*){_VALUE}",
        _named,
    ),
    _rule(
        "a value beside its name",
        rf"(?i)((?:{_NAMES}|{_SHORT})[\"']?[,\s]\s*[\"']?value[\"']?\s*[:=]\s*){_VALUE}",
        r"\1" + MARK,
    ),
    _rule("an element called so", rf"(?i)(<[\w.:-]{{0,40}}?(?:{_NAMES}|{_SHORT})>)[^<\s][^<]*", r"\1" + MARK),
    _rule(
        "passwords among a program's options",
        rf"(?i)((?<![\w-])-(?:-[\w-]*)?(?:{_NAMES}|pass|pw|creds)\s+){_VALUE}",
        r"\1" + MARK,
    ),
    _rule(
        "variables whose name ends in _KEY",
        rf"""((?<![\w-])(?:[A-Z0-9]{{1,30}}_){{1,8}}KEY["']?\s*[:=]\s*)(?=["']?[^\s"',;&]{{6}}){_VALUE}""",
        r"\1" + MARK,
    ),
    _rule(
        "variables that are set without =",
        rf"(?i)(\b(?-i:ENV|ARG|setx|setenv|set\s+-[gxU]{{1,3}})\s+\w{{0,60}}?(?:{_NAMES}|{_SHORT}){_SUFFIX}\s+)"
        rf"(?!=){_VALUE}",
        r"\1" + MARK,
    ),
    _rule(
        "a password in a sentence",
        r"(?i)(\b(?:pass(?:word|phrase|code)|secret|token|api[ _-]?key)\s+(?:is|was)(?:\s*:)?\s+)"
        r"""(?:"[^"\n]{4,200}"|'[^'\n]{4,200}'|`[^`\n]{4,200}`|(?=[^\s\d!#$%&*+=?@^~]{0,40}[\d!#$%&*+=?@^~])"""
        r"""[^\s"'`]{6,200})""",
        r"\1" + MARK,
    ),
    _rule(
        "a password that is announced",
        rf"(?i)(\b(?:password|passphrase)\s+(?:is|was)\s*:\s*){_VALUE}",
        r"\1" + MARK,
    ),
    _rule(
        "passwords of Oracle's drivers",
        r"(?i)(jdbc:oracle:\w{1,10}:[^\s/@]{1,100}/)[^\s@]{1,200}(?=@)",
        r"\1" + MARK,
    ),
    _rule(
        "passwords of SQL",
        r"""(?i)(\b(?:identified\s+by|password)\s+)(?:'[^'\n]+'?|"[^"\n]+"?)""",
        r"\1" + MARK,
    ),
    _rule("passwords of .netrc", r"(?i)(\blogin\s+\S{1,100}\s+password\s+)\S+", r"\1" + MARK),
)
