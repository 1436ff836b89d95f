"""The values of secrets: read, written, deleted and destroyed, each sealed to its path, version and moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ringwall.authority.vault import fields, kv
from ringwall.authority.vault.call import DONE, Call, Holder, Refused, Reply, nothing_here
from ringwall.authority.vault.times import stamp
from ringwall.errors import Unavailable
from ringwall.store import kv as rows
from ringwall.store.contract import Reader, Transaction
from ringwall.store.kv import Entry, Version

Handler = Callable[[Transaction, Call, Holder, str], Reply]


def write(tx: Transaction, call: Call, author: str, entry: Entry, data: Mapping[str, Any]) -> Entry:
    """Add a version with these fields."""
    entry = kv.written(entry, rows.config(tx), call.now, author)
    rows.save(tx, entry)
    sealed = call.seal.seal(json.dumps(data).encode(), _purpose(entry, entry.current))
    rows.put_value(tx, entry.path, entry.current, sealed)
    call.noted["version"] = entry.current
    return entry


def value(reader: Reader, call: Call, entry: Entry, number: int) -> Any:
    """The fields of a version. Raises ``Tampered`` when they were sealed for another place."""
    sealed = rows.value(reader, entry.path, number)
    if sealed is None:
        raise Unavailable(f"version {number} of the secret {entry.path} has no value in the store")
    return json.loads(call.seal.open(sealed, _purpose(entry, number)))


def _read(tx: Transaction, call: Call, _holder: Holder, path: str) -> Reply:
    asked = fields.convert(call.data, {"version": fields.integer})
    entry, number, version = _version(tx, path, asked.get("version", 0))
    call.noted["version"] = number
    metadata = _version_document(entry, number, version)
    if not kv.readable(version, call.now):
        return Reply({"data": None, "metadata": metadata}, 404)
    return Reply({"data": value(tx, call, entry, number), "metadata": metadata})


def _write(tx: Transaction, call: Call, holder: Holder, path: str) -> Reply:
    asked = fields.convert(
        call.data, {"data": fields.mapping, "options": fields.mapping, "version": fields.integer}, prefix=""
    )
    if "data" not in asked:
        raise Refused(400, "no data provided")
    entry = rows.load(tx, path) or Entry(path)
    kv.check_cas(asked.get("options", {}), entry, rows.config(tx))
    entry = write(tx, call, holder.actor, entry, asked["data"])
    return Reply(_version_document(entry, entry.current, entry.versions[entry.current]))


def _patch(tx: Transaction, call: Call, holder: Holder, path: str) -> Reply:
    asked = fields.convert(call.data, {"data": fields.mapping, "options": fields.mapping, "version": fields.integer})
    if "data" not in asked:
        raise Refused(400, "no data provided")
    entry = rows.load(tx, path)
    if entry is None:
        return Reply(status=404)
    kv.check_cas(asked.get("options", {}), entry, rows.config(tx))
    version = entry.versions.get(entry.current)
    if version is None:
        return Reply(status=404)
    if not kv.readable(version, call.now):
        return Reply(_version_document(entry, entry.current, version), 404)
    fresh = kv.merged(value(tx, call, entry, entry.current), asked["data"])
    entry = write(tx, call, holder.actor, entry, fresh)
    return Reply(_version_document(entry, entry.current, entry.versions[entry.current]))


def _delete(tx: Transaction, call: Call, _holder: Holder, path: str) -> Reply:
    if (entry := rows.load(tx, path)) is not None:
        call.noted["version"] = entry.current
        rows.save(tx, kv.deleted(entry, (entry.current,), call.now))
    return DONE


def _delete_versions(tx: Transaction, call: Call, _holder: Holder, path: str) -> Reply:
    return _change(tx, call, path, lambda entry, numbers: kv.deleted(entry, numbers, call.now))


def _undelete(tx: Transaction, call: Call, _holder: Holder, path: str) -> Reply:
    config = rows.config(tx)
    return _change(tx, call, path, lambda entry, numbers: kv.undeleted(entry, config, numbers, call.now))


def _destroy(tx: Transaction, call: Call, _holder: Holder, path: str) -> Reply:
    return _change(tx, call, path, kv.destroyed, no="no")


def _change(
    tx: Transaction, call: Call, path: str, change: Callable[[Entry, tuple[int, ...]], Entry], no: str = "No"
) -> Reply:
    numbers = fields.convert(call.data, {"versions": fields.integers}).get("versions", ())
    if not numbers:
        raise Refused(400, f"{no} version number provided")
    call.noted["versions"] = list(numbers[:100])
    if (entry := rows.load(tx, path)) is not None:
        rows.save(tx, change(entry, numbers))
    return DONE


def _subkeys(tx: Transaction, call: Call, _holder: Holder, path: str) -> Reply:
    asked = fields.convert(call.data, {"version": fields.integer, "depth": fields.integer})
    entry, number, version = _version(tx, path, asked.get("version", 0))
    call.noted["version"] = number
    metadata = _version_document(entry, number, version)
    if not kv.readable(version, call.now):
        return Reply({"subkeys": None, "metadata": metadata}, 404)
    shape = _shape(value(tx, call, entry, number), asked.get("depth", 0))
    return Reply({"subkeys": shape, "metadata": metadata})


def _version(reader: Reader, path: str, asked: int) -> tuple[Entry, int, Version]:
    entry = rows.load(reader, path)
    number = asked if asked > 0 else entry.current if entry else 0
    version = entry.versions.get(number) if entry else None
    if entry is None or version is None:
        raise nothing_here()
    return entry, number, version


def _version_document(entry: Entry, number: int, version: Version) -> dict[str, Any]:
    return {
        "created_time": stamp(version.created),
        "custom_metadata": entry.custom,
        "deletion_time": stamp(version.deleted),
        "destroyed": version.destroyed,
        "version": number,
    }


def _shape(value: Any, depth: int, level: int = 1) -> Any:
    # The names of nested fields, without what they hold.
    if not isinstance(value, dict):
        return None
    if depth and level > depth:
        return None
    return {name: _shape(inner, depth, level + 1) if inner else None for name, inner in value.items()}


def _purpose(entry: Entry, number: int) -> str:
    # The moment of creation too: a path that was removed and made anew has a first version again.
    return f"secret {number} {entry.versions[number].created} {entry.path}"


DATA: Mapping[str, Handler] = {"read": _read, "update": _write, "patch": _patch, "delete": _delete}
DELETE: Mapping[str, Handler] = {"update": _delete_versions}
UNDELETE: Mapping[str, Handler] = {"update": _undelete}
DESTROY: Mapping[str, Handler] = {"update": _destroy}
SUBKEYS: Mapping[str, Handler] = {"read": _subkeys}
