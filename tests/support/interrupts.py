"""The console script in a process of its own, with Ctrl-C at a chosen import or call.

Called as `python interrupts.py WHAT FIRST STEP MOST WORD…`: with WHAT `import` or `call`, each of the imports
or calls FIRST, FIRST + STEP … up to MOST is interrupted in a child that was forked before anything of `tasks`
was imported. A line of JSON is written for each: its number, exit code, standard error; the first child that
makes fewer is the last.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import tempfile
from types import FrameType
from typing import Any

NOT_REACHED = "not reached"


def raise_signal() -> None:
    """Send the signal that Ctrl-C sends, to this process."""
    import _signal  # type: ignore[import-not-found]

    _signal.raise_signal(_signal.SIGINT)


class Finder:
    """Counts the imports of modules that are not there yet."""

    def __init__(self, number: int) -> None:
        self.left = number

    def find_spec(self, *_: Any) -> None:
        """Find nothing, and interrupt at the chosen one."""
        self.left -= 1
        if self.left == 0:
            raise_signal()


def trace(number: int) -> list[int]:
    """Interrupt at the chosen call of a function in this project's code; gives how many are left."""
    left = [number]

    def tracer(frame: FrameType, _: str, __: Any) -> None:
        if "taskfiles" in frame.f_code.co_filename:
            left[0] -= 1
            if left[0] == 0:
                sys.settrace(None)
                raise_signal()

    sys.settrace(tracer)
    return left


def child(what: str, number: int, words: list[str], errors: int) -> None:
    """Run the console script, interrupted; never returns."""
    os.dup2(errors, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.argv = ["tasks", *words]
    code: Any = 99
    finder = Finder(number)
    left = [0]
    try:
        from taskfiles_cli.entry import run

        if what == "import":
            sys.meta_path.insert(0, finder)  # type: ignore[arg-type]  # all of the protocol that is used
        else:
            left = trace(number)
        atexit.register(int)  # the console script ends without an exception where nobody waits for its end
        run()
    except SystemExit as ended:
        sys.settrace(None)
        code = ended.code
    except BaseException as escaped:
        sys.settrace(None)
        os.write(2, f"Traceback: {escaped!r}".encode())
    if max(finder.left if what == "import" else 0, left[0]) > 0:
        os.write(2, NOT_REACHED.encode())
    os._exit(code if isinstance(code, int) else 0)


def main(what: str, first: str, step: str, most: str, *words: str) -> None:
    """Interrupt each chosen moment and print what came of it."""
    for number in range(int(first), int(most) + 1, int(step)):
        with tempfile.TemporaryFile() as errors:
            pid = os.fork()
            if pid == 0:
                child(what, number, list(words), errors.fileno())
            _, status = os.waitpid(pid, 0)
            errors.seek(0)
            said = errors.read().decode()
        sys.stdout.write(f"{json.dumps([number, os.waitstatus_to_exitcode(status), said])}\n")
        if said.endswith(NOT_REACHED):
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
