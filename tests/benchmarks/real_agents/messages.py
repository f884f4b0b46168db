"""Anthropic's Messages, as Claude Code asks for them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .exchange import Answer, Failure, Hang, Json, Request, Usage, join_texts

WRITES_CACHE = True
ENDS = {"stop": "end_turn", "limit": "max_tokens", "refusal": "refusal"}
ERRORS = {
    "authentication": (401, "authentication_error", "invalid x-api-key"),
    "rate_limit": (429, "rate_limit_error", "This request would exceed your rate limit."),
    "overloaded": (529, "overloaded_error", "Overloaded"),
    "context_overflow": (400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
}


def read(body: Json, path: str) -> Request:
    """Read a request."""
    messages = body.get("messages", [])
    prompt, results = "", list[str]()
    for message in messages:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if message["role"] != "user":
            continue
        given = [_text(part.get("content", "")) for part in parts if part["type"] == "tool_result"]
        if given:
            results += given
        elif said := [part.get("text", "") for part in parts if not _is_reminder(part)]:
            prompt, results = "\n".join(said), []
    return Request(
        body.get("model", ""),
        frozenset(tool["name"] for tool in body.get("tools", [])),
        prompt,
        tuple(results),
        join_texts(body),
        bool(body.get("stream")),
    )


def _is_reminder(part: Json) -> bool:
    """Tell what Claude Code adds by itself, in the user's name."""
    return str(part.get("text", "")).startswith("<system-reminder>")


def _text(content: str | list[Json]) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


def write(request: Request, answer: Answer | Hang, usage: Usage, number: int) -> Iterator[bytes]:
    """Write an answer, in pieces where it was asked to stream; of a Hang the beginning."""
    first = {
        "input_tokens": usage.fresh,
        "cache_read_input_tokens": usage.cache_read,
        "cache_creation_input_tokens": usage.cache_write,
        "output_tokens": 1,
    }
    message: Json = {
        "id": f"msg_{number:04}",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": first,
    }
    if isinstance(answer, Hang):
        yield _event("message_start", message=message)
        yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        yield _event("content_block_delta", index=0, delta={"type": "text_delta", "text": answer.text})
        return
    blocks: list[Json] = [{"type": "text", "text": answer.text}]
    blocks += [
        {
            "type": "tool_use",
            "id": f"toolu_{number:04}_{place}",
            "name": call.tool,
            "input": dict(call.arguments),
        }
        for place, call in enumerate(answer.calls)
    ]
    reason = "tool_use" if answer.calls else ENDS[answer.end]
    last = first | {"output_tokens": usage.output}
    if not request.streams:
        yield json.dumps(message | {"content": blocks, "stop_reason": reason, "usage": last}).encode()
        return
    yield _event("message_start", message=message)
    for index, block in enumerate(blocks):
        if block["type"] == "text":
            start, delta = block | {"text": ""}, {"type": "text_delta", "text": block["text"]}
        else:
            start = block | {"input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        yield _event("content_block_start", index=index, content_block=start)
        yield _event("content_block_delta", index=index, delta=delta)
        yield _event("content_block_stop", index=index)
    yield _event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=last)
    yield _event("message_stop")


def _event(kind: str, **more: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()


def fail(failure: Failure) -> tuple[int, bytes]:
    """Give status and body of an error."""
    status, kind, message = ERRORS[failure.kind]
    return status, json.dumps({"type": "error", "error": {"type": kind, "message": message}}).encode()
