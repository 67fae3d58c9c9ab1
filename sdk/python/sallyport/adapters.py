"""Tools for the clients of models: their list in the client's format, and a function that runs what the model calls.

    from openai import OpenAI
    from sallyport.adapters import openai_response_tools

    toolbox = openai_response_tools(platform)
    response = client.responses.create(model=..., input=conversation, tools=toolbox.tools)
    conversation += response.output
    conversation += toolbox.run(response)

Give the platform a token that is bound to a toolset, or narrow the tools by `connector`, `connection` or `search`: models choose
well from about thirty. No package of a client is needed here.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, NamedTuple, Optional, cast

from .client import Sallyport
from .errors import SallyportProblem
from .shapes import CallResult, PendingCall, ToolFormat

#: Bytes of JSON: larger answers are shortened, as the gateway does over MCP.
MAX_RESULT_BYTES = 100_000
#: Diagnostics can hold the body an API sent; a model needs its beginning, not all of it.
MAX_DIAGNOSTICS_CHARS = 4000


class Toolbox(NamedTuple):
    tools: List[Dict[str, Any]]
    #: Takes the answer of the model and gives what to append to the conversation: nothing when it called no tool.
    run: Callable[[Any], List[Dict[str, Any]]]


class ToolAnswer(NamedTuple):
    """What a tool came to, in words for a model."""

    text: str
    failed: bool


def openai_chat_tools(
    platform: Sallyport, *, strict: bool = False, max_result_bytes: int = MAX_RESULT_BYTES, **narrow: Any
) -> Toolbox:
    """For OpenAI's chat completions and everything compatible: `run` takes the message of a choice."""
    format: ToolFormat = "openai-strict" if strict else "openai"

    def run(message: Any) -> List[Dict[str, Any]]:
        calls = _member(message, "tool_calls") or []
        functions = [_member(call, "function") for call in calls]
        answers = _run_all(platform, functions, "arguments", format, max_result_bytes)
        return [
            {"role": "tool", "tool_call_id": _member(call, "id"), "content": answer.text}
            for call, answer in zip(calls, answers)
        ]

    return Toolbox(platform.tools.list(format=format, **narrow), run)


def openai_response_tools(
    platform: Sallyport, *, strict: bool = False, max_result_bytes: int = MAX_RESULT_BYTES, **narrow: Any
) -> Toolbox:
    """For OpenAI's responses: `run` takes the response."""
    format: ToolFormat = "openai-strict" if strict else "openai"

    def run(response: Any) -> List[Dict[str, Any]]:
        calls = [item for item in _member(response, "output") or [] if _member(item, "type") == "function_call"]
        answers = _run_all(platform, calls, "arguments", format, max_result_bytes)
        return [
            {"type": "function_call_output", "call_id": _member(call, "call_id"), "output": answer.text}
            for call, answer in zip(calls, answers)
        ]

    listed = platform.tools.list(format=format, **narrow)
    # Unlike chat completions, responses take a function for a strict one unless it says otherwise.
    return Toolbox([{"type": "function", "strict": strict, **tool["function"]} for tool in listed], run)


def anthropic_tools(platform: Sallyport, *, max_result_bytes: int = MAX_RESULT_BYTES, **narrow: Any) -> Toolbox:
    """For Anthropic's messages: `run` takes the message of the assistant and gives the one that answers it."""

    def run(message: Any) -> List[Dict[str, Any]]:
        calls = [block for block in _member(message, "content") or [] if _member(block, "type") == "tool_use"]
        answers = _run_all(platform, calls, "input", "anthropic", max_result_bytes)
        results = [
            {"type": "tool_result", "tool_use_id": _member(call, "id"), "content": answer.text, "is_error": answer.failed}
            for call, answer in zip(calls, answers)
        ]
        return [{"role": "user", "content": results}] if results else []

    return Toolbox(platform.tools.list(format="anthropic", **narrow), run)


def run_tool(
    platform: Sallyport, name: str, arguments: Any, format: ToolFormat, max_result_bytes: int = MAX_RESULT_BYTES
) -> ToolAnswer:
    """Runs one call of a model: its arguments as an object or as JSON. Raises SallyportUnreachable where there is no gateway."""
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except ValueError:
            return ToolAnswer("The arguments are not JSON. Call again with a JSON object.", True)
    try:
        result = platform.tools.call(name, arguments or {}, format=format, max_result_bytes=max_result_bytes)
    except SallyportProblem as problem:
        return ToolAnswer(_problem_words(problem), True)
    if "approval" in result:
        return ToolAnswer(_pending_words(cast(PendingCall, result)), False)
    return _result_words(cast(CallResult, result))


def _run_all(
    platform: Sallyport, calls: List[Any], arguments: str, format: ToolFormat, max_result_bytes: int
) -> List[ToolAnswer]:
    """At once: models give together what does not depend on each other."""

    def run(call: Any) -> ToolAnswer:
        return run_tool(platform, _member(call, "name"), _member(call, arguments), format, max_result_bytes)

    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(run, calls))


def _member(value: Any, name: str) -> Any:
    """Of an object of the client, or of the same as a dict."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _lines(*parts: Optional[str]) -> str:
    return "\n".join(part for part in parts if part)


def _diagnostics_line(diagnostics: Any) -> Optional[str]:
    if not diagnostics:
        return None
    text = json.dumps(diagnostics, ensure_ascii=False)
    return f"Diagnostics: {text if len(text) <= MAX_DIAGNOSTICS_CHARS else text[:MAX_DIAGNOSTICS_CHARS] + '…'}"


def _pending_words(pending: PendingCall) -> str:
    about = {"status": pending["status"], "id": pending["id"]}
    about.update(url=pending["approval"]["url"], expires_at=pending["approval"]["expires_at"])
    return _lines(
        "Not done yet: a person must approve this call first. Give them the link below. Once approved, Sallyport runs this "
        "exact call itself, so do not call again.",
        json.dumps(about),
    )


def _problem_words(problem: SallyportProblem) -> str:
    outcomes = {
        "not_sent": "Nothing was sent to the API.",
        "sent_unknown": "It is unknown whether the API carried it out. Find out before you call again.",
    }
    after = problem.retry_after_seconds
    return _lines(
        f"{problem.code}: {problem.detail}",
        f"What to do: {problem.resolution}",
        None if after is None else f"Try again after {after:g} seconds.",
        outcomes.get(problem.outcome or ""),
        _diagnostics_line(problem.diagnostics),
        None if problem.call_id is None else f"Call id: {problem.call_id}",
    )


def _payload_text(payload: Any) -> str:
    return payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)


def _result_words(result: CallResult) -> ToolAnswer:
    if not result["success"]:
        return ToolAnswer(
            _lines(
                result.get("error") or "The call failed.",
                _payload_text(result["payload"]) if "payload" in result else None,
                _diagnostics_line(result.get("diagnostics")),
                f"Call id: {result['id']}",
            ),
            True,
        )
    if "payload" not in result:
        return ToolAnswer("Done. The API sent no content.", False)
    rest = result.get("rest")
    note = None if rest is None else f"This answer is shortened: it has {rest['bytes']} bytes in all. Ask for less at once."
    return ToolAnswer(_lines(_payload_text(result["payload"]), note), False)
