"""Vault tokens: random strings of which we keep the hash. Each expires, and dies with the token that begot it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ringwall.authority.vault import policies
from ringwall.authority.vault.call import (
    DONE,
    Call,
    Holder,
    Refused,
    Reply,
    unsupported_operation,
    unsupported_path,
)
from ringwall.authority.vault.fields import boolean, convert, integer, seconds, strings, text, texts
from ringwall.authority.vault.kv import MICRO
from ringwall.authority.vault.times import stamp
from ringwall.store import vault_tokens as rows
from ringwall.store.contract import Transaction
from ringwall.store.vault_tokens import TokenRow

LONGEST = 768 * 3600
"""Seconds that a token may live, and does when nobody asks for less."""


def digest(token: str) -> bytes:
    """Under what a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def holder(tx: Transaction, call: Call, token: str) -> Holder | None:
    """Who holds ``token``, which counts as one use of it; ``None`` when it does not hold here."""
    row = rows.find(tx, digest(token), call.now)
    if row is None or (row.peer is not None and row.peer != call.peer):
        return None
    rows.spend(tx, row)
    return Holder(row.actor, policies.acl(tx, row.policies), row)


def issue(tx: Transaction, call: Call, row: TokenRow) -> Reply:
    """Give out a new token with the settings of ``row``, whose hash and accessor are made here."""
    token = "s." + secrets.token_urlsafe(32)
    row = replace(row, hash=digest(token), accessor=secrets.token_urlsafe(18))
    rows.put(tx, row)
    call.noted["issued"] = row.accessor
    missing = tuple(f'Policy "{name}" does not exist' for name in row.policies if not policies.known(tx, name))
    return Reply(auth=_auth(row, token), warnings=missing)


def new(call: Call, actor: str, names: tuple[str, ...], ttl: int, **more: Any) -> TokenRow:
    """A token to :func:`issue`, which lives ``ttl`` seconds."""
    ttl = min(ttl, LONGEST)
    fresh: dict[str, Any] = {"hash": b"", "accessor": "", "parent": None, "peer": None, "meta": None, **more}
    return TokenRow(
        actor=actor,
        path=call.path,
        policies=tuple(sorted(set(names))),
        issued=call.now,
        ttl=ttl,
        expires=call.now + ttl * MICRO,
        **fresh,
    )


def answer(tx: Transaction, call: Call, who: Holder) -> Reply:
    """The paths below ``auth/token/``."""
    name = call.path.removeprefix("auth/token/").rstrip("/")
    write = call.operation == "update"
    match name:
        case "create" | "create-orphan" if write:
            return _create(tx, call, who, orphan=name == "create-orphan")
        case "lookup-self" if write or call.operation == "read":
            return Reply(_OPERATOR) if who.token is None else _lookup(call, who.token)
        case "renew-self" if write:
            return _renew(tx, call, _own(who))
        case "revoke-self" if write:
            rows.revoke(tx, _own(who).hash)
            return DONE
        case "lookup" | "renew" | "revoke" if write:
            token = convert(call.data, {"token": text}).get("token", "")
            row = rows.find(tx, digest(token), call.now)
            if row is None:
                raise Refused(403, "bad token") if name == "lookup" else Refused(400, "token not found")
            return _other(tx, call, row, name)
        case "lookup-accessor" | "renew-accessor" | "revoke-accessor" if write:
            accessor = convert(call.data, {"accessor": text}).get("accessor", "")
            row = rows.by_accessor(tx, accessor, call.now)
            if row is None:
                raise Refused(403 if name == "lookup-accessor" else 400, "invalid accessor")
            return _other(tx, call, row, name.removesuffix("-accessor"))
        case "accessors" if call.operation == "list":
            return Reply({"keys": rows.accessors(tx, call.now)})
        case "create" | "create-orphan" | "lookup-self" | "renew-self" | "revoke-self" | "lookup" | "renew" | "revoke":
            raise unsupported_operation()
        case "lookup-accessor" | "renew-accessor" | "revoke-accessor" | "accessors":
            raise unsupported_operation()
        case _:
            raise unsupported_path()


def _other(tx: Transaction, call: Call, row: TokenRow, what: str) -> Reply:
    call.noted["about"] = row.accessor
    if what == "lookup":
        return _lookup(call, row)
    if what == "renew":
        return _renew(tx, call, row)
    rows.revoke(tx, row.hash)
    return DONE


_CREATE = {
    "policies": texts,
    "ttl": seconds,
    "explicit_max_ttl": seconds,
    "period": seconds,
    "num_uses": integer,
    "display_name": text,
    "meta": strings,
    "renewable": boolean,
    "no_parent": boolean,
    "no_default_policy": boolean,
}


