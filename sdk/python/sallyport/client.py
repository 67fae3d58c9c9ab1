"""The client, and the parts of it: `custom`, `calls`, `tools`, `approvals`."""

import os
import re
import time
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Union, cast, overload
from urllib.parse import unquote

from .errors import PendingApproval
from .shapes import Asked, CallRecord, CallResult, Page, PendingCall, ToolFormat
from .transport import Connection, problem, segment

if TYPE_CHECKING:
    from typing_extensions import Self

#: Seconds between two looks at a call that waits: often at first, for whoever approves at once.
FIRST_LOOK, MOST_BETWEEN_LOOKS = 0.25, 2.0


class Calls:
    def __init__(self, connection: Connection, record: Optional[str], replay: Optional[str]) -> None:
        self._connection = connection
        self._record = record
        self._replay = replay

    def create(
        self,
        connector: str,
        action: Optional[str] = None,
        input: Optional[Mapping[str, Any]] = None,
        *,
        connection: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        dry_run: Optional[bool] = None,
        mock: Optional[str] = None,
        record: Optional[str] = None,
        replay: Optional[str] = None,
        max_result_bytes: Optional[int] = None,
    ) -> Union[CallResult, PendingCall]:
        """Runs an action and answers the whole result. A call that waits for approval is answered with its `approval`.

        connection: id or name; needed when the connector has several.
        idempotency_key: the same key with the same input within 24 hours runs once and is answered alike.
        dry_run: answers the request that would be sent as `plan`, and sends nothing.
        mock: a scenario of the action's mocks to answer with. record, replay: the cassette to record on or to answer from.
        """
        body = {
            "connector": connector,
            "action": action,
            "input": input,
            "connection": connection,
            "idempotency_key": idempotency_key,
            "dry_run": dry_run,
            "mock": mock,
            "record": record if record is not None else self._record,
            "replay": replay if replay is not None else self._replay,
            "max_result_bytes": max_result_bytes,
        }
        result: Union[CallResult, PendingCall] = self._connection.send("POST", "/api/v1/calls", body=body).data
        return result

    def get(self, call_id: str) -> CallRecord:
        record: CallRecord = self._connection.send("GET", f"/api/v1/calls/{segment(call_id)}").data
        return record

    def list(self, **query: Any) -> Page:
        """The log, newest first: filter by `connector`, `action`, `status`, `since` and others, page by `limit` and `cursor`."""
        page: Page = self._connection.send("GET", "/api/v1/calls", query=query).data
        return page

    def wait(self, call_id: str, timeout: Optional[float] = None) -> CallRecord:
        """Waits until a call has ended, such as one that a person must approve. Raises TimeoutError after so many seconds."""
        for seconds in looks(timeout):
            record = self.get(call_id)
            if has_ended(record):
                return record
            time.sleep(seconds)
        raise TimeoutError(f"The call {call_id} has not ended yet.")


def has_ended(record: CallRecord) -> bool:
    return record["status"] not in ("pending_approval", "started")


def looks(timeout: Optional[float]) -> Iterator[float]:
    """How long to sleep after each look at something, until the time is over; the last look is at its end."""
    end = None if timeout is None else time.monotonic() + timeout
    delay = FIRST_LOOK
    while True:
        left = delay if end is None else min(delay, end - time.monotonic())
        yield max(left, 0)
        if left <= 0:
            return
        delay = min(delay * 1.5, MOST_BETWEEN_LOOKS)


class Action:
    """An action as a function: its input in, the payload of the answer out."""

    def __init__(self, calls: Calls, connector: str, name: str, options: Mapping[str, Any]) -> None:
        self._calls = calls
        self._connector = connector
        self._name = name
        self._options = options

    def __call__(self, input: Optional[Mapping[str, Any]] = None, /, **fields: Any) -> Any:
        """The input as keywords; names that are none as a mapping before them.

        Raises PendingApproval when a person must decide first, and SallyportProblem when the call is refused or fails.
        """
        given = {**(input or {}), **fields}
        return payload_of(self._calls.create(self._connector, self._name, given, **self._options))

    def with_options(
        self,
        *,
        connection: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        mock: Optional[str] = None,
        record: Optional[str] = None,
        replay: Optional[str] = None,
    ) -> "Self":
        """The same action, called with what `calls.create` takes beside an input."""
        options = {
            "connection": connection,
            "idempotency_key": idempotency_key,
            "mock": mock,
            "record": record,
            "replay": replay,
        }
        given = {name: value for name, value in options.items() if value is not None}
        return type(self)(self._calls, self._connector, self._name, {**self._options, **given})


class Connector:
    """A connector's actions by name: as attributes, or `connector["name"]` where that is no identifier or taken."""

    def __init__(self, platform: "Sallyport", slug: str) -> None:
        self._platform = platform
        self._slug = slug

    def __getattr__(self, name: str) -> Action:
        # What Python and its tools ask objects for is never an action.
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Action:
        return Action(self._platform.calls, self._slug, name, {})

    def schema(self) -> Dict[str, Any]:
        """The actions with their input and output schemas."""
        path = f"/api/v1/connectors/{segment(self._slug)}/capabilities"
        page: Dict[str, Any] = self._platform.request("GET", path)
        actions = list(page["actions"])
        while page["next_cursor"] is not None:
            page = self._platform.request("GET", path, query={"cursor": page["next_cursor"]})
            actions += page["actions"]
        return {**page, "actions": actions}


