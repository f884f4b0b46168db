"""Google's generateContent, as Gemini CLI asks for it; thoughts are counted beside what was said."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .exchange import Answer, Failure, Hang, Json, Request, Usage, join_texts

WRITES_CACHE = False
ENDS = {"stop": "STOP", "limit": "MAX_TOKENS", "refusal": "SAFETY"}
ERRORS = {
    "authentication": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    "rate_limit": (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota."),
    "overloaded": (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "context_overflow": (
        400,
        "INVALID_ARGUMENT",
        "The input token count (2100000) exceeds the maximum number of tokens allowed (1048576).",
    ),
}


def read(body: Json, path: str) -> Request:
    """Read a request; the model's name is a part of the path."""
    prompt, results = "", list[str]()
    for content in body.get("contents", []):
        if content.get("role") != "user":
            continue
        parts = content.get("parts", [])
        given = [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]
        if given:
            results += [str(each.get("output", each.get("error", ""))) for each in given]
        else:
            prompt, results = "\n".join(part.get("text", "") for part in parts), []
    declared = (each for tool in body.get("tools", []) for each in tool.get("functionDeclarations", []))
    model, _, method = path.rpartition("/")[2].partition(":")
    return Request(
        model,
        frozenset(each["name"] for each in declared),
        prompt,
        tuple(results),
        join_texts(body),
        method.startswith("stream"),
    )


def write(request: Request, answer: Answer | Hang, usage: Usage, number: int) -> Iterator[bytes]:
    """Write an answer, in one piece; of a Hang the beginning."""
    parts: list[Json] = [{"text": answer.text}]
    candidate: Json = {"index": 0, "content": {"role": "model", "parts": parts}}
    data: Json = {"candidates": [candidate], "modelVersion": request.model, "responseId": f"r{number:04}"}
    if isinstance(answer, Answer):
        parts += [
            {"functionCall": {"name": call.tool, "args": dict(call.arguments)}} for call in answer.calls
        ]
        candidate["finishReason"] = ENDS[answer.end]
        data["usageMetadata"] = {
            "promptTokenCount": usage.input,
            "cachedContentTokenCount": usage.cache_read,
            "candidatesTokenCount": usage.output - usage.reasoning,
            "thoughtsTokenCount": usage.reasoning,
            "totalTokenCount": usage.input + usage.output,
        }
    text = json.dumps(data)
    yield (f"data: {text}\n\n" if request.streams else text).encode()


def fail(failure: Failure) -> tuple[int, bytes]:
    """Give status and body of an error."""
    status, kind, message = ERRORS[failure.kind]
    error: Json = {"code": status, "message": message, "status": kind}
    if failure.kind == "authentication":
        detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
        error["details"] = [detail | {"domain": "googleapis.com"}]
    return status, json.dumps({"error": error}).encode()
