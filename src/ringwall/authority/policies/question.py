"""One question to a decision point: may this subject do this to that resource?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Thing:
    """A subject or a resource. ``properties`` are JSON values, as whoever asks states them."""

    type: str
    id: str
    properties: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Doing:
    """An action: its name, and what else is said about it."""

    name: str
    properties: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Question:
    """``context`` are JSON values about the circumstances."""

    subject: Thing
    action: Doing
    resource: Thing
    context: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
