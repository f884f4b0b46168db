"""The console script's first step: so small that Ctrl-C is caught while all else is being imported."""

from __future__ import annotations

import sys


def run() -> None:
    """Run `tasks` with the process's arguments and exit with its code."""
    try:
        from taskfiles_cli.main import main  # noqa: PLC0415 (what this function is for)

        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("error[interrupted] Interrupted.\n")
        code = 130
    sys.exit(code)
