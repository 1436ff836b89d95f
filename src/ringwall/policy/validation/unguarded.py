"""Attributes and tags that are read although nothing has shown that they are there; for policies without a schema."""

from __future__ import annotations

from collections.abc import Iterator

from ringwall.policy.expression import And, Attribute, Expression, GetTag, Has, HasTag, IfThenElse, Not, Or
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.policy import Policy
from ringwall.policy.validation.finding import Finding
from ringwall.policy.validation.typed import NOTHING, Capabilities
from ringwall.policy.walk import parts_of


def unguarded(policy: Policy) -> Iterator[Finding]:
    """One for each such path, at the first place where it is read. A policy errs where the attribute is absent."""
    reading = _Reading()
    known = NOTHING
    for required in policy.requires:
        known |= reading.shown_by(required, known)
    for clause in policy.clauses:
        shown = reading.shown_by(clause.body, known)
        known |= shown if clause.kind == "when" else NOTHING
    for read in reading.found:
        message = f"`{expression_text(read)}` may be absent, and the policy then errs"
        yield Finding(message, read.span, f"write {_question(read)} && …", policy.id)


class _Reading:
    def __init__(self) -> None:
        self.found: dict[Attribute | GetTag, None] = {}

    def shown_by(self, expression: Expression, known: Capabilities) -> Capabilities:
        """What is there if the expression is true; what it reads is looked at with what is ``known``."""
        match expression:
            case And():
                left = self.shown_by(expression.left, known)
                return left | self.shown_by(expression.right, known | left)
            case Or():
                return self.shown_by(expression.left, known) & self.shown_by(expression.right, known)
            case IfThenElse():
                test = self.shown_by(expression.test, known)
                then = self.shown_by(expression.then, known | test)
                return (test | then) & self.shown_by(expression.otherwise, known)
            case Has():
                self.shown_by(expression.of, known)
                return frozenset({(expression.of, expression.name)})
            case HasTag():
                self.shown_by(expression.of, known)
                self.shown_by(expression.tag, known)
                return frozenset({(expression.of, expression.tag)})
            case Not():
                self.shown_by(expression.of, known)
                return NOTHING
        for part in parts_of(expression):
            self.shown_by(part, known)
        match expression:
            case Attribute() if (expression.of, expression.name) not in known:
                self.found.setdefault(expression)
            case GetTag() if (expression.of, expression.tag) not in known:
                self.found.setdefault(expression)
        return NOTHING


def _question(read: Attribute | GetTag) -> str:
    if isinstance(read, Attribute):
        return expression_text(Has(of=read.of, name=read.name))
    return expression_text(HasTag(of=read.of, tag=read.tag))
