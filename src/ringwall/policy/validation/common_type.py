"""The one type that two values have, in Cedar's strict validation: only true and false have a type above them, Bool."""

from __future__ import annotations

from ringwall.policy.schema.types import BOOL, BoolType, Field, RecordType, SetType, Type


def common_type(left: Type, right: Type) -> Type | None:
    """The type of both; ``None`` where they have none in common."""
    if isinstance(left, BoolType) and isinstance(right, BoolType):
        return left if left == right else BOOL
    if isinstance(left, SetType) and isinstance(right, SetType):
        element = common_type(left.element, right.element)
        return None if element is None else SetType(element)
    if isinstance(left, RecordType) and isinstance(right, RecordType):
        return _common_record(left, right)
    return left if left == right else None


def _common_record(left: RecordType, right: RecordType) -> RecordType | None:
    if left.fields.keys() != right.fields.keys():
        return None
    fields: dict[str, Field] = {}
    for name, mine in left.fields.items():
        other = right.fields[name]
        joined = common_type(mine.type, other.type)
        if joined is None or mine.required != other.required:
            return None
        fields[name] = Field(joined, mine.required)
    return RecordType(fields)
