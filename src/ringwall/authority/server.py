"""The running authority: its listeners on one event loop, and the note that tells services where it is."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ringwall.authority.app import App, Routes
from ringwall.authority.authority import Authority
from ringwall.authority.http import ASGI
from ringwall.authority.listener import Listener, bind_unix
from ringwall.authority.operators import operator_app
from ringwall.authority.routes import OAUTH, SERVICES
from ringwall.authority.vault.list_method import ListMethodProtocol
from ringwall.snapshot_file import write_atomically

NOTE = "authority.json"
TEND_SECONDS = 60.0

log = logging.getLogger("ringwall.authority")


class Server:
    """Serves ``authority`` on ``public`` and ``internal`` (bound sockets) and on ``operator.sock`` in ``home``.

    ``internal_tls`` must require client certificates of our own CA. The mounts are what other rooms serve at each
    listener, by path prefix, and ``operator_routes`` what they add for operators. Of ``public_proxies`` the public
    listener believes whom they speak for.
    """

    def __init__(
        self,
        authority: Authority,
        home: Path,
        *,
        public: socket.socket,
        internal: socket.socket,
        internal_tls: ssl.SSLContext,
        public_tls: ssl.SSLContext | None = None,
        public_proxies: Sequence[str] = (),
        public_mounts: Mapping[str, ASGI] | None = None,
        internal_mounts: Mapping[str, ASGI] | None = None,
        operator_mounts: Mapping[str, ASGI] | None = None,
        operator_routes: Routes | None = None,
    ) -> None:
        self.authority = authority
        self._home = home
        public_app: ASGI = App(authority, OAUTH, public_mounts)
        if public_proxies:
            public_app = ProxyHeadersMiddleware(public_app, list(public_proxies))  # type: ignore[arg-type, assignment]
        self.public = Listener(public_app, public, public_tls)
        self.internal = Listener(
            App(authority, {**OAUTH, **SERVICES}, internal_mounts), internal, internal_tls, protocol=ListMethodProtocol
        )
        self.operator = Listener(
            operator_app(authority, operator_routes, operator_mounts),
            bind_unix(home / "operator.sock"),
            protocol=ListMethodProtocol,
        )
        self._tending: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the authority, accept connections, and say where."""
        await self.authority.start()
        for listener in (self.public, self.internal, self.operator):
            await listener.start()
        self._tending = asyncio.create_task(self._tend())
        self._write_note()

    async def stop(self) -> None:
        """Let requests finish, make everything durable, and let go.

        The note stays: services that start meanwhile must know whose tokens they take.
        """
        if self._tending is not None:
            self._tending.cancel()
        self.authority.feed.stop()
        await asyncio.gather(*(listener.stop() for listener in (self.public, self.internal, self.operator)))
        (self._home / "operator.sock").unlink(missing_ok=True)
        self.authority.close()

    async def run(self) -> None:
        """Start, serve until SIGINT or SIGTERM, and stop."""
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, asked.set)
        await self.start()
        await asked.wait()
        await self.stop()

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(TEND_SECONDS)
            try:
                await self.authority.tend()
            except Exception:
                log.exception("the housekeeping failed; it is tried again in a minute")

    def _write_note(self) -> None:
        settings = self.authority.settings
        note = {
            "issuer": settings.issuer,
            "internal": settings.internal,
            "workload_socket": str(self._home.resolve() / "workload.sock"),
            "operator_socket": str(self._home.resolve() / "operator.sock"),
            "trust_domain": settings.trust_domain,
            "pid": os.getpid(),
        }
        write_atomically(self._home / NOTE, f"{json.dumps(note, indent=1)}\n".encode())
