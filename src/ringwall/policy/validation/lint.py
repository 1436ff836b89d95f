"""Warnings: policies that are right, and probably not meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ringwall.policy.expression import Expression, Not
from ringwall.policy.policy import Policy
from ringwall.policy.schema.schema import Schema
from ringwall.policy.scope import ANYTHING
from ringwall.policy.validation.confusable import confusable
from ringwall.policy.validation.constant import is_contradiction, truth
from ringwall.policy.validation.finding import Finding
from ringwall.policy.validation.shadowed import shadowed
from ringwall.policy.validation.unguarded import unguarded

NEVER_SATISFIED = "the policy is never satisfied"
ALWAYS_HOLDS = "the condition always holds"


def lint(policies: Iterable[Policy], schema: Schema | None = None) -> tuple[Finding, ...]:
    """The warnings about these policies in their order, first those that one alone can give.

    Without a ``schema`` every attribute counts as one that may be absent.
    """
    each = tuple(policies)
    looks: Sequence[Callable[[Policy], Iterator[Finding]]] = (_open, _constant, confusable)
    if schema is None:
        looks = (*looks, unguarded)
    alone = [finding for policy in each for look in looks for finding in look(policy)]
    return (*alone, *shadowed(each, schema))


def conditions(policy: Policy) -> list[Expression]:
    """What must hold for a policy to be satisfied, in the order in which it is asked."""
    clauses = [c.body if c.kind == "when" else Not(of=c.body, span=c.body.span) for c in policy.clauses]
    return [*policy.requires, *clauses]


def _open(policy: Policy) -> Iterator[Finding]:
    everything = policy.principal == policy.action == policy.resource == ANYTHING
    if policy.effect == "permit" and everything and all(truth(each) is True for each in conditions(policy)):
        hint = "name a principal, an action or a resource, or write a condition"
        yield Finding("this permits everything to everyone", policy.span, hint, policy.id)


def _constant(policy: Policy) -> Iterator[Finding]:
    asked = conditions(policy)
    if any(truth(each) is False for each in asked) or is_contradiction(asked):
        yield Finding(NEVER_SATISFIED, policy.span, "leave it away, or mend its conditions", policy.id)
        return
    for clause in policy.clauses:
        if truth(clause.body) is (clause.kind == "when"):
            yield Finding(ALWAYS_HOLDS, clause.body.span, f"leave this {clause.kind} away", policy.id)
