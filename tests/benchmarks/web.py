"""Measure the board in a browser: first page, filter, move, and many browsers at once, against a floor.

    python tests/benchmarks/web.py [--tasks N] [--rounds N] [--listeners N]

A project of N tasks (10,000) is served by `tasks web`, and looked at by a real Chromium without a window and
by clients of HTTP. The floor is a server of the same kind that gives the same bytes out of memory. Prints a
table: the clock's milliseconds, and what the server took of CPU. Exits 1 where the least time misses a limit.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).parent
sys.path.append(os.fspath(HERE.parent))  # `support`, which the tests have from pytest

from corpus import write_project  # noqa: E402 (as above)
from web_client import (  # noqa: E402
    Client,
    Listener,
    Place,
    cpu_of,
    filter_page,
    load_page,
    move_card,
    place_of,
)

from support.browser import Browser, browsing  # noqa: E402
from support.project import Project  # noqa: E402
from support.web import serving  # noqa: E402

LIMITS = {  # milliseconds, and kB
    "first page": 1000,
    "first page, kB": 300,
    "filter, answer": 100,
    "text, answer": 100,
    "filter, page": 100,
    "text, page": 100,
    "move, answer": 200,
    "move, there": 200,
    "move, settled": 200,
}
FILTERS = (
    "label:ux",
    "state:ready",
    "priority:high",
    "size:small label:docs",
    "model:gpt-5-codex",
    "open:yes",
)
TEXTS = ("part 77", "parser", "what people wrote", "task-1234", "PART 9", "nowhere at all")


class Table:
    """What was measured, by row: milliseconds, the server's CPU beside them, and those of the floor."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.cpu: dict[str, list[float]] = defaultdict(list)
        self.floor: dict[str, list[float]] = defaultdict(list)

    def render(self) -> str:
        """Lay it out as Markdown."""
        lines = ["| row | min | median | server's CPU | floor | limit |"]
        lines.append("| --- | ---: | ---: | ---: | ---: | ---: |")
        for row, times in self.times.items():
            cpu, floor = self.cpu.get(row), self.floor.get(row)
            cells = [
                f"{min(times):.1f}",
                f"{statistics.median(times):.1f}",
                f"{min(cpu):.1f}" if cpu else "",
                f"{min(floor):.1f}" if floor else "",
                f"{LIMITS[row]:,}" if row in LIMITS else "",
            ]
            lines.append(f"| {row} | {' | '.join(cells)} |")
        return "\n".join(lines)

    def missed(self) -> list[str]:
        """List the rows whose least time is above their limit."""
        return [row for row, limit in LIMITS.items() if min(self.times[row]) > limit]


