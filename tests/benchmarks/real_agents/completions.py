"""OpenAI's chat completions, as OpenCode (of a provider of its own) and aider ask for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .exchange import Answer, Failure, Hang, Json, Request, Usage, join_texts
from .responses import fail as fail_so

WRITES_CACHE = False
ENDS = {"stop": "stop", "limit": "length", "refusal": "content_filter"}


def read(body: Json, path: str) -> Request:
    """Read a request."""
    prompt, results = "", list[str]()
    for message in body.get("messages", []):
        if message["role"] == "tool":
            results.append(_text(message["content"]))
        elif message["role"] == "user":
            prompt, results = _text(message["content"]), []
    return Request(
        body.get("model", ""),
        frozenset(tool["function"]["name"] for tool in body.get("tools", [])),
        prompt,
        tuple(results),
        join_texts(body),
        bool(body.get("stream")),
    )


def _text(content: str | list[Json]) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


def write(request: Request, answer: Answer | Hang, usage: Usage, number: int) -> Iterator[bytes]:
    """Write an answer, in pieces where it was asked to stream; of a Hang the beginning."""
    head: Json = {"id": f"chat_{number:04}", "created": 1, "model": request.model}
    if isinstance(answer, Hang):
        yield _chunk(head, {"role": "assistant", "content": answer.text})
        return
    calls: list[Json] = [
        {
            "index": place,
            "id": f"call_{number:04}_{place}",
            "type": "function",
            "function": {"name": call.tool, "arguments": json.dumps(dict(call.arguments))},
        }
        for place, call in enumerate(answer.calls)
    ]
    message: Json = {"role": "assistant", "content": answer.text} | ({"tool_calls": calls} if calls else {})
    end = "tool_calls" if calls else ENDS[answer.end]
    if not request.streams:
        choice = {"index": 0, "message": message, "finish_reason": end}
        yield json.dumps(
            head | {"object": "chat.completion", "choices": [choice], "usage": _usage(usage)}
        ).encode()
        return
    yield _chunk(head, message)
    yield _chunk(head, {}, end)
    yield _event(head | {"object": "chat.completion.chunk", "choices": [], "usage": _usage(usage)})
    yield b"data: [DONE]\n\n"


def _usage(usage: Usage) -> Json:
    return {
        "prompt_tokens": usage.input,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read},
        "completion_tokens": usage.output,
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }


def _chunk(head: Json, delta: Json, end: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": end}
    return _event(head | {"object": "chat.completion.chunk", "choices": [choice]})


def _event(data: Any) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def fail(failure: Failure) -> tuple[int, bytes]:
    """Give status and body of an error, which are those of the newer interface."""
    return fail_so(failure)
