"""The guard as a service holds it on any framework: rows under its rules, and other services as HTTP clients."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVarTuple

from ringwall import current, guard

if TYPE_CHECKING:
    import httpx2
    from sqlalchemy import Select

Ts = TypeVarTuple("Ts")


class Guard(guard.Guard):
    """What ``protect(app)`` returns."""

    def visible(self, statement: Select[*Ts], action: str) -> Select[*Ts]:
        """``statement``, a SQLAlchemy select, narrowed to the rows on which the caller may do ``action``."""
        from ringwall.on.sqlalchemy import visible

        return visible(statement, self._authorizer, current.visit().proven(), action)

    def peer(self, name: str) -> httpx2.Client:
        """The service called ``name`` in ``[peers]``: a client over mutual TLS that carries the caller along."""
        client: httpx2.Client = self._parts.peer(name)
        return client

    def async_peer(self, name: str) -> httpx2.AsyncClient:
        """The same, for handlers that run on the event loop."""
        client: httpx2.AsyncClient = self._parts.async_peer(name)
        return client

    @classmethod
    def near(cls, depth: int) -> Self:
        """A guard from the ``ringwall.toml`` nearest to the file that called ``depth`` calls above here."""
        from ringwall import config
        from ringwall.on.composition.parts import compose

        values: dict[str, Any] = sys._getframe(depth + 1).f_globals
        return cls(compose(config.load(Path(values.get("__file__") or "."))))