class Bench:
    """A served project, its floor, and the table that they fill."""

    def __init__(self, server: int, own: Place, floor: Place, project: Project) -> None:
        self.server, self.own, self.floor, self.project = server, own, floor, project
        self.table = Table()
        self.client, self.still = Client(own), Client(floor)
        self.client.enter()
        self._chance = random.Random(1)

    def timed(self, row: str, work: Callable[[], object]) -> None:
        """Do something and note the time and the CPU that it took."""
        before, began = cpu_of(self.server), time.perf_counter()
        work()
        self.table.times[row].append((time.perf_counter() - began) * 1000)
        self.settle()
        self.table.cpu[row].append((cpu_of(self.server) - before) * 1000)

    def settle(self) -> None:
        """Wait until the server has nothing more to do."""
        quiet, last = 0, cpu_of(self.server)
        while quiet < 4:
            time.sleep(0.05)
            now = cpu_of(self.server)
            quiet = quiet + 1 if now - last < 0.001 else 0
            last = now

    def ask(self, rounds: int) -> None:
        """Measure answers without a browser."""
        for number in range(rounds):
            self.touch()  # so that no answer is remembered
            self.compare("page, answer", partial(Client.get, path="/board", is_part=False))
            for row, texts in (("filter", FILTERS), ("text", TEXTS)):
                query = quote(texts[number % len(texts)])
                self.compare(f"{row}, answer", partial(Client.get, path=f"/board?q={query}"))
            task = self.project.get(self.any_ready())
            to = "idea" if task.state == "ready" else "ready"
            seen = {"id": task.id, "expect": {"state": task.state}, "etag": task.etag}
            move = partial(Client.act, kind="move", key=str(number), values={"state": to}, **seen)
            self.compare("move, answer", move)

    def compare(self, row: str, work: Callable[[Client], object]) -> None:
        """Measure the board, then the floor, which knows the answer by then."""
        self.timed(row, lambda: work(self.client))
        work(self.still)
        began = time.perf_counter()
        work(self.still)
        self.table.floor[row].append((time.perf_counter() - began) * 1000)

    def look(self, browser: Browser, rounds: int) -> None:
        """Measure what somebody sees in a browser."""
        times, floor = self.table.times, self.table.floor
        origins = [f"http://{place.host.partition(':')[0]}:{place.port}" for place in (self.own, self.floor)]
        for origin in origins:
            browser.ask("Network.setCookie", name="tasks", value=self.own.cookie, url=f"{origin}/")
        browser.show(width=1280)
        for number in range(rounds):
            self.touch()
            for origin, kept in zip(origins, (times, floor), strict=True):
                spent, size = load_page(browser, f"{origin}/board")
                kept["first page"].append(spent)
                kept["first page, kB"].append(size / 1000)
            for row, texts in (("filter", FILTERS), ("text", TEXTS)):
                for origin, kept in zip(origins, (times, floor), strict=True):
                    browser.open(f"{origin}/board")
                    kept[f"{row}, page"].append(filter_page(browser, texts[number % len(texts)]))
            browser.open(f"{origins[0]}/board")
            browser.wait("document.querySelector('#live').textContent.includes('live')")
            self.settle()
            task = browser.run("document.querySelectorAll('[data-column=ready] > li.card')[3].dataset.task")
            before = cpu_of(self.server)
            for name, spent in move_card(browser, task, "idea").items():
                times[f"move, {name}"].append(spent)
            self.settle()
            self.table.cpu["move, settled"].append((cpu_of(self.server) - before) * 1000)

    def listen(self, count: int, rounds: int) -> None:
        """Measure a change by hand that so many pages listen to, until the last of them has it."""
        row = f"change, {count} listening"
        shown = threading.Semaphore(0)
        listeners = [Listener(self.own, "/board", lambda _: shown.release()) for _ in range(count)]
        for each in listeners:
            each.start()
        for _ in range(rounds):
            self.settle()
            before, began = cpu_of(self.server), time.perf_counter()
            self.edit()
            for _ in listeners:
                assert shown.acquire(timeout=30), "a page was not told"
            self.table.times[row].append((time.perf_counter() - began) * 1000)
            self.settle()
            self.table.cpu[row].append((cpu_of(self.server) - before) * 1000)
        for each in listeners:
            each.close()

    def any_ready(self) -> str:
        """Return one of the tasks that are ready or ideas."""
        while True:
            task = self.project.get(f"task-{self._chance.randrange(1000)}")
            if task.state in {"ready", "idea"}:
                return str(task.id)

    def edit(self) -> None:
        """Change the title of a task, in one step as editors do."""
        path = self.project.root / "tasks" / f"{self.any_ready()}.md"
        text = path.read_text(encoding="utf-8")
        old, new = (" do ", " now do ") if " now do " not in text else (" now do ", " do ")
        aside = path.with_name(f".{path.name}")
        aside.write_text(text.replace(old, new, 1), encoding="utf-8")
        aside.replace(path)

    def touch(self) -> None:
        """Change a task, and wait until the board has seen it."""
        self.edit()
        self.settle()


@contextmanager
def still_server(own: Place) -> Iterator[Place]:
    """Run the floor."""
    command = [sys.executable, str(HERE / "web_floor.py"), str(own.port), own.host, own.cookie]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Place(int(process.stdout.readline()), own.host, own.cookie)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=10_000, help="how many tasks (10,000)")
    parser.add_argument("--rounds", type=int, default=20, help="how often each row is measured (20)")
    parser.add_argument("--listeners", type=int, default=50, help="browsers at once (50)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        project = Project(work / "project")
        write_project(chosen.tasks, project.root)
        project.git("init", "-q", "-b", "main", "--template=")
        project.git("add", "-A")
        project.git("commit", "-q", "-m", "The tasks")
        time.sleep(2.1)  # the index remembers no file that is younger
        began = time.perf_counter()
        with serving(project) as served, browsing(work / "home") as browser:
            started = time.perf_counter() - began
            own = place_of(served)
            with still_server(own) as floor:
                bench = Bench(served.process.pid, own, floor, project)
                bench.settle()
                bench.ask(chosen.rounds)
                bench.look(browser, chosen.rounds)
                for count in (1, chosen.listeners):
                    bench.listen(count, chosen.rounds)
                status = Path(f"/proc/{served.process.pid}/status").read_text(encoding="utf-8")
                memory = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    print(bench.table.render())
    print(f"started in {started:.1f} s without an index; {int(memory) / 1024:.0f} MiB at most")
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    missed = bench.table.missed()
    for row in missed:
        print(f"MISSED: {row}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
