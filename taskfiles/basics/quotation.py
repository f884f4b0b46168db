"""Words of other programs in our sentences: one line in quotation marks, short, visible, without secrets."""

from __future__ import annotations

_LONGEST = 200  # characters that are quoted
_READ = 20_000  # characters that are looked at


def quote(text: str) -> str:
    r"""Quote the line that says what went wrong: the first one, or of a traceback the last.

    Secrets are replaced, what can't be seen is escaped, and what is too long is cut.

    >>> quote("fatal: no\x1b[31m way\nhint: ask ada"), quote("Traceback (most recent call last):\n  x\nE: no")
    ('“fatal: no\\x1b[31m way”', '“E: no”')
    >>> quote("cloning https://ada:hunter2@example.com/x"), quote(" \n")
    ('“cloning https://example.com/x”', '“”')
    """
    from taskfiles.basics.secret import scrub_text  # noqa: PLC0415 (only what fails is quoted)

    # A secret that a limit cut in two would not be known for one: it is replaced before.
    lines = [line for each in text[:_READ].splitlines() if (line := " ".join(each.split()))]
    traced = any(line.lower().startswith("traceback") for line in lines)
    line = scrub_text(lines[-1 if traced else 0]).rstrip(".") if lines else ""
    shown = line if line.isprintable() else "".join(map(_visible, line))
    return f"“{shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + '…'}”"


def add_quotation(clause: str, program: str, text: str) -> str:
    """Add to our clause what another program says of it, if it says anything.

    >>> add_quotation("it can't be opened", "SQLite", "unable to open"), add_quotation("it ended", "git", "")
    ("it can't be opened (SQLite says “unable to open”)", 'it ended')
    """
    quoted = quote(text)
    return clause if quoted == "“”" else f"{clause} ({program} says {quoted})"


def _visible(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
