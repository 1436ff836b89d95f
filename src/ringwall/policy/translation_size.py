"""How large a translation grows, known before it is made.

What may err is asked about twice wherever one part of a condition depends on another: once for its being true, once
for its being false. So ``a && b || c && d …`` grows with each change between the two, and a comparison of comparisons
with each level. It would be exact still, and take seconds to write and to read.
"""

from __future__ import annotations

from ringwall.errors import Misconfigured
from ringwall.policy.expression import And, Equal, Expression, IfThenElse, Less, Not, Or, Variable
from ringwall.policy.policy import Policy
from ringwall.policy.walk import parts_of

LARGEST = 5_000
_CONDITIONS = (And, Or, Not, IfThenElse, Equal, Less)


def must_fit(condition: Expression | None, policy: Policy) -> None:
    """Raise ``Misconfigured`` for a condition of ``policy`` that would ask more than ``LARGEST`` questions of a row."""
    if condition is not None and questions(condition) > LARGEST:
        raise Misconfigured(
            f"policy {policy.id} would ask more than {LARGEST:,} questions of each row of a list",
            hint="split it into several policies, or change less often between `&&` and `||`",
            where=policy.where,
        )


def questions(expression: Expression) -> int:
    """At most so many questions about the row are asked for both predicates, when each part may err."""
    return sum(_each(expression))


def _each(expression: Expression) -> tuple[int, int]:
    """What makes it true, and what makes it false. What does not read the row is known before."""
    parts = [_each(part) for part in parts_of(expression)]
    match expression:
        case Variable():
            own = int(expression.name == "resource")
            return own, own
        case Not():
            ((true, false),) = parts
            return false, true
        case And():
            (left_true, left_false), (right_true, right_false) = parts
            return left_true + right_true, left_false + left_true + right_false
        case Or():
            (left_true, left_false), (right_true, right_false) = parts
            return left_true + left_false + right_true, left_false + right_false
        case IfThenElse():
            test, then, otherwise = parts
            return sum(test) + then[0] + otherwise[0], sum(test) + then[1] + otherwise[1]
    # A condition that stands as a value has two cases.
    asked = sum(
        sum(each) if isinstance(part, _CONDITIONS) else max(each)
        for part, each in zip(parts_of(expression), parts, strict=True)
    )
    return asked, asked
