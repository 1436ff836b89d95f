"""The ASGI scope that notices where a request is about to go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringwall.current import Visit

KEY = "ringwall"
"""Where a request's :class:`Visit` is kept in its scope, or its environ."""

# FastAPI writes this before it runs the dependencies of a route, also of one that has no endpoint (a "frontend").
_DEPENDENCIES = "fastapi_inner_astack"


class GuardedScope(dict[str, Any]):
    """A scope that calls ``meet(visit, endpoint)`` the moment routing writes the endpoint, before anything of it runs.

    ``endpoint`` is ``None`` where something is about to run that has no endpoint.
    """

    __slots__ = ("_meet", "_visit")

    def __init__(self, scope: Any, visit: Visit, meet: Callable[[Visit, Any, GuardedScope], None]) -> None:
        dict.__init__(self, scope)
        dict.__setitem__(self, KEY, visit)
        self._visit = visit
        self._meet = meet

    def __setitem__(self, key: str, value: Any) -> None:
        dict.__setitem__(self, key, value)
        if key == "endpoint":
            self._meet(self._visit, value, self)
        elif key == _DEPENDENCIES:
            self._began()

    def update(self, *args: Any, **kwargs: Any) -> None:
        new = dict(*args, **kwargs)
        dict.update(self, new)
        if "endpoint" in new:
            self._meet(self._visit, new["endpoint"], self)
        elif _DEPENDENCIES in new:
            self._began()

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def __ior__(self, other: Any) -> GuardedScope:  # type: ignore[override,misc]
        self.update(other)
        return self

    def _began(self) -> None:
        if not self._visit.decided and self._visit.waiting is None:
            self._meet(self._visit, None, self)
