"""Work items as Markdown files with YAML frontmatter, in the git repository they are about.

    from pathlib import Path
    from taskfiles import Filter, Store, Update, find_tasks, update

    store = Store.find(Path.cwd())
    for task in find_tasks(store.snapshot().tasks, Filter(state="done", label={"bug", "ui"})):
        print(task.id, task.completed_at, [attempt.executor.model for attempt in task.attempts])
    print(update(store, "fix-login", Update(set={"priority": "high"}), dry_run=True).diff)

Every call that changes tasks gives a `Result`; whatever is refused is a `TaskfilesError`.
The library never prints, never reads the environment, never exits.
"""

from __future__ import annotations

from taskfiles.version import __version__ as __version__

# Each public name once, with the module that defines it: a command that lists tasks needs no library that
# only others need, so a name is imported when it is asked for. `__init__.pyi` is generated from this.
HOMES = {
    "backlog.board": ("LANES", "Board", "Card", "Column", "Lane", "make_board", "make_card"),
    "backlog.edges": ("Edge", "find_edges"),
    "backlog.family": ("Context",),
    "backlog.filter": ("Filter",),
    "backlog.next": ("Choice", "choose_next"),
    "backlog.plan": ("Plan", "make_plan"),
    "backlog.present": ("Present", "find_present"),
    "backlog.query": ("find_tasks", "sort_tasks"),
    "backlog.readiness": ("Backlog", "Obstacle", "find_obstacles"),
    "backlog.search": ("Match", "search_tasks"),
    "backlog.snapshot": ("Snapshot",),
    "backlog.wire": ("tree_object",),
    "basics.look": ("DARK", "LIGHT", "SIGNS"),
    "changes.draft": ("Change", "Draft"),
    "changes.result": ("Result",),
    "errors": ("ERRORS", "TaskfilesError"),
    "history.log": ("LogEntry", "read_log"),
    "history.phrases": ("choose_changes", "describe_caller", "describe_change"),
    "history.selection": ("select_entries",),
    "history.wire": ("entry_object",),
    "leave.tool": ("Tool",),
    "merge.task": ("merge_task",),
    "migrate.foreign": ("Care",),
    "operations.adopt": ("adopt",),
    "operations.cleanup": ("Cleanup", "Kept", "archive", "clean_up"),
    "operations.complete": ("complete",),
    "operations.convert": ("Conversion", "convert"),
    "operations.delete": ("Removal", "delete"),
    "operations.edit": ("edit_tasks", "rewrite"),
    "operations.export": ("Departure", "departure_object", "export_tasks"),
    "operations.fix": ("Fix", "Fixes", "Left", "fix"),
    "operations.fmt": ("plan_reorder", "reorder", "reorder_all"),
    "operations.ranks": ("respace",),
    "operations.merge": ("Union", "merge_files"),
    "operations.migrate": (
        "Migration",
        "Verification",
        "MigrationRequest",
        "migrate_tasks",
        "migration_object",
        "verification_object",
        "verify_migration",
    ),
    "operations.move": ("move",),
    "operations.move_all": ("move_all",),
    "operations.new": ("create",),
    "operations.new_all": ("NewTask", "create_all"),
    "operations.next": ("Pick", "claim_best"),
    "operations.note": ("note",),
    "operations.pickup": ("Pickup", "pickup"),
    "operations.place": ("place",),
    "operations.record": ("record",),
    "operations.release": ("release",),
    "operations.rename": ("rename",),
    "operations.review": ("review",),
    "operations.undo": ("Undone", "undo"),
    "operations.update": ("Update", "update"),
    "operations.update_all": ("update_all",),
    "operations.validate": ("Report", "validate"),
    "remedy": ("Remedy", "reword"),
    "store.caller": ("Caller",),
    "store.store": ("Store",),
    "store.journal": ("Record",),
    "task.attempts": ("Derived", "derive"),
    "task.claim": ("Lease",),
    "task.codes": ("FINDINGS",),
    "task.findings": ("Finding",),
    "task.frontmatter": ("TaskHandler",),
    "task.keys": ("KEY_ORDER",),
    "task.model": (
        "ExecutionAttempt",
        "ExecutionExecutor",
        "ExecutionReviewer",
        "TaskExecution",
        "TaskMeta",
    ),
    "task.task": ("Task", "Unreadable", "parse_task"),
    "task.violation": ("Violation",),
    "task.wire": ("task_object",),
    "task.words": ("ExecutionStatus",),
}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for; the list of all names is made then, too."""
    if name == "__all__":
        value: object = sorted(
            (name for names in HOMES.values() for name in names),
            key=lambda name: (not name.isupper(), name[0].islower(), name),
        )
    else:
        home = next((module for module, names in HOMES.items() if name in names), None)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(__import__(f"taskfiles.{home}", fromlist=[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})  # type: ignore[misc]  # it is a list of names
