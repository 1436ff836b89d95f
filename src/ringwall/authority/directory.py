"""What the token endpoints need to know of people, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """Who may log in. ``attributes`` (``region``) become claims of tokens, ``profile`` those of ``/userinfo``."""

    sub: str
    roles: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)


class People(Protocol):
    """The directory of people, read at each grant: a role taken away is gone from the next token."""

    def find(self, sub: str) -> Person | None:
        """The person, or ``None`` when there is nobody of this name or they may no longer log in."""
        ...


class Nobody:
    """The directory of an authority without people."""

    def find(self, sub: str) -> Person | None:  # noqa: ARG002 - the protocol's signature
        return None
