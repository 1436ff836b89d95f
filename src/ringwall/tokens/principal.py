"""From a token's claims to the caller: whose id counts, and which claims may say something about them."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ringwall.caller import Caller, Proof
from ringwall.errors import Misconfigured
from ringwall.tokens import claims as read
from ringwall.tokens.access_token import VerifiedToken
from ringwall.tokens.id_token import VerifiedIdToken
from ringwall.tokens.signed import refuse

_APPLICATION = "client:"
MAX_ACTORS = 8
MAX_ATTRIBUTE = 1024
_NONE: Mapping[str, str] = MappingProxyType({})
_SERVICE = re.compile(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?")
_FIELDS = frozenset(f.name for f in dataclasses.fields(Caller)) | {"name", "has_role"}


@dataclass(frozen=True, slots=True)
class Naming:
    """How the tokens of one issuer name their callers.

    ``provider`` is empty for our own authority, whose people are known by their bare ``sub`` and whose services by
    their SPIFFE id; another provider has people only, ``<provider>|<sub>``. ``attributes`` maps an attribute of the
    caller to the claim that tells it (``[claims]`` in ``ringwall.toml``). Our own authority's ``roles`` are roles; of
    another provider's only those that ``foreign_roles`` translates, read from the claim ``foreign_roles_claim``.
    """

    trust_domain: str
    provider: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: _NONE)
    foreign_roles: Mapping[str, str] = field(default_factory=lambda: _NONE)
    foreign_roles_claim: str = "roles"

    def __post_init__(self) -> None:
        if "|" in self.provider:
            raise Misconfigured(f"the login {self.provider!r} has a '|' in its name")
        for name in self.attributes:
            if name in _FIELDS or name.startswith("_"):
                raise Misconfigured(
                    f"the claim mapping {name!r} would hide what every caller has",
                    hint="give the attribute another name",
                )

    def fingerprint(self) -> bytes:
        """32 bytes that differ whenever the naming does."""
        maps = (sorted(self.attributes.items()), sorted(self.foreign_roles.items()))
        facts = (self.trust_domain, self.provider, *maps, self.foreign_roles_claim)
        return hashlib.sha256(repr(facts).encode()).digest()

    def caller(self, token: VerifiedToken | VerifiedIdToken, proof: Proof = "bearer") -> Caller:
        """The caller that ``token`` speaks for, with the chain of services that act for them (RFC 8693 section 4.1).

        Raises :class:`~ringwall.errors.Unauthenticated` for an id, role, attribute or actor that cannot be.
        """
        service = not self.provider and (self._is_service(token.sub) or token.sub.startswith(_APPLICATION))
        if not self.provider and not service and ("|" in token.sub or "://" in token.sub):
            refuse(f"the token's sub is neither a person of ours nor a service of {self.trust_domain!r}")
        return Caller(
            id=f"{self.provider}|{token.sub}" if self.provider else token.sub,
            kind="service" if service else "person",
            roles=self._roles(token.claims),
            attributes=self._attributes(token.claims),
            actor=self._actor(token),
            proof=proof,
            issuer=token.issuer,
            session=token.sid,
            expires=float(token.expires),
        )

    def _is_service(self, sub: str) -> bool:
        prefix = f"spiffe://{self.trust_domain}/"
        return sub.startswith(prefix) and _SERVICE.fullmatch(sub, len(prefix)) is not None

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[str]:
        if not self.provider:
            return frozenset(read.texts(claims, "roles"))
        if not self.foreign_roles:
            return frozenset()
        theirs = read.texts(claims, self.foreign_roles_claim)
        return frozenset(self.foreign_roles[role] for role in theirs if role in self.foreign_roles)

    def _attributes(self, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        told = {name: _plain(claims[claim], claim) for name, claim in self.attributes.items() if claim in claims}
        return MappingProxyType({name: value for name, value in told.items() if value is not None})

    def _actor(self, token: VerifiedToken | VerifiedIdToken) -> Caller | None:
        chain: list[str] = []
        act = token.claims.get("act")
        while act is not None:
            if self.provider:
                refuse("the token of another provider says that somebody acts for its caller")
            if not isinstance(act, Mapping) or len(chain) == MAX_ACTORS:
                refuse(f"the token's 'act' is not a chain of at most {MAX_ACTORS} services")
            sub = read.text(act, "sub")
            if not self._is_service(sub):
                refuse(f"the token's 'act' names somebody who is not a service of {self.trust_domain!r}")
            chain.append(sub)
            act = act.get("act")
        actor: Caller | None = None
        for sub in reversed(chain):
            actor = Caller(id=sub, kind="service", actor=actor, proof="bearer", issuer=token.issuer)
        return actor


def _plain(value: Any, claim: str) -> Any:
    if type(value) is tuple:
        return read.texts({claim: value}, claim)
    text = type(value) is str and len(value) <= MAX_ATTRIBUTE
    number = type(value) is int and -(2**63) <= value < 2**63
    if not (text or number or type(value) is bool or value is None):
        refuse(f"the token's {claim!r} is neither a text, a whole number, a truth value nor a list of texts")
    return value
