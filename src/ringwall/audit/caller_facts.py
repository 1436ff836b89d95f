"""What of a caller is written beside a decision, so that other policies can be asked the same question later."""

from __future__ import annotations

from typing import Any

from ringwall.audit.writable import LONGEST, is_writable, written
from ringwall.caller import Caller

_LONGEST_ID = 1024
_BEYOND = 2**63  # integers of 64 bits, as in Cedar


def caller_facts(caller: Caller) -> dict[str, Any]:
    """Who it was, the roles, and the mapped claims that are plain values; the same of the service that acts for them.

    Nothing else of a token is ever kept.
    """
    claims = {name: value for name, value in caller.attributes.items() if is_writable(name) and _is_plain(value)}
    facts: dict[str, Any] = {
        "id": written(caller.id, _LONGEST_ID),
        "kind": caller.kind,
        "proof": caller.proof,
        "issuer": written(caller.issuer, _LONGEST_ID),
        "roles": sorted(written(role, _LONGEST_ID) for role in caller.roles),
        "claims": claims,
        "left_out": sorted(written(name, _LONGEST_ID) for name in set(caller.attributes) - set(claims)),
    }
    if caller.actor is not None:
        facts["actor"] = caller_facts(caller.actor)
    return facts


def _is_plain(value: object) -> bool:
    """Exactly a bool, an integer of 64 bits, or a text of some length: a secret is none of them."""
    if type(value) is str:
        return len(value) <= LONGEST and is_writable(value)
    return type(value) is bool or (type(value) is int and -_BEYOND <= value < _BEYOND)
