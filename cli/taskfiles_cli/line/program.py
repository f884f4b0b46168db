"""The typer program: which commands there are, and where each is defined."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.completion

from taskfiles_cli.line import options, table
from taskfiles_cli.line.surroundings import COMPLETION
from taskfiles_cli.render.console import Console
from taskfiles_cli.version import VERSION_LINE

# The order of help; a command that is not named here comes last.
ORDER = (
    "init",
    "new",
    "list",
    "search",
    "show",
    "next",
    "plan",
    "attempts",
    "stats",
    "export",
    "report",
    "board",
    "web",
    "run",
    "update",
    "note",
    "metadata get",
    "metadata set",
    "record",
    "review",
    "pickup",
    "release",
    "move",
    "complete",
    "adopt",
    "rename",
    "migrate",
    "merge",
    "delete",
    "cleanup",
    "tree",
    "log",
    "undo",
    "validate",
    "fmt",
    "edit",
    "trust",
    "inject",
    "doctor",
    "completion",
    "merge-driver",
    "telemetry tail",
    "telemetry show",
    "telemetry check",
    "telemetry coverage",
    "telemetry emit",
    "telemetry wrap",
    "telemetry push",
    "telemetry compact",
    "telemetry completion",
    "schema",
    "help",
)
GROUPS = {
    "metadata": "Read and patch a task's frontmatter.",
    "telemetry": "Read, check and send the event log of this clone.",
}
# Where each command is defined, and what it answers in JSON: as the table has it, which is generated.
COMMANDS = {name: f"{each.module}:{each.function}" for name, each in table.COMMANDS.items()}
OUTPUTS = {name: each.answers for name, each in table.COMMANDS.items()}
# Each further name of a command, with the first one.
ALIASES = {also: name for name, each in table.COMMANDS.items() if name not in each.also for also in each.also}
_SHORT = 62  # what a line of 80 columns leaves beside the longest name
_EPILOG = "`tasks help` lists the topics: agent, exit-codes, format, json, ranking."
_PLAIN: dict[str, Any] = {
    "rich_markup_mode": None,
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["--help", "-h"]},
}


def _print_version(wanted: bool) -> None:
    if wanted:
        Console().write(VERSION_LINE)
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Work items as Markdown files in your repository; every attempt at them recorded."""


def build(argv: Sequence[str] = (), commands: Mapping[str, str] = COMMANDS) -> typer.Typer:
    """Build the program; where a command line names its command, only that one is imported."""
    app = typer.Typer(name="tasks", epilog=_EPILOG, add_completion=False, **_PLAIN)
    app.callback()(_root)
    groups = {name: typer.Typer(help=text, **_PLAIN) for name, text in GROUPS.items()}
    first = argv[0] if argv else ""
    named = {name for name in commands if name.split()[0] == first}
    for name, place in commands.items():
        if named and name not in named:
            continue
        group, _, inner = name.rpartition(" ")
        program = groups[group] if group else app
        function = load(place)
        program.command(
            inner,
            hidden=name in ALIASES,
            short_help=_summarize(name, function.__doc__ or ""),
            epilog=name_others(name),
        )(function)
    for name, inner_program in groups.items():
        if not named or name == first:
            app.add_typer(inner_program, name=name)
    return app


def _summarize(name: str, text: str) -> str:
    """Return a command's line in the list of commands, with its other names."""
    others = [also for also, of in ALIASES.items() if of == name]
    return f"{shorten(text)} Also: {', '.join(others)}." if others else shorten(text)


def name_others(name: str) -> str | None:
    """Return the line that names a command's other names at the end of its help; None where it has none."""
    first = ALIASES.get(name, name)
    names = (first, *(also for also, of in ALIASES.items() if of == first))
    others = [f"tasks {other}" for other in names if other != name]
    return f"Also: {', '.join(others)}" if others else None


def shorten(text: str) -> str:
    """Cut a command's first sentence so that it fits into the list of commands.

    >>> shorten("Complete a task: criteria ticked, insights written, message set, nothing below it open.")
    'Complete a task.'
    """
    sentence = " ".join(text.partition("\n\n")[0].split())
    if len(sentence) <= _SHORT:
        return sentence
    head = re.split("[:;] ", sentence)[0]
    while len(head) >= _SHORT and ", " in head:
        head = head.rpartition(", ")[0]
    return f"{head.rstrip('.')}."


def load(place: str) -> Any:
    """Import a command's function, with the names that its annotations use and nothing else does."""
    module_name, _, function = place.partition(":")
    module = import_module(f"taskfiles_cli.commands.{module_name}")
    for name, value in vars(options).items():
        vars(module).setdefault(name, value)
    found = getattr(module, function)
    return found.for_typer() if hasattr(found, "for_typer") else found


def run(argv: Sequence[str]) -> Any:
    """Run a command line; gives the command's exit code. Raises what the command raises."""
    if COMPLETION in os.environ:
        vars(typer.completion)["completion_init"]()  # as `completion_script`
        try:
            return build(_named(os.environ))(args=[], prog_name="tasks", standalone_mode=False)
        except SystemExit as ended:  # typer ends the process where it has answered a shell
            return ended.code
    return build(argv)(args=[*argv], prog_name="tasks", standalone_mode=False)


def _named(environment: Mapping[str, str]) -> list[str]:
    """Return the command for which a shell asks, if the word that it completes is not that one."""
    line = environment.get("COMP_WORDS") or environment.get("_TYPER_COMPLETE_ARGS") or ""
    words = line.split()
    return words[1:2] if len(words) > 2 or line.endswith(" ") else []


def completion_script(shell: str) -> str:
    """Return the script with which a shell completes; it asks by calling `tasks`."""
    make: Any = vars(typer.completion)["get_completion_script"]  # which the module uses and doesn't declare
    script: str = make(prog_name="tasks", complete_var=COMPLETION, shell=shell)
    if shell == "bash":
        script = script.replace("    return 0\n", f"{_NO_BLANK}    return 0\n")
    if shell == "zsh":
        script = f"{script.rstrip()}\n{_FIRST_TIME}"
    return f"{script}\n"


# Behind `KEY=` its value follows.
_NO_BLANK = """\
    if [[ ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2> /dev/null; fi
"""
# zsh loads the file when TAB is pressed for the first time, and expects an answer of it then, too.
_FIRST_TIME = "if [[ $funcstack[1] == _tasks ]]; then _tasks_completion; fi"
