"""The class of the objects that a mark asks about, as the annotations of its loader or its handler say."""

from __future__ import annotations

import types
import typing
from typing import Any

from ringwall.marks import Mark


def asked_class(mark: Mark, handler: Any) -> type | None:
    """What ``load() -> Order`` gives, or the parameter that ``on="order"`` names is: ``Order``, ``Order | None`` and
    ``Annotated[Order, …]`` alike. ``None`` where no annotation names one class, or it cannot be resolved.
    """
    if mark.on is None:
        return None
    speaks, name = (handler, mark.on) if isinstance(mark.on, str) else (mark.on, "return")
    try:
        hint = typing.get_type_hints(speaks).get(name)
    except Exception:  # noqa: BLE001  an annotation may be any expression, of names that are not there
        return None
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        others = [each for each in typing.get_args(hint) if each is not type(None)]
        hint = others[0] if len(others) == 1 else None
    return hint if isinstance(hint, type) and hint.__module__ != "builtins" else None
