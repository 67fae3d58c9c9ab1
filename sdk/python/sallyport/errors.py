"""What the client raises. `sallyport.problems` has a class for each code of a problem."""

from typing import Any, Mapping, Optional

from .shapes import Approval, Outcome, ProblemDocument


class SallyportError(Exception):
    """Everything that this package raises on its own."""


class SallyportProblem(SallyportError):
    """The gateway answered with a problem document (RFC 9457), or a call did not succeed."""

    def __init__(self, document: ProblemDocument, retry_after_seconds: Optional[float] = None) -> None:
        super().__init__(f"{document['code']}: {document['detail']}")
        #: Machine-readable kind of the problem. Codes may be added in later versions.
        self.code: str = document["code"]
        self.title: str = document.get("title", "")
        #: HTTP status of the answer.
        self.status: int = document.get("status", 0)
        #: One sentence about this occurrence.
        self.detail: str = document["detail"]
        #: What to do about it.
        self.resolution: str = document["resolution"]
        #: Id of the call in the log, when the problem belongs to one.
        self.call_id: Optional[str] = document.get("call_id")
        #: Whether the API saw the request: `sent_unknown` means that a write may have taken effect.
        self.outcome: Optional[Outcome] = document.get("outcome")
        self.diagnostics: Optional[Mapping[str, Any]] = document.get("diagnostics")
        #: Seconds after which trying again makes sense.
        self.retry_after_seconds = retry_after_seconds


class PendingApproval(SallyportError):
    """The call waits for the decision of a person; nothing was sent. Show `approval["url"]` to somebody who may decide."""

    def __init__(self, call_id: str, approval: Approval) -> None:
        super().__init__(f"The call waits for approval at {approval['url']} until {approval['expires_at']}.")
        self.call_id = call_id
        self.approval = approval


class SallyportUnreachable(SallyportError):
    """No gateway answered at the address: nothing listens there, it took too long, or something else answers."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"No Sallyport gateway answers at {url}: {reason}")
        self.url = url
