"""Cedar's values in JSON: entities and extension types by their escapes, or, where the type is known, without.

Cedar 4.5, "Entities and context syntax". Stricter than Cedar in one thing: an object with ``__entity``, ``__extn`` or
``__expr`` in it is that escape and nothing else, never a record that happens to look like one.
"""

from __future__ import annotations

from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.entities.uid_json import text_from_json, uid_from_json, uid_to_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.json_place import Place
from ringwall.policy.schema.types import EntityType, ExtensionType, RecordType, SetType, Type
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.functions import FUNCTIONS, call
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.long import LARGEST, SMALLEST
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

_DEEPEST = 100  # levels; as deep as an expression
_ESCAPES = {"__entity", "__extn", "__expr"}
_CONSTRUCTORS = {"ipaddr": "ip"}


def value_from_json(json: object, type_: Type | None = None, *, where: object = "the value") -> Value:
    """A value. ``type_`` is what it should be: it tells an entity from a record and a date from a string, no more.

    ``where`` says, for the error, what it stands in. Raises ``Misconfigured``.
    """
    return _value(json, type_, where, 0)


def value_to_json(value: Value) -> Any:
    """What ``value_from_json`` reads, with every escape. Raises ``Misconfigured`` for a record that looks like one."""
    match value:
        case EntityUid():
            return {"__entity": uid_to_json(value)}
        case bool() | int() | str():
            return value
        case CedarSet():
            return [value_to_json(member) for member in value.members]
        case Record():
            for name in value.keys() & _ESCAPES:
                raise Misconfigured(
                    f"a record with the name {name} cannot be written in JSON", hint="it would be read as an escape"
                )
            return {name: value_to_json(inner) for name, inner in value.items()}
        case Datetime() if value.text is None:
            since_1970 = [_escaped("datetime", "1970-01-01"), _escaped("duration", f"{value.milliseconds}ms")]
            return {"__extn": {"fn": "offset", "args": since_1970}}
        case Decimal() | Datetime() | Duration() | IpAddress():
            return _escaped(_function_of(value), str(value.text))


def _value(json: object, type_: Type | None, where: object, depth: int) -> Value:
    if depth > _DEEPEST:
        raise Misconfigured(f"{where} is nested more than {_DEEPEST} deep")
    match json, type_:
        case bool(), _:
            return json
        case int(), _:
            return _long(json, where)
        case str(), ExtensionType():
            return _called(_CONSTRUCTORS.get(type_.name, type_.name), [text_from_json(json, where)], where)
        case str(), _:
            return text_from_json(json, where)
        case list(), _:
            element = type_.element if isinstance(type_, SetType) else None
            return CedarSet(_value(item, element, where, depth + 1) for item in json)
        case dict(), _ if json.keys() & _ESCAPES:
            return _escape(json, where, depth)
        case dict(), EntityType():
            return uid_from_json(json, where)
        case dict(), ExtensionType() if "fn" in json:
            return _function(json, where, depth)
        case dict(), _:
            return _record(json, type_, where, depth)
    raise Misconfigured(f"{where} is {_called_in_json(json)}, which Cedar does not have", hint="leave it out")


def _long(number: int, where: object) -> int:
    if SMALLEST <= number <= LARGEST:
        return number
    raise Misconfigured(f"{where} does not fit into 64 bits")


def _record(json: dict[str, object], type_: Type | None, where: object, depth: int) -> Record:
    known = type_.fields if isinstance(type_, RecordType) else {}
    types = {name: field.type for name, field in known.items()}
    return Record(
        {
            text_from_json(name, Place("a name in {}", where)): _value(
                inner, types.get(name), Place("{}.{}", where, name), depth + 1
            )
            for name, inner in json.items()
        }
    )


def _escape(json: dict[str, object], where: object, depth: int) -> Value:
    match json:
        case {"__entity": _} if len(json) == 1:
            return uid_from_json(json, where)
        case {"__extn": dict(inner)} if len(json) == 1:
            return _function(inner, where, depth)
        case {"__expr": _}:
            raise Misconfigured(f"{where} has the escape __expr, which Cedar gave up", hint="use __entity or __extn")
    written = '{"__entity": {"type": …, "id": …}} and {"__extn": {"fn": …, "arg": …}}'
    raise Misconfigured(f"{where} has an escape that is not whole", hint=f"the escapes are {written}")


def _function(json: dict[str, object], where: object, depth: int) -> Value:
    match json:
        case {"fn": str(name), "arg": argument} if len(json) == 2:
            arguments = [argument]
        case {"fn": str(name), "args": list(arguments)} if len(json) == 2:
            pass
        case _:
            raise Misconfigured(f"{where} has an escape that is not whole", hint='{"fn": "decimal", "arg": "1.5"}')
    if name not in FUNCTIONS:
        raise Misconfigured(f"{where} calls {name[:60]!r}, which is no function of Cedar")
    return _called(name, [_value(argument, None, where, depth + 1) for argument in arguments], where)


def _called(name: str, arguments: list[Value], where: object) -> Value:
    try:
        return call(name, arguments)
    except EvaluationError as error:
        raise Misconfigured(f"{where}: {error}") from None


def _called_in_json(json: object) -> str:
    return "null" if json is None else "a number with a point" if isinstance(json, float) else type(json).__name__


def _escaped(function: str, argument: str) -> dict[str, Any]:
    return {"__extn": {"fn": function, "arg": argument}}


def _function_of(value: Decimal | Datetime | Duration | IpAddress) -> str:
    return "ip" if isinstance(value, IpAddress) else type(value).__name__.lower()
