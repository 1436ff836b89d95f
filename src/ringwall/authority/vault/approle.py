"""AppRole: a program logs in with a role id, which is no secret, and a secret id, which is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ringwall.authority.vault import tokens
from ringwall.authority.vault.call import (
    DONE,
    Call,
    Refused,
    Reply,
    nothing_here,
    random_id,
    several,
    unsupported_operation,
    unsupported_path,
)
from ringwall.authority.vault.custom_metadata import checked
from ringwall.authority.vault.fields import boolean, convert, integer, mapping, seconds, text, texts
from ringwall.authority.vault.kv import MICRO
from ringwall.authority.vault.times import stamp
from ringwall.store import approles as rows
from ringwall.store.approles import RoleRow, SecretIdRow
from ringwall.store.contract import Transaction

LOGIN = "auth/approle/login"
_SETTINGS: Mapping[str, tuple[Callable[[Any], Any], Any]] = {
    "bind_secret_id": (boolean, True),
    "secret_id_num_uses": (integer, 0),
    "secret_id_ttl": (seconds, 0),
    "token_explicit_max_ttl": (seconds, 0),
    "token_max_ttl": (seconds, 0),
    "token_no_default_policy": (boolean, False),
    "token_num_uses": (integer, 0),
    "token_period": (seconds, 0),
    "token_policies": (texts, []),
    "token_ttl": (seconds, 0),
}
_BOUND = ("secret_id_bound_cidrs", "token_bound_cidrs", "token_strictly_bind_ip", "local_secret_ids", "cidr_list")
"""Restrictions that we cannot hold, and so refuse to promise."""


def log_in(tx: Transaction, call: Call) -> Reply:
    """``auth/approle/login``: a token for a role id with one of its secret ids. Raises ``Refused``."""
    asked = convert(call.data, {"role_id": text, "secret_id": text})
    if not asked.get("role_id"):
        raise Refused(400, "missing role_id")
    if not asked.get("secret_id"):
        raise Refused(400, "missing secret_id")
    role = rows.by_role_id(tx, asked["role_id"])
    digest = tokens.digest(asked["secret_id"])
    secret = rows.secret(tx, role.name, digest=digest, now=call.now) if role else None
    if role is None or secret is None:
        raise Refused(400, "invalid role or secret ID")
    rows.spend_secret(tx, secret)
    settings = role.settings
    limits = [span for span in (settings["token_explicit_max_ttl"], settings["token_max_ttl"]) if span]
    longest = min([*limits, tokens.LONGEST])
    names = {name.lower() for name in settings["token_policies"]}
    token = tokens.new(
        call,
        f"approle:{role.name}",
        tuple(names if settings["token_no_default_policy"] else {*names, "default"}),
        min(settings["token_period"] or settings["token_ttl"] or longest, longest),
        display_name="approle",
        meta={**secret.meta, "role_name": role.name},
        period=settings["token_period"],
        explicit_max=min(limits, default=0),
        uses=settings["token_num_uses"],
    )
    call.noted["actor"] = token.actor
    return tokens.issue(tx, call, token)


def answer(tx: Transaction, call: Call) -> Reply:
    """The paths below ``auth/approle/role``. Raises ``Refused``."""
    match call.path.removeprefix("auth/approle/").rstrip("/").split("/"):
        case ["role"] if call.operation == "list":
            return _listed(rows.names(tx))
        case ["role", name]:
            return _role(tx, call, name)
        case ["role", name, "role-id"]:
            return _role_id(tx, call, name)
        case ["role", name, "secret-id" | "custom-secret-id" as kind]:
            return _secret_ids(tx, call, name, custom=kind == "custom-secret-id")
        case ["role", name, "secret-id" | "secret-id-accessor" as kind, "lookup" | "destroy" as what]:
            return _secret_id(tx, call, name, kind, what)
        case ["role"]:
            raise unsupported_operation()
        case _:
            raise unsupported_path()


def _role(tx: Transaction, call: Call, name: str) -> Reply:
    role = rows.get(tx, name)
    match call.operation:
        case "read":
            if role is None:
                raise nothing_here()
            nothing: dict[str, Any] = {"secret_id_bound_cidrs": None, "token_bound_cidrs": []}
            fixed = {"token_type": "default", "token_strictly_bind_ip": False, "local_secret_ids": False}
            return Reply({**role.settings, **nothing, **fixed})
        case "update":
            _save(tx, call, role or RoleRow(name, random_id(), {k: default for k, (_, default) in _SETTINGS.items()}))
        case "delete":
            rows.remove(tx, name)
        case _:
            raise unsupported_operation()
    return DONE


def _save(tx: Transaction, call: Call, role: RoleRow) -> None:
    if promised := [name for name in _BOUND if call.data.get(name)]:
        raise Refused(400, f"{promised[0]} is not supported")
    kinds: dict[str, Any] = {name: kind for name, (kind, _) in _SETTINGS.items()}
    asked = convert(call.data, {**kinds, "policies": texts, "role_id": text}, prefix="")
    if "policies" in asked:
        asked.setdefault("token_policies", asked["policies"])
    settings = {**role.settings, **{name: asked[name] for name in _SETTINGS if name in asked}}
    if "root" in settings["token_policies"]:
        raise Refused(400, "root tokens are not issued; name the policies of the token")
    if not settings["bind_secret_id"]:
        raise several(400, "at least one constraint should be enabled on the role")
    if not rows.put(tx, replace(role, settings=settings, role_id=asked.get("role_id") or role.role_id)):
        raise Refused(400, "role_id already in use")


def _role_id(tx: Transaction, call: Call, name: str) -> Reply:
    role = rows.get(tx, name)
    if role is None:
        raise nothing_here()
    if call.operation == "read":
        return Reply({"role_id": role.role_id})
    if call.operation != "update":
        raise unsupported_operation()
    if not (fresh := convert(call.data, {"role_id": text}).get("role_id")):
        raise Refused(400, "missing role_id")
    if not rows.put(tx, replace(role, role_id=fresh)):
        raise Refused(400, "role_id already in use")
    return DONE


def _secret_ids(tx: Transaction, call: Call, name: str, *, custom: bool) -> Reply:
    role = rows.get(tx, name)
    if role is None:
        raise Refused(404, f'role "{name}" does not exist')
    if call.operation == "list":
        return _listed(rows.accessors(tx, name, call.now))
    if call.operation != "update":
        raise unsupported_operation()
    if promised := [field for field in _BOUND if call.data.get(field)]:
        raise Refused(400, f"{promised[0]} is not supported")
    asked = convert(call.data, {"ttl": seconds, "num_uses": integer, "secret_id": text, "metadata": _metadata})
    ttl = asked.get("ttl") or role.settings["secret_id_ttl"]
    if role.settings["secret_id_ttl"] and ttl > role.settings["secret_id_ttl"]:
        raise Refused(400, "ttl cannot be longer than the role's secret_id_ttl")
    uses = asked.get("num_uses", role.settings["secret_id_num_uses"])
    if uses < 0 or (role.settings["secret_id_num_uses"] and not 0 < uses <= role.settings["secret_id_num_uses"]):
        raise Refused(400, "num_uses cannot be higher than the role's secret_id_num_uses")
    secret = asked.get("secret_id", "") if custom else random_id()
    if len(secret) < 32:
        raise Refused(400, "a secret id has at least 32 characters")
    digest = tokens.digest(secret)
    if rows.secret(tx, name, digest=digest, now=call.now) is not None:
        raise Refused(400, "SecretID is already registered")
    expires = call.now + ttl * MICRO if ttl else None
    row = SecretIdRow(digest, name, random_id(), call.now, expires, ttl, uses, checked(asked.get("metadata", {})))
    rows.put_secret(tx, row)
    call.noted["issued"] = row.accessor
    document = {"secret_id_num_uses": uses, "secret_id_ttl": ttl}
    return Reply({"secret_id": secret, "secret_id_accessor": row.accessor, **document})


def _secret_id(tx: Transaction, call: Call, name: str, kind: str, what: str) -> Reply:
    if call.operation not in ("update", "delete") or (call.operation == "delete" and what == "lookup"):
        raise unsupported_operation()
    asked = convert(call.data, {"secret_id": text, "secret_id_accessor": text})
    if kind == "secret-id":
        row = rows.secret(tx, name, digest=tokens.digest(asked.get("secret_id", "")), now=call.now)
    else:
        row = rows.secret(tx, name, accessor=asked.get("secret_id_accessor", ""), now=call.now)
    if row is None:
        if kind == "secret-id":
            return DONE
        raise Refused(404, "failed to find accessor entry for secret_id_accessor")
    if what == "destroy":
        rows.remove_secret(tx, row.hash)
        return DONE
    document = {
        "cidr_list": [],
        "creation_time": stamp(row.created),
        "expiration_time": stamp(row.expires) or "0001-01-01T00:00:00Z",
        "last_updated_time": stamp(row.created),
        "metadata": row.meta,
        "secret_id_accessor": row.accessor,
        "secret_id_num_uses": row.uses,
        "secret_id_ttl": row.ttl,
        "token_bound_cidrs": [],
    }
    return Reply(document)


def _metadata(value: Any) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(value) if isinstance(value, str) and value else value or {})
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _listed(names: list[str]) -> Reply:
    if not names:
        raise nothing_here()
    return Reply({"keys": names})
