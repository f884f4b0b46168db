"""What a command line can do about an error: remedies that name commands and options, by the error's code.

The library's own remedies name neither, since not every caller has a command line.
"""

from __future__ import annotations

from taskfiles.errors import TaskfilesError

# Templates, filled with what the error is about; they replace the library's remedy.
REMEDIES: dict[str, str] = {
    "bad-attempt": "`tasks help format` lists the keys of an attempt.",
    "block-missing": "Run `tasks inject {name}` and commit the file.",
    "block-stale": "Run `tasks inject {name}` and commit the file; what is outside of it stays as it is.",
    "lock-timeout": "Try again, or wait longer with --lock-timeout.",
}
# The same for keys that no change of the frontmatter sets.
_FIXED_KEYS: dict[str, str] = {
    "id": "`tasks rename {id} NEW-ID` changes it, and rewrites it in other tasks, too.",
    "body": "`tasks update {id} --body -` replaces it, `--field SECTION TEXT` a section of it.",
    "path": "`tasks move {id} STATE` and `tasks rename {id} NEW-ID` move the file.",
    "claim": "`tasks pickup {id}` and `tasks release {id}` change it.",
}


def name_remedy(error: TaskfilesError) -> None:
    """Give an error the remedy of the command line, if there is one."""
    if error.code in REMEDIES:
        error.replace_hint(REMEDIES[error.code])
    elif error.code == "fixed-key" and error.details.get("field") in _FIXED_KEYS:
        error.replace_hint(_FIXED_KEYS[error.details["field"]])
    elif "reference" in error.details:
        error.add_hint("With --allow-missing it is written all the same.")
