"""The only module that runs git: to ask it something, to act in the user's name, or in another repository."""

from __future__ import annotations

import os
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING

from taskfiles.basics.environment import add_settings, child_environment
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.quotation import quote
from taskfiles.errors import TaskfilesError, reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from subprocess import CompletedProcess, Popen
    from typing import IO


class GitResult(NamedTuple):
    """The result of running git: exit status, standard output and standard error.

    `ours` is the reason in our words where git was not asked.
    """

    status: int
    out: str
    err: str
    ours: str = ""

    @property
    def problem(self) -> str:
        """The reason for a failure, a clause: git's first error message, else its last line of output."""
        return self.ours or (f"git says {quote(words)}" if (words := self._words()) else self._ended())

    def _ended(self) -> str:
        return f"it ended with exit status {self.status}"

    def _words(self) -> str:
        lines = (self.err.strip() or self.out.strip()).splitlines()
        at = next((at for at, line in enumerate(lines) if line.startswith(("fatal:", "error:"))), None)
        named = "" if at is None else lines[at]
        if at is not None and named.endswith(":"):  # file names follow, each on a line of its own
            named += " " + ", ".join(line.strip() for line in takewhile(_is_indented, lines[at + 1 :]))
        return named or (lines[-1] if lines else "")


def _is_indented(line: str) -> bool:
    return line.startswith("\t")


def run_git(
    top: Path, *arguments: str, check: bool = True, environment: Mapping[str, str] | None = None
) -> str:
    """Ask git in a work tree, as `ask_git` does, and return its standard output.

    Raises TaskfilesError (git-failed) if git can't be started, and with `check` if it fails.
    """
    done = ask_git(top, *arguments, environment=environment)
    if done.status and check:
        raise git_failed(arguments, done)
    return done.out


def git_failed(arguments: Sequence[str], done: GitResult) -> TaskfilesError:
    """Return the error for a command that git refused."""
    return TaskfilesError("git-failed", command=" ".join(arguments[:2]), problem=done.problem)


def read_objects(top: Path | str, names: Sequence[str]) -> list[bytes | None]:
    """Read objects of a repository by their names, in one process; None for one that it lacks.

    Raises TaskfilesError (git-failed).
    """
    if not names:
        return []
    words = ("cat-file", "--batch")
    asked = "".join(f"{name}\n" for name in names).encode()
    variables = child_environment(os.environ) | _ASKING
    done = _run(["git", "-C", str(top), *_QUIETLY, *words], words, variables, given=asked)
    found: list[bytes | None] = []
    at, data = 0, done.stdout
    while len(found) < len(names):
        head, _, _ = data[at : at + 300].partition(b"\n")
        parts = head.split()
        if not parts:
            raise git_failed(words, GitResult(done.returncode or 1, "", done.stderr.decode(errors="replace")))
        at += len(head) + 1
        if len(parts) == 3:
            size = int(parts[2])
            found.append(data[at : at + size])
            at += size + 1
        else:  # `missing`
            found.append(None)
    return found


def ask_git(top: Path | str, *arguments: str, environment: Mapping[str, str] | None = None) -> GitResult:
    """Ask git in a work tree, and return its result, a failure too.

    Nothing that the repository names is run: no hook, file system monitor, filter, diff program or pager;
    nothing is fetched, and no index is refreshed. Variables that point git elsewhere do not count, but an
    index that git keeps in this work tree's own directory, as during `git commit -a`. Without a given
    environment git inherits that of this process. Raises TaskfilesError (git-failed) if git can't be started.
    """
    given = os.environ if environment is None else environment
    variables = child_environment(given) | _ASKING
    variables.pop("GIT_EXTERNAL_DIFF", None)
    if (index := given.get(_INDEX)) and (own := _own_index(top, variables, index)):
        variables[_INDEX] = own
    at = next((at for at, word in enumerate(arguments) if not word.startswith("-")), len(arguments))
    verb = arguments[at] if at < len(arguments) else ""
    if verb in _FILTERING:
        variables = add_settings(variables, _list_filters(top, variables))
    words = (*arguments[: at + 1], *_PLAIN.get(verb, ()), *arguments[at + 1 :])
    done = _run(["git", "-C", str(top), *_QUIETLY, *words], words, variables)
    return GitResult(done.returncode, _text(done.stdout), done.stderr.decode(errors="replace"))


