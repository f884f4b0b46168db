"""main(argv) -> exit code: the commands put together, and the one funnel for whatever goes wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from taskfiles.basics import accel
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles_cli.line import read as arguments
from taskfiles_cli.line.surroundings import state_directory
from taskfiles_cli.line.values import forget_stdin, join_fields, keep_dashes
from taskfiles_cli.render.console import MACHINE, Colour, Console, FindingFormat, StdoutClosed, silence

_INTERRUPTED = 130  # exit code


def main(argv: Sequence[str]) -> int:
    """Run one command and give its exit code; nothing but text for people or programs comes out."""
    accel.choose(os.environ.get(accel.VARIABLE, ""))
    colour = _option(argv, ("--color",))
    console = Console(
        wanted if (wanted := _option(argv, ("--output", "-o"))) in MACHINE else "human",
        Colour(colour) if colour in set(Colour) else Colour.AUTO,
    )
    return guard(console, lambda: _dispatch(argv))


def guard(console: Console, work: Callable[[], int]) -> int:
    """Do the work of a command and give its exit code, whatever goes wrong."""
    try:
        return _flush(_run(work, console), console)
    except StdoutClosed:
        return StdoutClosed.exit


def _dispatch(argv: Sequence[str]) -> int:
    forget_stdin()
    joined = keep_dashes(join_fields(argv))
    call = arguments.recognise(joined) if accel.is_on("argv") else None
    if call is not None:
        return call()
    from taskfiles_cli.line import program  # noqa: PLC0415 (typer is imported only where it is needed)

    result = program.run(joined)
    if result == _INTERRUPTED:  # typer has swallowed the exception
        raise KeyboardInterrupt
    return result if isinstance(result, int) else 0


def _flush(code: int, console: Console) -> int:
    """Empty what typer has written itself, help texts above all, while a failure can still be told."""
    if sys.stdout is None:  # closed before the start: what typer would have shown has gone nowhere
        return code or StdoutClosed.exit
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
        return StdoutClosed.exit
    except OSError as error:
        silence(sys.stdout)
        failed = _system_error(error)
        console.error(failed)
        return failed.exit
    return code


def _run(work: Callable[[], int], console: Console) -> int:
    code, error = StdoutClosed.exit, None
    try:
        code, error = _attempt(work, console)
    finally:
        running = sys.modules.get("taskfiles_cli.running")  # which only commands that change something import
        if running is not None:
            running.end(code, error.code if error else None)
    if error is not None:
        console.error(error)  # the last word, whatever the event log had to warn of
    return code


def _attempt(work: Callable[[], int], console: Console) -> tuple[int, TaskfilesError | None]:
    """Give a command's exit code, and the error that it ended with."""
    error: TaskfilesError
    try:
        return work(), None
    except TaskfilesError as refused:
        error = refused
    except KeyboardInterrupt:
        if sys.stdout is not None:
            silence(sys.stdout)  # whose reader may have stopped: the last flush would wait for it
        error = TaskfilesError("interrupted")
    except BrokenPipeError:
        raise StdoutClosed from None
    except (StdoutClosed, SystemExit):
        raise
    except OSError as failed:
        error = _system_error(failed)
    except Exception as failed:
        if not _is_usage(failed):
            error = TaskfilesError("internal", **_keep_traceback())
        elif (usage := _usage_error(failed)) is not None:
            error = usage
        else:  # a group without a command: typer's message is its help
            console.error_line(failed.format_message().strip())  # type: ignore[attr-defined]  # typer's, see _is_usage
            return int(failed.exit_code), None  # type: ignore[attr-defined]  # as above
    return error.exit, error


def _is_usage(error: Exception) -> bool:
    """Whether typer has refused the command line; without typer nobody has."""
    typer = sys.modules.get("typer")
    return typer is not None and isinstance(error, typer.TyperException)


def _usage_error(error: Any) -> TaskfilesError | None:
    context = getattr(error, "ctx", None)
    message = error.format_message().strip()
    if message.startswith("Usage:"):
        return None
    command = context.command_path if context is not None else "tasks"
    return TaskfilesError("usage", problem=message, command=command)


def _system_error(error: OSError) -> TaskfilesError:
    path = os.fsdecode(error.filename) if error.filename else "a file"
    problem = reason_of(error)
    remedy = "Check it, then run the command again."
    return TaskfilesError("io", path=path, action="Using", problem=problem, remedy=remedy)


def _keep_traceback() -> dict[str, Any]:
    """Write the details of a bug where they can be found, and name the place."""
    import contextlib  # noqa: PLC0415 (a bug is worth the wait)
    import tempfile  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    from taskfiles import __version__  # noqa: PLC0415

    kind, value, _ = sys.exc_info()
    problem = f"{kind.__name__ if kind else 'Exception'}: {value}".partition("\n")[0][:200]
    state = state_directory(os.environ)
    for directory in [*([os.path.join(state, "tasks")] if state else []), tempfile.gettempdir()]:
        with contextlib.suppress(OSError):
            os.makedirs(directory, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix="tasks-bug-", suffix=".log", dir=directory)
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"tasks {__version__}, Python {sys.version}\n{traceback.format_exc()}")
            return {"problem": problem, "log": name}
    return {"problem": problem, "log": "no file, for none could be written"}


def _option(argv: Sequence[str], names: tuple[str, ...]) -> str:
    """Find an option that errors must heed, before anything is parsed."""
    wanted = ""
    for position, argument in enumerate(argv):
        if argument == "--":
            break
        if argument in names and position + 1 < len(argv):
            wanted = argv[position + 1].lower()
            continue
        for name in names:
            glued = name + "=" if name.startswith("--") else name
            value = argument.removeprefix(glued).lower()
            if argument.startswith(glued) and (name.startswith("--") or value in set(FindingFormat)):
                wanted = value
    return wanted
