"""Policies as Cedar policy text, language 4.5: what ``ringwall policy show`` prints."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.policy.entity_uid import quoted
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.policy import Policy
from ringwall.policy.scope import Anything, EqualTo, OfType, Place, Scope, Slot, Within, WithinAny

__all__ = ["cedar_text", "expression_text"]


def cedar_text(policies: Iterable[Policy]) -> str:
    """One policy after the other, each with its annotations, and with its id where that is not its place."""
    return "\n".join(_policy(policy, f"policy{place}") for place, policy in enumerate(policies))


def _policy(policy: Policy, default: str) -> str:
    named = {} if policy.id == default else {"id": policy.id}
    lines = [
        f"@{name}({quoted(value)})" if value else f"@{name}" for name, value in {**named, **policy.annotations}.items()
    ]
    scopes = (("principal", policy.principal), ("action", policy.action), ("resource", policy.resource))
    lines.append(f"{policy.effect} ({', '.join(_scope(name, scope) for name, scope in scopes)})")
    lines += [f"{clause.kind} {{ {expression_text(clause.body)} }}" for clause in policy.clauses]
    return "\n".join(lines) + ";\n"


def _scope(name: str, scope: Scope) -> str:
    match scope:
        case Anything():
            return name
        case EqualTo():
            return f"{name} == {_place(scope.entity, name)}"
        case Within():
            return f"{name} in {_place(scope.entity, name)}"
        case WithinAny():
            return f"{name} in [{', '.join(map(str, scope.entities))}]"
        case OfType():
            within = f" in {_place(scope.within, name)}" if scope.within is not None else ""
            return f"{name} is {scope.type}{within}"


def _place(place: Place, name: str) -> str:
    return f"?{name}" if isinstance(place, Slot) else str(place)
