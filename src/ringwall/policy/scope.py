"""The scope of a policy: which principals, actions and resources it speaks about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ringwall.policy.entity_uid import EntityUid


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap in a template, ``?principal`` or ``?resource``, named without its question mark."""

    name: str


Place: TypeAlias = EntityUid | Slot


@dataclass(frozen=True, slots=True)
class Anything:
    """``principal``: no constraint."""


@dataclass(frozen=True, slots=True)
class EqualTo:
    """``principal == User::"ann"``."""

    entity: Place


@dataclass(frozen=True, slots=True)
class Within:
    """``principal in Role::"support"``: the entity, or any below it."""

    entity: Place


@dataclass(frozen=True, slots=True)
class WithinAny:
    """``action in [Action::"read", Action::"write"]``; of actions only."""

    entities: tuple[EntityUid, ...]


@dataclass(frozen=True, slots=True)
class OfType:
    """``resource is Order``, or ``resource is Order in Shop::"1"`` with ``within``."""

    type: str
    within: Place | None = None


Scope: TypeAlias = Anything | EqualTo | Within | WithinAny | OfType

ANYTHING = Anything()
