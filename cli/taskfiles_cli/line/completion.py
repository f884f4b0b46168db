"""Answer a bash that completes an id, an option or a command without typer, where nothing is in doubt.

`complete` gives None for any other line and any other shell, which are typer's; a law compares the two.
"""

from __future__ import annotations

from taskfiles_cli.line.table import COMMANDS, Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ASKED = "_TASKS_COMPLETE"  # the variable by which a shell's script asks
_HELP = ("--help", "-h")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ ")


def complete(environment: Mapping[str, str]) -> str | None:
    """Return what a shell asks for, a word a line; None where typer must answer."""
    text, number = environment.get("COMP_WORDS", ""), environment.get("COMP_CWORD", "")
    if environment.get(ASKED) != "complete_bash" or not (number.isascii() and number.isdigit()):
        return None
    if not _PLAIN.issuperset(text) or len(number) > 4:  # quotes and escapes are the shell's to read
        return None
    words = text.split()
    before, incomplete = words[1 : int(number)], (*words[int(number) : int(number) + 1], "")[0]
    count = 2 if " ".join(before[:2]) in COMMANDS else 1
    command = COMMANDS.get(" ".join(before[:count]))
    if command is None or any(word.startswith("-") for word in before):
        return None
    found = _offer(command, before[count:], incomplete)
    return None if found is None else "\n".join(found)


def _offer(command: Command, given: Sequence[str], incomplete: str) -> Sequence[str] | None:
    if incomplete.startswith("-"):
        shown = (name for name, option in command.options.items() if option.parameter not in command.hidden)
        return [name for name in (*shown, *_HELP) if name.startswith(incomplete)]
    names = [(name, many) for name, _, many in command.arguments]
    name = next((name for at, (name, many) in enumerate(names) if many or at >= len(given)), None)
    if name not in command.ids:
        return None
    from taskfiles_cli.line.ids import complete_ids  # noqa: PLC0415 (it imports the store)

    return complete_ids(incomplete)
