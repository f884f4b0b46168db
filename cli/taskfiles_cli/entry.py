"""The console script's first step: so small that Ctrl-C is caught while all else is being imported."""

from __future__ import annotations

import gc
import sys

_INTERRUPTED = "error[interrupted] Interrupted.\n"
_INTERRUPTED_JSON = (
    '{"error": {"code": "interrupted", "message": "Interrupted.", "hint": "Run the command again.", '
    '"path": null, "line": null, "column": null, "details": {}}}\n'
)


def run() -> None:
    """Run `tasks` with the process's arguments and exit with its code."""
    # One command makes many objects, keeps nearly all of them and ends: looking for cycles among them
    # takes two fifths of the time of a long list and frees nothing.
    gc.disable()
    try:
        if sys.argv[1:] == ["--version"] and _say_version():
            sys.exit(0)
        code = _list(sys.argv[1:])
        if code is None:
            code = _command(sys.argv[1:])
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write(_INTERRUPTED_JSON if "json" in " ".join(sys.argv) else _INTERRUPTED)
        signals = sys.modules.get("taskfiles_cli.command.signals")
        code = signals.exit_code() if signals is not None else 130
    sys.exit(code)


def _command(argv: list[str]) -> int:
    """Run any command; SIGTERM and SIGHUP end it as Ctrl-C does."""
    from taskfiles_cli.command import signals  # noqa: PLC0415 (the commonest list does without)

    with signals.held():
        from taskfiles_cli.main import main  # noqa: PLC0415 (what this function is for)
    signals.heed()
    return main(argv)


def _list(argv: list[str]) -> int | None:
    """Answer the commonest list from the index; None where the long way must."""
    if argv[:1] != ["list"]:
        return None
    try:
        from taskfiles_cli.command.quick_list import answer  # noqa: PLC0415 (as above)
    except OSError:  # no more files can be opened: the long way says so
        return None
    return answer(argv)


def _say_version() -> bool:
    """Print the version; where that fails, the long way round tells why."""
    from taskfiles_cli.version import VERSION_LINE  # noqa: PLC0415 (as above)

    try:
        sys.stdout.write(VERSION_LINE)
        sys.stdout.flush()
    except (OSError, AttributeError):
        return False
    return True
