"""Expressions: Cedar's grammar from ``Expr`` down to the operators. What lies below is in ``member_reader``."""

from __future__ import annotations

from ringwall.policy.chain import joined
from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Expression,
    Has,
    IfThenElse,
    In,
    Is,
    Like,
    Literal,
    Negate,
    Not,
    Operator,
    Or,
)
from ringwall.policy.language.member_reader import MemberReader
from ringwall.policy.language.sugar import SWEETENED, compared
from ringwall.policy.language.vocabulary import LEVELS

_AND, _RELATION, _SUM = 2, 3, 4


class ExpressionReader(MemberReader):
    """Operators, by their level of binding: ``1`` reads everything, ``4`` what may stand beside ``==``."""

    def expression(self, level: int = 1) -> Expression:
        """The expression that begins here. ``if`` may only stand where everything may."""
        first = self.at
        self.enter()
        if level == 1 and self.words[first] == "if":
            left = self._choice()
        else:
            left = self._signed() if self.words[first] in _SIGNS else self.member()
            while (found := LEVELS.get(self.words[self.at], 0)) >= level:
                if found >= _SUM:
                    left = self._arithmetic(left, first, found)
                elif found == _RELATION:
                    left = self._relation(left, first)
                    if LEVELS.get(self.words[self.at], 0) >= _RELATION:
                        raise self.lost("the end of the comparison", "put parentheses around the inner comparison")
                else:
                    left = self._chain(left, first, found)
        self.nesting -= 1
        return left

    def _choice(self) -> Expression:
        first = self.at
        self.at += 1
        test = self.expression()
        height = self.height
        self.expect("then", "an if has both: if … then … else …")
        then = self.expression()
        height = max(height, self.height)
        self.expect("else", "an if has both: if … then … else …")
        otherwise = self.expression()
        self.grow(height)
        return IfThenElse(test=test, then=then, otherwise=otherwise, span=self.span(first))

    def _chain(self, left: Expression, first: int, level: int) -> Expression:
        """``a && b && c``, or with ``||``."""
        operator, kind = ("&&", And) if level == _AND else ("||", Or)
        terms, height = [left], self.height
        while self.take(operator):
            terms.append(self.expression(level + 1))
            height = max(height, self.height)
        self.height = height
        self.grow(levels=(len(terms) - 1).bit_length())
        return joined(kind, terms, self.span(first))

    def _arithmetic(self, left: Expression, first: int, level: int) -> Expression:
        word, height = self.words[self.at], self.height
        if word in ("/", "%"):
            name = "division" if word == "/" else "the remainder"
            self.report(f"{name} is not part of Cedar", self.here, "compute it before, and pass it in the context")
        operator: Operator = "+" if word == "+" else "-" if word == "-" else "*"
        self.at += 1
        right = self.expression(level + 1)
        self.grow(height)
        return Arithmetic(operator=operator, left=left, right=right, span=self.span(first))

    def _relation(self, left: Expression, first: int) -> Expression:
        operator, height = self.words[self.at], self.height
        if operator == "=":
            self.report("`=` is no operator of Cedar", self.here, "write == to compare")
            operator = "=="
        self.at += 1
        match operator:
            case "has":
                return self._has(left, first)
            case "like":
                parts = self.pattern()
                self.grow()
                return Like(of=left, parts=parts, span=self.span(first))
            case "is":
                return self._is(left, first)
        right = self.expression(_SUM)
        self.grow(height, levels=2 if operator in SWEETENED else 1)
        return compared(operator, left, right, self.span(first))

    def _has(self, left: Expression, first: int) -> Expression:
        """``left has a.b.c``, which asks for each step in turn."""
        if self.words[self.at].startswith('"'):
            name = self.string()
            self.grow()
            return Has(of=left, name=name, span=self.span(first))
        names = [self.name("an attribute", 'has "{}"')]
        while self.take("."):
            names.append(self.name("an attribute", 'has "{}"'))
        span, steps = self.span(first), []
        for name in names:
            steps.append(Has(of=left, name=name, span=span))
            left = Attribute(of=left, name=name, span=span)
        self.grow(levels=len(names) + (len(names) - 1).bit_length())
        return joined(And, steps, span)

    def _is(self, left: Expression, first: int) -> Expression:
        type_, height = self.path("an entity type"), self.height
        if not self.take("in"):
            self.grow()
            return Is(of=left, type=type_, span=self.span(first))
        right = self.expression(_SUM)
        self.grow(height, levels=2)
        span = self.span(first)
        return And(left=Is(of=left, type=type_, span=span), right=In(left=left, right=right, span=span), span=span)

    def _signed(self) -> Expression:
        """Up to four ``!``, or up to four ``-``. The last ``-`` before a number belongs to the number."""
        first = start = self.at
        sign = self.words[first]
        while self.take(sign):
            start += 1
        if start - first > _MOST_SIGNS:
            self.report(f"more than {_MOST_SIGNS} `{sign}` in a row", self.span(first), "two of them cancel each other")
            first = start - _MOST_SIGNS
        number = self.words[start][:1].isdigit() and self.words[start + 1] not in (".", "[", "(")
        if sign == "-" and number:
            start -= 1
            made: Expression = Literal(value=self.integer(negative=True), span=self.span(start))
            self.height = 1
        else:
            made = self.member()
        for at in range(start - 1, first - 1, -1):
            made = (Not if sign == "!" else Negate)(of=made, span=self.span(at))
        self.grow(levels=start - first)
        return made


_SIGNS = ("!", "-")
_MOST_SIGNS = 4
