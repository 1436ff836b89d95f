"""The attributes of a Python class as fields of an entity: what its columns, relations and annotations say of them.

SQLAlchemy is recognised by its shape and never imported.
"""

from __future__ import annotations

import builtins
import inspect
import sys
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from ringwall.policy.objects.attribute_type import attribute_type, known_names, resolve
from ringwall.policy.schema.types import BOOL, LONG, STRING, ExtensionType, Type
from ringwall.policy.schema.written import Builtin, Name, WrittenField, WrittenSet, WrittenType

_KINDS: dict[str, Type] = {"string": STRING, "long": LONG, "bool": BOOL}
_IP = ("IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network", "IPv4Interface", "IPv6Interface")
_PYTHON: dict[str, Type] = {
    "str": STRING,
    "int": LONG,
    "bool": BOOL,
    "datetime": ExtensionType("datetime"),
    "timedelta": ExtensionType("duration"),
    "Decimal": ExtensionType("decimal"),
    **dict.fromkeys(_IP, ExtensionType("ipaddr")),
}
_SETS = (set, frozenset, list, tuple)
_NO_MODELS = ("builtins", "typing", "datetime", "decimal", "fractions", "ipaddress", "pathlib", "uuid", "ringwall")


class ModelField(NamedTuple):
    """A field, and the class of the entity or entities that it refers to."""

    written: WrittenField
    target: type | None = None


def model_fields(owner: type) -> dict[str, ModelField]:
    """The fields by name, those of other classes as names of entity types.

    Left out, so that no policy may read them: a Secret or a Sealed value, and what is of no type that Cedar has.
    """
    found: dict[str, ModelField] = {}
    for name in _names(owner):
        its = attribute_type(owner, name)
        if its is None or its.sealed:
            continue
        held, several = _held(owner, name)
        one = Builtin(_KINDS[its.kind]) if its.kind in _KINDS else _of_class(held, its.python)
        if one is not None:
            target = held if isinstance(one, Name) else None
            found[name] = ModelField(WrittenField(WrittenSet(one) if several else one, not its.optional), target)
    return found


def tags_type(owner: type, name: str) -> WrittenType | None:
    """The type of the tags in ``owner.name``, a mapping of texts to values; ``None`` where it does not say of which."""
    hint = _unwrapped(_annotation(owner, name))
    arguments = typing.get_args(hint)
    mapping = isinstance(origin := typing.get_origin(hint), type) and issubclass(origin, Mapping)
    return _of_class(arguments[1]) if mapping and len(arguments) == 2 else None


def _names(owner: type) -> list[str]:
    """What it declares: all of a mapped class that is mapped, and of any other what is public and no class variable."""
    mapper = getattr(owner, "__mapper__", None)
    names = [name for name in known_names(owner) if not name.startswith("_")]
    if mapper is None:
        return [name for name in names if typing.get_origin(_annotation(owner, name)) is not typing.ClassVar]
    return [name for name in names if name in mapper.columns or name in mapper.relationships]


def _held(owner: type, name: str) -> tuple[Any, bool]:
    """What the attribute holds, or what the set or list in it does, and which of both."""
    mapper: Any = getattr(owner, "__mapper__", None)
    if mapper is not None and name in mapper.relationships:
        relation = mapper.relationships[name]
        return relation.mapper.class_, bool(relation.uselist)
    hint = _unwrapped(_annotation(owner, name))
    if typing.get_origin(hint) in _SETS:
        return typing.get_args(hint)[0], True
    return hint, hint in _SETS


def _of_class(held: Any, python: str = "") -> WrittenType | None:
    """``python`` is the name of the class where a column says it and no annotation does."""
    name = held.__name__ if isinstance(held, type) else python
    if name in _PYTHON:
        return Builtin(_PYTHON[name])
    if not isinstance(held, type) or held.__module__.partition(".")[0] in _NO_MODELS:
        return None
    if issubclass(held, Enum) and issubclass(held, str):
        return Builtin(STRING)
    return None if issubclass(held, (Enum, str, int, float, bytes, *_SETS)) else Name(held.__name__, "entity")


def _unwrapped(hint: Any) -> Any:
    """``str`` of ``Mapped[str | None]``."""
    while True:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        inner = [each for each in arguments if each is not type(None)]
        union = origin in (typing.Union, types.UnionType) and len(inner) == 1
        if not union and getattr(origin, "__name__", "") != "Mapped":
            return hint
        hint = inner[0]


def _annotation(owner: type, name: str) -> Any:
    for base in owner.__mro__:
        if name in (own := inspect.get_annotations(base)):
            return resolve(own[name], vars(sys.modules.get(base.__module__, builtins)))
    return None
