"""The one error for what SQL cannot answer exactly: with policy, place and reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ringwall.errors import Misconfigured
from ringwall.on.django.rows.comparing import Inexact
from ringwall.on.django.rows.value import One, Row, Term
from ringwall.policy.expression import Expression
from ringwall.policy.language.cedar_text import expression_text
from ringwall.policy.policy import Policy
from ringwall.policy.source import NOWHERE, Span


@contextmanager
def refusing(policy: Policy, expression: Expression | None) -> Iterator[None]:
    """Turns ``Inexact`` into ``Misconfigured``."""
    try:
        yield
    except Inexact as error:
        span, text = _place(error.one, expression)
        raise Misconfigured(
            f"policy {policy.id}: `{text}` {error}",
            hint="a list needs a WHERE that is exact: compare plain columns, or decide row by row",
            where=str(span) or policy.where,
        ) from None


def _place(one: One, expression: Expression | None) -> tuple[Span, str]:
    if isinstance(one, Term) and one.span.text:
        return one.span, one.span.text
    if expression is not None:
        return expression.span, expression.span.text or expression_text(expression)
    return NOWHERE, ".".join(("resource", *one.path)) if isinstance(one, Row) else "resource"
