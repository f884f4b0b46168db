"""The installed block, as an agent showed it to its model, worked off line by line in its own shell."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from .agent import Agent
from .cell import LONGEST
from .exchange import Answer, Request, Step
from .place import Place
from .server import serve
from .tools import run_line

TASKS = 2
PROMPT = "Work off the tasks of this project, one after the other."
TEXT = "Say what was done"
_BLOCK = re.compile(r"## Tasks\n.*?```sh\n(.*?)```", re.DOTALL)
_CLAIMED = re.compile(r"\bPicked up (\S+) ")


class Worker:
    """A model that does what the block says, and nothing else; `lines` are those that it called."""

    def __init__(self, agent: Agent) -> None:
        self.words = {"TEXT": TEXT, "TOOL": agent.tool, "MODEL": agent.recorded_model}
        self.lines: list[str] = []

    def answer(self, request: Request) -> Step:
        """Call the next line; its words are filled in by what earlier ones printed."""
        block = read_block(request.texts)
        done, place = divmod(len(request.results), len(block))
        if done == TASKS:
            return Answer("No more than two.")
        line = block[place]
        if place:
            claimed = _CLAIMED.search(request.results[done * len(block)])
            if claimed is None:
                return Answer(f"No id in {request.results[done * len(block)]!r}")
            line = fill(line, self.words | {"ID": claimed[1]})
        self.lines.append(line)
        return Answer("The next line.", (run_line(request, line),))


def read_block(text: str) -> list[str]:
    """Find the commands of the block in what a model is given; marks around it may be gone.

    >>> read_block("## Tasks\\n\\nDo:\\n```sh\\ntasks next --claim   # one\\ntasks note ID\\n```")
    ['tasks next --claim', 'tasks note ID']
    """
    found = _BLOCK.search(text)
    if found is None:
        raise LookupError("The agent did not show the block to its model.")
    return [line.partition(" #")[0].rstrip() for line in found[1].splitlines()]


def fill(line: str, words: dict[str, str]) -> str:
    """Put words in.

    >>> fill('tasks note ID "TEXT"', {"ID": "a", "TEXT": "It works"})
    'tasks note a "It works"'
    """
    for name, value in words.items():
        line = re.sub(rf"\b{name}\b", value, line)
    return line


def work_off(agent: Agent, directory: Path, programs: list[Path]) -> list[str]:
    """Have an agent do two tasks by the block alone; returns all that was not as it should be."""
    place = Place(directory, programs)
    for number in range(TASKS):
        title = f"Do part {number + 1}"
        place.tasks("new", title, "--state", "ready", "--add-criterion", "It works")
    place.tasks("init", "--agents")
    place.tasks("inject", agent.reads)
    place.commit("Two tasks")
    worker = Worker(agent)
    with serve(worker.answer, directory / "requests.jsonl") as server:
        ended = subprocess.run(
            agent.command(place.repository, PROMPT),
            cwd=place.repository,
            env=place.environment | agent.prepare(place.home, server.url, "block"),
            input=PROMPT.encode(),
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    (directory / "printed.out").write_bytes(ended.stdout)
    (directory / "printed.err").write_bytes(ended.stderr)
    wrong = [] if ended.returncode == 0 else [f"{agent.name} ended with {ended.returncode}"]
    return wrong + list(_look(place, worker, agent))


def _look(place: Place, worker: Worker, agent: Agent) -> list[str]:
    """Compare the project with what two tasks' work has to come to."""
    wrong = []
    called = place.calls()
    per_task = len(worker.lines) // TASKS
    if len(worker.lines) != TASKS * per_task or len(called) != len(worker.lines) or not called:
        wrong.append(f"{len(worker.lines)} lines were called for, {len(called)} were run")
    wrong += [f"exit {code}: tasks {line}" for code, line in called if code]
    tasks = json.loads(place.tasks("list", "--all", "--output", "json"))
    for task in tasks:
        attempts = task["execution"]["attempts"] if task.get("execution") else []
        shown = json.loads(place.tasks("show", task["id"], "--output", "json"))
        said = {
            "state": task["state"],
            "claim": task.get("claim"),
            "attempts": [
                (each["status"], each["executor"].get("tool"), each["executor"].get("model"))
                for each in attempts
            ],
            "texts": shown["body"].count(TEXT),  # a note and two insights
            "open boxes": shown["body"].count("- [ ]"),
        }
        right = {
            "state": "done",
            "claim": None,
            "attempts": [("completed", agent.tool, agent.recorded_model)],
            "texts": 3,
            "open boxes": 0,
        }
        wrong += [f"{task['id']}: {key} is {said[key]!r}" for key in said if said[key] != right[key]]
    if len(tasks) != TASKS:
        wrong.append(f"{len(tasks)} tasks")
    place.tasks("validate")
    return wrong
