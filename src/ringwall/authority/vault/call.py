"""What the vault is asked and what it answers, in the shapes of Vault's HTTP API."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ringwall.authority.seal import Seal

if TYPE_CHECKING:
    from ringwall.authority.vault.acl import Acl
    from ringwall.store.vault_tokens import TokenRow

Operation = Literal["read", "update", "patch", "delete", "list"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who asks. ``actor`` names them in the audit log; ``token`` is ``None`` for an operator, who is root."""

    actor: str
    acl: Acl
    token: TokenRow | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request: ``path`` below ``/v1/``, ``data`` from its JSON body or its query.

    ``peer`` is the SPIFFE id in the certificate that came with the connection, ``service`` the name of the registered
    service that has it, when the path asks for one. ``token`` is what came as the caller's token.
    ``now`` is in microseconds since 1970. ``noted`` collects what the audit row shall say beyond path and status.
    """

    operation: Operation
    path: str
    data: Mapping[str, Any]
    now: int
    seal: Seal
    peer: str | None = None
    service: str | None = None
    token: str = field(default="", repr=False)
    noted: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is not an error. ``spread`` repeats the members of ``data`` at the top, as older paths do."""

    data: Mapping[str, Any] | None = None
    status: int = 200
    auth: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    spread: bool = False

    def document(self) -> Mapping[str, Any] | None:
        """The body: the envelope of every answer; ``None`` when there is none."""
        if self.status == 204:
            return None
        return {
            "request_id": random_id(),
            "lease_id": "",
            "renewable": False,
            "lease_duration": 0,
            **(self.data or {} if self.spread else {}),
            "data": self.data,
            "wrap_info": None,
            "warnings": list(self.warnings) or None,
            "auth": self.auth,
        }


DONE = Reply(status=204)


class Refused(Exception):
    """An error answer: ``status`` and the list of ``errors``, which may be empty. Nothing was changed."""

    def __init__(self, status: int, *errors: str) -> None:
        super().__init__(status, *errors)
        self.status = status
        self.errors = errors


def nothing_here() -> Refused:
    """404 for a path that is right and holds nothing."""
    return Refused(404)


def several(status: int, error: str) -> Refused:
    """An error in the form that the core of Vault gives its own: a list with one bullet."""
    return Refused(status, f"1 error occurred:\n\t* {error}\n\n")


def unsupported_operation() -> Refused:
    return several(405, "unsupported operation")


def unsupported_path() -> Refused:
    return several(404, "unsupported path")


def denied() -> Refused:
    return several(403, "permission denied")


def random_id() -> str:
    """128 random bits in the form of a UUID."""
    text = secrets.token_hex(16)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
