"""The console script's first step: so small that Ctrl-C is caught while all else is being imported."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal without its enumerations, which take 3 ms
import atexit
import gc
import os
import sys

_INTERRUPTED = "error[interrupted] Interrupted.\nhint: Every file is whole; run the command again.\n"
_INTERRUPTED_JSON = (
    '{"error": {"code": "interrupted", "message": "Interrupted.", '
    '"hint": "Every file is whole; run the command again.", '
    '"path": null, "line": null, "column": null, "details": {}}}\n'
)
_SOON = 0.001  # seconds


def run() -> None:
    """Run `tasks` with the process's arguments and exit with its code."""
    try:
        # One command makes many objects, keeps nearly all of them and ends: looking for cycles among them
        # takes two fifths of the time of a long list and frees nothing.
        gc.disable()
        sys.unraisablehook = _interrupt_again
        code = _run(sys.argv[1:])
        _ignore_interrupts()  # the answer is given: what is left is the interpreter's own end
    except KeyboardInterrupt:
        code = _end_interrupted()
    except Exception as error:
        code = _end_interrupted() if _is_interrupt(error) else _end_broken(error)
    _leave(code)


def _leave(code: int) -> None:
    """Exit without the interpreter's own end where nothing waits for it: it takes a tenth of a list."""
    if atexit._ncallbacks() == 0 and "threading" not in sys.modules:
        try:
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
        except (OSError, ValueError):  # the interpreter's own end says so
            sys.exit(code)
        os._exit(code)
    sys.exit(code)


def _run(argv: list[str]) -> int:
    if argv == ["--version"] and _say_version():
        return 0
    code = _list(argv)
    if code is None:
        code = _command(argv)
    return code


def _command(argv: list[str]) -> int:
    """Run any command; SIGTERM and SIGHUP end it as Ctrl-C does."""
    from taskfiles_cli.command import signals  # noqa: PLC0415 (the commonest list does without)

    with signals.held():
        from taskfiles_cli.main import main  # noqa: PLC0415 (what this function is for)
    signals.heed()
    return main(argv)


def _end_interrupted() -> int:
    _ignore_interrupts()
    _say(_INTERRUPTED_JSON if "json" in " ".join(sys.argv) else _INTERRUPTED)
    signals = sys.modules.get("taskfiles_cli.command.signals")
    return 130 if signals is None else getattr(signals, "exit_code", lambda: 130)()


def _end_broken(error: Exception) -> int:
    """Say in one line that not even the beginning went well: a part of this installation is missing, say."""
    _say(f"error[internal] tasks can't start: {type(error).__name__}: {ascii(str(error))[1:-1]}.\n")
    return 70


def _say(text: str) -> None:
    if sys.stderr is not None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            return


def _ignore_interrupts() -> None:
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    for number in (_signal.SIGTERM, _signal.SIGHUP):
        if callable(_signal.getsignal(number)):  # ours, which raises
            _signal.signal(number, _signal.SIG_DFL)
    _signal.setitimer(_signal.ITIMER_REAL, 0)


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an exception: while a module is imported it can come wrapped in another."""
    for _ in range(100):  # causes can form a circle
        if error is None or isinstance(error, KeyboardInterrupt):
            return error is not None
        error = error.__cause__ or error.__context__
    return False


def _interrupt_again(failed: object) -> None:
    """Repeat a Ctrl-C soon that came where Python can't raise it, as in a finaliser; others harm nobody."""
    if isinstance(getattr(failed, "exc_value", None), KeyboardInterrupt):
        _signal.signal(_signal.SIGALRM, _signal.default_int_handler)
        _signal.setitimer(_signal.ITIMER_REAL, _SOON)


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
    """Print the version; where that fails, the long way round says why."""
    from taskfiles_cli.version import VERSION_LINE  # noqa: PLC0415 (as above)

    try:
        sys.stdout.write(VERSION_LINE)
        sys.stdout.flush()
    except (OSError, AttributeError):
        return False
    return True
