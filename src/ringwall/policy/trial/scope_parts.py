"""A policy's scope as expressions: ``principal in Role::"admin"``, ``action == Action::"read"``."""

from __future__ import annotations

from ringwall.policy.expression import Expression
from ringwall.policy.policy import Policy
from ringwall.policy.scope_condition import scope_condition


def scope_parts(policy: Policy) -> list[Expression]:
    """One expression for each variable that the scope says something of; none of them ever errs."""
    parts = (
        scope_condition("principal", policy.principal),
        scope_condition("action", policy.action),
        scope_condition("resource", policy.resource),
    )
    return [part for part in parts if part is not None]
