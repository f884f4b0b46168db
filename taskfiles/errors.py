"""What can go wrong: one exception class, one registry of codes with their sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taskfiles.remedy import Remedy, join_remedies


class ErrorCode:
    """One way in which a request can fail: its exit status, its sentence and its remedy."""

    __slots__ = ("exit", "hint", "message")

    def __init__(self, status: int, message: str, hint: str) -> None:
        self.exit, self.message, self.hint = status, message, hint


ERRORS: dict[str, ErrorCode] = {
    # 1: the answer is no
    "edit-invalid": ErrorCode(
        1,
        "The change would make {id} invalid: {problem}",
        "{remedy} Nothing was written.",
    ),
    "edit-unsafe": ErrorCode(
        1,
        "{field} can't be edited without touching what surrounds it: {problem}.",
        "Make this one change in {path} with an editor; nothing was written.",
    ),
    "section-text": ErrorCode(
        1,
        "The text for section {field} can't be stored: {problem}.",
        "Use deeper headings inside the section and close every code fence; nothing was written.",
    ),
    "no-such-checkbox": ErrorCode(
        1,
        "{id} has no one checkbox {number}: {problem}.",
        "Count the checkboxes from 1, in the order of the file, or give a text that only one of them has.",
    ),
    "no-attempt": ErrorCode(
        1,
        "{id} has no attempt{which}.",
        "Record one, or name the id of one that the task has.",
    ),
    "incomplete": ErrorCode(1, "{id} can't become {state} yet: {problem}.", "{remedy} Nothing was written."),
    "files-differ": ErrorCode(
        1,
        "The {count} files of {id} differ in {fields}.",
        "Decide which file's word counts there: {commands}; all else of both is kept. Nothing was written.",
    ),
    "several-tasks": ErrorCode(
        1,
        "{id} is the id of {count} tasks, which were created apart: {paths}.",
        "Give one another id: {commands}; nothing was written.",
    ),
    "nothing-to-undo": ErrorCode(1, "Nothing to undo: {problem}.", "{remedy}"),
    "changed-elsewhere": ErrorCode(
        1, "Your last change was made in {place}, not here: {action} of {ids}.", "{remedy}"
    ),
    "no-archive": ErrorCode(
        1,
        "Closed tasks have directories of their own here: the layout is states.",
        "The archive is for the flat layout; nothing was moved.",
    ),
    "layout-blocked": ErrorCode(
        1,
        "The layout can't become {layout} yet: {problems}.",
        "Settle each by hand first; nothing was written.",
    ),
    "no-source": ErrorCode(1, "{path} can't be migrated: {problem}.", "{remedy}"),
    "bad-source": ErrorCode(
        1,
        "The source can't be read as a whole ({count}): {problem}.",
        "Correct it in the source, and migrate again; nothing was written.",
    ),
    "bad-mapping": ErrorCode(
        1,
        "{path} is not a mapping of keys: {problem}.",
        'Below [keys] each key has the one of ours that it becomes, as tags = "labels"; nothing was written.',
    ),
    "unmapped": ErrorCode(
        1,
        "These values have no mapping: {problem}.",
        "Give each one a word of ours, as in {choices}; nothing was written.",
    ),
    "wordless": ErrorCode(
        1,
        "{tool} has no word for these: {problem}.",
        "Give each one a word of its own, as in {choices}; nothing was written.",
    ),
    "place-taken": ErrorCode(
        1,
        "{path} {problem}, so nothing was written there.",
        "Name a directory that is empty or does not exist yet; nothing was written.",
    ),
    "branches-moved": ErrorCode(
        1,
        "Branches have moved task files since they left this one, and would conflict: {branches}.",
        "Merge them first, or convert all the same and settle the conflicts later. Nothing was written.",
    ),
    "many-tasks": ErrorCode(
        1,
        "{count} tasks would change, more than {most}.",
        "Choose fewer, or allow more. Nothing was written.",
    ),
    "referenced": ErrorCode(
        1,
        "{id} can't be deleted: named at {places}.",
        "Remove those references first, or delete those tasks with it; nothing was written.",
    ),
    "editor-missing": ErrorCode(
        1,
        "The editor {command} could not be started: {problem}.",
        "Set $VISUAL or $EDITOR to one that is installed.",
    ),
    "editor-failed": ErrorCode(
        1, "The editor {command} ended with {status}.", "The task is unchanged; your text is kept in {kept}."
    ),
    "edit-kept": ErrorCode(
        1,
        "Your edit of {id} was not applied: {problem}",
        "It is kept in {kept}; fix it there and copy it back, or edit the task again.",
    ),
    "plan-cycle": ErrorCode(
        1,
        "This plan has no order: each of these waits for the next: {cycle}.",
        "Remove one `depends_on` or `blocks` from the circle.",
    ),
    "nothing-to-claim": ErrorCode(1, "There is no task to claim: {problem}.", "{remedy}"),
    "not-ready": ErrorCode(
        1,
        "{id} can't be picked up: {problem}.",
        "{remedy}",
    ),
    "too-ambiguous": ErrorCode(
        1,
        "{id} leaves too much open for an agent: its ambiguity is {level}, more than run.max_ambiguity, "
        "which is {allowed}.",
        "Make it clearer and set its ambiguity, or raise run.max_ambiguity in tasks/tasks.toml.",
    ),
    "dispatch-stopped": ErrorCode(
        1,
        "No agent is started: {by} has stopped them: {reason}.",
        "When that is over, {command}.",
    ),
    "agent-missing": ErrorCode(
        1,
        "{program} can't be run here: there is no such program.",
        "Install it, or give its path; the agent's command stands after `--`.",
    ),
    "pull-request-failed": ErrorCode(
        1,
        "The pull request was not opened: `{command}` failed: {problem}.",
        "The work and its attempt are kept; run that command by hand.",
    ),
    "no-branch": ErrorCode(
        1,
        "A pull request can't come from {branch}.",
        "Begin a branch for it, as with `git switch -c NAME`, or give the command that opens it.",
    ),
    "no-remote": ErrorCode(
        1,
        "It is not known which remote a pull request's branch is pushed to: {problem}.",
        "Name one, as with `git config remote.pushDefault NAME`, or give the command that opens it.",
    ),
    "unreadable-task": ErrorCode(
        1,
        "The file can't be read as a task: {problem}",
        "Fix the file in an editor, then validate it.",
    ),
    "block-missing": ErrorCode(
        1, "{path} has no block about `tasks`.", "Write the block into {name}, and commit the file."
    ),
    "block-stale": ErrorCode(
        1,
        "The block of `tasks` in {path} is not what this version writes.",
        "Write the block into {name} again, and commit the file; text outside of it does not change.",
    ),
    "block-damaged": ErrorCode(
        1,
        "The block of `tasks` in {path} is damaged: {problem}.",
        "Fix its marks in an editor: one line `<!-- tasks:begin`, and after it one `<!-- tasks:end -->`.",
    ),
    "not-reconciled": ErrorCode(1, "{what} is left as it is: {problem}.", "{remedy}"),
    "not-copied": ErrorCode(
        1,
        "{path}, which run.copy in tasks/tasks.toml names, is not copied into worktrees: {problem}.",
        "Name ignored files inside the project there; nothing was copied.",
    ),
    "not-committed": ErrorCode(
        1,
        "The worktrees would lack {files} as changed here, which is not committed: {paths}.",
        "Commit them, then run the command again; nothing was changed.",
    ),
    "branch-unmerged": ErrorCode(
        1,
        "{branch} has {count} that {into} lacks: {subjects}.",
        "Bring them in with `git merge {branch}`, then run the command again. Only where nobody needs them: "
        "{remedy}`git branch -D {branch}`. Nothing was changed.",
    ),
    # 2: usage
    "usage": ErrorCode(2, "{problem}", "Look up what this command takes."),
    "bad-text": ErrorCode(2, "{field} is not text in UTF-8.", "Write it in UTF-8."),
    "bad-value": ErrorCode(2, "{option} can't be {given}: {problem}.", "{remedy}"),
    "bad-json": ErrorCode(
        2, "The JSON on {source} can't be read: {problem}.", "Give one JSON {shape}, for example {example}."
    ),
    "bad-attempt": ErrorCode(
        2,
        "The attempt can't be recorded: {problem}",
        "The page on the format lists the keys of an attempt.",
    ),
    "no-agent-output": ErrorCode(
        2,
        "{source} has no machine-readable output of {tool}.",
        "Keep what it prints, as in `{example} > FILE`, and name that file. {remedy}",
    ),
    "bad-entries": ErrorCode(
        2,
        "No task was created: {problem}.",
        "Correct every entry that is named, and create them all again.",
    ),
    "fixed-key": ErrorCode(2, "{field} is not changed by this command.", "{remedy}"),
    "no-such-schema": ErrorCode(2, "There is no schema {name}.", "Choose one of {known}."),
    "no-such-topic": ErrorCode(
        2,
        "There is no help topic {name}.",
        "Choose one of {known}.",
    ),
    # 3: no such task
    "no-such-task": ErrorCode(3, "There is no task {id}.", "{remedy}"),
    "no-such-run": ErrorCode(3, "{run} doesn't name one run: {problem}.", "The event log lists the runs."),
    "ambiguous-task": ErrorCode(
        3,
        "{id} names {count} files: {paths}.",
        "Merge them if they are one task; give one another id if they are several.",
    ),
    # 4: conflict
    "claimed": ErrorCode(
        4,
        "{id} is held by {by} since {since}{place}, until {until}.",
        "{remedy}",
    ),
    "unnamed": ErrorCode(
        4,
        "{id} is held by {by} since {since} in this worktree, and this would end the work on it.",
        "If that is you, give the name {by} with this very call, or the claim's token. Nothing was written.",
    ),
    "bad-lease": ErrorCode(
        4,
        "The claim of {id} can't be read from {path}: {problem}.",
        "Make sure that nobody is working on it, then force the release of {id}.",
    ),
    "lock-timeout": ErrorCode(
        4,
        "Another command kept the lock on {path} for more than {seconds} s.",
        "Try again, or wait longer.",
    ),
    "etag-mismatch": ErrorCode(
        4,
        "{id} has changed: its etag is {actual}, not {expected}.",
        "Read it again, then repeat the change.",
    ),
    "changed-underneath": ErrorCode(
        4,
        "{path} changed while the command ran; that change is kept, and nothing was written.",
        "Run the command again.",
    ),
    "changed-since": ErrorCode(
        4,
        "{path} has changed since {action} at {time}, so that change can't be undone.",
        "Undo what came later first, or change the file by hand; nothing was written.",
    ),
    "attempt-conflict": ErrorCode(
        4,
        "Attempt {attempt} of {id} is already recorded with another {field}.",
        "To change it, amend attempt {attempt}; to record another attempt, give another id or none.",
    ),
    "edit-conflict": ErrorCode(
        4,
        "Your edit of {id} was not applied: {problem}",
        "It is kept in {kept}; copy your changes into the file as it is now.",
    ),
    "id-taken": ErrorCode(4, "{id} is the id of {path} already.", "Choose another id."),
    "path-taken": ErrorCode(
        4,
        "{path} exists already, so {id} can't be moved there.",
        "Give one of the two tasks another name or id; nothing was written.",
    ),
    "long-name": ErrorCode(
        1,
        "{id} can't have its file at {path}: file systems take no name of that length.",
        "Give it an id of up to {longest} characters; nothing was written.",
    ),
    "worktree-taken": ErrorCode(
        4, "{branch} can't have its worktree in {path}: {problem}.", "{remedy} Nothing was changed."
    ),
    # 5: no project, or a configuration that can't be used
    "bad-root": ErrorCode(
        5,
        "There is no directory tasks/ in {path}.",
        "Name the directory that contains tasks/, or create tasks/ there.",
    ),
    "no-project": ErrorCode(
        5,
        "There is no task directory at or above {path}.",
        "Create tasks/ there, or name the directory that contains it.",
    ),
    "not-checked-out": ErrorCode(
        5,
        "Git's index holds {path}, and the sparse checkout leaves it out.",
        "`git sparse-checkout add {place}` checks it out.",
    ),
    "bad-dataset": ErrorCode(5, "{path} can't be used as a dataset: {problem}.", "{remedy}"),
    "bad-config": ErrorCode(
        5,
        "{path} can't be used: {problem}",
        "Fix that line.",
    ),
    "newer-format": ErrorCode(
        5,
        "{path} says format {format}; this version writes up to format {known}.",
        "Update tasks; reading still works.",
    ),
    "no-git": ErrorCode(
        5,
        "{path} is not in a git repository.",
        "Run `git init` first: this is kept in git's own configuration.",
    ),
    "untrusted": ErrorCode(
        5,
        "{path} names sinks outside of this clone, and is not trusted here: {sinks}.",
        "Read the file; if it is right, trust it. Nothing was sent.",
    ),
    "untrusted-commands": ErrorCode(
        5,
        "{path} names gates that are commands, and is not trusted here: {gates}.",
        "Read the file; if it is right, trust it, or have only gates of your own run. Nothing was run.",
    ),
    "nothing-to-trust": ErrorCode(
        5, "There is no {path} to trust.", "Write the file first; without it nothing needs trust."
    ),
    "missing-extra": ErrorCode(
        5,
        "This needs {module}, which is not installed here: {problem}.",
        "Install it with `pip install 'taskfiles[{extra}]'`, in a clone of tasks with "
        "`pip install '.[{extra}]'`.",
    ),
    "no-worktrees": ErrorCode(5, "Worktrees can't be made here: {problem}.", "{remedy}"),
    # 6: the system refused
    "io": ErrorCode(6, "{action} {path} failed: {problem}.", "{remedy}"),
    "claims-unavailable": ErrorCode(
        6,
        "Claims can't be kept: {problem}.",
        "{remedy}; without a claim, setting the state to in-progress begins a task.",
    ),
    "sink-failed": ErrorCode(
        6,
        "Delivery failed: {sink}: {problem}.",
        "Fix it and push again; what was not delivered is kept.",
    ),
    "outside-root": ErrorCode(
        6,
        "{path} is a symbolic link that leads out of the repository.",
        "Put a regular file or directory in its place; links are never written through.",
    ),
    "git-failed": ErrorCode(6, "`git {command}` failed: {problem}.", "Run that command by hand to see why."),
    "history-missing": ErrorCode(
        6,
        "The history of the tasks can't be shown: versions of their files are not in this clone.",
        "`git log -p -- {tasks}` has git fetch what it has left out, or says what is damaged.",
    ),
    "commit-failed": ErrorCode(
        6,
        "The work in {path} could not be committed to {branch}: {problem}.",
        "The work there is kept; fix the cause and commit there by hand.",
    ),
    "directory-gone": ErrorCode(
        6,
        "{path}, where {id} was worked on, is gone, and with it what was not committed there.",
        "The attempt is kept; recovery records it.",
    ),
    # 70, 130
    "internal": ErrorCode(70, "Bug in tasks: {problem}.", "Please report it with the details in {log}."),
    "interrupted": ErrorCode(130, "Interrupted.", "Every file is whole; run the command again."),
}


class TaskfilesError(Exception):
    """A request that can't be met; `code` is stable, `message` and `hint` are for people.

    `hint` is a Remedy with the error's code, so that a program can say it in its own terms. `path` is
    relative to the project root where there is one; `line` and `column` count from 1; `details` is JSON-able.
    `others` are those about further tasks, where a call is about several.
    """

    def __init__(
        self,
        code: str,
        *,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        details: dict[str, Any] | None = None,
        **params: object,
    ) -> None:
        spec = ERRORS[code]
        params.setdefault("path", "the file" if path is None else path)
        self.code = code
        self.exit = spec.exit
        self.message = spec.message.format(**params)
        self.hint: str = Remedy(spec.hint, code, **params)
        self.path, self.line, self.column = path, line, column
        self.details = details or {}
        self.others: Sequence[TaskfilesError] = ()
        self._params = params
        super().__init__(f"{self.message} {self.hint}")

    def rename_argument(self, names: Mapping[str, str]) -> None:
        """Name the argument that the sentence is about as the caller does: a command line by its option."""
        option = self._params.get("option")
        if isinstance(option, str) and option in names:
            self._params["option"] = names[option]
            self.message = ERRORS[self.code].message.format(**self._params)

    def add_hint(self, sentence: str) -> None:
        """Add a sentence to what the error says to do, by who knows more than whoever raised it."""
        self.set_hint(join_remedies([self.hint, sentence]))

    def set_hint(self, hint: str) -> None:
        """Replace what the error says to do, by a caller who says it in its own terms."""
        self.hint = hint
        self.args = (f"{self.message} {self.hint}",)

    @property
    def outcome(self) -> str:
        """Outcome of an action that ended in this error: `blocked` by a rule, or `failed` by the system."""
        return "blocked" if is_refusal(self.exit) else "failed"

    def __reduce__(self) -> Any:
        """Stay picklable although the constructor takes the parts of the sentence."""
        return (_restore, (self.__dict__,))


def join_errors(errors: Sequence[TaskfilesError]) -> TaskfilesError:
    """Return the first of several errors, which has the others beside it."""
    errors[0].others = [other for error in errors[1:] for other in (error, *error.others)]
    return errors[0]


def is_refusal(code: int) -> bool:
    """Return whether an exit code says that a request was refused; others say that it failed."""
    return 1 <= code <= 5


def reason_of(error: OSError) -> str:
    """Return the system's reason in lower case, as sentences have it; one of ours (errno 0) as it is."""
    reason = error.strerror or str(error) or "the system gave no reason"
    return reason if error.errno == 0 else reason.lower()


def number_of(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> number_of(1, "file"), number_of(2, "file")
    ('1 file', '2 files')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _restore(state: dict[str, Any]) -> TaskfilesError:
    error = TaskfilesError.__new__(TaskfilesError)
    error.__dict__.update(state)
    Exception.__init__(error, f"{error.message} {error.hint}")
    return error