_INDEX = "GIT_INDEX_FILE"
_ASKING = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
_QUIETLY = (
    *("--no-pager", "--no-optional-locks"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("-c", "log.showSignature=false"),
)
_PLAIN = dict.fromkeys(("diff", "log", "show"), ("--no-ext-diff", "--no-textconv"))
_FILTERING = frozenset({"status", "diff", "cat-file"})  # they compare or show what a filter would convert


def _list_filters(top: Path | str, variables: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the settings that turn off all filters that git knows; conversion of line ends stays."""
    words = ("config", "--null", "--name-only", "--get-regexp", r"^filter\..")
    done = _run(["git", "-C", str(top), *_QUIETLY, *words], words, variables)
    names = {name.rpartition(".")[0] for name in _text(done.stdout).split("\0") if name}
    off = (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
    return [(f"{name}.{key}", value) for name in sorted(names) for key, value in off]


def _own_index(top: Path | str, variables: Mapping[str, str], index: str) -> str | None:
    """Return the path of an index that is in the work tree's own git directory; None elsewhere."""
    words = ("rev-parse", "--absolute-git-dir")
    done = _run(["git", "-C", str(top), *_QUIETLY, *words], words, variables)
    directory, path = _text(done.stdout).removesuffix("\n"), os.path.realpath(index)
    is_own = done.returncode == 0 and os.path.dirname(path) == os.path.realpath(directory)
    return path if is_own else None


@cache
def accepts(top: Path | str) -> bool:
    """Return whether git would work in a work tree, although another user owns it."""
    try:
        return ask_git(top, "rev-parse", "--git-dir").status == 0
    except TaskfilesError:
        return False


def act_git(top: Path, *arguments: str, environment: Mapping[str, str]) -> GitResult:
    """Run git in a work tree in the user's own name, with the user's hooks and filters; return its result.

    Variables that point git elsewhere are dropped. Raises TaskfilesError (git-failed) if git can't be run.
    """
    import tempfile  # noqa: PLC0415 (only commands that may run hooks need it)

    # Files, not pipes: a program that a hook leaves running would keep a pipe open and this process waiting.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        command = ["git", "-C", str(top), *arguments]
        done = _run(command, arguments, child_environment(environment), out, err)
        out.seek(0)
        err.seek(0)
        return GitResult(done.returncode, _text(out.read()), err.read().decode(errors="replace"))


def _run(
    command: list[str],
    words: Sequence[str],
    variables: Mapping[str, str],
    *streams: IO[bytes],
    given: bytes | None = None,
) -> CompletedProcess[bytes]:
    import subprocess  # noqa: PLC0415 (most commands run no program)

    out, err = streams or (subprocess.PIPE, subprocess.PIPE)
    try:
        stdin = subprocess.DEVNULL if given is None else None
        return subprocess.run(  # noqa: S603 (our own words)
            command, stdin=stdin, input=given, stdout=out, stderr=err, check=False, env=variables
        )
    except OSError as error:
        named = " ".join(words[:2])
        raise TaskfilesError("git-failed", command=named, problem=reason_of(error)) from error


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


# Names of people, which must not leave the machine.
_PRIVATE_VARIABLES = frozenset(
    {"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE"}
    | {"GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE"}
)


def run_git_apart(top: Path, *arguments: str, environment: Mapping[str, str], timeout: float) -> str:
    """Run git in another repository than the project's, and return its standard output.

    Neither git nor ssh can prompt for a password, since there is no terminal. After `timeout` seconds git is
    killed with all processes that it started. Raises TaskfilesError (git-failed).
    """
    import subprocess  # noqa: PLC0415 (as above)

    own = child_environment(environment)
    variables = {name: value for name, value in own.items() if name not in _PRIVATE_VARIABLES}
    variables |= {"GIT_TERMINAL_PROMPT": "0"}
    command = ["git", "-C", str(top), *arguments]
    named = next((word for word in arguments if word.isalpha()), "git")
    try:
        running = subprocess.Popen(  # noqa: S603 (our own words)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            start_new_session=True,
        )
    except OSError as error:
        raise TaskfilesError("git-failed", command=named, problem=reason_of(error)) from error
    try:
        out, err = running.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        problem = f"it took longer than {timeout:g} s"
        raise TaskfilesError("git-failed", command=named, problem=problem) from None
    finally:
        _end_group(running)
    if running.returncode:
        problem = GitResult(running.returncode, "", err.decode(errors="replace")).problem
        raise TaskfilesError("git-failed", command=named, problem=problem)
    return out.decode(errors="surrogateescape")


def _end_group(running: Popen[bytes]) -> None:
    """Kill git and the processes that it started, if it still runs."""
    import signal  # noqa: PLC0415 (as above)

    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
