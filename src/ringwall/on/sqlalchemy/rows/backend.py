"""The SQL back end of the translation: a condition about a row, with everything about the caller already known.

"Surely true" and "surely false" are built side by side (see ``ringwall.policy.translation``). A comparison with NULL
makes neither of them hold, which is Cedar's error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from ringwall.on.rows.inexact import Inexact, refusing
from ringwall.on.sqlalchemy.rows import comparing, membership
from ringwall.on.sqlalchemy.rows.calls import answered, is_question, is_value, made
from ringwall.on.sqlalchemy.rows.column import bound
from ringwall.on.sqlalchemy.rows.comparing import kind
from ringwall.on.sqlalchemy.rows.pattern import matches, without_nul
from ringwall.on.sqlalchemy.rows.place import Places
from ringwall.on.sqlalchemy.rows.predicate import ERROR, FALSE, Predicate, all_of, any_of, decided, some
from ringwall.on.sqlalchemy.rows.reading import Reader
from ringwall.on.sqlalchemy.rows.value import Case, Known, One, Term, Value, always
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
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.translation import Truth, translate
from ringwall.policy.walk import parts_of, walk

_RESOURCE = Variable(name="resource")
_MOST_CASES = 256
_MOST_STEPS = 4  # each is a SELECT inside the next, and a planner's patience with those ends soon
_BOOLEAN = (And, Or, Not, Equal, Less, In, Has, Contains)


class RowPredicates:
    """Answers ``translate`` for one policy, one caller and one mapped class (or alias of one)."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._related = reader.related
        self._places = Places(reader.related)

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
                    tag = self.value(expression.tag)
                    return self._reader.tag(self.value(expression.of), tag, expression.span)
                case IfThenElse():
                    return self._choice(expression)
                case Negate():
                    self._must_be_short(expression)
                    return self._computed("-", always(Known(0)), self.value(expression.of))
                case Arithmetic():
                    self._must_be_short(expression)
                    return self._computed(
                        expression.operator, self.value(expression.left), self.value(expression.right)
                    )
                case Call() if not is_question(expression.function):
                    return self._called(expression)
            truth = translate(expression, self) if isinstance(expression, _BOOLEAN) else self._asked(expression)
        return (Case(Known(True), truth.true), Case(Known(False), truth.false))

    def truth(self, value: Value) -> Truth[Predicate]:
        return self._over([value], lambda one: comparing.truth(one, self._related))

    def equal(self, left: Value, right: Value) -> Truth[Predicate]:
        return self._over([left, right], lambda a, b: self._as_python(a, b) or comparing.equal(a, b, self._related))

    def less(self, left: Value, right: Value, or_equal: bool) -> Truth[Predicate]:
        return self._over([left, right], lambda a, b: comparing.less(a, b, or_equal, self._related))

    def contains(self, among: Value, item: Value) -> Truth[Predicate]:
        def ask(a: One, b: One) -> Truth[Predicate]:
            members = membership.members_of(a) or ()
            return self._as_python(b, *map(Known, members)) or membership.contains(a, b, self._related)

        return self._over([among, item], ask, whole=(0,))

    def has(self, owner: Value, name: str) -> Truth[Predicate]:
        with refusing(self._reader.policy, None):
            return some([(case.guard, self._reader.has(case.one, name)) for case in owner])

    def within(self, expression: In) -> Truth[Predicate]:
        with refusing(self._reader.policy, expression):
            if _RESOURCE not in walk(expression):
                return self.truth(self._reader.known(expression))
            pairs = self._combined(self.value(expression.left), self.value(expression.right))
            return some([(all_of(a.guard, b.guard), self._places.within(a.one, b.one)) for a, b in pairs])

    def _as_python(self, *ones: One) -> Truth[Predicate] | None:
        """An error for what Python compares in its own way: a rule in Python is only about strings, ints and bools."""
        in_python = self._reader.policy.in_python
        return ERROR if in_python and any(kind(one) not in ("string", "long", "bool") for one in ones) else None

    def _asked(self, expression: Expression) -> Truth[Predicate]:
        """The questions that are no part of the translation itself."""
        match expression:
            case Like():
                return self._over([self.value(expression.of)], lambda one: self._like(one, expression.parts))
            case Is():
                return self._over([self.value(expression.of)], lambda one: self._places.is_type(one, expression.type))
            case ContainsAll() | ContainsAny():
                several = membership.contains_all if isinstance(expression, ContainsAll) else membership.contains_any
                both = [self.value(expression.set), self.value(expression.other)]
                return self._over(both, lambda a, b: several(a, b, self._related), whole=(0, 1))
            case IsEmpty():
                among = [self.value(expression.of)]
                return self._over(among, lambda one: membership.is_empty(one, self._related), whole=(0,))
            case HasTag():
                owner, tag = self.value(expression.of), self.value(expression.tag)
                return some([(case.guard, self._reader.has_tag(case.one, tag)) for case in owner])
            case Call():
                values = [self.value(argument) for argument in expression.arguments]
                return self._over(values, lambda *ones: self._question(expression.function, ones))
        raise Inexact(self._reader.row, "has no counterpart in SQL")

    def _over(
        self, values: Sequence[Value], question: Callable[..., Truth[Predicate]], *, whole: tuple[int, ...] = ()
    ) -> Truth[Predicate]:
        """The question for each combination of cases. Documents are taken as the scalars that they may be, but for the
        values numbered in ``whole``."""
        with refusing(self._reader.policy, None):
            cases = [value if number in whole else self._reader.scalars(value) for number, value in enumerate(values)]
            return some(
                [
                    (all_of(*(case.guard for case in each)), question(*(case.one for case in each)))
                    for each in self._combined(*cases)
                ]
            )

    def _combined(self, *values: Value) -> list[tuple[Case, ...]]:
        """Every combination of cases. Raises ``Inexact`` where there are too many to write down."""
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

    def _must_be_short(self, expression: Arithmetic | Negate) -> None:
        if _steps(expression) > _MOST_STEPS:
            raise Inexact(self._reader.row, f"takes more than {_MOST_STEPS} steps one after the other")

    def _computed(self, operator: str, left: Value, right: Value) -> Value:
        pairs = self._combined(self._reader.scalars(left), self._reader.scalars(right))
        return tuple(
            Case(self._reader.computed(operator, a.one, b.one), all_of(a.guard, b.guard))
            for a, b in pairs
            if kind(a.one) == kind(b.one) == "long"
        )

    def _called(self, expression: Call) -> Value:
        if not is_value(expression.function):
            raise Inexact(self._reader.row, "has no counterpart in SQL")
        values = [self._reader.scalars(self.value(argument)) for argument in expression.arguments]
        found: list[Case] = []
        for each in self._combined(*values):
            ones = [case.one for case in each]
            result = made(expression.function, [kind(one) for one in ones], [_sql(one) for one in ones])
            if result is not None:
                paths = frozenset[tuple[str, ...]]().union(*(one.paths for one in ones if isinstance(one, Term)))
                term = Term(result[1], result[0], paths, expression.span)
                found.append(Case(term, all_of(*(case.guard for case in each))))
        return tuple(found)

    def _question(self, function: str, ones: Sequence[One]) -> Truth[Predicate]:
        found = answered(function, [kind(one) for one in ones], [_sql(one) for one in ones])
        if found is None:
            return ERROR
        return Truth(self._related.ask(ones, lambda: found[0]), self._related.ask(ones, lambda: found[1]))

    def _like(self, one: One, parts: tuple[str, ...]) -> Truth[Predicate]:
        if kind(one) != "string":
            return ERROR
        if isinstance(one, Known):
            from ringwall.policy.values.like import like

            return decided(like(cedar_value(one.value), parts))  # type: ignore[arg-type]
        if any("\0" in part for part in parts):
            raise Inexact(one, "is matched against a NUL")
        assert isinstance(one, Term)
        found, whole = matches(one.sql, parts), without_nul(one.sql)
        return Truth(
            self._related.ask((one,), lambda: all_of(whole, found)),
            self._related.ask((one,), lambda: all_of(whole, ~found)),
        )


def _steps(expression: Expression) -> int:
    """How many sums and products stand inside each other."""
    if not isinstance(expression, Arithmetic | Negate):
        return 0
    return 1 + max(map(_steps, parts_of(expression)))


def _sql(one: One) -> object:
    if isinstance(one, Known):
        return bound(cedar_value(one.value)) if kind(one) is not None else None
    return one.sql if isinstance(one, Term) else None
