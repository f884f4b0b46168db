"""Command lines of agents: the one that lets each work without a person, and the model that one names.

The lines were tried with releases of November 2026: Claude Code 2.1.332, Codex 0.171, OpenCode 1.18, Gemini
CLI 0.61, aider 0.86.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from taskfiles.agents.reading import find_name
from taskfiles.agents.registry import find_adapter, find_program


class Permissions(StrEnum):
    """What an agent may do without being asked."""

    READ = "read"
    EDIT = "edit"
    WORK = "work"
    ALL = "all"


class Line(NamedTuple):
    """A command line: what comes first, the words of each level of permissions, what comes last.

    `model` is the option that names a model; more words of the user's stand between. {git} stands for git's
    directory, {prompt_file} for the file with the prompt.
    """

    first: str
    permissions: dict[Permissions, str]
    model: str
    last: str = ""


LINES: dict[str, Line] = {
    "claude": Line(
        "claude -p --output-format stream-json --verbose",
        {
            Permissions.READ: "",
            Permissions.EDIT: "--permission-mode acceptEdits",
            Permissions.WORK: "--permission-mode acceptEdits --allowedTools Bash",
            Permissions.ALL: "--permission-mode bypassPermissions",
        },
        "--model",
    ),
    "codex": Line(
        "codex exec --json",
        {
            Permissions.READ: "--sandbox read-only",
            Permissions.WORK: "--sandbox workspace-write --add-dir {git}",
            Permissions.ALL: "--dangerously-bypass-approvals-and-sandbox",
        },
        "--model",
        "-",
    ),
    "opencode": Line("opencode run --format json", {Permissions.WORK: ""}, "--model"),
    "gemini": Line(
        "env GEMINI_CLI_TRUST_WORKSPACE=true gemini --output-format stream-json",
        {Permissions.READ: "", Permissions.WORK: "--yolo", Permissions.ALL: "--yolo"},
        "--model",
    ),
    "aider": Line("aider", {Permissions.WORK: "--yes-always"}, "--model", "--message-file {prompt_file}"),
}


def make_command(
    agent: str,
    *,
    model: str | None = None,
    permissions: Permissions = Permissions.WORK,
    more: Sequence[str] = (),
    git: str = ".git",
) -> list[str]:
    """Make the command line of an agent, with more words of the user's before what has to come last.

    Raises ValueError for permissions that the agent has no line for.

    >>> make_command("codex", model="gpt-5", permissions=Permissions.READ)
    ['codex', 'exec', '--json', '--sandbox', 'read-only', '--model', 'gpt-5', '-']
    """
    line = LINES[agent]
    if permissions not in line.permissions:
        raise ValueError(f"{agent} has no such permissions")
    allowed = [git if word == "{git}" else word for word in line.permissions[permissions].split()]
    chosen = [] if model is None else [line.model, model]
    return [*line.first.split(), *allowed, *chosen, *more, *line.last.split()]


class Named(NamedTuple):
    """What a command line says of the executor; None where it says nothing."""

    model: str | None = None
    provider: str | None = None


_SHORT = {"codex": "-m", "opencode": "-m", "gemini-cli": "-m"}  # of --model; another thing with others


def find_named(tool: str | None, command: Sequence[str]) -> Named:
    """Find the model and provider that a command line names for the agent that it starts, the last one.

    >>> find_named(None, ["npx", "codex", "exec", "-m", "gpt-5", "-c", 'model_provider="azure"', "-"])
    Named(model='gpt-5', provider='azure')
    >>> find_named(None, ["opencode", "run", "--model=anthropic/claude-x"])
    Named(model='claude-x', provider='anthropic')
    """
    found = find_adapter(tool, command)
    if found.adapter is None:
        return Named()
    name = found.tool
    model = provider = None
    settings = {"-c", "--config"} if name == "codex" else set()
    for option, value in _options(
        find_program(command)[1:], {"--model", _SHORT.get(name, "--model")} | settings
    ):
        if option not in settings:
            model = value
            continue
        key, _, said = value.partition("=")
        if key.strip() == "model":
            model = said.strip().strip("\"'")
        elif key.strip() == "model_provider":
            provider = said.strip().strip("\"'")
    if name == "opencode" and model is not None and "/" in model:
        provider, _, model = model.partition("/")
    return Named(find_name(model), find_name(provider))


def _options(words: Sequence[str], wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Find options with their values, up to `--`; a value is the next word, or joined to the option."""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--":
            return
        name, is_joined, value = word.partition("=")
        if word in wanted and not following.startswith("-"):
            yield word, following
        elif is_joined and name in wanted:
            yield name, value
        elif word[:2] in wanted and len(word) > 2 and not word.startswith("--"):
            yield word[:2], word[2:]
