"""The checks of `tasks doctor`, in the order in which they are told; one function each."""

from taskfiles.doctor.attempts import check_attempts, record_attempts
from taskfiles.doctor.check import Check
from taskfiles.doctor.clone import (
    check_claims,
    check_driver,
    check_leftovers,
    check_telemetry,
    settle_leftovers,
)
from taskfiles.doctor.declarations import check_declarations, reconcile_declarations
from taskfiles.doctor.environment import check_agents, check_python, check_sinks, check_variables
from taskfiles.doctor.project import (
    check_config,
    check_duplicates,
    check_git,
    check_index,
    check_places,
    check_root,
    remove_index,
)

CHECKS: dict[str, Check] = {
    "git": Check(
        "the repository, and whether git runs", "Install git, or run `git init` in the project.", check_git
    ),
    "leftovers": Check(
        "changes that were cut short",
        "`tasks doctor --fix` settles them, as the next command does that reads tasks.",
        check_leftovers,
        settle_leftovers,
    ),
    "root": Check(
        "the project's directory and what can be read in it",
        "`tasks init` makes a directory a project.",
        check_root,
    ),
    "configuration": Check(
        "tasks/tasks.toml", "Mend the line; `tasks validate` lists every problem of the file.", check_config
    ),
    "index": Check(
        "what is remembered of the files",
        "`tasks doctor --fix` removes it; the next command that reads all tasks writes it anew.",
        check_index,
        remove_index,
    ),
    "duplicate-ids": Check(
        "that an id names one task in one file",
        "`tasks rename PATH NEW-ID` for another task, `tasks merge ID` for the files of one.",
        check_duplicates,
    ),
    "places": Check(
        "that files lie where state and kind say", "`tasks validate --fix` moves them.", check_places
    ),
    "declarations": Check(
        "labels, tracks and milestones: that what tasks use is declared, and tracks have epics",
        "`tasks doctor --fix` mends it; or correct the tasks, or tasks/tasks.toml.",
        check_declarations,
        reconcile_declarations,
    ),
    "claims": Check(
        "who holds tasks in this clone, and whether that can be read",
        "`tasks release ID --force` ends a claim.",
        check_claims,
    ),
    "attempts": Check(
        "attempts that killed runs have left, or that could not be recorded",
        "`tasks doctor --fix` records them, as the next `tasks run` does.",
        check_attempts,
        record_attempts,
    ),
    "telemetry": Check(
        "whether events are kept where `telemetry.require` asks",
        "`tasks telemetry push` hands them on; `telemetry.sinks` in tasks/tasks.toml names the sinks.",
        check_telemetry,
    ),
    "merge-driver": Check(
        "whether git merges task files by meaning",
        "`tasks init --merge-driver` sets it up.",
        check_driver,
    ),
    "python": Check(
        "Python and this version", "Use Python 3.11 or later.", check_python, of_environment=True
    ),
    "agents": Check(
        "agent programs, and those that the settings name",
        "Install the program, or change the setting.",
        check_agents,
        of_environment=True,
    ),
    "variables": Check(
        "variables that `tasks` heeds, never their values",
        "Set it anew, or unset it.",
        check_variables,
        of_environment=True,
    ),
    "sinks": Check(
        "the sinks of events, and whether they can be written",
        "Change `telemetry.sinks` in tasks/tasks.toml, or mend the place.",
        check_sinks,
        of_environment=True,
    ),
}
