"""A chain of ``&&`` or ``||`` as a balanced tree: ten thousand terms are a dozen levels, and nothing recurses deep."""

from __future__ import annotations

from collections.abc import Sequence

from ringwall.policy.expression import And, Expression, Or
from ringwall.policy.source import Span


def joined(kind: type[And] | type[Or], terms: Sequence[Expression], span: Span) -> Expression:
    """All ``terms``, at least one, in their order. Both operators are associative, so nothing changes."""
    level = list(terms)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [*(kind(left=left, right=right, span=span) for left, right in pairs), *level[len(level) & ~1 :]]
    return level[0]
