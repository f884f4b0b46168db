"""One run of an agent under `tasks run`, and the attempt that was recorded of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from .agent import Agent
from .exchange import Json, Truth
from .place import Place
from .scenario import Scenario
from .server import Server, serve

LONGEST = 240  # seconds for one run; what takes longer is an error of this script


class Run(NamedTuple):
    """What was recorded, and what is true of it."""

    attempt: Json
    truth: Truth
    made: tuple[str, ...]


def run(agent: Agent, scenario: Scenario, directory: Path, programs: list[Path]) -> Run:
    """Run an agent in a fresh project; of several runs the last one is looked at."""
    place = Place(directory, programs)
    place.add_prices(agent.model, agent.prices)
    tasks = [f"job-{number}" for number in range(scenario.runs)]
    for task in tasks:
        place.tasks(*f"new --title Two-files --id {task} --state ready --add-criterion Both".split())
    for task in tasks:
        before = place.commit("What there is")
        words = () if scenario.applies is None or task != tasks[-1] else scenario.applies[agent.name]
        log = directory / f"{task}.requests.jsonl"
        with serve(scenario.begin(), log) as server:
            place.environment |= agent.prepare(place.home, server.url, scenario.name)
            _run_task(agent, scenario, server, place, task=task, words=words)
    shown = json.loads(place.tasks("show", tasks[-1], "--output", "json"))
    attempts = shown["execution"]["attempts"]
    if len(attempts) != 1:
        raise RuntimeError(f"{len(attempts)} attempts were recorded")
    return Run(attempts[0], server.truth, place.changed(before))


def _run_task(
    agent: Agent, scenario: Scenario, server: Server, place: Place, *, task: str, words: tuple[str, ...]
) -> None:
    """Run one task, kill what has to be killed, and wait; nothing is left running."""
    permissions = ["--permissions", scenario.permissions] if scenario.permissions in agent.permissions else []
    options = ["--timeout", f"{scenario.timeout}s"] if scenario.timeout else []
    command = [
        sys.executable,
        "-m",
        "taskfiles_cli",
        "run",
        task,
        "--agent",
        agent.name,
        "--model",
        agent.model,
    ]
    command += [*permissions, *options, *(["--", *words] if words else [])]
    kept = place.home.parent / task
    with kept.with_suffix(".out").open("wb") as out, kept.with_suffix(".err").open("wb") as err:
        process = subprocess.Popen(
            command,
            cwd=place.repository,
            env=place.environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        try:
            if scenario.kills and not server.hung.wait(LONGEST):
                raise RuntimeError("the agent never came to the answer that hangs")
            if scenario.kills == "agent":
                os.killpg(_find_child(process.pid), signal.SIGKILL)
            elif scenario.kills == "run":
                process.kill()
            process.wait(LONGEST)
        finally:
            process.terminate()  # and with it the agent
            process.wait()
            if scenario.kills == "run":
                place.try_tasks("doctor", "--fix")


def _find_child(parent: int) -> int:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    (child,) = (pid for pid, of in pairs if of == parent)
    return child
