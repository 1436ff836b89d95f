"""The values that a condition was asked with: ``"ann" == "sue"``."""

from __future__ import annotations

from ringwall.policy.entities.entities import Entities
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.evaluation.request import Request
from ringwall.policy.expression import (
    Attribute,
    Call,
    Equal,
    Expression,
    GetTag,
    Has,
    In,
    Less,
    Literal,
    Not,
    walk,
)
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.trial.value_text import value_text
from ringwall.policy.values.evaluation_error import EvaluationError

_LONGEST = 70


def operands_text(condition: Expression, request: Request, entities: Entities) -> str:
    """Both sides of a comparison, or what each attribute in it is; empty where there is nothing to tell."""

    def shown(part: Expression) -> str:
        try:
            return _short(value_text(evaluate(part, request, entities)))
        except EvaluationError as error:
            return f"({error})"

    negated = isinstance(condition, Not)
    core = condition.of if isinstance(condition, Not) else condition
    match core:
        case Equal():
            return f"{shown(core.left)} {'!=' if negated else '=='} {shown(core.right)}"
        case Less():
            sign = (">" if core.or_equal else ">=") if negated else ("<=" if core.or_equal else "<")
            return f"{shown(core.left)} {sign} {shown(core.right)}"
        case In():
            return f"{shown(core.left)} in {shown(core.right)}"
        case Has():
            return shown(Attribute(of=core.of, name=core.name))
    told = {expression_text(part): shown(part) for part in walk(core) if _is_read(part)}
    return ", ".join(f"{text}: {value}" for text, value in told.items())


def _is_read(part: Expression) -> bool:
    """An attribute or a tag of the request; of a longer path only the whole."""
    return isinstance(part, (Attribute, GetTag)) and not isinstance(part.of, (Literal, Call))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
