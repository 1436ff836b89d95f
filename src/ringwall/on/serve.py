"""One process and event loop, up to two listeners: a public one, and an internal one that requires certificates."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import threading
from typing import Any

import uvicorn

from ringwall.errors import Misconfigured
from ringwall.on.uvicorn import HttpTools, WebSocket
from ringwall.peers.check import PeerCheck
from ringwall.peers.context import server_context

Address = tuple[str, int]
HANDSHAKE_TIMEOUT = 10.0


class Server(uvicorn.Server):
    """uvicorn with a second listener. ``public`` and ``internal`` are the addresses that are really bound.

    Addresses are ``(host, port)``, and port 0 takes a free one. ``check`` is who may call the internal listener;
    ``public_tls`` makes the public one https. ``ready`` is set once both accept connections. Raises
    :class:`Misconfigured` when an address cannot be had; then nothing is bound.
    """

    def __init__(
        self,
        app: Any,
        *,
        public: Address | None = None,
        internal: Address | None = None,
        check: PeerCheck | None = None,
        public_tls: ssl.SSLContext | None = None,
        **options: Any,
    ) -> None:
        if public is None and internal is None:
            raise Misconfigured("the service has no listener", hint='say listen = ["public"] under [service]')
        if internal is not None and check is None:
            raise Misconfigured("the internal listener has no identity to show", hint="start it with: ringwall run")
        self._contexts: list[ssl.SSLContext | None] = []
        if public is not None:
            self._contexts.append(public_tls)
        if internal is not None and check is not None:
            self._contexts.append(server_context(check))
        self._sockets = _bind_all([address for address in (public, internal) if address is not None])
        bound: list[Address] = [listener.getsockname()[:2] for listener in self._sockets]
        self.public = bound[0] if public is not None else None
        self.internal = bound[-1] if internal is not None else None
        self.ready = threading.Event()
        super().__init__(
            uvicorn.Config(
                app,
                **{
                    "http": HttpTools,
                    "ws": WebSocket or "none",
                    "reset_contextvars": True,
                    "proxy_headers": False,  # nobody is believed about whom he forwards for
                    "server_header": False,
                    "log_config": None,
                    "timeout_keep_alive": 65,
                    "timeout_graceful_shutdown": 10,
                    **options,
                },
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - ours are bound
        # With no sockets of its own to open, uvicorn starts the application and leaves the listening to us.
        await super().startup(sockets=[])
        loop = asyncio.get_running_loop()
        for listener, context in zip(self._sockets, self._contexts, strict=True):
            server = await loop.create_server(
                self._protocol,
                sock=listener,
                ssl=context,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT if context else None,
                backlog=self.config.backlog,
            )
            self.servers.append(server)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - ours are bound
        self.ready.clear()
        await super().shutdown(sockets=self._sockets)

    def _protocol(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        made: asyncio.Protocol = protocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def _bind_all(addresses: list[Address]) -> list[socket.socket]:
    with contextlib.ExitStack() as opened:
        bound = [opened.enter_context(_bind(*address)) for address in addresses]
        opened.pop_all()
        return bound


def _bind(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        # asyncio does this only for sockets that it made itself; without it each TLS answer waits 40 ms for an ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        raise Misconfigured(
            f"cannot listen on {host} port {port}: {(os.strerror(error.errno) if error.errno else str(error)).lower()}",
            hint="another process may have the port; choose another, or end that process",
        ) from error
    return listener
