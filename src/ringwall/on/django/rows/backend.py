"""The back end of the translation for Django's ORM: a condition about a row, with all about the caller already known.

"Surely true" and "surely false" are built side by side (see ``ringwall.policy.translation``). A comparison with NULL
makes neither of them hold, which is Cedar's error; ``~Q`` of one would take NULL for a yes, so only what is never NULL
is negated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from ringwall.on.django.rows import comparing, membership, place
from ringwall.on.django.rows.arithmetic import computed
from ringwall.on.django.rows.calls import QUESTIONS, VALUES
from ringwall.on.django.rows.comparing import kind, sql_of
from ringwall.on.django.rows.pattern import differs, matches
from ringwall.on.django.rows.predicate import ERROR, FALSE, Predicate, all_of, any_of, some
from ringwall.on.django.rows.reading import Reader
from ringwall.on.django.rows.value import Case, Known, One, Reference, Term, Value, always
from ringwall.on.rows.inexact import Inexact, refusing
from ringwall.on.rows.kind import Kind
from ringwall.policy.evaluation.operations import matches as matches_known
from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Contains,
    ContainsAll,
    ContainsAny,
    Equal,
    Expression,
    GetTag,
    Has,
    HasTag,
    IfThenElse,
    In,
    Is,
    IsEmpty,
    Less,
    Like,
    Negate,
    Not,
    Or,
    Variable,
)
from ringwall.policy.objects import operations
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.source import NOWHERE
from ringwall.policy.translation import Truth, translate
from ringwall.policy.walk import walk

_RESOURCE = Variable(name="resource")
_MOST_CASES = 256
_MOST_STEPS = 4  # each is a SELECT inside the next, and a planner's patience with those ends soon
_LONGS: list[Kind] = ["long", "long"]
_BOOLEAN = (And, Or, Not, Equal, Less, In, Has, Contains)


class RowPredicates:
    """Answers ``translate`` for one policy, one caller and one model."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._related = reader.related

    def both(self, left: Predicate, right: Predicate) -> Predicate:
        return all_of(left, right)

    def either(self, left: Predicate, right: Predicate) -> Predicate:
        return any_of(left, right)

    def value(self, expression: Expression) -> Value:
        if _RESOURCE not in walk(expression):
            return self._reader.known(expression)
        with refusing(self._reader.policy, expression):
            match expression:
                case Variable():
                    return always(self._reader.row)
                case Attribute():
                    return self._reader.attribute(self.value(expression.of), expression.name, expression.span)
                case GetTag():
                    return self._reader.tag(self.value(expression.of))
                case IfThenElse():
                    return self._choice(expression)
                case Negate():
                    return self._made(
                        _LONGS, "long", lambda a, b: computed("-", a, b), always(Known(0)), self.value(expression.of)
                    )
                case Arithmetic(operator=operator):
                    sides = self.value(expression.left), self.value(expression.right)
                    return self._made(_LONGS, "long", lambda a, b: computed(operator, a, b), *sides)
                case Call() if expression.function in VALUES:
                    return self._made(*VALUES[expression.function], *map(self.value, expression.arguments))
            truth = translate(expression, self) if isinstance(expression, _BOOLEAN) else self._asked(expression)
        return (Case(Known(True), truth.true), Case(Known(False), truth.false))

    def truth(self, value: Value) -> Truth[Predicate]:
        return self._over(lambda one: comparing.truth(one, self._related), value)

    def equal(self, left: Value, right: Value) -> Truth[Predicate]:
        return self._over(lambda a, b: self._as_python(a, b) or comparing.equal(a, b, self._related), left, right)

    def less(self, left: Value, right: Value, or_equal: bool) -> Truth[Predicate]:
        return self._over(lambda a, b: comparing.less(a, b, or_equal, self._related), left, right)

    def contains(self, among: Value, item: Value) -> Truth[Predicate]:
        def ask(a: One, b: One) -> Truth[Predicate]:
            members = membership.members_of(a) or ()
            return self._as_python(b, *map(Known, members)) or membership.contains(a, b, self._related)

        return self._over(ask, among, item)

    def has(self, owner: Value, name: str) -> Truth[Predicate]:
        return self._over(lambda one: self._reader.has(one, name), owner)

    def within(self, expression: In) -> Truth[Predicate]:
        if _RESOURCE not in walk(expression):
            return self.truth(self._reader.known(expression))
        sides = self.value(expression.left), self.value(expression.right)
        with refusing(self._reader.policy, expression):
            return self._over(lambda a, b: place.within(a, b, self._related), *sides)

    def _asked(self, expression: Expression) -> Truth[Predicate]:
        """The questions that are no part of the translation itself."""
        match expression:
            case Like():
                return self._over(lambda one: self._like(one, expression.parts), self.value(expression.of))
            case Is():
                return self._over(
                    lambda one: place.is_type(one, expression.type, self._related), self.value(expression.of)
                )
            case ContainsAll() | ContainsAny():
                is_all = isinstance(expression, ContainsAll)
                several = operations.contains_all if is_all else operations.contains_any
                sides = self.value(expression.set), self.value(expression.other)
                return self._over(lambda a, b: membership.over_known(several, a, b), *sides)
            case IsEmpty():
                empty = membership.known_is_empty
                return self._over(lambda one: membership.over_known(empty, one), self.value(expression.of))
            case HasTag():
                owner, tag = self.value(expression.of), self.value(expression.tag)
                return self._over(
                    lambda one, name: self._reader.has_tag(one) if kind(name) == "string" else ERROR, owner, tag
                )
            case Call(function=function) if function in QUESTIONS:
                return self._over(lambda a, b: self._question(function, a, b), *map(self.value, expression.arguments))
        raise Inexact(self._reader.row, "has no counterpart in SQL")

    def _over(self, question: Callable[..., Truth[Predicate]], *values: Value) -> Truth[Predicate]:
        """The question for each combination of cases."""
        with refusing(self._reader.policy, None):
            each = [
                (all_of(*(c.guard for c in cases)), question(*(c.one for c in cases))) for cases in product(*values)
            ]
            return some(each)

    def _combined(self, *values: Value) -> list[tuple[Case, ...]]:
        if prod(map(len, values)) > _MOST_CASES:
            raise Inexact(self._reader.row, "has too many cases: each `if` doubles them")
        return list(product(*values))

    def _choice(self, expression: IfThenElse) -> Value:
        test = translate(expression.test, self)
        return tuple(
            Case(case.one, all_of(when, case.guard))
            for when, chosen in ((test.true, expression.then), (test.false, expression.otherwise))
            if when is not FALSE
            for case in self.value(chosen)
        )

    def _made(self, wanted: Sequence[Kind], kind_: Kind, make: Callable[..., object], *values: Value) -> Value:
        """What is computed of values of the wanted kinds; of others it is an error."""
        found: list[Case] = []
        for cases in self._combined(*values):
            ones = tuple(case.one for case in cases)
            if [kind(one) for one in ones] == list(wanted):
                made = _term(make, ones, kind_)
                found.append(Case(made, all_of(*(case.guard for case in cases))))
        return tuple(found)

    def _question(self, function: str, *ones: One) -> Truth[Predicate]:
        if [kind(one) for one in ones] != ["decimal", "decimal"]:
            return ERROR
        return comparing.ask(*QUESTIONS[function], ones, self._related)

    def _like(self, one: One, parts: tuple[str, ...]) -> Truth[Predicate]:
        if kind(one) != "string":
            return ERROR
        if isinstance(one, Known):
            return comparing.settled(lambda: matches_known(cedar_value(one.value), parts))
        if any("\0" in part for part in parts):
            raise Inexact(one, "is matched against a NUL")
        assert isinstance(one, Term)
        return Truth(
            self._related.ask((one,), lambda reference: matches(one.sql(reference), parts)),
            self._related.ask((one,), lambda reference: differs(one.sql(reference), parts)),
        )

    def _as_python(self, *ones: One) -> Truth[Predicate] | None:
        """An error for what Python compares in its own way: a rule in Python is only about strings, ints and bools."""
        in_python = self._reader.policy.in_python
        return ERROR if in_python and any(kind(one) not in ("string", "long", "bool") for one in ones) else None


def _term(make: Callable[..., object], ones: tuple[One, ...], kind_: Kind) -> Term:
    terms = [one for one in ones if isinstance(one, Term)]
    steps = 1 + max((term.steps for term in terms), default=0)
    if steps > _MOST_STEPS:
        raise Inexact(ones[0], f"computes in more than {_MOST_STEPS} steps")
    paths = frozenset(path for term in terms for path in term.paths)

    def sql(reference: Reference) -> object:
        return make(*(sql_of(one, reference) for one in ones))

    return Term(sql, kind_, paths, terms[0].span if terms else NOWHERE, steps=steps)
