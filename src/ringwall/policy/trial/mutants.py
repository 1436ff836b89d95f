"""Policies with one mistake in them, such as a person makes: each should make some row of a table fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ringwall.policy.language.cedar_text import expression_text
from ringwall.policy.policy import Clause, Effect, Policy
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Scope, Within, WithinAny
from ringwall.policy.source import Span
from ringwall.policy.trial.mistakes import mistakes


@dataclass(frozen=True, slots=True)
class Mutant:
    """A policy in the place of ``of``, or nothing there. ``change`` says what was done to it, at ``span``."""

    of: Policy
    policy: Policy | None
    change: str
    span: Span

    def among(self, policies: tuple[Policy, ...]) -> list[Policy]:
        """The whole set with the mistake in it."""
        changed = [self.policy if policy is self.of else policy for policy in policies]
        return [policy for policy in changed if policy is not None]


def mutants(policy: Policy) -> Iterator[Mutant]:
    """Every mistake, in the order in which the policy is written."""
    yield Mutant(policy, None, f"{policy.effect} dropped", policy.span)
    other: Effect = "forbid" if policy.effect == "permit" else "permit"
    yield Mutant(policy, replace(policy, effect=other), f"{policy.effect} → {other}", policy.span)
    for change, wider in _wider(policy.principal):
        yield Mutant(policy, replace(policy, principal=wider), f"principal: {change}", policy.span)
    for change, wider in _wider(policy.action):
        yield Mutant(policy, replace(policy, action=wider), f"action: {change}", policy.span)
    for change, wider in _wider(policy.resource):
        yield Mutant(policy, replace(policy, resource=wider), f"resource: {change}", policy.span)
    for number, clause in enumerate(policy.clauses):
        before, after = policy.clauses[:number], policy.clauses[number + 1 :]
        yield Mutant(policy, replace(policy, clauses=before + after), f"{clause.kind} dropped", clause.body.span)
        turned = Clause("unless" if clause.kind == "when" else "when", clause.body)
        change = f"{clause.kind} → {turned.kind}"
        yield Mutant(policy, replace(policy, clauses=(*before, turned, *after)), change, clause.body.span)
        for old, new, body in mistakes(clause.body):
            change = f"{expression_text(old)} → {expression_text(new)}"
            wrong = Clause(clause.kind, body)
            yield Mutant(policy, replace(policy, clauses=(*before, wrong, *after)), change, old.span)


def _wider(scope: Scope) -> Iterator[tuple[str, Scope]]:
    match scope:
        case EqualTo():
            yield "any", ANYTHING
            yield f"== {scope.entity} → in {scope.entity}", Within(scope.entity)
        case Within():
            yield "any", ANYTHING
            yield f"in {scope.entity} → == {scope.entity}", EqualTo(scope.entity)
        case WithinAny():
            yield "any", ANYTHING
            for number, uid in enumerate(scope.entities):
                yield f"{uid} dropped", WithinAny(scope.entities[:number] + scope.entities[number + 1 :])
        case OfType():
            yield "any", ANYTHING
            if scope.within is not None:
                yield f"in {scope.within} dropped", OfType(scope.type)
