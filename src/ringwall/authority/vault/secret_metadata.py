"""What is known about a secret beside its values, and which secrets there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ringwall.authority.vault import custom_metadata, fields, kv
from ringwall.authority.vault.call import DONE, Call, Holder, Refused, Reply, nothing_here
from ringwall.authority.vault.secret_data import Handler
from ringwall.authority.vault.times import span, stamp
from ringwall.store import kv as rows
from ringwall.store.contract import Transaction
from ringwall.store.kv import Entry

_UINT32 = 2**32
FIELDS: Mapping[str, fields.Kind] = {
    "max_versions": lambda value: fields.integer(value) % _UINT32,
    "cas_required": fields.boolean,
    "delete_version_after": fields.seconds,
    "custom_metadata": fields.mapping,
    "metadata_cas_required": fields.boolean,
    "metadata_cas": fields.integer,
}


def _read(tx: Transaction, _call: Call, _holder: Holder, path: str) -> Reply:
    if (entry := rows.load(tx, path)) is None:
        raise nothing_here()
    return Reply(_entry_document(entry))


def _write(tx: Transaction, call: Call, _holder: Holder, path: str) -> Reply:
    asked = fields.convert(call.data, FIELDS, prefix="")
    if "custom_metadata" in asked:
        asked["custom_metadata"] = custom_metadata.checked(asked["custom_metadata"])
    entry = rows.load(tx, path) or Entry(path, created=call.now)
    return _save(tx, call, entry, asked)


def _patch(tx: Transaction, call: Call, _holder: Holder, path: str) -> Reply:
    asked = fields.convert(call.data, FIELDS)
    patch = asked.get("custom_metadata", {})
    custom_metadata.checked({name: value for name, value in patch.items() if value is not None})
    entry = rows.load(tx, path)
    if entry is None:
        return Reply(status=404)
    if "custom_metadata" in asked:
        asked["custom_metadata"] = custom_metadata.checked(kv.merged(entry.custom, patch))
    return _save(tx, call, entry, asked)


def _save(tx: Transaction, call: Call, entry: Entry, asked: Mapping[str, Any]) -> Reply:
    if not set(asked) - {"metadata_cas"}:
        return DONE
    config = rows.config(tx)
    if "metadata_cas" in asked:
        if entry.updated is None and asked["metadata_cas"] != 0:
            raise Refused(400, "metadata_cas must be 0 when creating new metadata")
        if asked["metadata_cas"] != entry.edition:
            raise Refused(400, "metadata check-and-set parameter does not match the current version")
    elif config.edition_guarded or entry.edition_guarded:
        raise Refused(400, "metadata check-and-set parameter required for this call")
    custom = (asked["custom_metadata"] or None) if "custom_metadata" in asked else entry.custom
    entry = replace(
        entry,
        updated=call.now,
        edition=entry.edition + 1,
        max_versions=asked.get("max_versions", entry.max_versions),
        cas_required=asked.get("cas_required", entry.cas_required),
        delete_after=asked.get("delete_version_after", entry.delete_after),
        edition_guarded=asked.get("metadata_cas_required", entry.edition_guarded),
        custom=custom,
        rotate=custom_metadata.rotation(custom),
    )
    rows.save(tx, entry)
    if config.cas_required and asked.get("cas_required") is False:
        ignored = '"cas_required" set to false, but is mandated by backend config. This value will be ignored.'
        return Reply(warnings=(ignored,))
    return DONE


def _delete(tx: Transaction, _call: Call, _holder: Holder, path: str) -> Reply:
    rows.remove(tx, path)
    return DONE


def _list(tx: Transaction, call: Call, _holder: Holder, path: str) -> Reply:
    asked = fields.convert(call.data, {"after": fields.text, "limit": fields.integer})
    after, limit = asked.get("after", ""), asked.get("limit", 0)
    found = {name[len(path) :] for name in rows.paths(tx, path)}
    names = sorted({name.partition("/")[0] + ("/" if "/" in name else "") for name in found if name})
    names = [name for name in names if name > after]
    if not names:
        raise nothing_here()
    return Reply({"keys": names[:limit] if limit > 0 else names})


def _entry_document(entry: Entry) -> dict[str, Any]:
    return {
        "cas_required": entry.cas_required,
        "created_time": stamp(entry.created),
        "current_metadata_version": entry.edition,
        "current_version": entry.current,
        "custom_metadata": entry.custom,
        "delete_version_after": span(entry.delete_after),
        "max_versions": entry.max_versions,
        "metadata_cas_required": entry.edition_guarded,
        "oldest_version": entry.oldest,
        "updated_time": stamp(entry.updated),
        "versions": {
            str(number): {
                "created_time": stamp(version.created),
                "deletion_time": stamp(version.deleted),
                "destroyed": version.destroyed,
            }
            for number, version in entry.versions.items()
        },
    }


METADATA: Mapping[str, Handler] = {"read": _read, "update": _write, "patch": _patch, "delete": _delete, "list": _list}
