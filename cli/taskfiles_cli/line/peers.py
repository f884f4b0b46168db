"""What other programs call our commands and options: one table, from which refusals name ours.

The words are those of Backlog.md, beads, taskmd, taskplain, taskwarrior, todo.txt, todoman, gh and git.
Nothing is run in place of something else: a word is pointed out.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence

from taskfiles.basics.unicode import fold

# What to type here, and what others call it.
_COMMANDS: dict[str, str] = {
    "`tasks new TITLE` creates a task": "add create insert capture q quick addm draft add-task",
    "`tasks list` lists tasks; `tasks show ID` shows one": "ls lsa listall all long minimal tasks",
    "`tasks list --open` lists what is not closed": "open pending waiting todos",
    "`tasks next` ranks what is ready": "ready actionable suggest",
    "`tasks list --blocked` lists what is blocked": "blocked",
    "`tasks list --state in-progress` lists what is begun": "active doing wip",
    "`tasks list --state idea` lists ideas, `--state ready` what can begin": "backlog inbox ideas",
    "`tasks list --state done` lists what is done": "completed finished closed",
    "`tasks list --sort -updated_at --limit 10` lists what changed last": "newest recent latest stale oldest",
    "`tasks search TEXT` finds tasks": "find grep query filter",
    "`tasks list --label LABEL` filters by labels": "tags labels listcon projects listproj",
    "`tasks show ID` shows a task": "view cat info print get describe details read information",
    "`tasks pickup ID` claims a task and begins it": "begin take claim checkout lock develop",
    "`tasks release ID` ends a claim, `tasks move ID ready` puts it back": "stop unclaim unlock pause",
    "`tasks complete ID` completes a task, `tasks move ID canceled` cancels it": "close do finish resolve",
    "`tasks move ID canceled` cancels a task": "cancel abandon wontfix",
    "`tasks move ID ready` opens a task again": "reopen undone restore unarchive",
    "`tasks move ID STATE` changes a state; `tasks stats` counts": "status state transition promote "
    "demote set-status",
    "`tasks update ID --priority high` changes keys, so do its other options": "modify mod set pri depri "
    "prepend replace label tag priority update-task",
    "`tasks update ID --check N` ticks a criterion": "check tick",
    "`tasks list --overdue` lists what is overdue": "overdue late",
    "`tasks log --state done --since today` shows what was done today, and by whom": "today standup",
    "`tasks stats --by month` shows what each month cost": "cost costs spend",
    "`tasks new TITLE` creates an idea": "idea",
    "`tasks update ID --assignee NAMES` says who it is for": "assign",
    "`tasks update ID --not-before WHEN` puts a task off": "defer snooze postpone schedule wait",
    "`tasks update ID --link FILE` leads to a page": "doc document decision",
    "`tasks note ID TEXT` adds a note": "comment comments annotate append app worklog add-note",
    "`tasks update ID --depends-on IDS` makes a task wait for others": "dep deps depend link",
    "`tasks update ID --meta blocked=WHY` blocks a task, `--depends-on IDS` makes it wait": "block",
    "`tasks update ID --remove depends_on=ID` ends a wait, `--unset blocked` a block": "unblock unlink undep",
    "`tasks new TITLE --parent ID` creates a task below another, `tasks adopt` moves one": "epic "
    "subtask children parent add-subtask split",
    "`tasks new --from FILE` creates many tasks": "parse-prd expand generate",
    "`tasks delete ID` deletes a task": "rm del remove purge remove-task",
    "`tasks rename ID NEW-ID` changes an id, `tasks move ID STATE` a state": "mv",
    "`tasks cleanup --older-than 90d --archive` moves old closed tasks": "archive clean gc prune compact",
    "`tasks log ID` shows who changed what": "history blame activity feed events diff",
    "`tasks tree` shows what is below what": "graph sequence hierarchy",
    "`tasks plan` puts what is ready into stages": "tracks swarm parallel stages",
    "`tasks list --due-before WHEN` lists what is due": "due calendar agenda",
    "`tasks list --meta milestone=NAME` lists the tasks of a milestone": "milestone milestones",
    "`tasks stats` shows figures; `tasks report` draws them": "summary count metrics burndown timesheet "
    "overview dashboard",
    "`tasks board` shows the board on the terminal, `tasks web` in a browser": "kanban tui",
    "`tasks web` shows the board in a browser": "browser browse serve",
    "`tasks attempts` shows who did what, and what came of it": "runs jobs executions",
    "`tasks migrate DIR` brings in another tool's tasks, `tasks new --from FILE` creates new ones": "import "
    "migrate-beads",
    "`tasks validate` checks the files, `tasks doctor` all around them": "lint verify",
    "`tasks validate --fix` fixes what is safe": "fix repair",
    "`tasks fmt` formats the files": "format",
    "`tasks init` makes this directory a project": "setup quickstart",
    "`tasks init --agents` sets agents up; `tasks help agent` guides": "agents onboard prime mcp",
    "`git pull` and `git push` bring tasks to others; `tasks validate` checks them": "sync pull push commit",
    "`tasks/tasks.toml` has the settings; `tasks validate` checks them": "config settings",
    "`tasks doctor` finds ids that two files have": "duplicates dedup deduplicate",
    "`tasks undo` reverts your last change": "revert rollback reset",
    "`tasks undo RUN` reverts an undo: it has named that run": "redo",
    "`tasks metadata get ID` and `tasks metadata set ID` read and patch keys": "meta frontmatter",
    "Leave it out: `tasks new`, `tasks list`, `tasks show ID`": "task issue issues",
    "`tasks --version` prints the version": "version",
    "`tasks help` lists the topics": "man manual docs guide handbook playbook shorthelp",
}
# What to type here, and what others call it, wherever a command has our option.
_OPTIONS: dict[str, str] = {
    "--output json": "--json -j --as-json --robot",
    "--output plain": "--plain --quiet -q --ids --raw --porcelain",
    "--output": "--format --fmt -f",
    "--limit N": "-n --max --top --count --first -L",
    "--count N": "-n --limit --max --top --first -L",
    "--state": "--status --stage --column --states",
    "--open": "--active --pending --todo",
    "--startable": "--ready --ready-only --actionable",
    "--priority": "--prio --pri --urgency --importance",
    "--state done": "--closed --done --completed",
    "--mine": "--me --my",
    "--duration-seconds N": "--duration --took --elapsed --time --seconds",
    "--cost-usd USD": "--cost --price --usd",
    "--input-tokens N": "--tokens",
    "--error-reason TEXT": "--error",
    "--status": "--result --outcome",
    "--meta blocked=WHY": "--blocked --block --blocker",
    "--meta milestone=NAME": "--milestone -m",
    "--field-file SECTION FILE": "--body-file --description-file",
    "--label": "--labels --tag --tags --component",
    "--assignee": "--assign --assignees --assigned --assigned-to --owner --user",
    "--by NAME": "--actor --as --user --agent",
    "--kind": "--kinds --type --issue-type -T",
    "--search TEXT": "--query --grep --find --text --contains -S",
    "--sort": "--order --order-by --sort-by",
    "--sort -KEY": "--reverse --descending -r",
    "--meta KEY=VALUE": "--set --filter --key --attr",
    "--title": "--name --summary --subject -t",
    "--body": "--content --text -b",
    "--field Overview TEXT": "--description --desc --details -d",
    "--add-criterion TEXT": "--ac --acceptance --acceptance-criteria --criteria --criterion --dod",
    "--check N": "--check-ac --tick --toggle",
    "--uncheck N": "--uncheck-ac --untick",
    "--depends-on": "--dep --deps --dependencies --depends --dependency --after --blocked-by --needs",
    "--blocks": "--before --blocking",
    "--parent": "--epic --below --under --child-of --sub-of",
    "--append SECTION TEXT": "--append-notes --notes --note --comment --implementation-notes --plan",
    "--unset KEY": "--clear --remove-key --delete-key",
    "--unset blocked": "--unblock --unblocked",
    "--due WHEN": "--due-date --deadline --until",
    "--not-before WHEN": "--wait --scheduled --defer --start-date --after",
    "--estimate MINUTES": "--points --effort --time",
    "--rank NUMBER": "--order --ordinal --position",
    "--link TARGET": "--ref --reference --url --docs",
    "--remove labels=LABEL": "--remove-label --remove-labels",
    "--add labels=LABEL": "--add-label --add-labels",
    "--commit-message": "--message --msg -m",
    "--changelog": "--final-summary",
    "--force REASON": "--reason",
    "--check-acs": "--check-all --tick-all",
    "--from FILE": "--file --import --input --stdin -F",
    "--id ID": "--slug --key",
    "--since WHEN": "--after --newer-than --updated-after --updated-since --created-after",
    "--until WHEN": "--before",
    "--root DIR": "--dir --cwd --path -C",
    "--dry-run": "--preview --pretend",
    "--color never": "--no-color --no-colour",
    "--strict": "--fail --werror",
    "--fields": "--columns --cols --select",
    "--lease DURATION": "--ttl --timeout",
    "--yes": "--no-confirm --assume-yes -y",
}
# Where no command has such an option: what to do instead.
_ELSEWHERE: dict[str, str] = {
    "`tasks note ID TEXT` adds a note": "--append-notes --notes --note --comment",
    "`tasks new --from FILE` reads many": "--import --batch",
    "`tasks tree` shows what is below what": "--tree --hierarchy",
    "`tasks board` shows tasks live on the terminal": "--watch --board --kanban",
    "`tasks web` shows the board in a browser": "--web -w --browser",
    "`tasks edit ID` opens a task in an editor": "--edit -e --editor",
}
_BLOCKED = {"Leave it out: what is blocked goes along; `tasks list --blocked` names it": "--include-blocked"}
# Of one command alone: what to do instead.
_OF_COMMANDS: dict[str, dict[str, str]] = {
    "help": {
        "`tasks help --output json` has all commands, `tasks help agent` guides agents": "--all --contract "
        "--reference --playbook --snippet",
    },
    "init": {"`tasks new TITLE` creates a first task": "--sample"},
    "inject": {"`tasks inject FILE --dry-run` shows the block that it would write": "--stdout"},
    "move": _BLOCKED,
    "next": {"Leave it out: `tasks next` offers what is ready": "--ready --actionable"},
    "new": {
        "Leave it out: `tasks new TITLE` creates an idea": "--draft",
        "`tasks new TITLE --field SECTION TEXT` writes a section": "--plan --notes --note --design",
    },
    "pickup": _BLOCKED,
    "show": {"Leave it out: `tasks show ID` has the whole text": "--lines --comments --full"},
    "tree": {
        "Leave it out: `tasks tree` has ids, with `--output json` paths": "--show-id --show-path "
        "--relative-path --compact",
    },
    "validate": {
        "`tasks validate --fix` moves and renames files, too": "--rename-files",
        "Leave it out: `tasks validate` needs none": "--concurrency --min-parallel",
    },
}


def _table(texts: dict[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for ours, others in texts.items():
        for word in others.split():
            found[word] = (*found.get(word, ()), ours)
    return found


def find_command(given: str) -> str | None:
    """Return the sentence that says what to type for a command of another program; None for a word of none.

    >>> find_command("Add")
    '`tasks new TITLE` creates a task.'
    """
    word = fold(given).replace("_", "-")
    found = _table(_COMMANDS).get(word, ())
    return f"{'. '.join(found)}." if found else None


def find_option(given: str, known: Collection[str], command: str = "") -> str | None:
    """Return the sentence that says what to type for an option of another program, of the options known here.

    `command` is whose options these are.

    >>> find_option("--json", {"--output", "--limit"})
    'Use --output json.'
    """
    name = given if len(given) == 2 else fold(given).replace("_", "-")  # -F is not -f
    if own := _table(_OF_COMMANDS.get(command, {})).get(name):
        return f"{own[0]}."
    ours = next((each for each in _table(_OPTIONS).get(name, ()) if each.split()[0] in known), None)
    if ours is not None:
        return f"Use {ours}."
    found = _table(_ELSEWHERE).get(name, ())
    return f"{found[0]}." if found else None


_SEVERAL = {"open": "--open", "closed": "--state done,canceled", "all": "--all"}  # of list, by other words


def find_words(command: str, words: Sequence[str]) -> str | None:
    """Return the sentence that says with which option words belong that stand where none do.

    >>> find_words("tasks list", ["todo"]), find_words("tasks next", ["5"])
    ('Use --state ready.', 'Use --count 5.')
    """
    text = " ".join(words)
    if command == "tasks list" and fold(text) in _SEVERAL:
        return f"Use {_SEVERAL[fold(text)]}."
    if command == "tasks list":
        from taskfiles.task.synonyms import find_word  # noqa: PLC0415 (only mistakes need it)
        from taskfiles.task.words import State  # noqa: PLC0415 (as above)

        state = find_word(State, text)
        return (
            f"Use --state {state}."
            if state
            else f"Use --search {shlex.quote(text)}, or `tasks show ID` for one."
        )
    if command == "tasks metadata set" and "=" in text:
        return "`tasks update ID --meta KEY=VALUE` sets a key."
    if command == "tasks next" and text.isdecimal():
        return f"Use --count {text}."
    return None


def find_value(option: str, given: str) -> str | None:
    """Return what to type where a task's state is given as the status of an attempt.

    >>> find_value("--status", "todo")
    'A task has a state: --state ready.'
    """
    from taskfiles.task.synonyms import find_word  # noqa: PLC0415 (as above)
    from taskfiles.task.words import State  # noqa: PLC0415 (as above)

    state = find_word(State, given) if option == "--status" else None
    return f"A task has a state: --state {state}." if state else None
