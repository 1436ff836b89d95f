"""One listening socket and the application behind it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import ssl
from pathlib import Path

from uvicorn.config import Config
from uvicorn.server import ServerState

from ringwall.authority.http import ASGI
from ringwall.authority.protocol import REQUEST_SECONDS, HardenedProtocol
from ringwall.errors import Unavailable

BACKLOG = 1024
KEEP_ALIVE_SECONDS = 75


class Listener:
    """Serves ``app`` on ``sock``, which is bound; over TLS when there is a ``context``."""

    def __init__(
        self,
        app: ASGI,
        sock: socket.socket,
        context: ssl.SSLContext | None = None,
        protocol: type[HardenedProtocol] = HardenedProtocol,
    ) -> None:
        self._config = Config(
            app,
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            # Without it the context variables of one pipelined request reach the next (cpython#140947).
            reset_contextvars=True,
        )
        self._config.load()
        self._protocol = protocol
        self._state = ServerState()
        self._sock = sock
        self._context = context
        self._server: asyncio.AbstractServer | None = None

    async def start(self) -> None:
        """Accept connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: self._protocol(self._config, self._state, {}, loop),
            sock=self._sock,
            ssl=self._context,
            # Until then a connection is nobody's, and no other limit sees it.
            ssl_handshake_timeout=None if self._context is None else REQUEST_SECONDS,
            backlog=BACKLOG,
        )

    async def stop(self, grace: float = 3.0) -> None:
        """Accept no more, let requests that run finish for ``grace`` seconds, then cut them off."""
        if self._server is None:
            self._sock.close()
        else:
            self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if tasks := list(self._state.tasks):
            _, late = await asyncio.wait(tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for connection in list(self._state.connections):
            connection.transport.abort()


def bind(host: str, port: int, *, another: bool = False) -> socket.socket:
    """A socket bound to ``host`` and ``port``; with ``another``, to any free port when that one is taken.

    Raises ``Unavailable``. Which port it became, ``getsockname()`` says.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off; else each answer over TLS waits 40 ms.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not another:
                raise
            sock.bind((host, 0))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        in_use = error.errno == errno.EADDRINUSE
        raise Unavailable(
            f"port {port} of {host} is in use" if in_use else f"cannot listen on {host}, port {port}: {error.strerror}",
            hint=f"stop what listens there ('ss -ltnp sport = :{port}' names it), or choose another port"
            if in_use
            else "",
        ) from error
    return sock


def bind_unix(path: Path) -> socket.socket:
    """A Unix socket at ``path``, in place of one that was left behind.

    Anybody may connect: who they are the kernel says, and what they may the application. Raises ``Unavailable``.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        sock.bind(os.fspath(path))
        path.chmod(0o666)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise Unavailable(
            f"cannot listen on {path}: {error.strerror or error}",
            hint="a Unix socket's path has at most 107 bytes" if len(os.fspath(path)) > 107 else "",
        ) from error
    return sock
