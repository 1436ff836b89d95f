"""The paths below ``sys/``: health, mounts, policies, and what a token may."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ringwall.authority.vault import policies
from ringwall.authority.vault.call import Call, Holder, Refused, Reply, unsupported_operation, unsupported_path
from ringwall.authority.vault.fields import convert, texts
from ringwall.authority.vault.kv import MICRO
from ringwall.store.contract import Transaction

VERSION = "2.7.2"
"""The version of OpenBao whose API this is; clients choose their dialect by it."""

PREFLIGHT = "sys/internal/ui/mounts"
"""Open to every token: it answers only what the token's policies touch."""


def open_to_all(call: Call) -> Mapping[str, Any] | None:
    """The answers that need no token; ``None`` for any other path. They have no envelope."""
    if call.operation not in ("read", "update"):
        return None
    match call.path:
        case "sys/health":
            return {
                "initialized": True,
                "sealed": False,
                "standby": False,
                "replication_performance_mode": "disabled",
                "replication_dr_mode": "disabled",
                "server_time_utc": call.now // MICRO,
                "version": VERSION,
                "cluster_name": "ringwall",
                "cluster_id": _id("cluster"),
            }
        case "sys/seal-status":
            return {
                "type": "ringwall",
                "initialized": True,
                "sealed": False,
                "t": 1,
                "n": 1,
                "progress": 0,
                "nonce": "",
                "recovery_seal": False,
                "version": VERSION,
                "migration": False,
                "cluster_name": "ringwall",
                "cluster_id": _id("cluster"),
                "storage_type": "ringwall",
            }
        case "sys/leader":
            return {"ha_enabled": False}
        case "sys/init":
            return {"initialized": True}
        case _:
            return None


def answer(tx: Transaction, call: Call, who: Holder) -> Reply:
    """Answer a call to a path below ``sys/``. Raises ``Refused``."""
    path = call.path.removeprefix("sys/").rstrip("/")
    match path.split("/"):
        case ["policies", "acl", *name]:
            return policies.answer(tx, call, "/".join(name))
        case ["policy", *name]:
            return policies.answer(tx, call, "/".join(name), old=True)
        case ["capabilities-self"]:
            return _capabilities(call, who)
        case ["mounts"]:
            return _read(call, Reply(_SECRET_MOUNTS, spread=True))
        case ["auth"]:
            return _read(call, Reply(_AUTH_MOUNTS, spread=True))
        case ["internal", "ui", "mounts", *mount]:
            return _read(call, _preflight(who, "/".join(mount)))
        case _:
            raise unsupported_path()


def _capabilities(call: Call, who: Holder) -> Reply:
    if call.operation != "update":
        raise unsupported_operation()
    asked = convert(call.data, {"paths": texts, "path": texts})
    paths = asked.get("paths") or asked.get("path") or ()
    if not paths:
        raise Refused(400, "paths must be supplied")
    found: dict[str, Any] = {path: who.acl.capabilities(path.removeprefix("/")) for path in paths[:256]}
    return Reply({**found, "capabilities": found[paths[0]]} if len(paths) == 1 else found, spread=True)


def _preflight(who: Holder, path: str) -> Reply:
    if not path:
        secret = {name: mount for name, mount in _SECRET_MOUNTS.items() if who.acl.touches(name)}
        auth = {name: mount for name, mount in _AUTH_MOUNTS.items() if who.acl.touches(f"auth/{name}")}
        return Reply({"secret": secret, "auth": auth})
    for prefix, mounts in (("auth/", _AUTH_MOUNTS), ("", _SECRET_MOUNTS)):
        for name, mount in mounts.items():
            if f"{path}/".startswith(prefix + name) and who.acl.touches(prefix + name):
                return Reply({**mount, "path": name})
    raise Refused(
        403,
        "preflight capability check returned 403, please ensure client's policies grant access to path"
        f' "{path[:256]}/"',
    )


def _read(call: Call, reply: Reply) -> Reply:
    if call.operation != "read":
        raise unsupported_operation()
    return reply


def _mount(kind: str, description: str, **more: Any) -> Mapping[str, Any]:
    config: dict[str, Any] = {"default_lease_ttl": 0, "force_no_cache": False, "max_lease_ttl": 0}
    if kind in ("token", "approle", "cert"):
        config["token_type"] = "default-service"  # noqa: S105 - a kind of token
    return {
        "accessor": f"{kind}_{_id(kind)[:8]}",
        "config": config,
        "description": description,
        "external_entropy_access": False,
        "local": False,
        "options": None,
        "plugin_version": "",
        "running_plugin_version": "",
        "running_sha256": "",
        "seal_wrap": False,
        "type": kind,
        "uuid": _id(f"mount {kind}"),
        **more,
    }


def _id(name: str) -> str:
    raw = hashlib.sha256(f"ringwall {name}".encode()).hexdigest()
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:32]}"


_SECRET_MOUNTS = {
    "secret/": _mount("kv", "key/value secret storage", options={"version": "2"}),
    "sys/": _mount("system", "system endpoints used for control, policy and debugging"),
}
_AUTH_MOUNTS = {
    "token/": _mount("token", "token based credentials"),
    "approle/": _mount("approle", "programs, by role id and secret id"),
    "cert/": _mount("cert", "services, by certificate"),
}
