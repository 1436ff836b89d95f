"""The attributes of a Python class as fields of an entity: what its columns and annotations say of them."""

from __future__ import annotations

import builtins
import inspect
import sys
import types
import typing
from collections.abc import Iterator
from typing import Any, TypeGuard

from ringwall.policy.objects.attribute_type import AttributeType, attribute_type, known_names, resolve
from ringwall.policy.schema.types import BOOL, LONG, STRING, ExtensionType, Type
from ringwall.policy.schema.written import Builtin, Name, WrittenField, WrittenSet, WrittenType

_KINDS: dict[str, Type] = {"string": STRING, "long": LONG, "bool": BOOL}
_SETS = (set, frozenset, list, tuple)
_PYTHON: dict[str, Type] = {
    "str": STRING,
    "int": LONG,
    "bool": BOOL,
    "datetime": ExtensionType("datetime"),
    "timedelta": ExtensionType("duration"),
    "Decimal": ExtensionType("decimal"),
    **dict.fromkeys(("IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network"), ExtensionType("ipaddr")),
}


def model_fields(owner: type) -> dict[str, WrittenField]:
    """The fields by name, those of other classes as names of entity types.

    Left out, so that no policy may read them: a Secret or a Sealed value, and what is of no type that Cedar has.
    """
    found: dict[str, WrittenField] = {}
    for name in _names(owner):
        its = attribute_type(owner, name)
        if its is not None and not its.sealed and (written := _written(owner, name, its)) is not None:
            found[name] = WrittenField(written, required=not its.optional)
    return found


def model_targets(owner: type) -> Iterator[type]:
    """The classes that its fields refer to."""
    for name in _names(owner):
        its = attribute_type(owner, name)
        if its is not None and not its.sealed:
            target = _element(owner, name) or its.target
            if _is_model(target):
                yield target


def _names(owner: type) -> list[str]:
    """What it declares: all of a mapped class that is mapped, and of any other what is public and no class variable."""
    mapper = getattr(owner, "__mapper__", None)
    mapped = None if mapper is None else {*mapper.columns.keys(), *mapper.relationships.keys()}
    names = (name for name in known_names(owner) if not name.startswith("_"))
    return [name for name in names if (name in mapped if mapped is not None else not _is_of_class(owner, name))]


def _is_of_class(owner: type, name: str) -> bool:
    return typing.get_origin(_annotation(owner, name)) is typing.ClassVar


def _written(owner: type, name: str, its: AttributeType) -> WrittenType | None:
    if (element := _element(owner, name)) is not None:
        return _written_set(element)
    if its.kind in _KINDS or its.python in _PYTHON:
        return Builtin(_KINDS.get(its.kind) or _PYTHON[its.python])
    return Name(its.target.__name__, "entity") if its.kind == "entity" and its.target is not None else None


def _written_set(element: Any) -> WrittenType | None:
    if isinstance(element, type) and element.__name__ in _PYTHON:
        return WrittenSet(Builtin(_PYTHON[element.__name__]))
    return WrittenSet(Name(element.__name__, "entity")) if _is_model(element) else None


def _is_model(element: object) -> TypeGuard[type]:
    return (
        isinstance(element, type)
        and element.__module__ not in ("builtins", "typing")
        and element.__name__ not in _PYTHON
    )


def _element(owner: type, name: str) -> Any:
    """What a set or a list holds: ``str`` of ``Mapped[list[str] | None]``; ``None`` for what is neither, or unknown."""
    waiting = [_annotation(owner, name)]
    while waiting:
        hint = waiting.pop()
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in _SETS:
            return arguments[0]
        if origin in (typing.Union, types.UnionType) or getattr(origin, "__name__", "") == "Mapped":
            waiting += [each for each in arguments if each is not type(None)]
    return None


def _annotation(owner: type, name: str) -> Any:
    for base in owner.__mro__:
        if name in (own := inspect.get_annotations(base)):
            return resolve(own[name], vars(sys.modules.get(base.__module__, builtins)))
    return None
