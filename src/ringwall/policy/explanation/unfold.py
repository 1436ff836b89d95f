"""A policy unfolded into the conditions that a person wrote, each asked alone and shown with its values.

What a translation added (the ``has`` before a comparison) carries the span of the expression it belongs to and is shown
as one with it. What a scope asks stands first; an ``unless`` is a group that is negated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from typing import Literal as OneOf

from ringwall.policy.chain import terms
from ringwall.policy.expression import And, Expression, IfThenElse, Literal, Not, Or
from ringwall.policy.joins import is_written_as_one
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.objects.principal import role_of
from ringwall.policy.objects.resource import left_to_ask
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.scope import Scope
from ringwall.policy.scope_condition import scope_condition
from ringwall.policy.source import NOWHERE
from ringwall.policy.walk import parts_of, reads

Join = OneOf["all of", "any of", "not", "unless", "if"]


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """One condition as it was written. ``made`` keeps what a world compiles of it."""

    text: str
    expression: Expression
    policy: Policy
    requires: tuple[Expression, ...] = ()
    made: dict[int, Callable[..., Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Conditions joined; ``not`` and ``unless`` have one part, ``if`` has three: test, then, otherwise."""

    join: Join
    parts: tuple[Node, ...]


Node: TypeAlias = Leaf | Group


def unfold(policy: Policy) -> Node:
    """What a guard asks: the clauses, and the scope as far as the action and the resource's class did not settle it."""
    parts: list[Node] = []
    if role := role_of(policy):
        asked = scope_condition("principal", policy.principal)
        assert asked is not None
        # A role of ringwall.toml was not written in Cedar, nor is it told in it.
        parts.append(Leaf(f"role {role}" if policy.span == NOWHERE else expression_text(asked), asked, policy))
    else:
        parts += _scope("principal", policy.principal, policy)
    if (rest := left_to_ask(policy)) is not None:
        parts.append(Leaf(expression_text(rest), rest, policy))
    return _together(parts, policy)


def unfold_whole(policy: Policy) -> Node:
    """The same with all of its scope, for a world where a request may be of any kind."""
    parts = [
        *_scope("principal", policy.principal, policy),
        *_scope("action", policy.action, policy),
        *_scope("resource", policy.resource, policy),
    ]
    return _together(parts, policy)


def _scope(name: OneOf["principal", "action", "resource"], scope: Scope, policy: Policy) -> list[Node]:
    asked = scope_condition(name, scope)
    return [] if asked is None else [Leaf(expression_text(asked), asked, policy)]


def _together(parts: list[Node], policy: Policy) -> Node:
    parts = parts + [_clause(clause, policy) for clause in policy.clauses]
    if not parts:
        return Leaf("always", Literal(value=True), policy)
    return parts[0] if len(parts) == 1 else Group("all of", tuple(parts))


def _clause(clause: Clause, policy: Policy) -> Node:
    node = _node(clause.body, policy)
    return node if clause.kind == "when" else Group("unless", (node,))


def _node(expression: Expression, policy: Policy) -> Node:
    if is_written_as_one(expression):
        return _leaf(expression, policy)
    match expression:
        case And() | Or():
            # The joins of one chain carry one span; a chain in parentheses stands apart.
            parts = terms(expression, lambda part: part.span != expression.span)
            kind: Join = "all of" if isinstance(expression, And) else "any of"
            return Group(kind, tuple(_node(part, policy) for part in parts))
        case Not():
            return Group("not", (_node(expression.of, policy),))
        case IfThenElse():
            return Group("if", tuple(_node(part, policy) for part in parts_of(expression)))
    return _leaf(expression, policy)


def _leaf(expression: Expression, policy: Policy) -> Leaf:
    read = set(reads(expression))
    needed = tuple(required for required in policy.requires if read.issuperset(reads(required)))
    return Leaf(expression.span.text or expression_text(expression), expression, policy, needed)
