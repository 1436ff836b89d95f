"""What an authority is told at its start. It never changes while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ACCESS = 600
"""Seconds that an access token lives. The outage budget of every guard is built on it."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Whole seconds. ``family`` is the longest that refresh tokens of one login replace each other."""

    access: int = ACCESS
    id_token: int = ACCESS
    code: int = 60
    refresh: int = 14 * 86400
    family: int = 30 * 86400
    signing_key: int = 30 * 86400
    key_overlap: int = 86400


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What a production configuration allows a service: none of it is needed in development."""

    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    exchange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """``issuer`` and ``internal`` are URLs without a trailing slash: the public listener, and the one for services.

    ``services`` names the services of this installation; development also takes those that just appear.
    ``operators`` are the user ids that may use the operators' socket besides the authority's own and root.
    """

    issuer: str
    internal: str
    trust_domain: str = "ringwall.internal"
    mode: Literal["development", "production"] = "development"
    services: Mapping[str, ServiceSettings] = field(default_factory=dict)
    operators: frozenset[int] = frozenset()
    lifetimes: Lifetimes = field(default_factory=Lifetimes)

    @property
    def development(self) -> bool:
        return self.mode == "development"

    def spiffe_id(self, service: str) -> str:
        """The SPIFFE id of the service with this name."""
        return f"spiffe://{self.trust_domain}/{service}"

    def service_name(self, spiffe_id: str) -> str | None:
        """The name of the service with this SPIFFE id; ``None`` when it is of another trust domain or no service."""
        prefix = f"spiffe://{self.trust_domain}/"
        name = spiffe_id.removeprefix(prefix)
        return name if spiffe_id.startswith(prefix) and name and "/" not in name else None
