"""The guard as a service holds it on any framework: rows under its rules, and other services as HTTP clients."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar, TypeVarTuple, overload

from ringwall import current, guard
from ringwall.errors import Misconfigured
from ringwall.printable import printable

if TYPE_CHECKING:
    import httpx2
    from sqlalchemy import Select

    from ringwall.caller import Caller
    from ringwall.policy.authorizer import Authorizer
    from ringwall.policy.objects.context import Context

log = logging.getLogger("ringwall.policy")

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Guard(guard.Guard):
    """What ``protect(app)`` returns."""

    @overload
    def visible(self, rows: Select[*Ts], action: str) -> Select[*Ts]: ...
    @overload
    def visible(self, rows: Sequence[T], action: str) -> list[T]: ...
    def visible(self, rows: Any, action: str) -> Any:
        """Of a SQLAlchemy select, the same narrowed to the rows on which the caller may do ``action``; of rows that are
        in memory already, those of them.

        Raises ``Misconfigured`` for policies that SQL cannot answer exactly.
        """
        authorizer, caller, context = self._filtering(action)
        if isinstance(rows, list | tuple):
            tests = {kind: authorizer.filter(caller, action, kind, context=context) for kind in {type(r) for r in rows}}
            return [row for row in rows if tests[type(row)](row)]
        from ringwall.on.sqlalchemy import visible

        return visible(rows, authorizer, caller, action, context)

    def _filtering(self, action: str) -> tuple[Authorizer, Caller, Context]:
        """What a list is filtered by. An action that nobody knows is said in the log, as an empty list does not say it.

        Raises ``Misconfigured`` where only a decision point elsewhere knows.
        """
        if self.judge.elsewhere is not None:
            raise Misconfigured(
                "a decision point elsewhere decides one object at a time, and filters no lists",
                hint="load the rows, and ask guard.decide(…) about each; or let policies come from files",
            )
        visit = current.visit()
        authorizer, caller = self.authorizer(), visit.proven()
        if action not in authorizer.actions:
            log.warning("a list is empty: %s", printable(authorizer.decide(caller, action).summary))
        return authorizer, caller, self.context(visit)

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
