"""Whether a value is of a type of the schema, and where in it one is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringwall.policy.entity_uid import EntityUid, quoted
from ringwall.policy.language.hints import nearest
from ringwall.policy.language.vocabulary import is_name
from ringwall.policy.schema.schema import Schema
from ringwall.policy.schema.types import (
    BoolType,
    EntityType,
    ExtensionType,
    Field,
    LongType,
    RecordType,
    SetType,
    StringType,
    Type,
)
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value, kind_of

_EXTENSIONS: dict[str, type] = {"decimal": Decimal, "ipaddr": IpAddress, "datetime": Datetime, "duration": Duration}


def value_faults(value: Value, known: Type, where: str, schema: Schema) -> Iterator[str]:
    """What is wrong with ``value`` as a ``known`` type, each with the path from ``where``. ``True`` is no ``Long``."""
    match known:
        case SetType() if isinstance(value, CedarSet):
            for member in value:
                yield from value_faults(member, known.element, f"a member of {where}", schema)
        case RecordType() if isinstance(value, Record):
            yield from field_faults(value, known.fields, where, schema)
        case _ if not _fits(value, known):
            found = f"an entity {value.type}" if isinstance(value, EntityUid) else kind_of(value)
            yield f"{where}: expected {known}, found {found}"
        case EntityType():
            assert isinstance(value, EntityUid)
            yield from uid_faults(value, where, schema)


def field_faults(values: Mapping[str, Value], fields: Mapping[str, Field], where: str, schema: Schema) -> Iterator[str]:
    """What is missing, what is not declared, and what is of another type than declared."""
    for name, field in fields.items():
        if name in values:
            yield from value_faults(values[name], field.type, _path(where, name), schema)
        elif field.required:
            yield f"{_path(where, name)} is missing; it must be {field.type}"
    for name in values:
        if name not in fields:
            hint = nearest(name, fields)
            yield f"{_path(where, name)} is not declared" + (f"; {hint}" if hint else "")


def uid_faults(uid: EntityUid, where: str, schema: Schema) -> Iterator[str]:
    """Whether an entity of this type may have this id."""
    declared = schema.entity_types.get(uid.type)
    if declared is not None and declared.enum is not None and uid.id not in declared.enum:
        yield f"{where}: there is no {uid}; the ids of {uid.type} are {', '.join(map(quoted, declared.enum))}"
    if uid.type in schema.action_types and uid not in schema.actions:
        yield f"{where}: there is no action {uid}"


def _fits(value: Value, known: Type) -> bool:
    match known:
        case BoolType():
            return value.__class__ is bool
        case LongType():
            return value.__class__ is int
        case StringType():
            return value.__class__ is str
        case ExtensionType():
            return value.__class__ is _EXTENSIONS[known.name]
        case EntityType():
            return isinstance(value, EntityUid) and value.type == known.name
    return False


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if is_name(name) else f"{where}[{quoted(name)}]"
