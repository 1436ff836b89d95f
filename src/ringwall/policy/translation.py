"""The one translation of a condition: into what makes it true without an error, and what makes it false without one.

Cedar has three outcomes: true, false and error. Splitting them into two plain predicates leaves nothing that a back end
could get wrong: no exception has to travel, and in SQL no NULL, because nothing is ever negated. Each back end supplies
its own predicates and values (``Backend``); how they combine is written here once, for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ringwall.policy.expression import (
    And,
    Contains,
    Equal,
    Expression,
    Has,
    IfThenElse,
    In,
    Less,
    Not,
    Or,
)

P = TypeVar("P")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Truth(Generic[P]):
    """Two predicates, ``true`` and ``false``, each without error. ``total``: it never errs, so one of them holds."""

    true: P
    false: P
    total: bool = False


class Backend(Protocol[P, V]):
    """What a translation needs of its target: predicates ``P``, values ``V``, and the questions that Cedar asks."""

    def both(self, left: P, right: P) -> P: ...
    def either(self, left: P, right: P) -> P: ...
    def value(self, expression: Expression) -> V: ...
    def truth(self, value: V) -> Truth[P]: ...
    def equal(self, left: V, right: V) -> Truth[P]: ...
    def less(self, left: V, right: V, or_equal: bool) -> Truth[P]: ...
    def contains(self, among: V, item: V) -> Truth[P]: ...
    def has(self, owner: V, name: str) -> Truth[P]: ...
    def within(self, expression: In) -> Truth[P]: ...


def translate(expression: Expression, to: Backend[P, V]) -> Truth[P]:
    """Both predicates of ``expression`` in the terms of ``to``."""
    match expression:
        case Not():
            inner = translate(expression.of, to)
            return Truth(inner.false, inner.true, inner.total)
        case And():
            return _and(translate(expression.left, to), translate(expression.right, to), to)
        case Or():
            left, right = translate(expression.left, to), translate(expression.right, to)
            negated = _and(Truth(left.false, left.true, left.total), Truth(right.false, right.true, right.total), to)
            return Truth(negated.false, negated.true, negated.total)
        case IfThenElse():
            test, then = translate(expression.test, to), translate(expression.then, to)
            other = translate(expression.otherwise, to)
            return Truth(
                to.either(to.both(test.true, then.true), to.both(test.false, other.true)),
                to.either(to.both(test.true, then.false), to.both(test.false, other.false)),
                test.total and then.total and other.total,
            )
        case Equal():
            return to.equal(to.value(expression.left), to.value(expression.right))
        case Less():
            return to.less(to.value(expression.left), to.value(expression.right), expression.or_equal)
        case Contains():
            return to.contains(to.value(expression.set), to.value(expression.item))
        case Has():
            return to.has(to.value(expression.of), expression.name)
        case In():
            return to.within(expression)
    return to.truth(to.value(expression))


def translate_policy(
    condition: Expression | None, requires: Sequence[Expression], to: Backend[P, V]
) -> Truth[P] | None:
    """A policy's condition, erring where a required attribute is absent; ``None`` if it always holds."""
    if condition is None:
        return None
    truth = translate(condition, to)
    for required in dict.fromkeys(requires):
        there = translate(required, to).true
        truth = Truth(to.both(there, truth.true), to.both(there, truth.false))
    return truth


def _and(left: Truth[P], right: Truth[P], to: Backend[P, V]) -> Truth[P]:
    # Where the left side cannot err, "false, or true and then the right is false" says no more than "either is false".
    also_false = right.false if left.total else to.both(left.true, right.false)
    return Truth(to.both(left.true, right.true), to.either(left.false, also_false), left.total and right.total)