def _create(tx: Transaction, call: Call, who: Holder, *, orphan: bool) -> Reply:
    asked: dict[str, Any] = convert(call.data, _CREATE, prefix="")
    parent = who.token
    if parent is not None and parent.uses:
        raise Refused(400, "restricted use token cannot generate child tokens")
    # An orphan outlives who made it: a right of its own.
    if asked.get("no_parent") and not (who.acl.root or who.acl.allows("auth/token/create-orphan", call.operation)):
        raise Refused(400, "root or sudo privileges required to create orphan token")
    orphan = orphan or asked.get("no_parent", False) or parent is None
    names = {name.lower() for name in asked.get("policies", ())} or set(parent.policies if parent else ())
    if not names or "root" in names:
        raise Refused(400, "root tokens are not issued; name the policies of the token")
    if parent is not None and not names <= {*parent.policies, "default"}:
        raise Refused(400, "child policies must be subset of parent")
    if not asked.get("no_default_policy"):
        names.add("default")
    limit = asked.get("explicit_max_ttl", 0)
    ttl = asked.get("period") or asked.get("ttl") or LONGEST
    if parent is not None and not orphan:
        ttl = min(ttl, max(1, (parent.expires - call.now) // MICRO))
    row = new(
        call,
        who.actor,
        tuple(names),
        min(ttl, limit) if limit else ttl,
        parent=None if orphan or parent is None else parent.hash,
        peer=parent.peer if parent else None,
        display_name="token-" + asked["display_name"][:128] if asked.get("display_name") else "token",
        meta=asked.get("meta") or None,
        period=asked.get("period", 0),
        explicit_max=limit,
        renewable=asked.get("renewable", True),
        uses=max(0, asked.get("num_uses", 0)),
    )
    return issue(tx, call, row)


def _renew(tx: Transaction, call: Call, row: TokenRow) -> Reply:
    if not row.renewable:
        raise Refused(400, "lease is not renewable")
    ttl = row.period or convert(call.data, {"increment": seconds}).get("increment", 0) or row.ttl
    expires = call.now + min(ttl, LONGEST) * MICRO
    if row.explicit_max or not row.period:
        expires = min(expires, row.issued + (row.explicit_max or LONGEST) * MICRO)
    if row.parent is not None and (parent := rows.find(tx, row.parent, call.now)) is not None:
        expires = min(expires, parent.expires)
    ttl = (expires - call.now) // MICRO
    rows.renew(tx, row.hash, ttl, expires)
    return Reply(auth=_auth(replace(row, ttl=ttl), _shown(call, row)))


def _lookup(call: Call, row: TokenRow) -> Reply:
    document = {
        "accessor": row.accessor,
        "creation_time": row.issued // MICRO,
        "creation_ttl": row.ttl,
        "display_name": row.display_name,
        "entity_id": "",
        "expire_time": stamp(row.expires),
        "explicit_max_ttl": row.explicit_max,
        "id": _shown(call, row),
        "issue_time": stamp(row.issued),
        "meta": row.meta,
        "num_uses": row.uses,
        "orphan": row.parent is None,
        "path": row.path,
        "policies": list(row.policies),
        "renewable": row.renewable,
        "ttl": max(0, (row.expires - call.now) // MICRO),
        "type": "service",
        **({"period": row.period} if row.period else {}),
    }
    return Reply(document)


def _auth(row: TokenRow, token: str) -> Mapping[str, Any]:
    return {
        "client_token": token,
        "accessor": row.accessor,
        "policies": list(row.policies),
        "token_policies": list(row.policies),
        "metadata": row.meta,
        "lease_duration": row.ttl,
        "renewable": row.renewable,
        "entity_id": "",
        "token_type": "service",
        "orphan": row.parent is None,
        "mfa_requirement": None,
        "num_uses": row.uses,
    }


def _own(who: Holder) -> TokenRow:
    if who.token is None:
        raise Refused(400, "an operator has no token")
    return who.token


def _shown(call: Call, row: TokenRow) -> str:
    # Only to who has just shown it: it is kept nowhere.
    return call.token if digest(call.token) == row.hash else ""


_OPERATOR = {
    "accessor": "",
    "creation_time": 0,
    "creation_ttl": 0,
    "display_name": "operator",
    "entity_id": "",
    "expire_time": None,
    "explicit_max_ttl": 0,
    "id": "",
    "meta": None,
    "num_uses": 0,
    "orphan": True,
    "path": "",
    "policies": ["root"],
    "renewable": False,
    "ttl": 0,
    "type": "service",
}
