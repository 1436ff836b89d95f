"""What Cedar writes in a shorter way than it means it: ``!=``, ``>``, ``>=`` and ``is … in …``."""

from __future__ import annotations

from ringwall.policy.expression import And, Equal, Expression, In, Is, Less, Not
from ringwall.policy.source import NOWHERE, Span

SWEETENED = frozenset({"!=", ">", ">="})
"""The comparisons that are a ``Not`` around another one."""


def compared(operator: str, left: Expression, right: Expression, span: Span = NOWHERE) -> Expression:
    """``left operator right``, for ``== != < <= > >=`` and ``in``."""
    match operator:
        case "==":
            return Equal(left=left, right=right, span=span)
        case "!=":
            return Not(of=Equal(left=left, right=right, span=span), span=span)
        case "in":
            return In(left=left, right=right, span=span)
        case "<" | "<=":
            return Less(left=left, right=right, or_equal=operator == "<=", span=span)
    return Not(of=Less(left=left, right=right, or_equal=operator == ">", span=span), span=span)


def comparison(expression: Equal | Less | In | Not) -> tuple[str, Expression, Expression]:
    """The operator and the sides of which ``compared`` makes it. A ``Not`` must be one around ``Equal`` or ``Less``."""
    match expression:
        case Equal(left=left, right=right):
            return "==", left, right
        case Not(of=Equal(left=left, right=right)):
            return "!=", left, right
        case In(left=left, right=right):
            return "in", left, right
        case Less(left=left, right=right, or_equal=or_equal):
            return "<=" if or_equal else "<", left, right
        case Not(of=Less(left=left, right=right, or_equal=or_equal)):
            return ">" if or_equal else ">=", left, right
    raise TypeError(f"{expression} compares nothing")


def is_in(expression: Expression) -> bool:
    """Whether it is what ``of is type in right`` stands for."""
    match expression:
        case And(left=Is(of=of), right=In(left=left)):
            return of == left
    return False
