"""`tasks completion`: the script with which a shell completes commands, options, values and ids."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.line.values import single_word

if TYPE_CHECKING:
    from taskfiles_cli.line.options import arg


class Shell(StrEnum):
    """The shells that can complete."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@command(answers=None)
def completion(
    session: Session,
    shell: Annotated[str, arg("SHELL", f"{', '.join(Shell)}.", show_default=False)],
) -> int:
    """Print the script that lets a shell complete commands, options, values and ids; no file is changed.

    bash: `tasks completion bash > ~/.local/share/bash-completion/completions/tasks`, or in ~/.bashrc
    `eval "$(tasks completion bash)"`. zsh: `tasks completion zsh > DIR/_tasks` with DIR in $fpath.
    fish: `tasks completion fish > ~/.config/fish/completions/tasks.fish`.
    """
    wanted = single_word("SHELL", Shell, shell)
    from taskfiles_cli.line.program import completion_script  # noqa: PLC0415 (only this answer needs typer)

    session.console.write(completion_script(wanted))
    return 0
