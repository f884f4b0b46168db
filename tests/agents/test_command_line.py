"""Command lines of agents: what each is made of, that docs show them, and the model that one names."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.paths import REPOSITORY
from taskfiles.agents.command_line import LINES, Named, Permissions, find_named, make_command
from taskfiles.agents.registry import find_adapter

PAGE = REPOSITORY / "docs" / "how-to" / "run.md"
MADE = [(agent, level) for agent, level in product(LINES, Permissions) if level in LINES[agent].permissions]


def documented() -> dict[tuple[str, str], str]:
    """The lines of the page, by agent and permissions."""
    found, agent = {}, ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 4 or not re.fullmatch(r"(`\w+`(, )?)+", cells[1]):
            continue
        agent = cells[0].strip("`") or agent
        for level in re.findall(r"\w+", cells[1]):
            found[agent, level] = cells[2].strip("`")
    return found


@pytest.mark.skipif(not PAGE.is_file(), reason="the tests run without the repository")
def test_docs_show_the_lines() -> None:
    assert documented() == {
        (agent, level): " ".join(make_command(agent, permissions=level)) for agent, level in MADE
    }


@pytest.mark.parametrize(("agent", "level"), MADE)
def test_a_line_is_read_as_what_it_is(agent: str, level: Permissions) -> None:
    """By its program's name, through `env`; and the model that it names is found in it again."""
    command = make_command(agent, model="some/model-1", permissions=level)
    adapter = find_adapter(None, command).adapter
    assert adapter is not None
    assert agent in adapter.commands
    expected = Named("model-1", "some") if agent == "opencode" else Named("some/model-1")
    assert find_named(None, command) == expected


def test_more_words_stand_before_what_comes_last() -> None:
    assert make_command("codex", model="m", more=["--search"], git="/clone/.git") == [
        *("codex", "exec", "--json", "--sandbox", "workspace-write", "--add-dir", "/clone/.git"),
        *("--model", "m", "--search", "-"),
    ]


@pytest.mark.parametrize("agent", LINES)
def test_every_agent_may_work(agent: str) -> None:
    assert make_command(agent)


def test_permissions_that_an_agent_cannot_be_given_are_refused() -> None:
    with pytest.raises(ValueError, match="opencode"):
        make_command("opencode", permissions=Permissions.READ)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("codex exec -m gpt-5 -", Named("gpt-5")),
        ("codex exec -mgpt-5 -", Named("gpt-5")),
        ("codex exec -m=gpt-5 -", Named("gpt-5")),
        ("codex exec --model gpt-4 resume --model gpt-5", Named("gpt-5")),
        ("codex -c model='o3' exec --config model_provider=azure", Named("o3", "azure")),
        ("codex exec -c model_reasoning_effort=high -", Named()),
        ("timeout 60 npx -p x codex exec -m gpt-5", Named("gpt-5")),
        ("claude -p --model opus", Named("opus")),
        ("claude -c --model opus -p", Named("opus")),
        ("claude -m opus", Named()),
        ("claude -p -- --model opus", Named()),
        ("claude --model", Named()),
        ("claude --model --verbose", Named()),
        ("claude --models opus", Named()),
        ("gemini -m gemini-2.5-pro", Named("gemini-2.5-pro")),
        ("opencode run -m openrouter/qwen/qwen3", Named("qwen/qwen3", "openrouter")),
        ("opencode run -m local", Named("local")),
        ("aider --model openai/gpt-4o -m Fix", Named("openai/gpt-4o")),
        ("my-agent --model opus", Named()),
        ("sh -c x --model opus", Named()),
    ],
)
def test_the_model_that_a_line_names(line: str, expected: Named) -> None:
    assert find_named(None, [word.replace("'", '"') for word in line.split()]) == expected


@given(
    st.sampled_from(sorted(LINES)),
    st.lists(st.text(max_size=12) | st.sampled_from(["-m", "--model", "-c", "="])),
)
def test_any_words_may_follow(agent: str, words: list[str]) -> None:
    named = find_named(None, [agent, *words])
    for value in named:
        assert value is None or value.isprintable()


@pytest.mark.parametrize("agent", ["claude", "codex", "gemini", "opencode"])
def test_a_run_that_is_cut_has_named_its_session(agent: str) -> None:
    """Nobody finds the file of the session without it, and with that the figures of a killed run."""
    words = make_command(agent)
    form = words[words.index("--output-format") + 1] if "--output-format" in words else ""
    adapter = find_adapter(None, words).adapter
    assert adapter is not None
    samples = REPOSITORY / "tests" / "golden" / "agents" / adapter.tool
    (sample,) = samples.glob(f"{form.removesuffix('-json')}*cut-off.jsonl")
    assert adapter.read(sample.read_bytes().splitlines(keepends=True)).attempt["session_id"]
