"""The checks of `tasks doctor`, in the order in which they are shown; one function each."""

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
from taskfiles.doctor.layout import check_layout, check_places
from taskfiles.doctor.project import (
    check_config,
    check_duplicates,
    check_git,
    check_index,
    check_root,
    remove_index,
)

CHECKS: dict[str, Check] = {
    "git": Check(
        "the repository, and whether git runs", "Install git, or run `git init` in the project.", check_git
    ),
    "leftovers": Check(
        "changes that were cut short",
        "The check's repair settles them, as whatever reads tasks next does.",
        check_leftovers,
        settle_leftovers,
    ),
    "root": Check(
        "the project's directory and what can be read in it",
        "A directory tasks/ makes a directory a project.",
        check_root,
    ),
    "configuration": Check("tasks/tasks.toml", "Fix the line.", check_config),
    "index": Check(
        "what is remembered of the files",
        "The check's repair removes it; the next command that reads all tasks rebuilds it.",
        check_index,
        remove_index,
    ),
    "duplicate-ids": Check(
        "that an id names one task in one file",
        "Rename another task, merge the files of one.",
        check_duplicates,
    ),
    "layout": Check(
        "that the layout is named, and that no directory holds very many closed tasks",
        "Name the layout; move old closed tasks into the archive.",
        check_layout,
    ),
    "places": Check("that files lie where state and kind say", "Move them there.", check_places),
    "declarations": Check(
        "labels, tracks and milestones: that what tasks use is declared, and tracks have epics",
        "The check's repair fixes it; or correct the tasks, or tasks/tasks.toml.",
        check_declarations,
        reconcile_declarations,
    ),
    "claims": Check(
        "who holds tasks in this clone, and whether that can be read",
        "Force the release of a claim.",
        check_claims,
    ),
    "attempts": Check(
        "attempts that killed runs have left, or that could not be recorded",
        "The check's repair records them, as the next run does.",
        check_attempts,
        record_attempts,
    ),
    "telemetry": Check(
        "whether events are kept where `telemetry.require` asks",
        "Hand them on to the sinks, which `telemetry.sinks` in tasks/tasks.toml names.",
        check_telemetry,
    ),
    "merge-driver": Check(
        "whether git merges task files by meaning",
        "Set the merge driver up.",
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
        "Change `telemetry.sinks` in tasks/tasks.toml, or fix the place.",
        check_sinks,
        of_environment=True,
    ),
}
