"""What of a caller is written beside a decision, so that other policies can be asked the same question later."""

from __future__ import annotations

from typing import Any

from ringwall.caller import Caller

_LONGEST = 256
"""Characters of a claim that are kept; a longer one is left out whole, since half a value is another value."""


def caller_facts(caller: Caller) -> dict[str, Any]:
    """Who it was, the roles, and the mapped claims that are plain values. Nothing else of a token is ever kept."""
    claims = {name: value for name, value in caller.attributes.items() if _is_plain(value)}
    facts: dict[str, Any] = {
        "id": caller.id,
        "kind": caller.kind,
        "proof": caller.proof,
        "issuer": caller.issuer,
        "roles": sorted(caller.roles),
        "claims": claims,
        "left_out": sorted(set(caller.attributes) - set(claims)),
    }
    if caller.actor is not None:
        facts["actor"] = caller.actor.id
    return facts


def _is_plain(value: object) -> bool:
    """Exactly a bool, an integer, or a text of some length: a secret is none of them."""
    return type(value) is bool or type(value) is int or (type(value) is str and len(value) <= _LONGEST)
