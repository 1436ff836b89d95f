"""Be somebody, for the length of a ``with`` block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from ringwall.caller import Caller
from ringwall.guard import Guard
from ringwall.parts import Admitted


@contextmanager
def as_caller(id_: str, *, roles: tuple[str, ...] | list[str] = (), **attributes: Any) -> Iterator[Caller]:
    """Every guard in this process admits this caller, whatever a request brings, until the block ends.

    ``as_caller("zed", roles=["customer"], region="eu")``. Blocks nest; the innermost counts. An id that is a SPIFFE id
    makes a service.
    """
    kind = "service" if id_.startswith("spiffe://") else "person"
    caller = Caller(id_, kind, frozenset(roles), MappingProxyType(attributes), proof="test")  # type: ignore[arg-type]
    with patch.object(Guard, "admit", lambda _guard, _credentials: Admitted(caller)):
        yield caller
