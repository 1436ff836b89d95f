"""Predicates in SQL, joined without what is already known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

import sqlalchemy as sa

from ringwall.policy.translation import Truth

Predicate: TypeAlias = sa.ColumnElement[bool]

TRUE, FALSE = sa.true(), sa.false()
ERROR: Truth[Predicate] = Truth(FALSE, FALSE)


def all_of(*predicates: Predicate) -> Predicate:
    """AND."""
    asked = _gathered((predicate for predicate in predicates if predicate is not TRUE), all_of)
    if any(predicate is FALSE for predicate in asked):
        return FALSE
    return sa.and_(*asked) if len(asked) > 1 else asked[0] if asked else TRUE


def any_of(*predicates: Predicate) -> Predicate:
    """OR."""
    asked = _gathered((predicate for predicate in predicates if predicate is not FALSE), any_of)
    if any(predicate is TRUE for predicate in asked):
        return TRUE
    return sa.or_(*asked) if len(asked) > 1 else asked[0] if asked else FALSE


def inside(place: object, inner: Predicate, wrap: Callable[[Predicate], Predicate]) -> Predicate:
    """``wrap(inner)``: a predicate asked inside the EXISTS of one related row, which ``place`` tells from others."""
    if inner is FALSE:
        return FALSE
    made = wrap(inner)
    setattr(made, _INSIDE, _Inside(place, inner, wrap))
    return made


class _Inside(NamedTuple):
    place: object
    inner: Predicate
    wrap: Callable[[Predicate], Predicate]


_INSIDE = "_ringwall_inside"


def _gathered(predicates: Iterable[Predicate], join: Callable[..., Predicate]) -> list[Predicate]:
    """Each predicate once, and what is asked of one related row inside one EXISTS: there is but one such row."""
    found: dict[object, list[Predicate]] = {}
    for predicate in predicates:
        known: _Inside | None = getattr(predicate, _INSIDE, None)
        found.setdefault(predicate if known is None else known.place, []).append(predicate)
    return [each[0] if each[1:] == [] else _together(each, join) for each in found.values()]


def _together(predicates: list[Predicate], join: Callable[..., Predicate]) -> Predicate:
    each: list[_Inside] = [known for one in predicates if (known := getattr(one, _INSIDE, None)) is not None]
    if not each:
        return predicates[0]
    return inside(each[0].place, join(*(one.inner for one in each)), each[0].wrap)


def decided(true: bool, false: bool | None = None) -> Truth[Predicate]:
    """What is known before the query. Neither is an error."""
    false = not true if false is None else false
    return Truth(TRUE if true else FALSE, TRUE if false else FALSE, total=true or false)


def some(truths: list[tuple[Predicate, Truth[Predicate]]]) -> Truth[Predicate]:
    """The truth of whichever case holds. The guards exclude each other; where none holds it is an error."""
    if len(truths) == 1 and truths[0][0] is TRUE:
        return truths[0][1]
    return Truth(
        any_of(*(all_of(guard, truth.true) for guard, truth in truths)),
        any_of(*(all_of(guard, truth.false) for guard, truth in truths)),
    )
