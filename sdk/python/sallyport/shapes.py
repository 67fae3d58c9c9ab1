"""The shapes of the API that this package knows by name. Members that are not always there stand in the `total=False` part."""

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

Outcome = Literal["not_sent", "done", "sent_unknown"]
ToolFormat = Literal["mcp", "anthropic", "openai", "openai-strict", "gemini"]


class Approval(TypedDict):
    id: str
    url: str
    expires_at: str


class PendingCall(TypedDict):
    id: str
    status: Literal["pending_approval"]
    approval: Approval


class _CallResult(TypedDict):
    id: str
    success: bool
    outcome: Outcome
    #: Status the API answered.
    status: Optional[int]
    duration_ms: float


class CallResult(_CallResult, total=False):
    payload: Any
    variables: Dict[str, Any]
    diagnostics: Dict[str, Any]
    error: str
    #: Of an answer that is not whole: where the rest is.
    rest: Dict[str, Any]
    #: Of a dry run: the request that would be sent, without the credential.
    plan: Dict[str, Any]


class CallRecord(TypedDict):
    """A call in the log; these and more."""

    id: str
    status: Literal["started", "succeeded", "failed", "pending_approval", "rejected", "expired"]
    outcome: Outcome
    error_code: Optional[str]
    error_detail: Optional[str]
    approval_id: Optional[str]
    #: The answer of a call that waited for approval, for its caller.
    result: Optional[Dict[str, Any]]


class _ProblemDocument(TypedDict):
    code: str
    detail: str
    resolution: str


class ProblemDocument(_ProblemDocument, total=False):
    title: str
    status: int
    call_id: str
    outcome: Outcome
    diagnostics: Dict[str, Any]


class Page(TypedDict):
    items: List[Dict[str, Any]]
    #: None on the last page.
    next_cursor: Optional[str]


class _Asked(TypedDict):
    status: Literal["done", "pending_approval", "confirm", "unsure"]
    chosen_by: Literal["model", "search"]


class Asked(_Asked, total=False):
    """What came of a request in plain words; docs/guide/tools.md says what each status means."""

    tool: str
    arguments: Dict[str, Any]
    call: Union[CallResult, PendingCall]
    #: Of `unsure`: why nothing was called, and the tools that may be meant.
    reason: str
    candidates: List[Dict[str, Any]]
