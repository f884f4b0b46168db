"""The one funnel for whatever goes wrong: an exit code, and text for people or programs."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from typing import Any

from taskfiles.errors import TaskfilesError, reason_of
from taskfiles_cli.command.signals import exit_code, is_interrupted
from taskfiles_cli.line.surroundings import state_directory
from taskfiles_cli.render.console import Console, StdoutClosed, silence
from taskfiles_cli.render.lines import split_lines
from taskfiles_cli.render.remedies import name_remedy

# What the command line calls arguments of the library that a sentence of its can be about.
_OPTIONS = {
    "after": "--after",
    "before": "--before",
    "by": "--by",
    "cascade": "--cascade",
    "engine": "--engine",
    "file": "FILE",
    "choices": "--map",
    "gate": "--gate",
    "markers": "--drop-markers",
    "new_id": "NEW-ID",
    "partition": "--partition",
    "prefer": "--prefer",
    "seconds": "--lease",
    "sink": "--sink",
    "source": "FROM",
    "task_id": "--id",
    "template": "--template",
}


def guard(console: Console, work: Callable[[], int]) -> int:
    """Do the work of a command and give its exit code, whatever goes wrong, here in the funnel too."""
    try:
        return _flush(_run(work, console), console)
    except StdoutClosed:
        return StdoutClosed.exit
    except SystemExit:
        raise
    except BaseException as failed:
        return _report_plainly(failed, console)


def _report_plainly(failed: BaseException, console: Console) -> int:
    """Report what went wrong while an error was being reported; nothing here can fail."""
    error = TaskfilesError("internal", problem=type(failed).__name__, log="no file")
    if is_interrupted(failed):
        error = _interrupted()
    try:
        console.error(error)
    except BaseException:
        return error.exit
    return error.exit


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
        event = sys.modules.get(
            "taskfiles_cli.command.event"
        )  # which only commands that change something import
        if event is not None:
            if error is not None:
                _say_what_was_written(error, event.written())
            event.end(code, error.code if error else None)
    if error is not None:  # the last word, whatever the event log had to warn of
        with contextlib.suppress(Exception):  # nobody can be told; the exit code says what it was
            console.error(error)
    return code


_NAMED = 3  # files


def _say_what_was_written(error: TaskfilesError, written: list[str] | None) -> None:
    """Say which files were changed before an error."""
    if written:
        error.details["changed"] = written
        more = f" and {len(written) - _NAMED} more" if len(written) > _NAMED else ""
        error.add_hint(f"Changed before that: {', '.join(written[:_NAMED])}{more}.")


def _attempt(work: Callable[[], int], console: Console) -> tuple[int, TaskfilesError | None]:
    """Give a command's exit code, and the error that it ended with."""
    error: TaskfilesError
    try:
        return work(), None
    except TaskfilesError as refused:
        refused.rename_argument(_OPTIONS)
        error = refused
    except KeyboardInterrupt:
        if sys.stdout is not None:
            silence(sys.stdout)  # whose reader may have stopped: the last flush would wait for it
        error = _interrupted()
    except BrokenPipeError:
        raise StdoutClosed from None
    except (StdoutClosed, SystemExit):
        raise
    except OSError as failed:
        error = _system_error(failed)
    except Exception as failed:
        if is_interrupted(failed):
            error = _interrupted()
        elif not _is_usage(failed):
            error = TaskfilesError("internal", **_keep_traceback())
        elif (usage := _usage_error(failed)) is not None:
            error = usage
        else:  # a group without a command: typer's message is its help
            for line in split_lines(failed.format_message().strip()):  # type: ignore[attr-defined]  # typer's, see _is_usage
                console.error_line(line)
            return int(failed.exit_code), None  # type: ignore[attr-defined]  # as above
    name_remedy(error)
    return error.exit, error


def _interrupted() -> TaskfilesError:
    error = TaskfilesError("interrupted")
    error.exit = exit_code()
    return error


def _is_usage(error: Exception) -> bool:
    """Whether typer has refused the command line; without typer nobody has."""
    typer = sys.modules.get("typer")
    return typer is not None and isinstance(error, typer.TyperException)


def _usage_error(error: Any) -> TaskfilesError | None:
    if error.format_message().strip().startswith("Usage:"):
        return None
    from taskfiles_cli.line.refusals import explain_usage  # noqa: PLC0415 (only mistakes need it)

    return explain_usage(error)


def _system_error(error: OSError) -> TaskfilesError:
    name = error.filename  # a descriptor's number, where the system was asked by that
    path = os.fsdecode(name) if isinstance(name, str | bytes | os.PathLike) and name else "a file"
    problem = reason_of(error) or type(error).__name__
    remedy = "Check it, then run the command again."
    return TaskfilesError("io", path=path, action="Using", problem=problem, remedy=remedy)


def _keep_traceback() -> dict[str, Any]:
    """Write the details of a bug where they can be found, and name the place."""
    import tempfile  # noqa: PLC0415 (a bug is worth the wait)
    import traceback  # noqa: PLC0415

    from taskfiles.version import __version__  # noqa: PLC0415

    kind, value, _ = sys.exc_info()
    try:
        text = str(value)
    except Exception:
        text = "without a message"
    problem = f"{kind.__name__ if kind else 'Exception'}: {text}".partition("\n")[0][:200]
    state = state_directory(os.environ)
    for directory in [*([os.path.join(state, "tasks")] if state else []), tempfile.gettempdir()]:
        with contextlib.suppress(OSError):
            os.makedirs(directory, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix="tasks-bug-", suffix=".log", dir=directory)
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"tasks {__version__}, Python {sys.version}\n{traceback.format_exc()}")
            return {"problem": problem, "log": name}
    return {"problem": problem, "log": "no file, for none could be written"}
