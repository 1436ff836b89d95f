"""What of the policies a table reaches: each scope and each condition, and which of its outcomes were ever seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ringwall.policy.entities.entities import Entities
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.evaluation.request import Request
from ringwall.policy.expression import And, Expression, IfThenElse, Literal, Not, Or
from ringwall.policy.joins import is_group
from ringwall.policy.policy import Policy
from ringwall.policy.scope_condition import scope_conditions
from ringwall.policy.source import Span
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.walk import parts_of


@dataclass(slots=True)
class Point:
    """A policy's scope, a clause, or a condition in one. ``seen`` are its outcomes; ``None`` is an error.

    ``due`` are the outcomes that a table should show: of a scope just that somebody is in it, and never an error.
    """

    policy: str
    span: Span
    text: str
    due: tuple[bool, ...] = (True, False)
    seen: set[bool | None] = field(default_factory=set)

    @property
    def missing(self) -> list[bool]:
        """What no row showed."""
        return [outcome for outcome in self.due if outcome not in self.seen]


class Coverage:
    """Collects outcomes as Cedar has them: what ``&&`` or ``||`` has no need of is not asked, and so not seen."""

    def __init__(self, policies: Iterable[Policy], entities: Entities) -> None:
        self._entities = entities
        self._policies = tuple(policies)
        self._points: dict[tuple[str, int], Point] = {}
        for policy in self._policies:
            if scope_conditions(policy):
                self._points[policy.id, id(policy)] = Point(policy.id, policy.span, "its scope", (True,))
            for clause in policy.clauses:
                self._points[policy.id, id(clause)] = Point(policy.id, clause.body.span, clause.kind)
                for part in _conditions(clause.body):
                    self._points[policy.id, id(part)] = Point(policy.id, part.span, part.span.text)

    @property
    def points(self) -> list[Point]:
        """Every point, in the order written."""
        return list(self._points.values())

    @property
    def share(self) -> float:
        """Which part of all outcomes that are due was seen; 1.0 where none is."""
        due = sum(len(point.due) for point in self.points)
        return 1 - sum(len(point.missing) for point in self.points) / due if due else 1.0

    def ask(self, request: Request) -> None:
        """See what one request reaches."""
        for policy in self._policies:
            scope = scope_conditions(policy)
            inside = all(evaluate(part, request, self._entities) is True for part in scope)
            if scope:
                self._points[policy.id, id(policy)].seen.add(inside)
            if inside:
                self._ask_clauses(policy, request)

    def _ask_clauses(self, policy: Policy, request: Request) -> None:
        for clause in policy.clauses:
            point = self._points[policy.id, id(clause)]
            try:
                held = self._holds(clause.body, policy.id, request)
            except EvaluationError:
                point.seen.add(None)
                return
            point.seen.add(held)
            if held is not (clause.kind == "when"):
                return

    def _holds(self, condition: Expression, policy: str, request: Request) -> bool:
        point = self._points.get((policy, id(condition)))
        try:
            held = self._judge(condition, policy, request)
        except EvaluationError:
            if point is not None:
                point.seen.add(None)
            raise
        if point is not None:
            point.seen.add(held)
        return held

    def _judge(self, condition: Expression, policy: str, request: Request) -> bool:
        def holds(part: Expression) -> bool:
            return self._holds(part, policy, request)

        match condition:
            case And():
                return holds(condition.left) and holds(condition.right)
            case Or():
                return holds(condition.left) or holds(condition.right)
            case Not():
                return not holds(condition.of)
            case IfThenElse():
                return holds(condition.then if holds(condition.test) else condition.otherwise)
        value = evaluate(condition, request, self._entities)
        if not isinstance(value, bool):
            raise EvaluationError("a condition is a bool")
        return value


def _conditions(body: Expression) -> Iterator[Expression]:
    """What a clause is joined of. A clause of one condition is its own point; a constant has but one outcome."""
    for part in parts_of(body) if is_group(body) else ():
        if not is_group(part) and not isinstance(part, Literal):
            yield part
        yield from _conditions(part)
