"""What ``ringwall.toml`` says, as typed values. :mod:`ringwall.config` reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ringwall.errors import Unavailable

FILE = "ringwall.toml"
TRUST_DOMAIN = "ringwall.internal"
Mode = Literal["development", "production"]


@dataclass(frozen=True, slots=True)
class Service:
    """``[service]``: who this service is. ``listen`` holds ``public``, ``internal`` or both.

    ``url`` is the origin at which people reach it; development finds that out by itself.
    """

    name: str
    listen: tuple[str, ...] = ("public",)
    state: Path | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class SecretSettings:
    """One entry of ``[secrets]``. ``rotate`` and ``cache`` are seconds; ``rotate`` is ``None`` for never."""

    rotate: float | None = None
    cache: float = 86400.0


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """One entry of ``[peers]``: where another service is, and its name (its SPIFFE id ends in it)."""

    url: str
    service: str


@dataclass(frozen=True, slots=True)
class LoginSettings:
    """One ``[login.NAME]``: an OpenID provider. ``client_secret`` names a secret in the vault; it is never a value.

    ``roles`` translates what the provider's ``roles_claim`` says into roles of ours; the rest of it means nothing.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    roles: Mapping[str, str] = field(default_factory=dict)
    roles_claim: str = "roles"


@dataclass(frozen=True, slots=True)
class AuthorityAddress:
    """Where the authority is. ``internal`` is its mutual-TLS listener; the sockets are paths."""

    issuer: str
    internal: str
    workload_socket: str
    operator_socket: str
    trust_domain: str = TRUST_DOMAIN


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """``[policy]``: where a service's Cedar policies come from; exactly one of the first three is set.

    ``directory`` holds ``*.cedar`` and ``*.cedarschema`` files. With ``authority``, operators push them there.
    ``decision_point`` is the URL of an AuthZEN decision point that is asked instead; ``token`` names the secret in the
    vault that it is shown, it is never a value.
    """

    directory: Path | None = None
    authority: bool = False
    decision_point: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """``[limits]``: what a request may bring. ``body`` in bytes, ``depth`` in levels of JSON nesting."""

    body: int = 1 << 20
    depth: int = 32


@dataclass(frozen=True, slots=True)
class Sessions:
    """``[sessions]``: browser sessions. ``idle`` and ``absolute`` in seconds; ``store`` is ``memory`` or a path."""

    store: str = "memory"
    idle: float = 1800.0
    absolute: float = 43200.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that ``ringwall.toml`` says. A section that is absent is a layer that is off."""

    path: Path
    mode: Mode
    service: Service
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretSettings] = field(default_factory=dict)
    peers: Mapping[str, PeerSettings] = field(default_factory=dict)
    logins: Mapping[str, LoginSettings] = field(default_factory=dict)
    authority: AuthorityAddress | None = None
    policy: PolicySettings | None = None
    limits: Limits = field(default_factory=Limits)
    sessions: Sessions = field(default_factory=Sessions)
    outage: float = 600.0

    @property
    def development(self) -> bool:
        return self.mode == "development"

    @property
    def trust_domain(self) -> str:
        """The SPIFFE trust domain of all services here."""
        return self.authority.trust_domain if self.authority is not None else TRUST_DOMAIN

    @property
    def home(self) -> Path:
        """The nearest directory, upward, whose ``.ringwall`` holds an authority; else the file's own."""
        own = self.path.parent
        for directory in (own, *own.parents):
            if (directory / ".ringwall" / "authority.json").is_file():
                return directory
        return own

    @property
    def state_directory(self) -> Path:
        """Where this service keeps its snapshots, key ring, sessions and local audit log."""
        if self.service.state is not None:
            return self.service.state
        # Where it is already, whatever became of the authority meanwhile: a key ring must never be lost from sight.
        own = self.path.parent
        for directory in (own, *own.parents):
            if (state := directory / ".ringwall" / "services" / self.service.name).is_dir():
                return state
        return self.home / ".ringwall" / "services" / self.service.name

    def authority_address(self) -> AuthorityAddress:
        """Where the authority is: as configured, else as the development authority of :attr:`home` wrote it down.

        Raises ``Unavailable`` when there is none.
        """
        if self.authority is not None:
            return self.authority
        try:
            found = json.loads((self.home / ".ringwall" / "authority.json").read_text())
            return AuthorityAddress(**{name: found[name] for name in AuthorityAddress.__slots__})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(
                "no authority is known to this service",
                hint=f"start one with 'ringwall up' in {self.path.parent} or above it, or set [authority] in {FILE}",
            ) from error
