"""Values written as Cedar text: ``{ time: datetime("2026-11-24"), level: 3 }``."""

from __future__ import annotations

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.evaluation.request import Request
from ringwall.policy.expression import Variable
from ringwall.policy.language.parse import parse_expression
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value
from ringwall.policy.walk import walk

_NOBODY = Request(EntityUid("Nobody", ""), EntityUid("Action", ""), EntityUid("Nothing", ""))


def constant(text: str, where: str) -> Value:
    """The value of an expression that needs no request. Raises ``Misconfigured``."""
    try:
        expression = parse_expression(text)
    except Unreadable as error:
        problem = error.problems[0]
        raise Misconfigured(f"{text!r}: {problem.message}", where=where, hint=problem.hint) from None
    for part in walk(expression):
        if isinstance(part, Variable):
            raise Misconfigured(f"{part.name} in {text!r}: a value here knows of no request", where=where)
    try:
        return evaluate(expression, _NOBODY, Entities())
    except EvaluationError as error:
        raise Misconfigured(f"{text!r}: {error}", where=where) from None


def constant_record(text: object, where: str) -> Record:
    """The same of a record. Raises ``Misconfigured``."""
    value = constant(text, where) if isinstance(text, str) else None
    if not isinstance(value, Record):
        raise Misconfigured(f"{text!r} is no record", where=where, hint="write '{ name: value, … }'")
    return value
