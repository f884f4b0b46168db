"""The five agents: their releases, and what makes each ask a server on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from taskfiles.agents.command_line import LINES, Permissions, make_command

Environment = dict[str, str]
KEY = "dummy"
REFUSED, LIMITED = "refused tools", "turn limit"  # scenarios that settings bring about


class Price(NamedTuple):
    """Micro-dollars per million tokens."""

    fresh: int
    cache_read: int
    cache_write: int
    output: int


class Agent(NamedTuple):
    """One agent. `name` is that of `tasks run --agent`, `tool` that of an attempt, `package` the registry's.

    `prepare` writes settings into a home and gives variables, by the server's address and the scenario.
    `is_printed` says whether it prints a cost by itself; else `price` goes into the project's settings.
    `counts_all`: its figures have what it asked beside its task, such as a title. `reads` is the file that
    it shows its model unasked.
    """

    name: str
    tool: str
    package: str
    version: str
    model: str
    provider: str
    price: Price
    prepare: Callable[[Path, str, str], Environment]
    is_printed: bool = False
    counts_all: bool = False
    reads: str = "AGENTS.md"

    @property
    def recorded_model(self) -> str:
        """The model as it is recorded: OpenCode's names begin with the provider's."""
        return self.model.rpartition("/")[2] if self.name == "opencode" else self.model

    def prints_cost(self, *, is_cut: bool) -> bool:
        """Whether it prints a cost by itself: Claude Code at its end, OpenCode with each step."""
        return self.is_printed and not (is_cut and self.name == "claude")

    @property
    def has_shell(self) -> bool:
        """Whether its model can call a shell."""
        return self.name != "aider"

    @property
    def registry_is_npm(self) -> bool:
        """Whether it comes from npm, else from PyPI."""
        return self.name != "aider"

    @property
    def prices(self) -> dict[str, int]:
        """The price in the words of tasks.toml."""
        fresh, cache_read, cache_write, output = self.price
        return {"input": fresh, "cache_read": cache_read, "cache_write": cache_write, "output": output}

    @property
    def permissions(self) -> frozenset[Permissions]:
        """Those that it has a line for."""
        return frozenset(LINES[self.name].permissions)

    def command(self, repository: Path, prompt: str) -> list[str]:
        """Make the line by which it works; the prompt goes to standard input, or into a file."""
        file = repository / ".git" / "prompt.md"
        file.write_text(prompt)
        words = make_command(self.name, model=self.model, permissions=Permissions.WORK)
        return [word.replace("{prompt_file}", str(file)) for word in words]


def _prepare_claude(home: Path, url: str, scenario: str) -> Environment:
    return {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": KEY,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "2",
    }


def _prepare_codex(home: Path, url: str, scenario: str) -> Environment:
    lines = [
        'model_provider = "local"',
        "[model_providers.local]",
        'name = "local"',
        f'base_url = "{url}/v1"',
        'env_key = "LOCAL_KEY"',
        'wire_api = "responses"',
        "request_max_retries = 1",
        "stream_max_retries = 1",
    ]
    _write(home / ".codex" / "config.toml", "\n".join(lines) + "\n")
    return {"LOCAL_KEY": KEY}


def _prepare_opencode(home: Path, url: str, scenario: str) -> Environment:
    cost = {"input": 1, "output": 8, "cache_read": 0.1}  # dollars for a million tokens
    model = {"name": "glm-x", "cost": cost, "limit": {"context": 200_000, "output": 8000}, "tool_call": True}
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "options": {"baseURL": f"{url}/v1", "apiKey": KEY},
        "models": {"glm-x": model},
    }
    permission = {"bash": "ask" if scenario == REFUSED else "allow", "edit": "allow", "task": "allow"}
    settings = {"provider": {"local": provider}, "autoupdate": False, "permission": permission}
    _write(home / ".config" / "opencode" / "opencode.json", settings)
    return {"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "1"}


def _prepare_gemini(home: Path, url: str, scenario: str) -> Environment:
    settings: dict[str, dict[str, object]] = {
        "telemetry": {"enabled": False},
        "privacy": {"usageStatisticsEnabled": False},
        "general": {"disableAutoUpdate": True, "maxAttempts": 1},
        "model": {"maxSessionTurns": 2} if scenario == LIMITED else {},
        "security": {"auth": {"selectedType": "gemini-api-key"}},
    }
    _write(home / ".gemini" / "settings.json", settings)
    return {"GOOGLE_GEMINI_BASE_URL": url, "GEMINI_API_KEY": KEY}


def _prepare_aider(home: Path, url: str, scenario: str) -> Environment:
    return {
        "OPENAI_API_BASE": f"{url}/v1",
        "OPENAI_API_KEY": KEY,
        "AIDER_ANALYTICS_DISABLE": "true",
        "AIDER_CHECK_UPDATE": "false",
        "AIDER_SHOW_MODEL_WARNINGS": "false",
    }


def _write(file: Path, content: str | Mapping[str, object]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))


AGENTS = {
    agent.name: agent
    for agent in (
        Agent(
            "claude",
            "claude-code",
            "@anthropic-ai/claude-code",
            "2.1.332",
            "claude-sonnet-4-5",
            "anthropic",
            Price(3_000_000, 300_000, 3_750_000, 15_000_000),
            _prepare_claude,
            is_printed=True,
        ),
        Agent(
            "codex",
            "codex",
            "@openai/codex",
            "0.171.0",
            "gpt-5.1-codex",
            "local",
            Price(1_250_000, 125_000, 1_250_000, 10_000_000),
            _prepare_codex,
            counts_all=True,
        ),
        Agent(
            "opencode",
            "opencode",
            "opencode-ai",
            "1.18.33",
            "local/glm-x",
            "local",
            Price(1_000_000, 100_000, 1_000_000, 8_000_000),
            _prepare_opencode,
            is_printed=True,
        ),
        Agent(
            "gemini",
            "gemini-cli",
            "@google/gemini-cli",
            "0.61.0",
            "gemini-2.5-pro",
            "google",
            Price(1_250_000, 310_000, 1_250_000, 10_000_000),
            _prepare_gemini,
            counts_all=True,
            reads="GEMINI.md",
        ),
        Agent(
            "aider",
            "aider",
            "aider-chat",
            "0.86.2",
            "openai/gpt-4o",
            "openai",
            Price(2_500_000, 1_250_000, 2_500_000, 10_000_000),
            _prepare_aider,
        ),
    )
}
