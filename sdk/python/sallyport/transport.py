"""One request of the API, with the standard library."""

import json
import re
from email.message import Message
from http.client import HTTPException
from typing import Any, Mapping, NamedTuple, Optional, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from .errors import SallyportProblem, SallyportUnreachable
from .problems import by_code
from .shapes import ProblemDocument


class _NoRedirects(HTTPRedirectHandler):
    """A token goes to the given address and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = build_opener(_NoRedirects)


class Answer(NamedTuple):
    data: Any
    headers: Message


def segment(value: str) -> str:
    """A value as one segment of a path. "." and ".." are steps in it, and an empty one leads to another route."""
    if value in ("", ".", ".."):
        raise ValueError(f"{value!r} is not a usable id.")
    return quote(value, safe="")


class Connection:
    def __init__(self, url: str, token: Optional[str], timeout: float) -> None:
        if not re.match(r"https?://", url):
            raise ValueError(f"{url!r} is not the address of a gateway. Give one such as http://127.0.0.1:8080.")
        self._url = url.rstrip("/")
        self._token = token
        self._timeout = timeout

    def send(
        self,
        method: str,
        path: str,
        query: Optional[Mapping[str, Any]] = None,
        body: Optional[Mapping[str, Any]] = None,
    ) -> Answer:
        """Raises SallyportProblem or SallyportUnreachable. Members of query and body that are None are left out."""
        values = [(name, _query_value(value)) for name, value in (query or {}).items() if value is not None]
        request = Request(
            f"{self._url}{path}{'?' if values else ''}{urlencode(values)}",
            method=method,
            headers={"accept": "application/json"},
            data=None if body is None else json.dumps(_given(body), allow_nan=False).encode(),
        )
        if body is not None:
            request.add_header("content-type", "application/json")
        if self._token is not None:
            request.add_unredirected_header("authorization", f"Bearer {self._token}")
        try:
            try:
                with _opener.open(request, timeout=self._timeout) as answer:
                    status, headers, content = answer.status, answer.headers, answer.read()
            except HTTPError as refusal:
                with refusal:
                    status, headers, content = refusal.code, refusal.headers, refusal.read()
        except URLError as error:
            raise SallyportUnreachable(self._url, str(error.reason)) from error
        except (OSError, HTTPException) as error:
            raise SallyportUnreachable(self._url, str(error) or type(error).__name__) from error
        return Answer(self._read(status, headers, content), headers)

    def _read(self, status: int, headers: Message, content: bytes) -> Any:
        if 300 <= status < 400:
            to = headers.get("location")
            reason = f"it redirects{'' if to is None else f' to {to}'}; use the address it redirects to."
            raise SallyportUnreachable(self._url, reason)
        if status == 204:
            return None
        not_one = SallyportUnreachable(self._url, f"what answers there (status {status}) is not one.")
        if not re.match(r"application/(problem\+)?json\b", headers.get("content-type", "")):
            raise not_one
        try:
            data = json.loads(content)
        except ValueError:
            raise not_one from None
        if status < 300:
            return data
        if isinstance(data, dict) and all(isinstance(data.get(key), str) for key in ("code", "detail", "resolution")):
            raise problem(cast(ProblemDocument, data), _seconds(headers.get("retry-after")))
        raise not_one


def problem(document: ProblemDocument, retry_after_seconds: Optional[float] = None) -> SallyportProblem:
    """The problem as the class of its code."""
    return by_code.get(document["code"], SallyportProblem)(document, retry_after_seconds)


def _given(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _query_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _seconds(header: Optional[str]) -> Optional[float]:
    return float(header) if header is not None and re.fullmatch(r"\d+", header) else None
