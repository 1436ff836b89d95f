"""Any Python object as an entity: its type, its id, and the attributes that no rule may read."""

from __future__ import annotations

from typing import Any

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid, quoted
from ringwall.policy.objects.attribute_type import attribute_type, known_names
from ringwall.policy.objects.django_field import field_of
from ringwall.policy.objects.principal import uid_of
from ringwall.policy.values.evaluation_error import EvaluationError

# What was learned about a class; classes do not change, and there are few.
_SEALED: dict[type, frozenset[str]] = {}
_KEYS: dict[type, str | tuple[str, ...]] = {}


class SealedRead(Exception):
    """A rule reached for a Secret or a Sealed value."""


def entity_uid(entity: object) -> EntityUid:
    """``Order::"17"``: the class's name, and the primary key of a mapped object or else its ``id``.

    The parts of a composite key are joined by commas. Raises ``EvaluationError`` for an object without a key yet.
    """
    if isinstance(entity, Caller):
        return uid_of(entity)
    if isinstance(entity, EntityUid):
        return entity
    id_ = _id(key_of(entity))
    if id_ is None:
        raise EvaluationError(f"the {entity.__class__.__name__} has no key, so nothing tells which it is")
    return EntityUid(entity.__class__.__name__, id_)


def entity_text(resource: object) -> str:
    """The uid as text; without a key yet, the class's name alone."""
    return key_text(resource.__class__, key_of(resource))


def key_of(resource: object) -> object:
    """The key as it stands in the object, all parts of a composite one; ``None`` where there is none to read.

    It is read at once and told later (``key_text``), perhaps by a thread that must not touch the object.
    """
    found = resource.__class__
    names = _KEYS.get(found) or key_names(found)
    try:
        if isinstance(names, str):
            return getattr(resource, names, None)
        return tuple([getattr(resource, name, None) for name in names])
    except Exception:  # noqa: BLE001  a row that is gone has no key to show
        return None


def key_text(owner: type, key: object) -> str:
    """``Order::"17"`` of a class and a key that was read."""
    id_ = _id(key)
    return owner.__name__ if id_ is None else f"{owner.__name__}::{quoted(id_)}"


def _id(key: object) -> str | None:
    if not isinstance(key, tuple):
        return None if key is None else str(key)
    parts = [str(part).replace("\\", "\\\\").replace(",", "\\,") for part in key if part is not None]
    return ",".join(parts) if len(parts) == len(key) else None


def key_names(owner: type) -> str | tuple[str, ...]:
    """The attribute that holds the key of a class's objects, or those that hold the parts of a composite one."""
    if (key := field_of(owner, "pk")) is not None:
        return _KEYS.setdefault(owner, key.attname)
    mapper: Any = getattr(owner, "__mapper__", None)
    if mapper is None:
        return _KEYS.setdefault(owner, "id")
    names = tuple(mapper.get_property_by_column(column).key for column in mapper.primary_key)
    return _KEYS.setdefault(owner, names[0] if len(names) == 1 else names)


def sealed_names(owner: type) -> frozenset[str]:
    """The attributes of a class that hold Secret or Sealed values."""
    known = _SEALED.get(owner)
    if known is None:
        found = {name: attribute_type(owner, name) for name in known_names(owner)}
        known = _SEALED[owner] = frozenset(name for name, its in found.items() if its is not None and its.sealed)
    return known


def read(owner: Any, name: str) -> Any:
    """An attribute of an object. Raises ``SealedRead`` rather than open a sealed one, and ``AttributeError``."""
    if name.startswith("_"):
        raise AttributeError(f"{owner.__class__.__name__}.{name} is private")
    if name in sealed_names(owner.__class__):
        raise SealedRead(f"{owner.__class__.__name__}.{name} is sealed or secret")
    return getattr(owner, name)
