"""New random values for secrets: when their custom metadata ``rotate`` says so, or when an operator does."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from ringwall.audit.event import Event
from ringwall.authority.vault import kv, secret_data
from ringwall.authority.vault.call import Call, Holder, Reply, nothing_here, unsupported_operation
from ringwall.authority.vault.kv import MICRO
from ringwall.authority.vault.times import stamp
from ringwall.known_values import KNOWN
from ringwall.store import kv as rows
from ringwall.store import vault_tokens
from ringwall.store.contract import Transaction
from ringwall.store.kv import Entry

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

ROTATE, HISTORY = "ringwall/rotate/", "ringwall/history/"
"""Two paths of our own beside Vault's."""

ACTOR = "authority"
EVERY = 10.0
"""Seconds between two looks at what is due."""


async def rotate_due(authority: Authority) -> list[str]:
    """Renew every secret that is due; their paths. Forgets expired tokens on the way."""
    now = int(authority.clock.now() * MICRO)
    done = [path for path in authority.store.read(rows.due, now) if await _renew_due(authority, path)]
    await authority.store.write(vault_tokens.forget, now)
    return done


def rotate(tx: Transaction, call: Call, who: Holder) -> Reply:
    """``POST ringwall/rotate/<path>``: a new random value now, as the secret's next version."""
    if call.operation != "update":
        raise unsupported_operation()
    entry = rows.load(tx, call.path.removeprefix(ROTATE))
    if entry is None or not entry.current:
        raise nothing_here()
    entry = _renewed(tx, call, who.actor, entry)
    return Reply({"version": entry.current, "created_time": stamp(entry.versions[entry.current].created)})


def history(tx: Transaction, call: Call, _who: Holder) -> Reply:
    """``GET ringwall/history/<path>``: each version that is kept, when it was made and by whom."""
    if call.operation != "read":
        raise unsupported_operation()
    entry = rows.load(tx, call.path.removeprefix(HISTORY))
    if entry is None:
        raise nothing_here()
    versions = [
        {
            "version": number,
            "created_time": stamp(version.created),
            "author": version.author,
            "deletion_time": stamp(version.deleted),
            "destroyed": version.destroyed,
        }
        for number, version in sorted(entry.versions.items())
    ]
    return Reply({"current_version": entry.current, "rotate": entry.rotate, "versions": versions})


async def _renew_due(authority: Authority, path: str) -> bool:
    now = int(authority.clock.now() * MICRO)
    call = Call("update", ROTATE + path, {}, now, authority.seal)
    return await authority.store.write(_if_still_due, call, path)


def _if_still_due(tx: Transaction, call: Call, path: str) -> bool:
    if path not in rows.due(tx, call.now):
        return False
    entry = rows.load(tx, path)
    assert entry is not None
    _renewed(tx, call, ACTOR, entry)
    tx.record(Event("secret.rotated", call.now / MICRO, ACTOR, path, call.noted))
    return True


def _renewed(tx: Transaction, call: Call, author: str, entry: Entry) -> Entry:
    # What else is kept in the secret, such as a user name, stays.
    fields: dict[str, Any] = {}
    current = entry.versions.get(entry.current)
    if current is not None and kv.readable(current, call.now):
        fields.update(secret_data.value(tx, call, entry, entry.current))
    fresh = secrets.token_urlsafe(32)
    KNOWN.add(fresh)
    return secret_data.write(tx, call, author, entry, {**fields, "value": fresh})
