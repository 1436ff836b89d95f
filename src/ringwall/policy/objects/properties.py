"""What is said about an object to a decision point elsewhere: its type, its id, and plain values as JSON.

Only what a rule may read is said: never a Secret or a Sealed value, and of a mapped class only its columns, so that
asking loads nothing from a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from ringwall.policy.objects.attribute_type import attribute_type, known_names
from ringwall.policy.objects.entity import entity_uid, sealed_names
from ringwall.policy.values.evaluation_error import EvaluationError

_LONGEST = 2**63
_SETS = (list, tuple, set, frozenset)


def described(resource: object) -> dict[str, Any]:
    """``{"type", "id", "properties"}``. The id is empty for an object that has no key yet."""
    owner = resource.__class__
    try:
        id_ = entity_uid(resource).id
    except EvaluationError:
        id_ = ""
    mapper: Any = getattr(owner, "__mapper__", None)
    names: Iterable[str] = mapper.columns.keys() if mapper is not None else known_names(owner)
    said = {name: getattr(resource, name, None) for name in names if _may_be_said(owner, name)}
    return {"type": owner.__name__, "id": id_, "properties": plain(said)}


def _may_be_said(owner: type, name: str) -> bool:
    known = attribute_type(owner, name)
    # What lies behind a reference would have to be loaded.
    return name not in sealed_names(owner) and (known is None or known.kind != "entity")


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that JSON and Cedar both have; ``None``, and what neither has, is left out."""
    found = {name: _plain(value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        value = value.value
    kind = value.__class__
    if kind is str or kind is bool or (kind is int and -_LONGEST <= value < _LONGEST):
        return value
    if isinstance(value, datetime) and value.tzinfo is not None:
        # As Cedar reads it: in UTC, to the millisecond.
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if kind in _SETS:
        members = [_plain(member) for member in value]
        # A set without some of its members would be another set.
        return None if None in members else members
    return None
