"""Which adapter reads what a program prints: by the tool's name, else by the command line."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from taskfiles.agents import aider, claude_code, codex, gemini, opencode, result_file
from taskfiles.agents.reading import Reading, find_name


class Adapter(NamedTuple):
    """How one tool's output is read.

    `program` is the usual name of its command, `commands` are all names that it is started by, and `example`
    prints what is read. `own_files` are files at the top that the tool changes for itself, whatever its task.
    """

    tool: str
    program: str
    commands: frozenset[str]
    example: str
    read: Callable[[Iterable[bytes]], Reading]
    own_files: frozenset[str] = frozenset()


class Found(NamedTuple):
    """The name of a tool, as `executor.tool` has it, and its adapter where there is one."""

    tool: str
    adapter: Adapter | None


class _Launcher(NamedTuple):
    """A program that starts another: words that may come first, options with a value, how many values."""

    words: frozenset[str] = frozenset()
    valued: frozenset[str] = frozenset()
    values: int = 0


def _adapter(tool: str, commands: str, example: str, read: Callable[[Iterable[bytes]], Reading]) -> Adapter:
    program, *others = commands.split()
    return Adapter(tool, program, frozenset((program, *others)), example, read)


RESULT_FILE = "result-file"
ADAPTERS: dict[str, Adapter] = {
    adapter.tool: adapter
    for adapter in (
        _adapter("claude-code", "claude claude-code", "claude -p … --output-format json", claude_code.read),
        _adapter("codex", "codex", "codex exec --json …", codex.read),
        _adapter("opencode", "opencode opencode-ai", "opencode run --format json …", opencode.read),
        _adapter("gemini-cli", "gemini gemini-cli", "gemini -p … --output-format json", gemini.read),
        _adapter("aider", "aider aider-chat", "aider --message …", aider.read),
    )
}
ADAPTERS["aider"] = ADAPTERS["aider"]._replace(own_files=frozenset({".gitignore"}))
_LAUNCHERS = {
    "npx": _Launcher(valued=frozenset({"-p", "--package"})),
    "bunx": _Launcher(valued=frozenset({"-p", "--package"})),
    "npm": _Launcher(frozenset({"exec", "x"}), frozenset({"-p", "--package"})),
    "pnpm": _Launcher(frozenset({"dlx", "exec"}), frozenset({"--package"})),
    "yarn": _Launcher(frozenset({"dlx", "exec"}), frozenset({"-p", "--package"})),
    "bun": _Launcher(frozenset({"x", "run"})),
    "uvx": _Launcher(valued=frozenset({"--from", "--with", "-p", "--python"})),
    "uv": _Launcher(frozenset({"tool", "run"}), frozenset({"--from", "--with", "-p", "--python"})),
    "pipx": _Launcher(frozenset({"run"}), frozenset({"--spec", "--python"})),
    "python": _Launcher(frozenset({"-m"})),
    "python3": _Launcher(frozenset({"-m"})),
    "env": _Launcher(valued=frozenset({"-u", "--unset", "-C", "--chdir"})),
    "nice": _Launcher(valued=frozenset({"-n", "--adjustment"})),
    "nohup": _Launcher(),
    "timeout": _Launcher(valued=frozenset({"-s", "--signal", "-k", "--kill-after"}), values=1),
}
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


def find_adapter(tool: str | None, command: Sequence[str] = ()) -> Found:
    """Find the adapter by a tool's name, else by the base name of the program that a command line starts.

    Programs that start others (npx, uvx, env, timeout) are looked through. A tool that no adapter is for
    keeps its own name, and that is not an error; what has no name that can be written is `unknown`.

    >>> find_adapter(None, ["npx", "@anthropic-ai/claude-code@2", "-p", "Fix it"]).tool
    'claude-code'
    >>> find_adapter("my-agent", ["claude"])
    Found(tool='my-agent', adapter=None)
    """
    name = tool.strip() if tool else ""
    if not name:
        name = find_name(_base_name(next(iter(find_program(command)), ""))) or "unknown"
    adapter = _by_name(name)
    return Found(name if adapter is None else adapter.tool, adapter)


def find_reader(tool: str) -> Adapter | None:
    """Find the adapter for a tool, or the one for result files, which are any tool's."""
    if tool.strip().casefold() == RESULT_FILE:
        return Adapter(RESULT_FILE, "", frozenset(), '{"status": "completed"}', result_file.read)
    return _by_name(tool)


def _by_name(name: str) -> Adapter | None:
    wanted = name.strip().casefold().replace("_", "-")
    return next((each for each in ADAPTERS.values() if wanted in {each.tool, *each.commands}), None)


def find_program(command: Sequence[str]) -> list[str]:
    """Return the part of a command line that begins with the program which it starts in the end.

    >>> find_program(["env", "A=1", "npx", "-p", "x", "codex", "exec"])
    ['codex', 'exec']
    """
    words = list(command)
    while words:
        launcher = _LAUNCHERS.get(_base_name(words[0]))
        if launcher is None or not (rest := _skip(words[1:], launcher)):
            return words
        words = rest
    return words


def _skip(words: list[str], launcher: _Launcher) -> list[str]:
    """Leave out what stands before the program that a launcher starts."""
    rest, values = list(words), launcher.values
    while rest:
        word = rest[0]
        if word in launcher.valued:
            del rest[:2]
        elif word in launcher.words or word.startswith("-") or _ASSIGNMENT.match(word):
            del rest[0]
        elif values:
            values -= 1
            del rest[0]
        else:
            break
    return rest


def _base_name(word: str) -> str:
    """Take directory, scope, version and ending off.

    >>> _base_name("/usr/bin/claude"), _base_name("@google/gemini-cli@latest"), _base_name("codex.cmd")
    ('claude', 'gemini-cli', 'codex')
    """
    name = os.path.basename(word.rstrip("/")) or word
    name = name[:1] + name[1:].partition("@")[0]
    stem, ending = os.path.splitext(name)
    return stem if ending.lower() in {".exe", ".cmd", ".bat", ".js", ".py", ".sh"} and stem else name
