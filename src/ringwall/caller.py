"""Who is asking, proven: a person, a service, or a service acting for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Proof = Literal["session", "bearer", "certificate", "test"]
Kind = Literal["person", "service"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Caller:
    """A proven identity. Only a guard makes one, from a token, a session or a certificate that it has verified.

    ``id`` names the caller within this installation and never collides: a person of our own authority is ``ann``, a
    person of another provider is ``google|1234``, a service is its SPIFFE id. ``attributes`` are the claims that
    ``[claims]`` in ``ringwall.toml`` maps and nothing else; each reads as ``caller.region``, and is ``None`` when the
    proof did not carry it. ``actor`` is the service that calls on the person's behalf (RFC 8693 ``act``), if any.
    """

    id: str
    kind: Kind = "person"
    roles: frozenset[str] = frozenset()
    attributes: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    actor: Caller | None = None
    proof: Proof = "test"
    issuer: str = ""
    session: str = ""
    expires: float = float("inf")

    def has_role(self, *roles: str) -> bool:
        """Whether the caller holds at least one of ``roles``."""
        return not self.roles.isdisjoint(roles)

    @property
    def name(self) -> str:
        """The id as a person reads it: a service's SPIFFE id without its trust domain."""
        return self.id.rsplit("/", 1)[-1] if self.kind == "service" else self.id

    def __getattr__(self, name: str) -> Any:
        # Only reached for names that are no field: a mapped claim, absent ones included. Dunder lookups (copy, pickle)
        # must fail as they do on any object.
        if name.startswith("_"):
            raise AttributeError(name)
        return self.attributes.get(name)

    def __str__(self) -> str:
        via = f", called by {self.actor.name}" if self.actor else ""
        return f"{self.name} ({self.kind}{via})"
