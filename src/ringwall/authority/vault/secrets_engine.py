"""The paths below ``secret/``: KV version 2 of Vault's HTTP API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ringwall.authority.vault import fields, secret_data, secret_metadata
from ringwall.authority.vault.call import DONE, Call, Holder, Reply, unsupported_operation
from ringwall.authority.vault.secret_data import Handler
from ringwall.authority.vault.times import span
from ringwall.store import kv as rows
from ringwall.store.contract import Reader, Transaction

MOUNT = "secret/"
_VERB = {"read": "get", "update": "put", "patch": "patch", "delete": "delete", "list": "list"}


def answer(tx: Transaction, call: Call, holder: Holder) -> Reply:
    """Answer a call to a path below the mount. Raises ``Refused``."""
    area, slash, path = call.path.removeprefix(MOUNT).partition("/")
    if area == "config" and not slash:
        handlers, path = _CONFIG, ""
    elif area in _AREAS and slash:
        handlers = _AREAS[area]
    else:
        return Reply(status=404, warnings=(_astray(area, slash, call),))
    handler = handlers.get(call.operation)
    if handler is None:
        raise unsupported_operation()
    return handler(tx, call, holder, path)


def exists(reader: Reader, path: str) -> bool | None:
    """Whether there is something at this whole path, which makes a write an update; ``None`` when it always is one."""
    area, _, name = path.removeprefix(MOUNT).partition("/")
    return None if area not in ("data", "metadata") else rows.load(reader, name) is not None


def _read_config(tx: Transaction, _call: Call, _holder: Holder, _path: str) -> Reply:
    config = rows.config(tx)
    document = {
        "cas_required": config.cas_required,
        "delete_version_after": span(config.delete_after),
        "max_versions": config.max_versions,
        "metadata_cas_required": config.edition_guarded,
    }
    return Reply(document)


def _write_config(tx: Transaction, call: Call, _holder: Holder, _path: str) -> Reply:
    asked = fields.convert(call.data, {**secret_metadata.FIELDS, "delete_version_after": fields.signed_seconds})
    config = rows.config(tx)
    rows.save_config(
        tx,
        replace(
            config,
            max_versions=asked.get("max_versions", config.max_versions),
            cas_required=asked.get("cas_required", config.cas_required),
            delete_after=max(-1, asked.get("delete_version_after", config.delete_after)),
            edition_guarded=asked.get("metadata_cas_required", config.edition_guarded),
        ),
    )
    return DONE


def _astray(area: str, slash: str, call: Call) -> str:
    if area in _AREAS and area != "subkeys" and not slash:
        return "Non-listing operations on the root of a K/V v2 mount are not supported."
    return (
        "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use."
        f" If using the OpenBao CLI, use 'bao kv {_VERB[call.operation]}' for this operation."
    )


_CONFIG: Mapping[str, Handler] = {"read": _read_config, "update": _write_config}
_AREAS: Mapping[str, Mapping[str, Handler]] = {
    "data": secret_data.DATA,
    "metadata": secret_metadata.METADATA,
    "delete": secret_data.DELETE,
    "undelete": secret_data.UNDELETE,
    "destroy": secret_data.DESTROY,
    "subkeys": secret_data.SUBKEYS,
}
