"""What a shell is offered without typer: what typer offers, and values; in bash, zsh and fish alike."""

from __future__ import annotations

import os
import re
import subprocess
from typing import Any

import pytest
import typer

from support.in_process import call
from support.project import Project, install
from support.slow_path import slow_path
from taskfiles.task.keys import KEY_ORDER, WORDS
from taskfiles.task.words import ExecutionStatus
from taskfiles_cli.line.completion import complete
from taskfiles_cli.line.offers import SORTS, find_sort, is_safe, offer
from taskfiles_cli.line.program import ALIASES, build
from taskfiles_cli.line.surroundings import COMPLETION
from taskfiles_cli.line.table import COMMANDS

LINES = [f"{name} {word}" for name in COMMANDS for word in ("-", "--o", "f", "fix x ", "")]
ODD = ["", "sh", "show", "nothing f", "show 'f", "show f\\", "show --output j", "show --root . f", "-", "--v"]
ODD += [
    "metadata ",
    "metadata -",
    "telemetry co",
    "show -o=",
    "list --output json -",
    "run fix -- tr",
    "telemetry",
    "metadata get fix ",
    "show $(f",
    "show --nothing f",
]
SHELLS = ("bash", "zsh", "fish")


def environment(line: str, shell: str = "bash") -> dict[str, str]:
    """Return the variables with which a shell's script asks."""
    words = f"tasks {line}"
    asked = {COMPLETION: f"complete_{shell}"}
    if shell == "bash":
        return asked | {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    return asked | {"_TYPER_COMPLETE_ARGS": words, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}


def offered(project: Project, line: str, shell: str = "bash") -> list[str]:
    """Return the values that a shell shows."""
    out = call(project, env=environment(line, shell)).out
    if shell == "zsh":
        return re.findall(r'^"([^"]*)"', out.removeprefix("_arguments '*: :(("), re.MULTILINE)
    return [item.partition("\t")[0] for item in out.splitlines() if item]


@pytest.fixture
def named(project: Project) -> Project:
    for task_id in ("fix-one", "fix-two", "other"):
        project.task(task_id)
    project.write("tasks/tasks.toml", 'format = 1\nlayout = "flat"\n')
    project.write("tasks/flat-one.md", "")
    project.write("tasks/README.md", "")
    return project


@pytest.mark.parametrize(
    ("shell", "line"),
    [("bash", line) for line in (*LINES[::7], *ODD)]
    + [(shell, line) for shell in SHELLS[1:] for line in (*LINES[::41], *ODD[::2])],
)
def test_a_shell_is_offered_what_typer_offers(named: Project, line: str, shell: str) -> None:
    short = offered(named, line, shell)
    with slow_path():
        long = offered(named, line, shell)
    name = next(
        (each for each in (" ".join(line.split()[:2]), " ".join(line.split()[:1])) if each in COMMANDS), ""
    )
    if long or not any(key.startswith(f"{name} ") for key in SORTS):
        # In zsh and fish typer breaks long texts into lines, which look like values.
        assert sorted(short) == sorted(long) if shell == "bash" else set(short) <= set(long)


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
def test_so_it_is_for_every_command(named: Project, line: str) -> None:
    for shell in SHELLS:
        test_a_shell_is_offered_what_typer_offers(named, line, shell)


@pytest.fixture
def known(project: Project) -> Project:
    attempt = (
        "{started_at: 2025-11-01T10:00:00Z, ended_at: 2025-11-01T10:01:00Z, duration_seconds: 60, "
        "status: failed, executor: {tool: codex, model: gpt-5}}"
    )
    project.task("one", labels="[ui, 'to do', größe]", assignees="[ana]", milestone="m-1", track="core")
    project.task("two", labels="[\"$(rm -rf x)\", 'a`b', api]", execution=f"{{attempts: [{attempt}]}}")
    project.configure('[labels.declared]\n[milestones."2.0"]\n[views.hot]\nopen = true\n')
    return project


VALUES: dict[str, list[str]] = {
    "list --state ": list(map(str, WORDS["state"])),
    "list -s re": ["ready"],
    "list --state=in": ["--state=in-progress"],
    "list --state ready,i": ["ready,idea", "ready,in-progress"],
    "update one --priority h": ["high"],
    "new Title -p u": ["urgent"],
    "list --kind ": list(map(str, WORDS["kind"])),
    "next --max-size ": list(map(str, WORDS["size"])),
    "attempts --status ": list(map(str, ExecutionStatus)),
    "list --label ": ["api", "declared", "größe", "ui"],
    "new X -l ui,a": ["ui,api"],
    "list -a ": ["@me", "ana"],
    "list --model g": ["gpt-5"],
    "record one --tool ": ["codex"],
    "update one --depends-on t": ["two"],
    "list --parent one,": ["one,two"],
    "attempts --task o": ["one"],
    "update one --meta mil": ["milestone="],
    "update one --meta milestone=": ["milestone=2.0", "milestone=m-1"],
    "list --meta state=re": ["state=ready"],
    "list --meta track=": ["track=core"],
    "update one --unset blo": ["blocked", "blocks"],
    "update one --add lab": ["labels="],
    "update one --remove labels=u": ["labels=ui"],
    "update one --add depends_on=t": ["depends_on=two"],
    "move one ready --cascade c": ["canceled"],
    "run one --agent cl": ["claude"],
    "run one --permissions w": ["work"],
    "record one --error-type perm": ["permission"],
    "record one --cost-source r": ["reported"],
    "board --lanes ep": ["epic"],
    "report --chart suc": ["success"],
    "adopt one two --after t": ["two"],
    "fmt o": ["one"],
    "validate t": ["two"],
    "list --sort -du": ["-due"],
    "list --sort state,prio": ["state,priority"],
    "list --fields id,tit": ["id,title"],
    "list --fields startab": ["startable"],
    "stats --by mod": ["model"],
    "stats --by model,amb": ["model,ambiguity"],
    "list --view ": ["hot"],
    "search x --where st": ["state=", "status="],
    "list --output j": ["json", "jsonl"],
    "validate --output s": ["sarif"],
    "move one in": ["in-progress"],
    "move one ": list(map(str, WORDS["state"])),
    "schema li": ["list"],
    "help exit": ["exit-codes"],
    "help sea": ["search"],
    "completion ": ["bash", "zsh", "fish"],
    "metadata get one mile": ["milestone"],
    "merge-driver a b c ": [],
}


@pytest.mark.parametrize("shell", SHELLS)
def test_values_are_offered(known: Project, shell: str) -> None:
    for line, values in VALUES.items():
        found = offered(known, line, shell)
        assert [value for value in found if value in values or not line.endswith(" ")] == values, (
            line,
            found,
        )
        assert set(found) <= set(values), line


def test_only_what_a_shell_takes_as_it_stands_is_offered(known: Project) -> None:
    for shell in SHELLS:
        text = call(known, env=environment("list --label ", shell)).out
        assert "rm" not in text
        assert "`" not in text
    assert not any(
        map(is_safe, ["", "a b", "$x", "a'b", 'a"b', "a`", "a;b", "(a)", "a\\b", "a\nb", "*", "a|b", "~"])
    )


FREE = {("record", "error_detail"), ("telemetry emit", "reason")}  # words of whoever writes them


def test_every_option_of_words_or_names_has_values() -> None:
    root: Any = typer.main.get_command(build())
    for name in COMMANDS.keys() - ALIASES:
        command = root
        for word in name.split():
            command = command.commands[word]
        for parameter in command.params:
            if parameter.metavar in NAMING and (name, parameter.name) not in FREE:
                is_argument = parameter.param_type_name == "argument"
                assert find_sort(name, parameter.name, is_argument=is_argument), (name, parameter.name)
    assert set(offer("keys", "")) == {*KEY_ORDER}
    assert {sort for sort in SORTS.values() if not offer(sort, "")} <= PROJECT


NAMING = {
    *("WORD", "WORDS", "STATE", "KIND", "LABELS", "NAMES", "IDS", "KEY", "KEYS", "DIMENSIONS", "SHELL"),
    *("KEY=VALUE", "KEY=ITEM", "FILTERS", "MODELS", "TOOLS", "TOPIC"),
}
PROJECT = {"ids", "labels", "models", "tools", "views", "templates"}  # none where there is no project


def test_fish_asks_whether_there_is_anything(known: Project) -> None:
    for line, code in {"list --state re": 0, "list --state x": 1, "new T": 1, "show o": 0}.items():
        given = environment(line, "fish") | {"_TYPER_COMPLETE_FISH_ACTION": "is-args"}
        assert call(known, env=given).code == code, line


def test_texts_stand_beside_commands_and_options(known: Project) -> None:
    fish = call(known, env=environment("sea", "fish")).out
    assert fish == "search\tFind tasks by text, the best first.\n"
    assert (
        "--open\tOnly tasks that are neither done nor canceled."
        in call(known, env=environment("list --op", "fish")).out
    )
    zsh = call(known, env=environment("list --lab", "zsh")).out
    assert zsh.startswith('_arguments \'*: :(("--label":"With one of these labels; repeat it')


def test_bash_itself_completes(known: Project) -> None:
    """By its own script: bash joins words by line breaks, and parts them at `=`."""
    programs = install(known.root.parent / "bin")
    script = call(known, "completion", "bash").out
    cases = {
        "tasks list --state re": "ready",
        "tasks new '\"Fix it\"' --state re": "ready",  # the quotes that were typed are part of the word
        "tasks list --state = re": "ready",
        "tasks update one --meta milestone =": "2.0 m-1",
        "tasks show o": "one",
    }
    assert "nospace" in script  # behind `milestone=` its value follows
    lines = [script]
    for line in cases:
        lines.append(f"COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1))")
        lines.append('_tasks_completion tasks; echo "${COMPREPLY[*]}"')
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        cwd=known.root,
        env=known.environment({"PATH": f"{programs}:{os.environ['PATH']}"}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [*cases.values()], done.stderr


def test_zsh_is_answered_when_it_loads_the_script(known: Project) -> None:
    script = call(known, "completion", "zsh").out.splitlines()
    assert script[0] == "#compdef tasks"
    assert script[-2:] == [
        "compdef _tasks_completion tasks",
        "if [[ $funcstack[1] == _tasks ]]; then _tasks_completion; fi",
    ]


def test_values_need_no_typer() -> None:
    for line in ("show -", "sh", "list --state r", "metadata get fix ", "list -o json --so"):
        for shell in SHELLS:
            assert complete(environment(line, shell)) is not None, line
    for line in ("show 'f", "show $(f", "show --nothing f"):
        assert complete(environment(line)) is None
    assert complete(environment("show x", "powershell")) is None
