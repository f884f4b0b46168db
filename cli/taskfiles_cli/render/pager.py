"""Long answers on a terminal go through the user's pager, as git's do."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from taskfiles.basics.patterns import lazy
from taskfiles_cli.render.cells import text_width

_CODE = lazy(r"\x1b\[[0-9;]*m")
_SHELL = frozenset("|&;<>()$`\\\"'*?[#~=%{ \t")  # with one of these a shell reads the command, as in git
_NOT_RUN = {126, 127}  # a shell's exit code for a program that it can't run
_DEFAULTS = {"LESS": "FRX", "LV": "-c"}  # for a pager whose user has set nothing; git's too


def find_pager(env: Mapping[str, str]) -> list[str] | None:
    """Return the command of the pager: TASKS_PAGER, PAGER, else `less`; None where there is to be none.

    >>> find_pager({"TERM": "xterm", "PAGER": "cat"}), find_pager({"TERM": "dumb"})
    (None, None)
    """
    if env.get("TERM", "dumb") == "dumb":
        return None
    given = next((env[name] for name in ("TASKS_PAGER", "PAGER") if name in env), "less").strip()
    if given in {"", "cat"}:
        return None
    if not _SHELL.isdisjoint(given):
        try:
            first = shlex.split(given)[0]
        except (ValueError, IndexError):
            first = ""
        is_plain = _SHELL.isdisjoint(first) and first and shutil.which(first) is None
        return None if is_plain else ["sh", "-c", given]
    return [given] if shutil.which(given) else None


def is_long(text: str, columns: int, rows: int) -> bool:
    """Return whether a text with colours takes more rows than a terminal has, the prompt's row among them."""
    if text.count("\n") >= rows:
        return True
    lines = _CODE.sub("", text).splitlines()
    return sum(max(1, -(-text_width(line) // columns)) for line in lines) >= rows


def page(text: str, command: list[str], env: Mapping[str, str]) -> bool:
    """Show a text in a pager and wait for its end; False where it could not be run and has shown nothing.

    A pager that ends before it has read everything is no error: the user has seen enough.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        with _ignore_interrupts():
            process = subprocess.Popen(  # noqa: S603 (the command that its user has chosen)
                command, stdin=subprocess.PIPE, env={**_DEFAULTS, **env}
            )
            try:
                process.communicate(data)  # which passes over a broken pipe
            except BaseException:  # SIGTERM: the pager restores the terminal
                process.terminate()
                process.wait()
                raise
    except OSError:
        return False
    return process.returncode not in _NOT_RUN


@contextmanager
def _ignore_interrupts() -> Iterator[None]:
    """Leave Ctrl-C to the pager, which shares the terminal; it ends a search there, and not the pager."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
