"""The options that several commands share, as typer reads them from annotations.

Command modules name these in their annotations only, and `program` resolves them: a command that is
called without typer need not import it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from taskfiles.basics.instants import UNTIL as UNTIL  # noqa: PLC0414 (as all names here)
from taskfiles.basics.instants import WHEN as WHEN  # noqa: PLC0414 (as above)
from taskfiles.dataset.words import Engine
from taskfiles.task.keys import WORDS
from taskfiles_cli.line.ids import complete_ids as complete_ids  # noqa: PLC0414 (as all names here)
from taskfiles_cli.line.output_format import FindingFormat, NextFormat, PlanFormat, StatsFormat
from taskfiles_cli.render.console import Colour, Format

TEXT_HELP = "Text, or `-` for standard input."

# What an option holds where it need not be given.
Text: TypeAlias = str | None
Texts: TypeAlias = list[str] | None
Whole: TypeAlias = int | None
Wholes: TypeAlias = list[int] | None
Number: TypeAlias = float | None


def opt(metavar: str, text: str, *names: str, **more: Any) -> Any:
    """Declare an option that takes a value; its name comes from the parameter where none is given."""
    return typer.Option(*names, metavar=metavar, help=text, **more)


def count(text: str, *names: str) -> Any:
    """Declare an option that takes a whole number from 0."""
    return opt("N", text, *names, min=0)


def flag(text: str, *names: str, **more: Any) -> Any:
    """Declare an option that is given or not, or one of a few words."""
    return typer.Option(*names, help=text, **more)


def arg(metavar: str, text: str, **more: Any) -> Any:
    """Declare an argument."""
    return typer.Argument(metavar=metavar, help=text, **more)


def word_help(key: str, more: str = "") -> str:
    """List the words of a key for a help text."""
    return ", ".join(WORDS[key]) + more


TaskId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="The task: its id, its file's path, or KIND-ID.",
        show_default=False,
        autocompletion=complete_ids,
    ),
]
Output = Annotated[
    Format, typer.Option("--output", "-o", help="The format of the answer.", case_sensitive=False)
]
FindingOutput = Annotated[
    FindingFormat, typer.Option("--output", "-o", help="The format of the findings.", case_sensitive=False)
]
PlanOutput = Annotated[
    PlanFormat, typer.Option("--output", "-o", help="The format of the plan.", case_sensitive=False)
]
NextOutput = Annotated[
    NextFormat | None,
    typer.Option(
        "--output",
        "-o",
        help="The format of the answer; ids is plain. Default: human, with --parallelize ids in a pipe.",
        case_sensitive=False,
    ),
]
StatsOutput = Annotated[
    StatsFormat, typer.Option("--output", "-o", help="The format of the figures.", case_sensitive=False)
]
Root = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="DIR",
        help="The directory that contains tasks/. Default: the nearest, from here upwards.",
    ),
]
Color = Annotated[Colour, typer.Option("--color", help="When to colour.", case_sensitive=False)]
LockTimeout = Annotated[
    float | None,
    typer.Option(
        "--lock-timeout",
        metavar="SECONDS",
        min=0,
        help="How long to wait for a lock. Default: lock.timeout, 10.",
    ),
]
Brief = Annotated[bool, typer.Option("--brief", help="In JSON: leave out nulls, empty lists and defaults.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show the diff that would be written, and write nothing.")
]
IfMatch = Annotated[
    str | None,
    typer.Option("--if-match", metavar="ETAG", help="Refuse (exit 4) unless the task has this etag."),
]
Claim = Annotated[
    str | None,
    typer.Option(
        "--claim",
        metavar="TOKEN",
        help="Act as the holder of a claim. Default: $TASKS_CLAIM.",
    ),
]
CloseReason = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="Why it is closed, kept as close_reason. " + TEXT_HELP),
]
ForceReason = Annotated[
    str | None,
    typer.Option(
        "--force", metavar="REASON", help="Go on all the same; the task notes the reason. " + TEXT_HELP
    ),
]
Insights = Annotated[
    bool, typer.Option("--insights", help="Print the Post-Implementation Insights of what is deleted.")
]
Holder = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who claims it. Default: $TASKS_ACTOR, else git's user.name."),
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Act under this name. Default: $TASKS_ACTOR."),
]
Exclusive = Annotated[
    bool, typer.Option("--exclusive", help="Only the token acts as the holder, no name in this worktree.")
]
ActionName = Annotated[
    str,
    typer.Argument(metavar="ACTION", help="Words with dots between, as `deploy.site`.", show_default=False),
]
Subject = Annotated[str | None, typer.Option("--task", metavar="ID", help="The task that it is about.")]
HeldFor = Annotated[
    str | None,
    typer.Option(
        "--lease", metavar="DURATION", help="How long the claim holds: 30m, 2h. Default: lease.duration, 30m."
    ),
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field", metavar="SECTION TEXT", help="A section and its text; may be repeated. " + TEXT_HELP
    ),
]

FieldFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--field-file",
        metavar="SECTION FILE",
        help="A section, and the file that has its text (`-`: standard input); may be repeated.",
    ),
]


Appends = Annotated[
    list[str] | None,
    typer.Option(
        "--append",
        metavar="SECTION TEXT",
        help="A section, and text for its end; may be repeated. " + TEXT_HELP,
    ),
]
Criteria = Annotated[
    list[str] | None,
    typer.Option(
        "--add-criterion", metavar="TEXT", help="Add a criterion, open; may be repeated. " + TEXT_HELP
    ),
]
AllowMissing = Annotated[
    bool, typer.Option("--allow-missing", help="Accept ids that no task has, in dependencies and parents.")
]


def _words_of(key: str, *names: str) -> Any:
    return typer.Option(*names, metavar="WORDS", help=word_help(key, "; commas between"))


# Filters, the same wherever tasks are chosen by them

States = Annotated[list[str] | None, _words_of("state", "--state", "-s")]
Kinds = Annotated[list[str] | None, _words_of("kind")]
Priorities = Annotated[list[str] | None, _words_of("priority", "--priority", "-p")]
Executors = Annotated[list[str] | None, _words_of("executor")]
Sizes = Annotated[list[str] | None, _words_of("size")]
Ambiguities = Annotated[list[str] | None, _words_of("ambiguity")]
Isolations = Annotated[list[str] | None, _words_of("isolation")]
# Which attempts, and of which dataset, for whatever is made of records

Since = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help=f"What ended at or after WHEN: {WHEN}."),
]
Until = Annotated[str | None, typer.Option(metavar="WHEN", help="What ended before WHEN, as for --since.")]
Below = Annotated[
    str | None,
    typer.Option(metavar="ID", help="This task and all below it.", autocompletion=complete_ids),
]
DatasetPlace = Annotated[
    str | None,
    typer.Option(metavar="PLACE", help="Read a dataset, a directory or URL, instead of the task files."),
]
EngineChoice = Annotated[
    Engine | None,
    typer.Option(
        help="What reads a dataset. Default: duckdb where needed or installed.", case_sensitive=False
    ),
]
Repositories = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="With --dataset: of this repository alone; may be repeated."),
]

SafeCsv = Annotated[
    bool,
    typer.Option(
        "--safe-csv",
        help="With CSV: put an apostrophe before text that a spreadsheet would run (=, +, -, @, tab, CR).",
    ),
]

# More filters of tasks

Labels = Annotated[
    list[str] | None,
    typer.Option(
        "--label", "-l", metavar="LABELS", help="With one of these labels; repeat it to ask for several."
    ),
]
Assignees = Annotated[
    list[str] | None,
    typer.Option("--assignee", "-a", metavar="NAMES", help="Assigned to one of these."),
]
Parents = Annotated[list[str] | None, typer.Option(metavar="IDS", help="Children of one of these.")]
Search = Annotated[str, typer.Option(metavar="TEXT", help="Text in id, title, labels or body, in any case.")]
Metas = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY=VALUE", help="A key, dotted for nested ones, with this value or item."),
]

# What `list` and the board filter by besides

IsBlocked = Annotated[
    bool | None,
    typer.Option("--blocked/--unblocked", help="Only tasks that are (not) blocked."),
]
OnlyOpen = Annotated[bool, typer.Option("--open", help="Only tasks that are neither done nor canceled.")]
HasExecution = Annotated[bool, typer.Option("--has-execution", help="Only tasks with recorded attempts.")]
Statuses = Annotated[
    list[str] | None, typer.Option("--status", metavar="WORDS", help="Only with an attempt of this status.")
]
Models = Annotated[
    list[str] | None, typer.Option("--model", metavar="MODELS", help="Only with an attempt by this model.")
]
Tools = Annotated[
    list[str] | None, typer.Option("--tool", metavar="TOOLS", help="Only with an attempt by this tool.")
]
ChangedSince = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="WHEN",
        help=f"Changed since WHEN: {WHEN}.",
    ),
]
DueBefore = Annotated[
    str | None,
    typer.Option(
        "--due-before",
        metavar="WHEN",
        help=f"Due before WHEN: {UNTIL}.",
    ),
]
IsOverdue = Annotated[bool, typer.Option("--overdue", help="Open, and due before now.")]
IsMine = Annotated[bool, typer.Option("--mine", help="Assigned to you: short for --assignee @me.")]
SavedView = Annotated[
    str | None,
    typer.Option(
        "--view",
        metavar="NAME",
        help="Use the filters of `[views.NAME]` in tasks/tasks.toml; options override them.",
    ),
]
