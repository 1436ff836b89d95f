"""Any Python object as an entity: its type, its id, and the attributes that no rule may read."""

from __future__ import annotations

from typing import Any

from ringwall.policy.entity_uid import quoted
from ringwall.policy.objects.attribute_type import attribute_type, known_names
from ringwall.policy.objects.django_field import field_of

# What was learned about a class; classes do not change, and there are few.
_SEALED: dict[type, frozenset[str]] = {}
_KEYS: dict[type, tuple[str, ...]] = {}


class SealedRead(Exception):
    """A rule reached for a Secret or a Sealed value."""


def entity_text(resource: object) -> str:
    """``Order::"17"``: the class's name, and the primary key of a mapped object or else its ``id``.

    The parts of a composite key are joined by commas. Without a key yet, the class's name alone.
    """
    found = resource.__class__
    names = _KEYS.get(found) or _key_names(found)
    if len(names) == 1 and (only := getattr(resource, names[0], None)).__class__ is int:
        return f'{found.__name__}::"{only}"'
    values = [str(value) for value in (getattr(resource, name, None) for name in names) if value is not None]
    if len(values) != len(names):
        return found.__name__
    if len(values) > 1:
        values = [value.replace("\\", "\\\\").replace(",", "\\,") for value in values]
    return f"{found.__name__}::{quoted(','.join(values))}"


def _key_names(owner: type) -> tuple[str, ...]:
    mapper: Any = getattr(owner, "__mapper__", None)
    if (key := field_of(owner, "pk")) is not None:
        return _KEYS.setdefault(owner, (key.attname,))
    if mapper is None:
        return _KEYS.setdefault(owner, ("id",))
    return _KEYS.setdefault(owner, tuple(mapper.get_property_by_column(column).key for column in mapper.primary_key))


def sealed_names(owner: type) -> frozenset[str]:
    """The attributes of a class that hold Secret or Sealed values."""
    known = _SEALED.get(owner)
    if known is None:
        found = {name: attribute_type(owner, name) for name in known_names(owner)}
        known = _SEALED[owner] = frozenset(name for name, its in found.items() if its is not None and its.sealed)
    return known


def read(owner: Any, name: str) -> Any:
    """An attribute of an object behind the resource. Raises ``SealedRead`` rather than open a sealed one."""
    if name in sealed_names(owner.__class__):
        raise SealedRead(f"{owner.__class__.__name__}.{name} is sealed or secret")
    return getattr(owner, name)
