"""Decisions of an audit log, asked again of other policies.

A log has of a question what the policies of then read. What else a policy would read is not known, and where its answer
hangs on that it cannot be told. As at a guard, a forbid that errs is a no; so is a role of the mark that the caller has
not; and a service that asked for a person must be permitted too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from ringwall.policy.actions import ACTION
from ringwall.policy.comparison.recorded import Known, Recorded
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.expression import (
    And,
    Attribute,
    Expression,
    GetTag,
    Has,
    HasTag,
    IfThenElse,
    In,
    Not,
    Or,
    Variable,
)
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.policy import Policy
from ringwall.policy.scope import ANYTHING, Anything
from ringwall.policy.scope_condition import scope_conditions
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value
from ringwall.policy.walk import walk

Outcome: TypeAlias = bool | str | None
"""True, false, ``None`` for an error, or what it hangs on that is not in the log."""

_CONTEXT = Variable(name="context")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What other policies say: yes, no, or ``None`` where the log has too little. ``because`` says which and what."""

    allowed: bool | None
    because: str


def replayed(decision: Recorded, policies: Iterable[Policy]) -> Verdict:
    """What ``policies`` say of the same question."""
    if not decision.holds_role:
        return Verdict(False, f"the mark asks for the role {decision.role}")
    each = tuple(policies)
    verdict = _asked(decision, each)
    if decision.actor is None or verdict.allowed is False:
        return verdict
    # As at a guard: every permit is asked, and of the forbids those that speak of a service by name or type.
    of_actor = [policy for policy in each if policy.effect == "permit" or not isinstance(policy.principal, Anything)]
    context = Record({name: value for name, value in decision.request.context.items() if name != "actor"})
    request = decision.request._replace(principal=decision.actor, context=context)
    through = _asked(replace(decision, request=request), of_actor)
    if through.allowed is True or (through.allowed is None and verdict.allowed is None):
        return verdict
    return Verdict(through.allowed, f"for {decision.actor}: {through.because}")


def _asked(decision: Recorded, policies: Iterable[Policy]) -> Verdict:
    asking = _Asking(decision)
    held: dict[str, list[str]] = {"permit": [], "forbid": []}
    open_: dict[str, list[str]] = {"permit": [], "forbid": []}
    named = False
    for policy in policies:
        named = named or (policy.action != ANYTHING and asking.holds(Policy("", action=policy.action)) is True)
        outcome = asking.holds(policy)
        if outcome is True:
            held[policy.effect].append(policy.id)
        elif isinstance(outcome, str):
            open_[policy.effect].append(f"{policy.id} reads {outcome}")
    if held["forbid"]:
        return Verdict(False, f"forbidden by {', '.join(held['forbid'])}")
    if not named:
        return Verdict(None, f"no policy names the action {decision.request.action.id}")
    if not held["permit"] and not open_["permit"]:
        return Verdict(False, "no permit applies")
    if open_["forbid"] or not held["permit"]:
        return Verdict(None, (open_["forbid"] or open_["permit"])[0])
    return Verdict(True, f"permitted by {', '.join(held['permit'])}")


class _Asking:
    """Policies asked of one recorded decision."""

    def __init__(self, decision: Recorded) -> None:
        self._decision = decision

    def holds(self, policy: Policy) -> Outcome:
        """Whether it applies, or what that hangs on. A forbid that errs applies."""
        unknown: Outcome = False
        conditions = [(part, True) for part in scope_conditions(policy)]
        conditions += [(clause.body, clause.kind == "when") for clause in policy.clauses]
        for condition, wanted in conditions:
            outcome = self._outcome(condition)
            if isinstance(outcome, str):
                unknown = unknown or outcome
                continue
            if outcome is None and policy.effect == "forbid":
                # What stands before it may be false, and then it would not have been asked.
                return unknown or True
            if outcome is not wanted:
                # What stands before it may err, and then a forbid is a no all the same.
                return unknown if policy.effect == "forbid" else False
        return unknown or True

    def _outcome(self, condition: Expression) -> Outcome:
        """In Cedar's order: what is not reached is not asked, and need not be known."""
        match condition:
            case And() | Or():
                left = self._outcome(condition.left)
                return self._outcome(condition.right) if left is isinstance(condition, And) else left
            case Not():
                inner = self._outcome(condition.of)
                return not inner if isinstance(inner, bool) else inner
            case IfThenElse():
                test = self._outcome(condition.test)
                if not isinstance(test, bool):
                    return test
                return self._outcome(condition.then if test else condition.otherwise)
        if (unknown := next(self._unknown(condition), None)) is not None:
            return unknown
        value = self._value(condition)
        return value if isinstance(value, bool) else None

    def _value(self, expression: Expression) -> Value | None:
        try:
            return evaluate(expression, self._decision.request, self._decision.entities)
        except EvaluationError:
            return None

    def _unknown(self, condition: Expression) -> Iterator[str]:
        """What a condition reads that is not in the log. Where an owner is not known, it is the owner that is told."""
        for part in walk(condition):
            match part:
                case Attribute() | Has():
                    if not self._has_read(part, self._value(part.of)):
                        yield f"{expression_text(part.of)}.{part.name}"
                case HasTag() | GetTag():
                    owner = self._value(part.of)
                    # Callers and actions have none; tags of anything else are not written down.
                    if isinstance(owner, EntityUid) and self._decision.known.get(owner, Known()).lacks is None:
                        yield f"the tags of {expression_text(part.of)}"
                case In():
                    child = self._value(part.left)
                    if isinstance(child, EntityUid) and not self._knows_above(child):
                        yield f"what {expression_text(part.left)} is in"
                case Variable(name="context") if not self._decision.with_context:
                    yield "context"

    def _has_read(self, read: Attribute | Has, owner: Value | None) -> bool:
        if read.of == _CONTEXT:
            return self._decision.with_context
        if not isinstance(owner, EntityUid):
            return True  # a record is known whole; and what has no value is told by itself, or is an error
        return self._decision.knows(owner, read.name)

    def _knows_above(self, child: EntityUid) -> bool:
        above = (uid for uid in self._decision.entities.ancestors(child) if uid.type != ACTION)
        return all(map(self._decision.knows_parents, (child, *above)))
