"""The transports below a peer's client: one origin, one identity, a deadline, and the caller's token each time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx2

from ringwall.errors import Misconfigured
from ringwall.on.httpx.pools import Pool, Pools
from ringwall.peers.check import PeerCheck
from ringwall.peers.peer import Peer

TokenForCall = Callable[[], str | None]
AsyncTokenForCall = Callable[[], Awaitable[str | None]]
Whereabouts = Callable[[], str]

# Less than the keep-alive of our servers (65 s), so that it is never they who close a connection we are about to use.
_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30.0)


class PeerTransport(httpx2.BaseTransport):
    """For :class:`httpx2.Client`."""

    def __init__(
        self,
        peer: Peer,
        check: PeerCheck,
        token_for_call: TokenForCall,
        timeout: httpx2.Timeout,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        self._rules = _Rules(peer, timeout, whereabouts)
        self._token_for_call = token_for_call
        self._pools = Pools(
            check, lambda context: httpx2.HTTPTransport(verify=context, trust_env=False, limits=_LIMITS)
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        _off_the_event_loop(self._rules.peer)
        self._rules.apply(request)
        _carry(request, self._token_for_call())
        pool, idle = self._pools.lease()
        if idle is not None:
            idle.close()
        try:
            response = pool.transport.handle_request(request)
        except BaseException:
            self._release(pool)
            raise
        stream = response.stream
        assert isinstance(stream, httpx2.SyncByteStream)
        response.stream = _Leased(stream, lambda: self._release(pool))
        return response

    def close(self) -> None:
        for transport in self._pools.drop():
            transport.close()

    def _release(self, pool: Pool[httpx2.HTTPTransport]) -> None:
        if (idle := self._pools.release(pool)) is not None:
            idle.close()


class AsyncPeerTransport(httpx2.AsyncBaseTransport):
    """For :class:`httpx2.AsyncClient`."""

    def __init__(
        self,
        peer: Peer,
        check: PeerCheck,
        token_for_call: AsyncTokenForCall,
        timeout: httpx2.Timeout,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        self._rules = _Rules(peer, timeout, whereabouts)
        self._token_for_call = token_for_call
        self._pools = Pools(
            check, lambda context: httpx2.AsyncHTTPTransport(verify=context, trust_env=False, limits=_LIMITS)
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._rules.apply(request)
        _carry(request, await self._token_for_call())
        pool, idle = self._pools.lease()
        try:
            if idle is not None:
                await idle.aclose()
            response = await pool.transport.handle_async_request(request)
        except BaseException:
            await self._release(pool)
            raise
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        response.stream = _AsyncLeased(stream, lambda: self._release(pool))
        return response

    async def aclose(self) -> None:
        for transport in self._pools.drop():
            await transport.aclose()

    async def _release(self, pool: Pool[httpx2.AsyncHTTPTransport]) -> None:
        if (idle := self._pools.release(pool)) is not None:
            await idle.aclose()


class _Rules:
    """What holds for each request to ``peer``, whatever its caller asked for."""

    def __init__(self, peer: Peer, timeout: httpx2.Timeout, whereabouts: Whereabouts | None) -> None:
        self.peer = peer
        self._whereabouts = whereabouts
        self._origin = _origin(httpx2.URL(peer.url))
        self._timeout = timeout.as_dict()

    def apply(self, request: httpx2.Request) -> None:
        if _origin(request.url) != self._origin:
            raise Misconfigured(
                f"the client of peer {self.peer.name!r} was asked to call {request.url.host!r}",
                hint="give it a path; a peer's client calls its peer and nobody else",
            )
        asked = request.extensions.get("timeout", {})
        limits = {kind: default if asked.get(kind) is None else asked[kind] for kind, default in self._timeout.items()}
        request.extensions = {**request.extensions, "timeout": limits}
        if self._whereabouts is not None:
            # Only where we connect. Whom we call is still the peer: its name in the request, its id in its certificate.
            there = httpx2.URL(self._whereabouts())
            request.url = request.url.copy_with(host=there.host, port=there.port)


class _Leased(httpx2.SyncByteStream):
    """A response body that gives its pool back when it is closed."""

    def __init__(self, stream: httpx2.SyncByteStream, release: Callable[[], None]) -> None:
        self._stream = stream
        self._release: Callable[[], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        release, self._release = self._release, None
        try:
            self._stream.close()
        finally:
            if release is not None:
                release()


class _AsyncLeased(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, release: Callable[[], Awaitable[None]]) -> None:
        self._stream = stream
        self._release: Callable[[], Awaitable[None]] | None = release

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        release, self._release = self._release, None
        try:
            await self._stream.aclose()
        finally:
            if release is not None:
                await release()


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _carry(request: httpx2.Request, token: str | None) -> None:
    if token is not None:
        request.headers["authorization"] = f"Bearer {token}"


def _off_the_event_loop(peer: Peer) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise Misconfigured(
        f"guard.peer({peer.name!r}) was called on a running event loop, which it would block",
        hint=f"in async code use: await guard.async_peer({peer.name!r}).get(…)",
    )
