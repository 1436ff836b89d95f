"""What the type checker knows of an expression."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from ringwall.policy.expression import Expression
from ringwall.policy.schema.types import BOOL, BoolType, Type

Capability: TypeAlias = tuple[Expression, str | Expression]
"""That an expression has this attribute (a string), or this tag (an expression)."""

Capabilities: TypeAlias = frozenset[Capability]

NOTHING: Capabilities = frozenset()


class Typed(NamedTuple):
    """A ``type``, ``None`` where it has none and that is reported; and what is known to be there if it is true."""

    type: Type | None
    gives: Capabilities = NOTHING


TRUE = BoolType(value=True)
FALSE = BoolType(value=False)

ALWAYS = Typed(TRUE)
NEVER = Typed(FALSE)
EITHER = Typed(BOOL)
UNKNOWN = Typed(None)