class Custom:
    """Connectors by slug: `platform.custom.crm`, or `platform.custom["list"]` where the name is taken."""

    def __init__(self, platform: "Sallyport", connection: Connection) -> None:
        self._platform = platform
        self._connection = connection

    def __getattr__(self, slug: str) -> Connector:
        if slug.startswith("_"):
            raise AttributeError(slug)
        return self[slug]

    def __getitem__(self, slug: str) -> Connector:
        return Connector(self._platform, slug)

    def list(self) -> List[str]:
        """Slugs of the connectors that you have tools of."""
        slugs = set()
        cursor: Optional[str] = ""
        while cursor is not None:
            query = {"source": "own", "limit": 200, "cursor": cursor or None}
            items, headers = self._connection.send("GET", "/api/v1/connectors", query=query)
            slugs.update(item["id"] for item in items if item["connections"] > 0)
            following = re.search(r'<[^>]*[?&]cursor=([^&>]+)[^>]*>; *rel="next"', headers.get("link", ""))
            cursor = None if following is None else unquote(following.group(1))
        return sorted(slugs)


class Tools:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, **query: Any) -> List[Dict[str, Any]]:
        """All tools you have, in Sallyport's own words or, with `format`, in those of a model's API.

        Narrow them by `connector`, `connection`, `action` or `search`.
        """
        tools: List[Dict[str, Any]] = []
        cursor: Optional[str] = None
        while True:
            page: Page = self._connection.send(
                "GET", "/api/v1/tools", query={"limit": 200, **query, "cursor": cursor}
            ).data
            tools += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return tools

    def search(self, query: str, limit: int = 10) -> List[Dict[str, Any]]:
        """The best matches first."""
        found: List[Dict[str, Any]] = self._connection.send(
            "POST", "/api/v1/tools/search", body={"query": query, "limit": limit}
        ).data["items"]
        return found

    @overload
    def call(self, text: str) -> Asked: ...

    @overload
    def call(
        self,
        text: str,
        arguments: Mapping[str, Any],
        *,
        format: Optional[ToolFormat] = None,
        idempotency_key: Optional[str] = None,
        dry_run: Optional[bool] = None,
        max_result_bytes: Optional[int] = None,
    ) -> Union[CallResult, PendingCall]: ...

    def call(self, text: str, arguments: Optional[Mapping[str, Any]] = None, **options: Any) -> Any:
        """Plain words alone pick the tool and its arguments first: what changes something is only planned, and confirmed by
        calling the tool it names. With arguments, the text is the name of a tool; `format` is that in which it was listed.
        """
        if arguments is None:
            return self._connection.send("POST", "/api/v1/tools/ask", body={"text": text}).data
        body = {"arguments": arguments, **options}
        return self._connection.send("POST", f"/api/v1/tools/{segment(text)}/call", body=body).data


class Approvals:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, **query: Any) -> Page:
        page: Page = self._connection.send("GET", "/api/v1/approvals", query=query).data
        return page

    def get(self, approval_id: str) -> Dict[str, Any]:
        return self._one("GET", approval_id)

    def approve(self, approval_id: str) -> Dict[str, Any]:
        """Runs the stored call, once, and answers how it ended. Nobody decides on their own call."""
        return self._one("POST", approval_id, "/approve")

    def reject(self, approval_id: str, reason: Optional[str] = None) -> Dict[str, Any]:
        return self._one("POST", approval_id, "/reject", {"reason": reason})

    def _one(
        self, method: str, approval_id: str, act: str = "", body: Optional[Mapping[str, Any]] = None
    ) -> Dict[str, Any]:
        answer: Dict[str, Any] = self._connection.send(
            method, f"/api/v1/approvals/{segment(approval_id)}{act}", body=body
        ).data
        return answer


class Sallyport:
    """A client of one gateway, for as many threads as you like.

    url, token: by default SALLYPORT_URL, else http://127.0.0.1:8080, and SALLYPORT_TOKEN.
    timeout: seconds without a byte from the gateway, which itself gives up on APIs before that.
    record, replay: the cassette that the answers of all calls are recorded on, or that all calls are answered from.
    """

    def __init__(
        self,
        url: Optional[str] = None,
        token: Optional[str] = None,
        *,
        timeout: float = 120,
        record: Optional[str] = None,
        replay: Optional[str] = None,
    ) -> None:
        address = url or os.environ.get("SALLYPORT_URL") or "http://127.0.0.1:8080"
        self._connection = Connection(address, token or os.environ.get("SALLYPORT_TOKEN") or None, timeout)
        #: Actions as functions: `platform.custom.crm.get_customer(customer_id="cus_0001")`.
        self.custom = Custom(self, self._connection)
        self.calls = Calls(self._connection, record, replay)
        self.tools = Tools(self._connection)
        self.approvals = Approvals(self._connection)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        body: Optional[Mapping[str, Any]] = None,
    ) -> Any:
        """Any operation of the HTTP API, such as `request("GET", "/api/v1/connections")`."""
        return self._connection.send(method, path, query, body).data


def payload_of(result: Union[CallResult, PendingCall]) -> Any:
    if "approval" in result:
        pending = cast(PendingCall, result)
        raise PendingApproval(pending["id"], pending["approval"])
    ended = cast(CallResult, result)
    if ended["success"]:
        return ended.get("payload")
    raise problem(
        {
            "code": "UPSTREAM_ERROR",
            "title": "The API answered with an error",
            "status": 502,
            "detail": ended.get("error") or "The API answered that the action failed.",
            "resolution": "Read the diagnostics for what the API said.",
            "call_id": ended["id"],
            "outcome": ended["outcome"],
            "diagnostics": ended.get("diagnostics", {}),
        }
    )
