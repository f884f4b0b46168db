"""Git: a repository's directories, and the only module that runs the program."""

from __future__ import annotations

import os
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from taskfiles.basics.environment import add_settings, child_environment
from taskfiles.errors import TaskfilesError
from taskfiles.store.location import find_git

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path
    from subprocess import CompletedProcess, Popen
    from typing import IO


class Repository(NamedTuple):
    """A git work tree: its top directory, its own git directory, and the one that all worktrees share."""

    top: Path
    git_dir: Path
    common_dir: Path


def find_repository(start: Path) -> Repository | None:
    """Find the work tree around a directory, by its `.git` and without running git; None if there is none."""
    from pathlib import Path  # noqa: PLC0415 (see `location`)

    found = find_git(str(start))
    return Repository(*map(Path, found)) if found else None


def count_tracked(repository: Repository | None) -> int | None:
    """Return the number of files in a work tree's index; None without git or if it fails."""
    if repository is None:
        return None
    try:
        listed = run_git(repository.top, "ls-files", "-z")
    except TaskfilesError:
        return None
    return len({path for path in listed.split("\0") if path})  # a file in conflict is listed several times


class GitResult(NamedTuple):
    """The result of running git: exit status, standard output and standard error."""

    status: int
    out: str
    err: str

    @property
    def problem(self) -> str:
        """The reason for a failure, in one line: git's first error message, else the last line of output."""
        lines = (self.err.strip() or self.out.strip()).splitlines()
        at = next((at for at, line in enumerate(lines) if line.startswith(("fatal:", "error:"))), None)
        named = "" if at is None else lines[at]
        if at is not None and named.endswith(":"):  # file names follow, each on a line of its own
            named += " " + ", ".join(line.strip() for line in takewhile(_is_indented, lines[at + 1 :]))
        return (named or (lines[-1] if lines else f"exit status {self.status}")).rstrip(".")


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
    problem = done.err.strip().rpartition("\n")[2] or f"exit status {done.status}"
    return TaskfilesError("git-failed", command=" ".join(arguments[:2]), problem=problem)


def ask_git(top: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> GitResult:
    """Ask git in a work tree, and return its result, a failure too.

    Nothing that the repository names is run: no hook, file system monitor, filter, diff program or pager;
    nothing is fetched, and no index is refreshed. Variables that point git elsewhere do not count, but an
    index that git keeps in this work tree's own directory, as during `git commit -a`. Without a given
    environment git inherits that of this process. Raises TaskfilesError (git-failed) if git can't be started.
    """
    given = os.environ if environment is None else environment
    variables = child_environment(given) | _ASKING
    variables.pop("GIT_EXTERNAL_DIFF", None)
    if (index := given.get(_INDEX)) and (own := _own_index(top, index)):
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


def _list_filters(top: Path, variables: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the settings that turn off all filters that git knows; conversion of line ends stays."""
    words = ("config", "--null", "--name-only", "--get-regexp", r"^filter\..")
    done = _run(["git", "-C", str(top), *_QUIETLY, *words], words, variables)
    names = {name.rpartition(".")[0] for name in _text(done.stdout).split("\0") if name}
    off = (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
    return [(f"{name}.{key}", value) for name in sorted(names) for key, value in off]


def _own_index(top: Path, index: str) -> str | None:
    """Return the path of an index that is in the work tree's own git directory; None elsewhere."""
    found, path = find_git(os.path.realpath(top)), os.path.realpath(index)
    return path if found and os.path.dirname(path) == os.path.realpath(found[1]) else None


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
    command: list[str], words: Sequence[str], variables: Mapping[str, str], *streams: IO[bytes]
) -> CompletedProcess[bytes]:
    import subprocess  # noqa: PLC0415 (most commands run no program)

    out, err = streams or (subprocess.PIPE, subprocess.PIPE)
    try:
        return subprocess.run(  # noqa: S603 (our own words)
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=False, env=variables
        )
    except OSError as error:
        named = " ".join(words[:2])
        raise TaskfilesError("git-failed", command=named, problem=str(error.strerror)) from error


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
        raise TaskfilesError("git-failed", command=named, problem=str(error.strerror)) from error
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


def find_elsewhere(repository: Repository | None, root: Path, texts: Collection[str]) -> set[str]:
    """Return those of some texts that are in task files of unmerged branches or of other worktrees.

    Texts that are in HEAD do not count. Without git the result is empty.
    """
    if repository is None or not texts:
        return set()
    try:
        branches = run_git(
            root, "for-each-ref", "--no-merged=HEAD", "--format=%(objectname)", check=False
        ).split()
        found = _grep(root, texts, commits=branches) if branches else set()
        listed = run_git(root, "worktree", "list", "--porcelain").splitlines()
        below = root.resolve().relative_to(repository.top.resolve())
        for place in (line.removeprefix("worktree ") for line in listed if line.startswith("worktree ")):
            other = repository.top.joinpath(place, below)
            if other.joinpath("tasks").is_dir() and not other.samefile(root):
                found |= _grep(other, texts, options=("--untracked", "--no-exclude-standard"))
        return found - _grep(root, found, commits=("HEAD",)) if found else found
    except TaskfilesError:  # git can't be run, or is too old
        return set()


def _grep(
    place: Path, texts: Collection[str], *, options: Sequence[str] = (), commits: Sequence[str] = ()
) -> set[str]:
    """Return those of some texts that are in files below `tasks/`, in commits or in the work tree."""
    wanted = [word for text in sorted(texts) for word in ("-e", text)]
    found = run_git(
        place, "grep", "-h", "-o", "-i", "-F", *options, *wanted, *commits, "--", "tasks", check=False
    )
    return {text for text in texts if text.lower() in found.lower()}
