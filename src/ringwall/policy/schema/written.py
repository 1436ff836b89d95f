"""A schema as it was written, in text or in JSON: names still relative, common types not yet filled in.

Names follow the Cedar schema format 4.5. Spans take no part in comparison; what came from JSON has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from ringwall.policy.schema.types import Type
from ringwall.policy.source import NOWHERE, Span

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name(_Node):
    """A name of a type, perhaps relative. JSON can say which ``kind`` is meant; text leaves it to what is declared."""

    name: str
    kind: Literal["entity or common", "entity", "common"] = "entity or common"


@dataclass(frozen=True, slots=True)
class Builtin(_Node):
    """``{"type": "Long"}`` of JSON: a primitive or an extension, whatever else bears its name."""

    type: Type


@dataclass(frozen=True, slots=True)
class WrittenSet(_Node):
    """``Set<element>``."""

    element: WrittenType


@dataclass(frozen=True, slots=True)
class WrittenField(_Node):
    """``@doc("…") name?: type``."""

    type: WrittenType
    required: bool = True
    annotations: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class WrittenRecord(_Node):
    """``{name: type, …}``, in the order written."""

    fields: Mapping[str, WrittenField] = field(default_factory=dict)


WrittenType: TypeAlias = Name | Builtin | WrittenSet | WrittenRecord


@dataclass(frozen=True, slots=True)
class WrittenCommonType(_Node):
    """``type name = type;``."""

    type: WrittenType
    annotations: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class WrittenEntity(_Node):
    """``entity name in [parents] { shape } tags type;``, or ``entity name enum [ids];``."""

    parents: tuple[Name, ...] = ()
    shape: WrittenType = field(default_factory=WrittenRecord)
    tags: WrittenType | None = None
    enum: tuple[str, ...] | None = None
    annotations: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class WrittenGroup(_Node):
    """An action above another: ``"all"``, or ``Shop::Action::"all"`` with a ``type``."""

    id: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenScope(_Node):
    """``appliesTo { principal: […], resource: […], context: … }``."""

    principals: tuple[Name, ...] = ()
    resources: tuple[Name, ...] = ()
    context: WrittenType = field(default_factory=WrittenRecord)


@dataclass(frozen=True, slots=True)
class WrittenAction(_Node):
    """``action name in [groups] appliesTo { … };``."""

    groups: tuple[WrittenGroup, ...] = ()
    applies_to: WrittenScope | None = None
    annotations: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Namespace(_Node):
    """``namespace name { … }``; what stands in none is the namespace ``""``."""

    name: str = ""
    common_types: Mapping[str, WrittenCommonType] = field(default_factory=dict)
    entities: Mapping[str, WrittenEntity] = field(default_factory=dict)
    actions: Mapping[str, WrittenAction] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    def full(self, name: str) -> str:
        """``name`` as the whole schema knows it."""
        return f"{self.name}::{name}" if self.name else name
