"""The registry of findings: severity, message, hint and reason of each code."""

from __future__ import annotations

from typing import Literal

from taskfiles.basics.named_tuple import NamedTuple

Severity = Literal["error", "warning", "hint"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")


class FindingCode(NamedTuple):
    """One rule: its severity, message and hint, and why it is a rule (for the docs)."""

    severity: Severity
    message: str
    hint: str
    why: str
    unreadable: bool = False


def _unreadable(message: str, hint: str, why: str) -> FindingCode:
    return FindingCode("error", message, hint, why, unreadable=True)


FINDINGS: dict[str, FindingCode] = {
    # Files that look like a task and can't be read as one
    "no-closing-fence": _unreadable(
        "The frontmatter that opens on line 1 is never closed.",
        "Add a line `---` after its last key.",
        "Without the closing fence, metadata and text can't be distinguished.",
    ),
    "fence-word": _unreadable(
        "`{word}` follows the opening `---`.",
        "Leave nothing but `---` on the first line; frontmatter is YAML and is never executed.",
        "Some tools run `---js` frontmatter as code.",
    ),
    "no-frontmatter": FindingCode(
        "warning",
        "The file is named like a task and does not begin with `---`.",
        "Put the frontmatter between two `---` lines at the very top, or rename the file.",
        "A typo in the first line must not make a task vanish; other Markdown files are ignored.",
        unreadable=True,
    ),
    "not-a-mapping": _unreadable(
        "The frontmatter is {found}, not a mapping of keys.",
        "Write it as `key: value` lines.",
        "A task is known by its keys.",
    ),
    "missing-id": _unreadable(
        "The task has no `id`.", "Add `id: {suggestion}`.", "Every command names a task by its id."
    ),
    "invalid-id": FindingCode(
        "error",
        "`{given}` is not an id.",
        "Use lower-case letters, digits and hyphens, a letter or digit first.",
        "Ids are used in file names, branches and commit messages.",
    ),
    "yaml-syntax": _unreadable(
        "The YAML can't be read: {problem}.",
        "{remedy}",
        "The frontmatter is one YAML 1.2 mapping.",
    ),
    "complex-key": _unreadable(
        "This key is a list or a mapping.",
        "Write a word as the key; quote a key that begins with a bracket, a brace or `? `.",
        "Keys are text, in JSON and in every reader; a list as a key has no one spelling.",
    ),
    "lone-surrogate": _unreadable(
        "This is half of a surrogate pair, which is not a character.",
        'Write the character itself, or both halves, as in "\\ud83d\\ude00".',
        "Half a pair has no form in UTF-8, and strict JSON readers refuse it.",
    ),
    "duplicate-key": _unreadable(
        "`{key}` is given twice.",
        "Keep one of the two.",
        "A reader would silently drop one of the values.",
    ),
    "conflict-marker": FindingCode(
        "error",
        "A merge conflict is not resolved here.",
        "Choose a side and remove the marker lines.",
        "An unresolved merge is not a task.",
        unreadable=True,
    ),
    "unmerged": FindingCode(
        "error",
        "Git has not merged this file: the versions of both sides are in its index.",
        "Merge both sides, then `git add -A` its path.",
        "Half a merge is no task, and a marker within a code block looks like text.",
    ),
    "nul-byte": _unreadable(
        "The file contains a NUL byte.",
        "Remove it, or restore the file from git.",
        "NUL bytes mean a damaged or binary file.",
    ),
    "not-utf8": _unreadable(
        "The frontmatter is not UTF-8: it holds {encoding}.",
        "Save the file as UTF-8.",
        "Task files are UTF-8 text.",
    ),
    "too-large": _unreadable(
        "The {what} is larger than {limit} MiB.",
        "Keep large material in files of its own and link them.",
        "Such a file is not a work item, and reading it would stall every command.",
    ),
    "alias-expansion": _unreadable(
        "The aliases here expand to more than {limit} characters.",
        "Write the values out, or remove the aliases.",
        "Nested aliases can exhaust a machine's memory.",
    ),
    "too-deep": _unreadable(
        "The values here nest deeper than {limit} levels.",
        "Flatten them.",
        "Unbounded nesting can exhaust the stack.",
    ),
    "unreadable-file": _unreadable(
        "The file can't be read: {problem}.",
        "Make it readable, then try again.",
        "A file that can't be opened is named, never skipped.",
    ),
    "outside-link": _unreadable(
        "The file is a symbolic link that leads out of the repository.",
        "Put a regular file in its place.",
        "Reading it would show, and writing would change, a file outside of the repository.",
    ),
    # Values
    "missing-key": FindingCode(
        "error", "`{key}` is missing.", "Add it.", "The key is required where it is missing."
    ),
    "wrong-type": FindingCode(
        "error",
        "Expected {wanted}, found {found}.",
        "{remedy}",
        "Types are those of YAML 1.2; only quotes tell a number from text.",
    ),
    "null-value": FindingCode(
        "error",
        "The value is null.",
        "Give a value, or remove the key: absent means unknown.",
        "An explicit null would be a third state besides known and absent.",
    ),
    "empty-text": FindingCode(
        "error",
        "The text is blank.",
        "Give a text, or remove it.",
        "A blank text says nothing, and hides that.",
    ),
    "unknown-value": FindingCode(
        "error",
        "`{given}` is not one of {allowed}.",
        "{near}Use one of those, in exactly that spelling.",
        "Analysis groups by these words.",
    ),
    "invalid-timestamp": FindingCode(
        "error",
        "`{given}` is not a date and time: {problem}.",
        "Write it as 2025-11-02T15:03:00Z.",
        "Instants are RFC 3339.",
    ),
    "out-of-range": FindingCode(
        "error",
        "{given} is out of range.",
        "Give a value from {low} to {high}.",
        "Figures are counted in 64 bits and never negative.",
    ),
    "invalid-uuid": FindingCode(
        "error",
        "`{given}` is not a UUID.",
        "Write it as 8-4-4-4-12 hexadecimal digits, or remove the key.",
        "An attempt's id is what makes recording it twice harmless.",
    ),
    "missing-commit-message": FindingCode(
        "hint",
        "The done task has no `commit_message`.",
        "Add the message of the commit that completed it.",
        "It ties the task to the history; asked of completions since 2025-11-01.",
    ),
    "missing-completed-at": FindingCode(
        "warning",
        "The done task has no `completed_at`.",
        "Set it, from git's history, else from `updated_at`, as a repair does; or complete the task again.",
        "Its file is named after that day, and figures by time leave out what has none.",
    ),
    # Attempts
    "no-attempts": FindingCode(
        "error",
        "`attempts` is empty.",
        "Record an attempt, or remove `execution`.",
        "An execution without attempts records nothing.",
    ),
    "ended-before-started": FindingCode(
        "error",
        "`ended_at` is before `started_at`.",
        "Swap or fix the two instants.",
        "A session can't end before it begins.",
    ),
    "attempt-in-future": FindingCode(
        "warning",
        "This attempt ends at {given}, which is in the future.",
        "Correct the year or the clock, and amend the attempt.",
        "It would remain the latest attempt, and count in a future month.",
    ),
    "duration-mismatch": FindingCode(
        "warning",
        "`duration_seconds` is {given}, but {actual} s lie between start and end.",
        "Fix the duration or the instants.",
        "The three figures tell one fact; they may differ by a second.",
    ),
    "attempts-overlap": FindingCode(
        "warning",
        "This attempt starts before attempt {other} has ended.",
        "Fix the instants, unless the two really ran at once.",
        "Overlapping sessions make idle time and work time hard to read.",
    ),
    "attempts-unordered": FindingCode(
        "warning",
        "This attempt started before the one above it.",
        "Move it up, so that the list is in order of time.",
        "The last attempt in the file is the one that counts as the latest.",
    ),
    "duplicate-attempt": FindingCode(
        "warning",
        "Attempt {other} has the same id.",
        "Remove one of the two, or give one a new id.",
        "Recording is idempotent by id.",
    ),
    "gate-not-run": FindingCode(
        "warning",
        "`{gate}` failed but is not among the gates that were run.",
        "Add it to `run`.",
        "A gate can only fail when it was run.",
    ),
    "status-outcome": FindingCode(
        "warning",
        "Status {status} and outcome {outcome} don't go together.",
        "{remedy}",
        "A given outcome overrides the status in every figure.",
    ),
    "cache-exceeds-input": FindingCode(
        "warning",
        "{cached} cached tokens are more than the {input} input tokens that include them.",
        "Count cached tokens into `input_tokens`, or fix the figures.",
        "Cached tokens are part of the input; otherwise every price computed from them is wrong.",
    ),
    "not-one-word": FindingCode(
        "warning",
        "`{given}` is not one word.",
        "Use a short word such as timeout or gate_failed; put the sentence into `error_reason`.",
        "Failures are grouped by this word.",
    ),
    "same-session": FindingCode(
        "warning",
        "This attempt continues the session of another one, and {problem}.",
        "Amend the earliest attempt of the session: the later ones are computed anew. What nobody can know"
        " stays out.",
        "Tools print the totals of a whole session; each attempt counts only its own part.",
    ),
    "unknown-error-type": FindingCode(
        "warning",
        "`{given}` is not one of the words for a kind of failure.",
        "{remedy}Put the tool's own word into `error_detail`.",
        "Failures of all tools are grouped by this word.",
    ),
    "foreign-path": FindingCode(
        "error",
        "`{given}` is not a path within the repository.",
        "Write it relative to the top of the repository, with `/`.",
        "Created files, and files that a task links to, are files of the repository, on every machine.",
    ),
    "unsorted-files": FindingCode(
        "warning",
        "`{given}` comes before the file above it.",
        "Sort `created_files`.",
        "Sorted lists merge and compare without noise.",
    ),
    # Text forms
    "day-only": FindingCode(
        "warning",
        "`{day}` has no time; it counts as the whole day.",
        "Write the time too, as in {day}T15:03:00Z, if it is known.",
        "Events of one day can't be ordered by the day alone.",
    ),
    "no-zone": FindingCode(
        "warning",
        "The instant names no time zone; it is read as UTC.",
        "End it with `Z` or an offset such as `+01:00`.",
        "Without a zone, two readers may see two different instants.",
    ),
    "long-id": FindingCode(
        "warning",
        "The new id has {length} characters.",
        "Keep ids to 24; rename the task.",
        "Ids are typed by hand and used in file names. Reported when `tasks` writes a new id, never for "
        "one that is there.",
    ),
    "reserved-key": FindingCode(
        "warning",
        "`{key}` is a key of the tool's own answers.",
        "Rename it; until then JSON shows it under `extra`.",
        "JSON adds path, etag, valid, body and derived to every task.",
    ),
    "unknown-key": FindingCode(
        "hint",
        "`{key}` is not a key of the format.",
        "{near}Nothing is wrong with keys of your own; `x_…` keys will never get a meaning.",
        "A misspelt key is easily overlooked.",
    ),
    "comment-in-value": FindingCode(
        "warning",
        "`{comment}` begins a comment; it is not part of the value.",
        'Quote the value if it belongs to it: "{value}". A blank after `#` makes it a plain comment.',
        "YAML ends a value before a blank and `#`, so that text is lost unnoticed.",
    ),
    # Place and body
    "wrong-directory": FindingCode(
        "warning",
        "A task in state {state} belongs in {directory}/.",
        "Move it there, as a repair does.",
        "`state` is the truth; the directory is for people who browse.",
    ),
    "wrong-name": FindingCode(
        "warning",
        "The file should be named {name}.",
        "Rename it, as a repair does.",
        "The name lets every tool find a task without reading all files.",
    ),
    "other-ending": FindingCode(
        "warning",
        "No command reads this file, though it looks like a task.",
        "Rename it to `{name}`; or give it a name that is not a task's.",
        "Task files end in `.md`, in any case, and don't begin with a dot; a typo must not hide a task.",
    ),
    "hidden-directory": FindingCode(
        "warning",
        "No command reads the {files} in {directory}, whose name begins with a dot.",
        "Move them out of it, or give it a name without the dot.",
        "Names that begin with a dot belong to other tools, so tasks there would vanish unnoticed.",
    ),
    "missing-heading": FindingCode(
        "hint",
        "There is no section `{heading}`.",
        "Add it, with its text.",
        "Executors and reviewers look for it there.",
    ),
    "missing-checkbox": FindingCode(
        "warning",
        "Acceptance Criteria has no checkbox.",
        "Write each criterion as `- [ ] …`.",
        "Checkboxes let a tool see what is left to do.",
    ),
    "open-criteria": FindingCode(
        "warning",
        "`{id}` is done, and {criteria} not ticked.",
        "Tick what is met, or reopen `{id}`.",
        "Nobody looks at unfinished parts of a done task again.",
    ),
    # Between files
    "duplicate-id": FindingCode(
        "error", "`{other}` has the same id.", "Give one of the two another id.", "An id names one task."
    ),
    "dangling-reference": FindingCode(
        "warning",
        "There is no task `{target}`.",
        "{near}Fix the id, or remove it.",
        "A reference to nothing hides a dependency or a lost task.",
    ),
    "hierarchy-cycle": FindingCode(
        "error",
        "The hierarchy runs in a circle: {cycle}.",
        "Remove one of these children.",
        "A task can't be its own ancestor.",
    ),
    "hierarchy-depth": FindingCode(
        "error",
        "This is level {depth} of a hierarchy that has three.",
        "Move the task up, or merge two levels.",
        "The levels are epic, story and task.",
    ),
    "hierarchy-kind": FindingCode(
        "error",
        "{child_kind} `{child}` can't be a child of {kind} `{id}`.",
        "A child's kind is below its parent's: epic, story, task.",
        "The levels are epic, story and task.",
    ),
    "several-parents": FindingCode(
        "warning",
        "`{child}` is a child of {other} too.",
        "Keep it in one list of children.",
        "One parent owns a child and its place in the order.",
    ),
    "dependency-cycle": FindingCode(
        "error",
        "These tasks wait for each other: {cycle}.",
        "Remove one of the dependencies. A child waits for what its parent waits for, and a parent is done "
        "after its children.",
        "None of them could ever start.",
    ),
    "waits-for-canceled": FindingCode(
        "warning",
        "`{id}` waits for `{other}`, which is canceled.",
        "Remove the dependency, or reopen `{other}`.",
        "A task that depends on a canceled one can never start.",
    ),
    "open-below-closed": FindingCode(
        "warning",
        "`{id}` is {state}, but tasks below it are open ({count}): {open}.",
        "Close what is below it, or reopen `{id}`.",
        "Nothing below a closed task is offered as work.",
    ),
    # tasks.toml
    "config-syntax": FindingCode(
        "error",
        "The TOML can't be read: {problem}.",
        "Fix the line.",
        "A configuration that can't be read can't be used.",
    ),
    "config-value": FindingCode(
        "error",
        "`{key}` can't be {given}: {problem}.",
        "{remedy}",
        "A wrong setting is named, never replaced by a guess.",
    ),
    "newer-format": FindingCode(
        "warning",
        "The format is {format}; this version writes up to {known}.",
        "Update tasks; until then it reads these files and refuses to write them.",
        "A newer format may mean what an older version would destroy.",
    ),
    "config-unknown-key": FindingCode(
        "warning",
        "`{key}` is not a setting.",
        "{near}Remove it, or correct its name.",
        "A misspelt setting has no effect.",
    ),
}
