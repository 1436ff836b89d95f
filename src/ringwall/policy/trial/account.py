"""Why a request was allowed or denied, in Cedar's own world of entities: condition by condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringwall.decision import Condition, Decision, RuleOutcome
from ringwall.policy.entities.entities import Entities
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.evaluation.request import Request
from ringwall.policy.expression import Expression
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.trial.condition_parts import is_group, join_of, joined
from ringwall.policy.trial.operands import operands_text
from ringwall.policy.trial.scope_condition import scope_parts
from ringwall.policy.values.evaluation_error import EvaluationError


def account(policies: Iterable[Policy], request: Request, entities: Entities) -> Decision:
    """The decision of the policies, explained. As at a guard, a forbid that errs is a no."""
    teller = _Teller(request, entities)
    each = tuple(policies)
    response = CedarEngine(each).respond(request, entities)
    outcomes = {policy.id: teller.outcome(policy) for policy in each}
    erred = {error.policy_id: error.message for error in response.errors}
    unsure = [policy for policy in each if policy.effect == "forbid" and policy.id in erred]
    reasons = tuple(outcomes[id_] for id_ in response.reasons)
    about = str(request.action), str(request.principal), str(request.resource)
    if response.allowed and not unsure:
        return Decision(True, *about, f"permitted by {_names(response.reasons)}", reasons=reasons)
    if response.reasons and not response.allowed:
        return Decision(False, *about, f"forbidden by {_names(response.reasons)}", reasons=reasons)
    if unsure:
        summary = f"it cannot be told whether {unsure[0].id} forbids this: {erred[unsure[0].id]}"
        return Decision(False, *about, summary, reasons=(outcomes[unsure[0].id],))
    permits = [policy for policy in each if policy.effect == "permit"]
    if not permits:
        return Decision(False, *about, "there is no permit")
    nearest = min(permits, key=lambda policy: _distance(outcomes[policy.id].condition))
    return Decision(False, *about, f"no permit applies; the nearest is {nearest.id}", nearest=outcomes[nearest.id])


class _Teller:
    def __init__(self, request: Request, entities: Entities) -> None:
        self._request = request
        self._entities = entities

    def outcome(self, policy: Policy) -> RuleOutcome:
        parts = [*(self._leaf(part, expression_text(part)) for part in scope_parts(policy)), *self._clauses(policy)]
        condition = _all_of(parts)
        held = condition.held
        return RuleOutcome(policy.id, policy.effect, policy.sentence, policy.where, held, condition, policy.public)

    def _clauses(self, policy: Policy) -> Iterator[Condition]:
        for clause in policy.clauses:
            yield from self._clause(clause)

    def _clause(self, clause: Clause) -> Iterator[Condition]:
        told = self._told(clause.body)
        if clause.kind == "when":
            yield from told.parts if told.text == "all of" else (told,)
        else:
            held = self._value(clause.body) is False
            yield Condition("unless", held, "", told.parts or (told,))

    def _told(self, condition: Expression) -> Condition:
        if not is_group(condition):
            return self._leaf(condition, condition.span.text or expression_text(condition))
        parts = tuple(self._told(part) for part in joined(condition))
        value = self._value(condition)
        return Condition(join_of(condition), value is True, "" if value is not None else "cannot be told", parts)

    def _leaf(self, condition: Expression, text: str) -> Condition:
        return Condition(text, self._value(condition) is True, operands_text(condition, self._request, self._entities))

    def _value(self, condition: Expression) -> bool | None:
        try:
            value = evaluate(condition, self._request, self._entities)
        except EvaluationError:
            return None
        return value if isinstance(value, bool) else None


def _all_of(parts: list[Condition]) -> Condition:
    if not parts:
        return Condition("always", held=True)
    return parts[0] if len(parts) == 1 else Condition("all of", all(part.held for part in parts), "", tuple(parts))


def _distance(condition: Condition | None) -> int:
    """How many conditions would have to turn."""
    if condition is None or condition.held:
        return 0
    if not condition.parts:
        return 1
    each = [_distance(part) for part in condition.parts]
    return max(1, min(each) if condition.text == "any of" else sum(each))


def _names(ids: tuple[str, ...]) -> str:
    return ", ".join(ids)
