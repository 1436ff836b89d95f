"""Predicates of Django's ORM, joined without what is already known."""

from __future__ import annotations

from typing import TypeAlias

from django.db.models import Q

from ringwall.policy.translation import Truth

Predicate: TypeAlias = Q

TRUE, FALSE = Q(), Q()
"""Known without asking; ``all_of`` and ``any_of`` leave none of them in what is asked."""

ERROR: Truth[Predicate] = Truth(FALSE, FALSE)


def all_of(*predicates: Predicate) -> Predicate:
    """AND."""
    asked = _different(predicates, TRUE)
    if any(predicate is FALSE for predicate in asked):
        return FALSE
    return Q(*asked) if len(asked) > 1 else asked[0] if asked else TRUE


def any_of(*predicates: Predicate) -> Predicate:
    """OR."""
    asked = _different(predicates, FALSE)
    if any(predicate is TRUE for predicate in asked):
        return TRUE
    return Q(*asked, _connector=Q.OR) if len(asked) > 1 else asked[0] if asked else FALSE


def decided(true: bool) -> Truth[Predicate]:
    """What is known before the query."""
    return Truth(TRUE, FALSE, total=True) if true else Truth(FALSE, TRUE, total=True)


def some(truths: list[tuple[Predicate, Truth[Predicate]]]) -> Truth[Predicate]:
    """The truth of whichever case holds. The guards exclude each other; where none holds it is an error."""
    if len(truths) == 1 and truths[0][0] is TRUE:
        return truths[0][1]
    return Truth(
        any_of(*(all_of(guard, truth.true) for guard, truth in truths)),
        any_of(*(all_of(guard, truth.false) for guard, truth in truths)),
    )


def _different(predicates: tuple[Predicate, ...], needless: Predicate) -> list[Predicate]:
    # By identity: the two constants are equal to each other, and to compare large trees costs more than it saves.
    return list({id(one): one for one in predicates if one is not needless}.values())
