"""What a command line can do about something: remedies that name commands and options, by their codes.

The library's own remedies name neither, since not every caller has a command line.
"""

from __future__ import annotations

from typing import Any

from taskfiles import Finding, TaskfilesError
from taskfiles.remedy import Remedy, reword

# Templates, filled with what the remedy is about. Those of errors stand under the error's code, those of
# findings and of doctor's checks under `finding.` and `check.`, parts of other remedies under their own.
REMEDIES: dict[str, str] = {
    # Errors
    "ambiguous-task": (
        "`tasks doctor` says whether they are one task, to be merged, or several, and names the command."
    ),
    "undo-run": "`tasks undo RUN` undoes a run here; the last ones: {offered}.",
    "undo-there": "`tasks undo --root {place}` undoes it there.",
    "attempt-conflict": "To change it, use --amend {attempt}; to record another attempt, leave --id out.",
    "bad-attempt": (
        "`tasks record --help` lists the options that set them (--tool names the executor), "
        "`tasks help format` the keys of an attempt."
    ),
    "bad-config": "Fix that line; `tasks validate` lists every problem of the file.",
    "bad-lease": "Make sure that nobody is working on it, then run `tasks release {id} --force`.",
    "bad-source": (
        "Correct it in the source, and migrate again: --dry-run names every place, --repair reads what such "
        "sources are known to get wrong. Nothing was written."
    ),
    "unmapped": (
        "Add --map for each, as KEY:WORD=OURS: {choices}. --dry-run shows all words and what has no place; "
        "nothing was written."
    ),
    "wordless": (
        "Add --map for each, as state:WORD=THEIRS: {choices}. --dry-run shows all words and what has no "
        "place there; nothing was written."
    ),
    "bad-root": "--root names the directory that contains tasks/; create it with `tasks init`.",
    "block-missing": "Run `tasks inject {name}` and commit the file.",
    "block-stale": "Run `tasks inject {name}` and commit the file; text outside of it does not change.",
    "branches-moved": (
        "Merge them first. `tasks init --layout {layout} --yes` goes on all the same, and `tasks merge` then "
        "settles what conflicts. Nothing was written."
    ),
    "claimed.elsewhere": (
        "If the claim is yours, give its token with --claim, or go there. Otherwise `tasks next --claim` "
        "takes another task; if {by} is gone for good, `tasks release {id} --force` ends the claim."
    ),
    "claimed.go-on": "If that was you, go on; if not: `tasks next --claim`.",
    "claimed.here": (
        "If the claim is yours, give its token with --claim, or its name with --by or TASKS_ACTOR. Otherwise "
        "`tasks next --claim` takes another task; if {by} is gone for good, `tasks release {id} --force` "
        "ends the claim."
    ),
    "claimed.token": (
        "If the claim is yours, give its token with --claim or TASKS_CLAIM. Otherwise `tasks next --claim` "
        "takes another task; if {by} is gone for good, `tasks release {id} --force` ends the claim."
    ),
    "unnamed": "If that is you, add `--by {word}`, or --claim with the token. Nothing was written.",
    "claims-unavailable": (
        "{remedy}; without a claim, `tasks update ID --meta state=in-progress` begins a task."
    ),
    "directory-gone": "The attempt is kept; `tasks doctor --fix` records it.",
    "dispatch-stopped": "When that is over, `{command}` lets them go on.",
    "edit-kept": "It is kept in {kept}; fix it there and copy it back, or run `tasks edit` again.",
    "etag-mismatch": "Read it again with `tasks show {id}`, then repeat the change.",
    "files-differ": (
        "Decide which file's word counts there, with {commands}; all else of both is kept. --dry-run shows "
        "it first; nothing was written."
    ),
    "lock-timeout": "Try again, or wait longer with --lock-timeout.",
    "many-tasks": "--dry-run shows what would change; --yes changes them all. Nothing was written.",
    "long-name": (
        "Give it an id of up to {longest} characters with `tasks rename {id} NEW-ID`; nothing was written."
    ),
    "no-archive": (
        "The archive is for the flat layout; `tasks init --layout flat` converts the project. "
        "Nothing was moved."
    ),
    "layout-blocked": ("Settle each by hand first, as with `tasks rename PATH NEW-ID`. Nothing was written."),
    "not-committed": (
        "Commit them, as with `git add -A tasks && git commit`, then run the command again. "
        "Nothing was changed."
    ),
    "nothing-to-trust": "`tasks init` writes it; without it nothing needs trust.",
    "changed-since": (
        "`tasks log` shows what came later: undo that first with `tasks undo RUN`, or change the file by "
        "hand. Nothing was written."
    ),
    "no-attempt": "Record one with `tasks record`, or name an id that `tasks show` lists.",
    "no-branch": (
        "Begin a branch for it, as with `git switch -c NAME`, or say with --pr-command how it is opened."
    ),
    "no-project": "Create one with `tasks init`, or name its place with --root.",
    "no-remote": (
        "Name one, as with `git config remote.pushDefault NAME`, or say with --pr-command how it is opened."
    ),
    "no-such-checkbox": (
        "`tasks show {id}` numbers them. `SECTION:N` counts those of a section; a text must be that of one."
    ),
    "no-such-run": "`tasks telemetry tail --output json` lists them.",
    "no-such-topic": "Choose one of {known}; `tasks COMMAND --help` explains a command.",
    "path-taken": "`tasks rename {path} NEW-ID` gives the task there another id. Nothing was written.",
    "plan-cycle": (
        "`tasks update ID --remove depends_on=OTHER` takes one dependency out of the circle; "
        "`tasks validate` names its file and line."
    ),
    "referenced": (
        "Remove those references first, as with `tasks update OTHER --remove depends_on=ID`, or delete those "
        "tasks with it: `tasks delete ID OTHER…`. Nothing was written."
    ),
    "several-tasks": "Give one another id, with {commands}; nothing was written.",
    "too-ambiguous": (
        "Make it clearer, then `tasks update {id} --ambiguity {allowed}`; or raise run.max_ambiguity in "
        "tasks/tasks.toml."
    ),
    "unreadable-task": "Fix the file in an editor, then run `tasks validate`.",
    "untrusted": "Read the file; if it is right, run `tasks trust`. Nothing was sent.",
    "untrusted-commands": (
        "Read the file; if it is right, run `tasks trust`. With --own-gates only those of the command line "
        "are run. Nothing was run."
    ),
    "usage": "See `{command} --help`.",
    # Parts of what errors and checks say
    "another-id": "{way} gives it another.",
    "repository-twice": "Name one of the two datasets, or export one repository with another --repo.",
    "damaged-dataset": (
        "Name the directory of a dataset that `tasks export` has written; nothing was changed."
    ),
    "engine-of-urls": "Use --engine duckdb, or copy the dataset here.",
    "fixed.body": "`tasks update {id} --body -` replaces it, `--field SECTION TEXT` a section of it.",
    "fixed.claim": "`tasks pickup {id}` and `tasks release {id}` change it.",
    "fixed.id": "`tasks rename {id} NEW-ID` changes it, and rewrites it in other tasks, too.",
    "fixed.path": "`tasks move {id} STATE` and `tasks rename {id} NEW-ID` move the file.",
    "gate-form": "Write NAME=COMMAND, as in --gate test='pytest -q'.",
    "ids": "{near}`tasks list --output plain` prints every id.",
    "fix-unreadable": "Fix what `tasks validate` names.",
    "merge.all": "`tasks merge {name}`",
    "merge.prefer": "`tasks merge {name} --prefer {path}`",
    "no-dataset": "Name a directory that `tasks export` has written.",
    "no-name": "Name who takes the task, as in --by ada.",
    "no-partition": "Export without --partition",
    "one-file": "{ways} makes one file of them{choice}. All else of both is kept.",
    "readable-format": "Export with --format parquet, or jsonl, into another directory.",
    "rename": "`tasks rename {path} {new_id}`",
    "resume.all": "tasks run --resume --all",
    "resume.task": "tasks run --resume {task}",
    "same-format": "Export with --format {format}",
    "split-format": "Use it with --format parquet.",
    "unreadable-ids": "{files} may hold it: see `tasks validate`.",
    # What keeps a task from being closed, and from being begun
    "complete.cascade": "--cascade canceled cancels what is below it, too.",
    "complete.force": "--force REASON goes on all the same and notes the reason.",
    "complete.missing-commit-message": "Set the message with `tasks update {id} --meta commit_message=TEXT`.",
    "complete.no-insights": "Write the insights with `tasks update {id} --field SECTION TEXT`.",
    "complete.unchecked-criterion": "Tick what is met; `tasks complete {id} --check-acs` ticks all.",
    "complete.unreadable-descendant": "Fix what can't be read; `tasks validate` names each place.",
    "start.ancestor-blocked": "`tasks update {other} --unset blocked` unblocks it.",
    "start.blocked": "`tasks update {id} --unset blocked` unblocks it.",
    "start.circle": (
        "Remove one of the dependencies in that circle; `tasks validate` names its file and line."
    ),
    "start.closed-elsewhere": (
        "Merge what was done there. If that was dropped, `tasks release {id} --force` offers the task again."
    ),
    "start.criteria": "`tasks update {id} --field '{section}' '- [ ] TEXT'` says when it is done.",
    "start.invalid": "`tasks validate {id}` says what is wrong with it.",
    "start.state": "`tasks move {id} ready` makes it ready.",
    "start.unclaimed": (
        "No claim in this clone says who is working on it; if nobody is, `tasks release {id}` makes it "
        "ready again."
    ),
    # Findings
    "finding.attempt-in-future": (
        "Correct the year or the clock, and the attempt with `tasks record ID --amend UUID`."
    ),
    "finding.hierarchy-kind": (
        "A child's kind is below its parent's: epic, story, task. `tasks update {changed} --{key} {value}` "
        "makes it fit."
    ),
    "finding.left": "`tasks validate --fix` leaves it: {reason}. {remedy}",
    "finding.long-id": "Keep ids to 24; `tasks rename` gives it another.",
    "finding.missing-completed-at": (
        "`tasks validate --fix` sets it from git's history, else from `updated_at`; `tasks complete {id}` "
        "does too, or else sets the present."
    ),
    "finding.missing-heading": 'Add it, or use `tasks update {id} --field "{title}" TEXT`.',
    "finding.open-criteria": (
        "If they are met: `tasks update {id} --check {numbers}`; if not: `tasks move {id} ready`."
    ),
    "finding.no-attempts": "Record an attempt with `tasks record`, or remove `execution`.",
    "finding.unmerged": (
        "`tasks merge ID` makes one text of both sides; then `git add -A tasks` tells git that it is merged."
    ),
    "finding.wrong-directory": "`tasks validate --fix` moves it.",
    "finding.wrong-name": "`tasks validate --fix` renames it.",
    # Checks of doctor, and what some of them see
    "attempt-left": (
        "Where its task is gone, bring that back with `tasks undo` or git; then `tasks doctor --fix`."
    ),
    "check.attempts": "`tasks doctor --fix` records them, as the next `tasks run` does.",
    "check.claims": "`tasks release ID --force` ends a claim.",
    "check.configuration": "Fix the line; `tasks validate` lists every problem of the file.",
    "check.declarations": "`tasks doctor --fix` fixes it; or correct the tasks, or tasks/tasks.toml.",
    "check.duplicate-ids": (
        "`tasks rename PATH NEW-ID` for another task, `tasks merge ID` for the files of one."
    ),
    "check.index": "`tasks doctor --fix` removes it; the next command that reads all tasks rebuilds it.",
    "check.layout": "`tasks init` adds the key; `tasks cleanup --archive` makes room.",
    "check.leftovers": "`tasks doctor --fix` settles them, as the next command does that reads tasks.",
    "check.merge-driver": "`tasks init --merge-driver` sets it up.",
    "check.places": "`tasks validate --fix` moves them.",
    "check.root": "`tasks init` makes a directory a project.",
    "check.telemetry": (
        "`tasks telemetry push` hands them on; `telemetry.sinks` in tasks/tasks.toml names the sinks."
    ),
    "closed-elsewhere": (
        "Merge it; if that work is dropped, `tasks release {id} --force` offers the task again."
    ),
    "claim-left": "If it is gone for good, `tasks release {id} --force` ends the claim.",
    "many-closed": "`tasks cleanup --archive --older-than 90d` moves old ones to {place}/archive/YEAR/.",
    "merged-by-lines": "`tasks init --merge-driver` has git merge them by meaning.",
    "unnamed-layout": "`tasks init` adds the key; with `--layout flat` each task has one path all its life.",
    "torn-apart": (
        "`tasks merge {id}` makes one file of both sides; --prefer says whose word counts where they differ."
    ),
    "unmergeable": "Bring them together in an editor, for `tasks merge` can't: {problem}",
}


def say(text: str) -> str:
    """Return a text with its remedies as the command line has them."""
    return reword(text, REMEDIES)


def say_all(value: Any) -> Any:
    """Return a JSON-able value with its texts as `say` returns them."""
    if isinstance(value, dict):
        return {key: say_all(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [say_all(each) for each in value]
    return say(value) if isinstance(value, str) else value


def say_error(error: TaskfilesError) -> str:
    """Return an error's sentence with its remedy, for a warning."""
    return f"{error.message} {say(error.hint)}"


def say_finding(finding: Finding) -> Finding:
    """Return a finding with the remedy of the command line."""
    return finding._replace(hint=say(finding.hint)) if isinstance(finding.hint, Remedy) else finding


def name_remedy(error: TaskfilesError) -> None:
    """Set an error to the remedy of the command line."""
    error.set_hint(say(error.hint))
    if "reference" in error.details:
        error.add_hint("With --allow-missing it is written all the same.")
