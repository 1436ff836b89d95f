"""What is known, before any request, about an attribute of a class: its Cedar type, and whether it may be absent.

Known from annotations (``str | None``, ``Mapped[str]``, ``Secret[str]``) and, where a class is mapped to a table, from
its columns. SQLAlchemy and Django are recognised by their shape and never imported. What cannot be known counts as
maybe absent.
"""

from __future__ import annotations

import builtins
import enum
import inspect
import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, Literal, Union

from ringwall.policy.objects.django_field import field_names, field_of, kind_of_field

Kind = Literal["string", "long", "bool", "set", "entity", "other", "unknown"]

_SCALARS: dict[object, Kind] = {str: "string", int: "long", bool: "bool"}
_SETS = (set, frozenset, list, tuple)


@dataclass(frozen=True, slots=True)
class AttributeType:
    """``kind`` is the Cedar type; ``other`` is a Python type that Cedar does not have, named by ``python``.

    ``optional``: it may be absent (``None``). ``target`` is the class behind a reference. ``sealed``: a Secret or a
    Sealed value, which no rule may read.
    """

    kind: Kind = "unknown"
    optional: bool = True
    target: type | None = None
    sealed: bool = False
    python: str = ""


UNKNOWN = AttributeType()


def attribute_type(owner: type | None, name: str) -> AttributeType | None:
    """The type of ``owner.name``; ``UNKNOWN`` if nothing is known, ``None`` if there surely is no such attribute."""
    if owner is None:
        return UNKNOWN
    if (field := field_of(owner, name)) is not None:
        return _of_field(field, name)
    column = column_of(owner, name)
    hint = _hint(owner, name)
    known = _of_hint(hint) if hint is not inspect.Parameter.empty else None
    if column is not None:
        return _of_column(column, sealed=known is not None and known.sealed)
    if known is not None:
        return known
    if hasattr(owner, name) or not (hasattr(owner, "__mapper__") or is_dataclass(owner)):
        return UNKNOWN
    return None


def column_of(owner: type, name: str) -> Any:
    """The table column that a mapped class keeps under this attribute, or ``None``."""
    mapper = getattr(owner, "__mapper__", None)
    return None if mapper is None else mapper.columns.get(name)


def known_names(owner: type) -> list[str]:
    """The attributes that ``owner`` declares, for "did you mean"."""
    names = [name for base in owner.__mro__ for name in inspect.get_annotations(base)] + field_names(owner)
    mapper = getattr(owner, "__mapper__", None)
    return sorted({*names, *(mapper.columns.keys() if mapper is not None else ())})


def _of_field(field: Any, name: str) -> AttributeType:
    if any(base.__name__ == "Sealed" for base in type(field).__mro__):
        return AttributeType("other", sealed=True, python="Sealed")
    if field.remote_field is not None and name == field.name:
        target = field.related_model
        # A name in quotes until the model that it means is there.
        return AttributeType("entity", field.null, target if isinstance(target, type) else None)
    return AttributeType(kind_of_field(field), field.null, python=type(field).__name__)


def _of_column(column: Any, *, sealed: bool) -> AttributeType:
    if sealed or any(base.__name__ == "Sealed" for base in type(column.type).__mro__):
        return AttributeType("other", sealed=True, python="Sealed")
    try:
        python = column.type.python_type
    except NotImplementedError:
        # SQLAlchemy 2.0 of a type of the database's own, where 2.1 says the same: whatever its annotation, nobody knows
        # that it compares as Python does.
        python = object
    kind = "set" if python in _SETS else _SCALARS.get(python, "other")
    return AttributeType(kind, bool(column.nullable), python=python.__name__)


def _hint(owner: type, name: str) -> Any:
    """The annotation of ``owner.name``, resolved alone: an unknown name elsewhere in the class costs nothing."""
    for base in owner.__mro__:
        own = inspect.get_annotations(base)
        if name in own:
            return resolve(own[name], vars(sys.modules.get(base.__module__, builtins)))
        found = base.__dict__.get(name)
        if isinstance(found, property) and found.fget is not None:
            return resolve(
                inspect.get_annotations(found.fget).get("return", inspect.Parameter.empty), found.fget.__globals__
            )
    return inspect.Parameter.empty


def resolve(annotation: Any, names: Mapping[str, Any]) -> Any:
    """A resolved annotation, or the annotation as it stands where a name in it is not defined (yet)."""
    holder = type("holder", (), {"__annotations__": {"it": annotation}})  # a class: only there is ClassVar understood
    try:
        return typing.get_type_hints(holder, globalns=dict(names), localns={})["it"]
    except (NameError, AttributeError, TypeError, SyntaxError):
        return annotation


def _of_hint(hint: Any) -> AttributeType:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        inner = [argument for argument in arguments if argument is not type(None)]
        only = _of_hint(inner[0]) if len(inner) == 1 else UNKNOWN
        return AttributeType(only.kind, True, only.target, only.sealed, only.python)
    if origin in (typing.ClassVar, typing.Final) or getattr(origin, "__name__", "") == "Mapped":
        return _of_hint(arguments[0])
    if origin is Literal:
        kinds: set[Kind] = {_SCALARS.get(type(value), "other") for value in arguments}
        return AttributeType(kinds.pop(), False) if len(kinds) == 1 else UNKNOWN
    return _of_class(origin if origin is not None else hint)


def _of_class(found: Any) -> AttributeType:
    if not isinstance(found, type) or found is Any:
        return UNKNOWN
    if found in _SCALARS:
        return AttributeType(_SCALARS[found], False, python=found.__name__)
    if any(base.__name__ in ("Secret", "Sealed") for base in found.__mro__):
        return AttributeType("other", False, sealed=True, python=found.__name__)
    if found in _SETS:
        return AttributeType("set", False, python=found.__name__)
    foreign = found.__module__ in ("builtins", "datetime", "decimal", "uuid", "fractions", "pathlib")
    if foreign or issubclass(found, (enum.Enum, str, int)):
        return AttributeType("other", False, python=found.__name__)
    return AttributeType("entity", False, found, python=found.__name__)
