"""Answer a shell that completes a line, by the generated table: commands, options, their values, ids.

typer is not imported for it: each press of a key waits for the answer. `complete` gives None for a line that
is not certain, such as one with an open quote, and for any other shell, which are typer's; a law compares the
two. The shells ask as typer's scripts do, which `tasks completion` prints.
"""

from __future__ import annotations

from typing import NamedTuple

from taskfiles_cli.line.surroundings import COMPLETION
from taskfiles_cli.line.table import COMMANDS, Command, Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_HELP = ("--help", "-h")
_ROOT = ("--version", *_HELP)
_PLAIN = frozenset("-_.,@/+%=:")  # what a word may have besides letters and digits, and need no shell to read
_FLAGS = ("flag", "no-flag")
_TWO = ("field", "field_file", "append", "from_agent")  # parameters whose options take two words


def complete(environment: Mapping[str, str]) -> tuple[str, int] | None:
    """Return what a shell asks for and the exit code; None where typer must answer."""
    asked = environment.get(COMPLETION, "")
    shell = asked.removeprefix("complete_")
    if asked == shell or shell not in {"bash", "zsh", "fish"}:
        return None
    words = _words_of_bash(environment) if shell == "bash" else _words(environment)
    if words is None or not all(char.isalnum() or char in _PLAIN for char in words[-1]):
        return None
    found = _offer(words[:-1], words[-1])
    if found is None:
        return None
    if shell == "bash":
        cut = _cut(environment, words[-1]) if "=" in words[-1] else 0
        return "\n".join(value[cut:] for value, _ in found), 0
    if shell == "zsh":
        return _write_zsh(found), 0
    if environment.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":
        return "", 0 if found else 1
    return "\n".join(f"{value}\t{text}" if text else value for value, text in found), 0


def _words_of_bash(environment: Mapping[str, str]) -> list[str] | None:
    """Return the words after the program's name up to the cursor, the last one begun.

    The script joins them by line breaks. bash parts a word at `=`; such parts are one word again.
    """
    text, number = environment.get("COMP_WORDS", ""), environment.get("COMP_CWORD", "")
    if not (number.isascii() and number.isdigit()) or len(number) > 4:
        return None
    given = text.split("\n") if "\n" in text else _split(text)
    if given is None:
        return None
    words = [*given, ""][1 : int(number) + 1] if int(number) >= len(given) else given[1 : int(number) + 1]
    joined: list[str] = []
    for word in words or [""]:
        if joined and (word == "=" or (joined[-1].endswith("=") and joined[-1] != "=")):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _cut(environment: Mapping[str, str], word: str) -> int:
    """Return how much of a word bash takes for words of their own: all up to the last `=` that it parted."""
    parted = "\n=" in environment.get("COMP_WORDS", "")
    return word.rindex("=") + 1 if parted else 0


def _words(environment: Mapping[str, str]) -> list[str] | None:
    """Return the words after the program's name, the last one begun, as zsh and fish write the line."""
    line = environment.get("_TYPER_COMPLETE_ARGS", "")
    words = _split(line)
    if words is None:
        return None
    return [*words[1:], ""] if len(words) < 2 or line.endswith((" ", "\n")) else words[1:]


def _split(text: str) -> list[str] | None:
    """Split a line as a shell does; None where a quote is open, or the shell would evaluate something."""
    if any(char in text for char in "$`;&|<>()"):
        return None
    if not any(char in text for char in "'\"\\"):
        return text.split()
    import shlex  # noqa: PLC0415 (few lines have quotes)

    try:
        return shlex.split(text)
    except ValueError:
        return None


def _offer(before: Sequence[str], incomplete: str) -> list[tuple[str, str]] | None:
    """Return the values that can stand next, each with a short text; None where that is not certain."""
    name = next((each for each in (" ".join(before[:2]), " ".join(before[:1])) if each in COMMANDS), None)
    if name is None:
        return _offer_commands(before, incomplete)
    command = COMMANDS[name]
    seen = _read(command, before[len(name.split()) :])
    name = next(each for each, known in COMMANDS.items() if known is command)  # not another name of it
    if seen is None:
        return None
    if seen.waiting is not None:
        return [(value, "") for value in _values(name, seen.waiting, incomplete)]
    if incomplete.startswith("-") and not seen.ended:
        sign, glued, begun = incomplete.partition("=")
        if not glued:
            return _offer_options(name, command, seen.options, incomplete)
        option = command.options.get(sign) if sign.startswith("--") else None
        if option is None or option.kind in _FLAGS:
            return None
        return [(f"{sign}={value}", "") for value in _values(name, option, begun)]
    return [(value, "") for value in _values_of_argument(name, command, seen.arguments, incomplete)]


