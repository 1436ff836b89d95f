"""The types of Cedar's values, resolved: no common type and no relative name is left in them.

Follows the Cedar language 4.5, "Schema", and the types of its strict validator. Types are immutable, compare by
structure, and can be hashed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Literal, TypeAlias

Extension: TypeAlias = Literal["decimal", "ipaddr", "datetime", "duration"]

_SHOWN = 6  # attributes of a record in a message

EXTENSIONS: tuple[Extension, ...] = ("decimal", "ipaddr", "datetime", "duration")


@dataclass(frozen=True, slots=True)
class BoolType:
    """``Bool``. With a ``value`` it is what the validator knows of an expression that can give only that one."""

    value: bool | None = None

    def __str__(self) -> str:
        return "Bool" if self.value is None else str(self.value).lower()


@dataclass(frozen=True, slots=True)
class LongType:
    """``Long``, 64 bits, signed."""

    def __str__(self) -> str:
        return "Long"


@dataclass(frozen=True, slots=True)
class StringType:
    """``String``."""

    def __str__(self) -> str:
        return "String"


@dataclass(frozen=True, slots=True)
class ExtensionType:
    """``decimal``, ``ipaddr``, ``datetime`` or ``duration``."""

    name: Extension

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class EntityType:
    """A reference to an entity of the type with this full name: ``Shop::Order``."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class SetType:
    """``Set<element>``."""

    element: Type

    def __str__(self) -> str:
        return f"Set<{self.element}>"


@dataclass(frozen=True, slots=True)
class Field:
    """The type of an attribute, and whether it is always there (``name: …``) or may be absent (``name?: …``)."""

    type: Type
    required: bool = True


@dataclass(frozen=True, slots=True)
class RecordType:
    """``{name: type, name?: type}``: these attributes and no others. The shape of an entity is one too.

    Its text shows the first few of them.
    """

    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __str__(self) -> str:
        first = islice(self.fields.items(), _SHOWN)
        inside = [f"{name}{'' if known.required else '?'}: {known.type}" for name, known in first]
        return f"{{{', '.join([*inside, '…'] if len(self.fields) > _SHOWN else inside)}}}"


Type: TypeAlias = BoolType | LongType | StringType | ExtensionType | EntityType | SetType | RecordType

BOOL = BoolType()
LONG = LongType()
STRING = StringType()
