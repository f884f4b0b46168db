"""Install released agents, run them against a scripted model's server, and print what was recorded of them.

    cd tests && python -m benchmarks.real_agents DIRECTORY [--agents claude,codex] [--latest]

Each agent does two tasks by the block that `tasks init --agents` installs, and is then run under `tasks run`
in every scenario; what was recorded is compared with what the server told. DIRECTORY keeps the programs and
what each run printed and asked. It takes some ten minutes. Exits 1 where anything is wrong, or empty
without a reason. Needs npm, Node and the network once; no provider of a model is asked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from .agent import AGENTS, Agent
from .block import work_off
from .cell import run
from .install import Installed, install
from .judge import Verdict, judge
from .scenario import SCENARIOS
from .verdicts import render

BLOCK = "block"


def main() -> int:
    """Install, run, compare, print."""
    chosen = arguments()
    below = chosen.directory.resolve()
    found: dict[tuple[str, str], Verdict] = {}
    versions = {}
    for name in chosen.agents:
        installed = install(AGENTS[name], below / "programs", latest=chosen.latest)
        agent = AGENTS[name]._replace(version=installed.version)
        versions[name] = installed.version
        for scenario in chosen.scenarios:
            verdict = look(agent, scenario, installed, below / "runs" / name / scenario.replace(" ", "-"))
            if verdict is not None:
                found[name, scenario] = verdict
                print(f"{name}, {scenario}: {verdict.word}", file=sys.stderr, flush=True)
    print(render(versions, chosen.scenarios, found))
    return 0 if all(verdict.is_right for verdict in found.values()) else 1


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.real_agents", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("directory", type=Path, help="where to install agents, and to keep what they did")
    for option, known in (("--agents", [*AGENTS]), ("--scenarios", [BLOCK, *SCENARIOS])):
        text = f"names with commas between (all): {', '.join(known)}"
        parser.add_argument(option, type=partial(_choose, known), default=known, help=text)
    parser.add_argument(
        "--latest", action="store_true", help="the newest releases, not those that the docs name"
    )
    return parser.parse_args()


def _choose(known: Sequence[str], text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in known]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; they are {', '.join(known)}")
    return [name for name in known if name in names]


def look(agent: Agent, scenario: str, installed: Installed, directory: Path) -> Verdict | None:
    """Run one scenario and compare; None where the agent can't come into it."""
    try:
        if scenario == BLOCK:
            if not agent.has_shell:
                return None
            return Verdict(wrong=tuple(work_off(agent, directory, [installed.programs])))
        wanted = SCENARIOS[scenario]
        if wanted.applies is not None and agent.name not in wanted.applies:
            return None
        return judge(agent, wanted, run(agent, wanted, directory, [installed.programs]))
    except (RuntimeError, OSError) as error:
        return Verdict(wrong=(f"it could not be run: {error}",))


if __name__ == "__main__":
    sys.exit(main())