def _offer_options(name: str, command: Command, given: set[str], incomplete: str) -> list[tuple[str, str]]:
    """Offer the options that can be given still."""
    texts = _texts(name, "Options:")
    shown = (
        each
        for each, option in command.options.items()
        if option.parameter not in command.hidden and (option.repeats or option.parameter not in given)
    )
    return [(each, texts.get(each, "")) for each in (*shown, *_HELP) if each.startswith(incomplete)]


def _offer_commands(before: Sequence[str], incomplete: str) -> list[tuple[str, str]] | None:
    """Offer the commands of the program or of a group, and the options of either."""
    group = " ".join(before)
    if group and not any(name.startswith(f"{group} ") for name in COMMANDS):
        return None
    if incomplete.startswith("-"):
        return [(each, "") for each in (_HELP if group else _ROOT) if each.startswith(incomplete)]
    texts = _texts(group, "Commands:")
    return [(name, text) for name, text in texts.items() if name.startswith(incomplete)]


class _Seen(NamedTuple):
    """What stands before: arguments, parameters of options, an option that waits for its value, `--`."""

    arguments: list[str]
    options: set[str]
    waiting: Option | None = None
    ended: bool = False


def _read(command: Command, words: Sequence[str]) -> _Seen | None:
    """Read the words before the one that is completed; None where an option is not known."""
    seen = _Seen([], set())
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            return seen._replace(arguments=[*seen.arguments, *left], ended=True)
        if not word.startswith("-") or word == "-":
            seen.arguments.append(word)
            continue
        name, glued, _ = word.partition("=")
        option = command.options.get(name)
        if option is None and word not in _HELP:
            return None
        if option is None:
            continue
        seen.options.add(option.parameter)
        for _ in range(0 if glued or option.kind in _FLAGS else 2 if option.parameter in _TWO else 1):
            if not left:
                return seen._replace(waiting=option)
            left.pop(0)
    return seen


def _values(name: str, option: Option, incomplete: str) -> Iterable[str]:
    """Return the values of an option: of its few words, or of the sort that it takes."""
    if "." in option.kind:
        from importlib import import_module  # noqa: PLC0415 (few options are of few words)

        module, _, kind = option.kind.rpartition(".")
        words = getattr(import_module(module), kind)
        return [str(word) for word in words if str(word).startswith(incomplete.lower())]
    return _of_sort(name, option.parameter, incomplete)


def _values_of_argument(name: str, command: Command, given: Sequence[str], incomplete: str) -> Iterable[str]:
    arguments = [(parameter, many) for parameter, _, many in command.arguments]
    parameter = next((each for at, (each, many) in enumerate(arguments) if many or at >= len(given)), None)
    if parameter in command.ids:
        from taskfiles_cli.line.ids import complete_ids  # noqa: PLC0415 (it imports the store)

        return complete_ids(incomplete)
    return () if parameter is None else _of_sort(name, parameter, incomplete, is_argument=True)


def _of_sort(name: str, parameter: str, incomplete: str, *, is_argument: bool = False) -> Iterable[str]:
    from taskfiles_cli.line.offers import find_sort, offer  # noqa: PLC0415 (ids need it not)

    sort = find_sort(name, parameter, is_argument=is_argument)
    return () if sort is None else offer(sort, incomplete)


def _texts(name: str, heading: str) -> dict[str, str]:
    """Return what the help of a command says of each option, or of a group of each command."""
    from taskfiles_cli.line.read import find_help  # noqa: PLC0415 (ids and values need it not)

    found: dict[str, str] = {}
    last: tuple[str, ...] = ()
    for line in (find_help(name) or "").partition(f"\n{heading}\n")[2].split("\n"):
        if not line.startswith("  ") or (heading == "Commands:" and not line.strip()):
            break
        if line[2] == " ":
            found |= {each: f"{found[each]} {line.strip()}".strip() for each in last}
            continue
        names, _, text = line.strip().partition("  ")
        last = tuple(each.split()[0] for each in names.replace(" / ", ", ").split(", ") if each[:1] != "<")
        found |= dict.fromkeys(last, text.strip())
    return found


_ZSH = str.maketrans(dict.fromkeys("'\"`$\\():", ""))  # what zsh would evaluate


def _write_zsh(found: Sequence[tuple[str, str]]) -> str:
    items = [
        f'"{value.replace(":", "")}"' + (f':"{text.translate(_ZSH)}"' if text else "")
        for value, text in found
    ]
    return "_arguments '*: :((" + "\n".join(items) + "))'" if items else "_files"
