"""A rule unfolded into the conditions that a person wrote, each of which can be asked alone and shown with its values.

What the translation added (the ``has`` before a comparison) carries the span of the expression it belongs to and is
shown as one with it. Every part is asked, also those that the engine had no need to reach; groups are judged in Cedar's
order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from ringwall.caller import Caller
from ringwall.decision import Condition
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.explanation.shown_values import shown_values
from ringwall.policy.expression import (
    And,
    Expression,
    IfThenElse,
    In,
    Literal,
    Not,
    Or,
    Variable,
    parts_of,
    reads,
)
from ringwall.policy.language.cedar_text import expression_text
from ringwall.policy.objects.predicate import Predicates, compile_expression
from ringwall.policy.objects.principal import role_of
from ringwall.policy.objects.resource import left_to_ask
from ringwall.policy.policy import Policy
from ringwall.policy.source import Span

Join = OneOf["all of", "any of", "not", "if"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition as it was written."""

    text: str
    expression: Expression
    predicates: Predicates | None


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined; ``not`` has one part, ``if`` has three: test, then, otherwise."""

    join: Join
    parts: tuple[Node, ...]


Node: TypeAlias = Leaf | Group


@dataclass(frozen=True, slots=True)
class Weighed:
    """A node for one caller and resource. ``outcome`` is true, false, or ``None`` for an error."""

    node: Node
    outcome: bool | None
    condition: Condition
    parts: tuple[Weighed, ...] = ()


def unfold(policy: Policy) -> Node:
    """The policy's scope of role and resource, and its condition, as one tree."""
    parts: list[Node] = []
    if role := role_of(policy):
        held = In(left=Variable(name="principal"), right=Literal(value=EntityUid("Role", role)))
        parts.append(_leaf(held, policy, f"role {role}"))
    if (scope := left_to_ask(policy)) is not None:
        parts.append(_leaf(scope, policy, expression_text(scope)))
    if policy.condition is not None:
        parts.append(_node(policy.condition, policy))
    if not parts:
        return Leaf("always", Literal(value=True), None)
    return parts[0] if len(parts) == 1 else Group("all of", tuple(parts))


def weigh(node: Node, caller: Caller, resource: object) -> Weighed:
    """Ask every part of the tree, and judge the groups."""
    if isinstance(node, Leaf):
        outcome = _ask(node.predicates, caller, resource)
        values = shown_values(node.expression, caller, resource)
        return Weighed(node, outcome, Condition(node.text, outcome is True, values))
    parts = tuple(weigh(part, caller, resource) for part in node.parts)
    outcome = _judge(node.join, [part.outcome for part in parts])
    if node.join == "not":
        inner = parts[0].condition
        values = "" if outcome is not None else "cannot be told"
        return Weighed(
            node, outcome, Condition(f"not {inner.text}", outcome is True, values or inner.values, inner.parts), parts
        )
    values = "" if outcome is not None else "cannot be told"
    text = "if, then, else" if node.join == "if" else node.join
    condition = Condition(text, outcome is True, values, tuple(part.condition for part in parts))
    return Weighed(node, outcome, condition, parts)


def _judge(join: Join, outcomes: list[bool | None]) -> bool | None:
    if join == "not":
        return None if outcomes[0] is None else not outcomes[0]
    if join == "if":
        return None if outcomes[0] is None else outcomes[1 if outcomes[0] else 2]
    decisive = join == "any of"
    return next((outcome for outcome in outcomes if outcome is None or outcome is decisive), not decisive)


def _ask(predicates: Predicates | None, caller: Caller, resource: object) -> bool | None:
    if predicates is None:
        return True
    try:
        if predicates.holds(caller, resource):
            return True
        return False if predicates.fails(caller, resource) else None
    except Exception:  # noqa: BLE001  whatever an attribute raises, it is an error of the rule
        return None


def _node(expression: Expression, policy: Policy) -> Node:
    if _written_as_one(expression):
        return _leaf(expression, policy, expression.span.text)
    match expression:
        case And() | Or():
            parts = tuple(_node(part, policy) for part in _flat(expression, type(expression), expression.span))
            return Group("all of" if isinstance(expression, And) else "any of", parts)
        case Not():
            return Group("not", (_node(expression.of, policy),))
        case IfThenElse():
            return Group("if", tuple(_node(part, policy) for part in parts_of(expression)))
    return _leaf(expression, policy, expression.span.text)


def _leaf(expression: Expression, policy: Policy, text: str) -> Leaf:
    read = set(reads(expression))
    needed = tuple(required for required in policy.requires if read.issuperset(reads(required)))
    predicates = compile_expression(expression, policy, needed)
    return Leaf(text or type(expression).__name__.lower(), expression, predicates)


def _written_as_one(expression: Expression) -> bool:
    return isinstance(expression, (And, Or, Not, IfThenElse)) and all(
        part.span == expression.span for part in parts_of(expression)
    )


def _flat(expression: Expression, join: type, span: Span) -> list[Expression]:
    """``a and b and c`` is one group of three: its joins carry one span."""
    if isinstance(expression, (And, Or)) and type(expression) is join and expression.span == span:
        return [*_flat(expression.left, join, span), *_flat(expression.right, join, span)]
    return [expression]
