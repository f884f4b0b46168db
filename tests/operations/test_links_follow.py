"""Links between task files lead to the same tasks whatever commands do with the files, in both layouts."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from support.effort import choose
from support.in_process import call, ok
from support.layouts import OTHER, make_project
from support.project import BODY, INSIGHTS, Done, Project
from taskfiles.backlog.links import resolve
from taskfiles.task.layout import FLAT, LAYOUTS

NUMBERS = st.integers(0, 4)
STATES = st.sampled_from(["idea", "ready", "in-progress", "canceled"])
FORMS = st.sampled_from(
    ["[n{}]({})", "[n{}](./{}#how)", "[n{}](<{}> 'title')", "\n[n{}]: {}\n", "[n{}](<{}#a b>)"]
)
LINKS = st.lists(st.tuples(NUMBERS, NUMBERS, FORMS, st.booleans()), min_size=2, max_size=8)
WRITTEN = re.compile(r"\[n(\d)\](?:\(|: )(<[^>]*>|[^\s)]+)")
OUTSIDE = "docs/index.md"
REFUSED = {1, 2, 3, 4}  # nothing was written


class Links(RuleBasedStateMachine):
    """Some tasks whose bodies link to each other; a task keeps its number, in its title, whatever its id."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="links-"))
        self.project = Project(self.place / "repo")
        self.renamed = 0

    def teardown(self) -> None:
        """Remove the files."""
        shutil.rmtree(self.place)

    @initialize(
        layout=st.sampled_from(LAYOUTS),
        directories=st.lists(st.sampled_from(["", "", "web/", "web/login/"]), min_size=5, max_size=5),
        links=LINKS,
    )
    def begin(self, layout: str, directories: list[str], links: list[tuple[int, int, str, bool]]) -> None:
        """Write the tasks, each with a body that can be completed, and the file outside."""
        project = self.project
        make_project(project.root, layout)
        project.git("init", "-q", "-b", "main", "--template=")
        places = [
            project.path(f"t{number}", kind=_kind(number)).replace("tasks/", f"tasks/{directory}")
            if layout == FLAT
            else project.path(f"t{number}", kind=_kind(number))
            for number, directory in enumerate(directories)
        ]
        for number, path in enumerate(places):
            body = BODY.replace("[ ]", "[x]") + INSIGHTS
            for start, end, form, is_absolute in links:
                if start == number:
                    relative = os.path.relpath(places[end], os.path.dirname(path))
                    is_plain = "./" not in form and is_absolute
                    body += "\n" + form.format(end, f"/{places[end]}" if is_plain else relative) + "\n"
            keys = f"id: t{number}\ntitle: Task {number}\nkind: {_kind(number)}\nstate: ready\n"
            front = [
                {"type": "file", "title": f"n{end}", "path": places[end]}
                if is_absolute
                else {"type": "task", "title": f"n{end}", "id": f"t{end}"}
                for start, end, _, is_absolute in links
                if start == number
            ]
            keys += f"links: {json.dumps(front)}\n" if front else ""
            project.write(path, f"---\n{keys}commit_message: Done\n---\n{body}")
        self.count = len(self.links())
        self.write_outside()

    # What commands do

    @rule(number=NUMBERS, state=STATES)
    def move(self, number: int, state: str) -> None:
        self.run("move", self.id_of(number), state)

    @rule(number=NUMBERS, kind=st.sampled_from(["task", "story", "epic"]))
    def update(self, number: int, kind: str) -> None:
        self.run("update", self.id_of(number), "--meta", f"kind={kind}")

    @rule(number=NUMBERS)
    def complete(self, number: int) -> None:
        self.run("complete", self.id_of(number))

    @rule(number=NUMBERS)
    def pick_up_and_release(self, number: int) -> None:
        done = self.run("pickup", self.id_of(number), "--by", "ada")
        if done.code == 0:
            token = done.json["claim"]["token"]
            assert self.run("release", self.id_of(number), "--claim", token).code == 0

    @rule(number=NUMBERS)
    def rename(self, number: int) -> None:
        self.renamed += 1
        self.run("rename", self.id_of(number), f"r{self.renamed}")

    @rule(parent=NUMBERS, child=NUMBERS)
    def adopt(self, parent: int, child: int) -> None:
        self.run("adopt", self.id_of(parent), self.id_of(child))

    @rule()
    def archive(self) -> None:
        self.run("cleanup", "--older-than", "0s", "--archive")

    @rule()
    def convert(self) -> None:
        assert self.run("init", "--layout", OTHER[self.project.layout]).code == 0

    @rule(number=NUMBERS, state=STATES)
    def fix(self, number: int, state: str) -> None:
        """A state is changed by hand, so that the file's place may be wrong, which it then is no more."""
        file = self.project.root / self.paths()[number]
        text = file.read_text()
        file.write_text(re.sub("\nstate: (idea|ready|in-progress|canceled)\n", f"\nstate: {state}\n", text))
        self.run("validate", "--fix")

    @rule()
    def undo(self) -> None:
        self.run("undo")

    # What holds

    @invariant()
    def links_lead_to_the_tasks_that_they_did(self) -> None:
        paths = self.paths()
        found = self.links()
        assert len(found) == self.count
        assert [(path, number, target) for path, number, target in found if target != paths[number]] == []

    def run(self, *argv: str) -> Done:
        """Run a command; what it breaks outside it names, and what it refuses changes nothing."""
        paths, before = self.paths(), self.project.tree()
        done = call(self.project, *argv, "-o", "json")
        if done.code in REFUSED:
            assert self.project.tree() == before
        else:
            assert done.code == 0, done.err
        now = self.paths()
        broken = {number + 1 for number in paths if now[number] != paths[number]}
        named = {int(line) for line in re.findall(rf"{OUTSIDE}:(\d+)", done.err)}
        more = sum(int(count) for count in re.findall(r"and (\d+) more", done.err))
        assert named <= broken
        assert len(named) + more == len(broken), done.err
        assert self.project.tree()[OUTSIDE] == before[OUTSIDE]
        self.write_outside()
        return done

    def paths(self) -> dict[int, str]:
        """Map the tasks' numbers to where their files are."""
        found = {int(task.title.split()[1]): task.path for task in self.project.store.tasks()}
        assert sorted(found) == list(range(5))
        return found

    def id_of(self, number: int) -> str:
        (task,) = (each for each in self.project.store.tasks() if each.title == f"Task {number}")
        return task.id

    def links(self) -> list[tuple[str, int, str | None]]:
        """List the links of all tasks: the file, the number that is meant, the path that it leads to."""
        tasks = [*self.project.store.tasks()]
        paths = {task.id: task.path for task in tasks}
        return [
            (task.path, int(number), resolve(task.path, destination))
            for task in tasks
            for number, destination in WRITTEN.findall(task.body)
        ] + [
            (task.path, int(link["title"][1:]), link.get("path") or paths.get(link["id"]))
            for task in tasks
            for link in task.get("links")
        ]

    def write_outside(self) -> None:
        """Let another Markdown file link to each task where it is."""
        lines = [f"[n{number}](<../{path}>)\n" for number, path in sorted(self.paths().items())]
        self.project.write(OUTSIDE, "".join(lines))


def _kind(number: int) -> str:
    return "story" if number == 4 else "task"


TestLinks = Links.TestCase
TestLinks.settings = settings(
    max_examples=choose().pick(short=12, deep=300, long=5000),
    stateful_step_count=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would take minutes
)


def test_what_a_link_writes_is_kept_but_for_the_way(project: Project) -> None:
    """Titles, angles, anchors, a leading ./ and code stay; the text around them does."""
    project.task("b")
    name = project.path("b").rpartition("/")[2]
    written = "See [b]({0} 'B'), [b](<{0}>), [b](./{0}#how) and `{0}`.\n\n```\n[b]({0})\n```\n\n[b]: {0}\n"
    project.task("a", body=BODY + written.format(name))
    ok(call(project, "rename", "b", "better"))
    new = project.path("better").rpartition("/")[2]
    wanted = (
        written.format(new).replace(f"`{new}`", f"`{name}`").replace(f"\n[b]({new})\n", f"\n[b]({name})\n")
    )
    assert project.get("a").body == BODY + wanted
    ok(call(project, "undo"))
    assert project.get("a").body == BODY + written.format(name)
