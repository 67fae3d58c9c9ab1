"""The same client to await. Each request runs in a thread of asyncio's pool, so that the standard library is enough and nothing
is written twice. A cancelled await ends the waiting; a request that has left runs on."""

import asyncio
import functools
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Mapping, Optional, TypeVar

from .client import Action, Approvals, Calls, Connector, Custom, Sallyport, Tools, has_ended, looks
from .shapes import CallRecord

if TYPE_CHECKING:
    from typing_extensions import Concatenate, ParamSpec

    P = ParamSpec("P")
T = TypeVar("T")


def in_thread(method: "Callable[Concatenate[Any, P], T]") -> "Callable[Concatenate[Any, P], Awaitable[T]]":
    @functools.wraps(method)
    async def awaited(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(method, self._sync, *args, **kwargs)

    return awaited


class AsyncCalls:
    def __init__(self, sync: Calls) -> None:
        self._sync = sync

    create = in_thread(Calls.create)
    get = in_thread(Calls.get)
    list = in_thread(Calls.list)

    async def wait(self, call_id: str, timeout: Optional[float] = None) -> CallRecord:
        """Waits until a call has ended, such as one that a person must approve. Raises TimeoutError after so many seconds."""
        for seconds in looks(timeout):
            record = await self.get(call_id)
            if has_ended(record):
                return record
            await asyncio.sleep(seconds)
        raise TimeoutError(f"The call {call_id} has not ended yet.")


class AsyncAction(Action):
    async def __call__(self, input: Optional[Mapping[str, Any]] = None, /, **fields: Any) -> Any:
        return await asyncio.to_thread(super().__call__, input, **fields)


class AsyncConnector:
    def __init__(self, sync: Connector) -> None:
        self._sync = sync

    def __getattr__(self, name: str) -> AsyncAction:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> AsyncAction:
        return AsyncAction(self._sync._platform.calls, self._sync._slug, name, {})

    schema = in_thread(Connector.schema)


class AsyncCustom:
    def __init__(self, sync: Custom) -> None:
        self._sync = sync

    def __getattr__(self, slug: str) -> AsyncConnector:
        if slug.startswith("_"):
            raise AttributeError(slug)
        return self[slug]

    def __getitem__(self, slug: str) -> AsyncConnector:
        return AsyncConnector(self._sync[slug])

    list = in_thread(Custom.list)


class AsyncTools:
    def __init__(self, sync: Tools) -> None:
        self._sync = sync

    list = in_thread(Tools.list)
    search = in_thread(Tools.search)
    call = in_thread(Tools.call)


class AsyncApprovals:
    def __init__(self, sync: Approvals) -> None:
        self._sync = sync

    list = in_thread(Approvals.list)
    get = in_thread(Approvals.get)
    approve = in_thread(Approvals.approve)
    reject = in_thread(Approvals.reject)


class AsyncSallyport:
    """`Sallyport` to await, made from the same arguments."""

    def __init__(
        self,
        url: Optional[str] = None,
        token: Optional[str] = None,
        *,
        timeout: float = 120,
        record: Optional[str] = None,
        replay: Optional[str] = None,
    ) -> None:
        self._sync = Sallyport(url, token, timeout=timeout, record=record, replay=replay)
        self.custom = AsyncCustom(self._sync.custom)
        self.calls = AsyncCalls(self._sync.calls)
        self.tools = AsyncTools(self._sync.tools)
        self.approvals = AsyncApprovals(self._sync.approvals)

    request = in_thread(Sallyport.request)
