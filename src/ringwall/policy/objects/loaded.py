"""An attribute of an object as far as it is in memory: nothing is loaded for it, and no code of the object is run."""

from __future__ import annotations

from collections.abc import Callable
from types import MemberDescriptorType
from typing import Any, Final, TypeAlias

from ringwall.policy.objects.django_field import field_of
from ringwall.policy.objects.entity import key_names

UNKNOWN: Final = object()
"""It is not in memory, or only code can tell it."""


def loaded(entity: Any, name: str) -> Any:
    """The attribute's value, ``None`` where it surely is absent, or ``UNKNOWN``."""
    owner = entity.__class__
    way = _WAYS.get((owner, name)) or _WAYS.setdefault((owner, name), _way(owner, name))
    if way is _only_code:
        return UNKNOWN
    held: dict[str, Any] = getattr(entity, "__dict__", _NOTHING)
    return held[name] if name in held else way(entity, held)


def is_here(value: Any) -> bool:
    """Whether its key can be told without a load; true of everything that is no mapped object."""
    owner = value.__class__
    if not (hasattr(owner, "__mapper__") or hasattr(owner, "_meta")):
        return True
    names = key_names(owner)
    return all(loaded(value, name) is not UNKNOWN for name in ((names,) if isinstance(names, str) else names))


_Way: TypeAlias = Callable[[Any, dict[str, Any]], Any]

# How each class keeps what is not in an object's own ``__dict__``; classes do not change, and there are few.
_WAYS: dict[tuple[type, str], _Way] = {}
_NOTHING: dict[str, Any] = {}
_NOWHERE = object()


def _way(owner: type, name: str) -> _Way:
    field = field_of(owner, name)
    if field is not None and name == "pk":
        return _of_field(field, name)
    declared = _declared(owner, name)
    if isinstance(declared, property) or _declared(owner, "__getattribute__") is not object.__getattribute__:
        return _only_code
    if isinstance(declared, MemberDescriptorType):
        return lambda entity, _: getattr(entity, name, None)
    of_reference = field is not None and field.remote_field is not None
    if hasattr(type(declared), "__set__") and not (of_reference or hasattr(owner, "__mapper__")):
        return _only_code  # what it gives need not be what is held under its name, such as a FileField's
    if field is not None:
        return _of_field(field, name)
    if declared is _NOWHERE:
        return _unknown if hasattr(owner, "__getattr__") else _absent
    return _unknown if hasattr(type(declared), "__get__") else lambda _, __: declared


def _declared(owner: type, name: str) -> Any:
    """What stands in the class under this name, untouched."""
    return next((vars(base)[name] for base in owner.__mro__ if name in vars(base)), _NOWHERE)


def _of_field(field: Any, name: str) -> _Way:
    """A field of Django: the key of a reference is held under a name of its own, and what it leads to in a cache."""

    def cached(entity: Any, held: dict[str, Any]) -> Any:
        if held.get(field.attname, UNKNOWN) is None:
            return None
        return entity._state.fields_cache.get(field.name, UNKNOWN)

    if field.remote_field is not None and name == field.name:
        return cached
    return lambda _, held: held.get(field.attname, UNKNOWN)


def _only_code(entity: Any, held: dict[str, Any]) -> Any:  # noqa: ARG001
    return UNKNOWN


def _unknown(entity: Any, held: dict[str, Any]) -> Any:  # noqa: ARG001
    return UNKNOWN


def _absent(entity: Any, held: dict[str, Any]) -> Any:  # noqa: ARG001
    return None
