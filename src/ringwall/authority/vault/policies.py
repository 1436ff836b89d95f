"""The policies by name: those that were written, ``default``, and one for each service that is written nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.authority.vault.acl import Acl
from ringwall.authority.vault.call import DONE, Call, Refused, Reply, nothing_here, unsupported_operation
from ringwall.authority.vault.fields import convert, text
from ringwall.authority.vault.policy_text import Rule, parse
from ringwall.authority.vault.times import stamp
from ringwall.store import vault_policies as rows
from ringwall.store.contract import Reader, Transaction

SERVICE = "service:"
"""What the name of a service's own policy begins with. No policy of such a name can be written."""

BUILT_IN = {
    "default": """# What every token may: look at itself, renew itself, end itself.
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
"""
}
_EVERYTHING = frozenset({"create", "read", "update", "patch", "delete", "list"})
_FIXED = {"allow_slashes_in_identity_templates": False, "allow_wildcards_in_identity_templates": False}
_NAME_BYTES = 256


def acl(reader: Reader, names: Iterable[str]) -> Acl:
    """What these policies allow together. One that does not exist allows nothing."""
    return Acl(rule for name in names for rule in _rules(reader, name))


def known(reader: Reader, name: str) -> bool:
    """Whether a token that names this policy gets anything from it."""
    return bool(_rules(reader, name))


def answer(tx: Transaction, call: Call, name: str, *, old: bool = False) -> Reply:
    """``sys/policies/acl/<name>``, and in the ``old`` shape ``sys/policy/<name>``."""
    name = name.lower()
    if not name:
        return _names(tx, call, old=old)
    match call.operation:
        case "read":
            return _read(tx, name, old=old)
        case "update":
            return _write(tx, call, name)
        case "delete":
            if name == "root" or name in BUILT_IN:
                raise Refused(400, f"cannot delete {name} policy")
            rows.remove(tx, name)
            return DONE
        case _:
            raise unsupported_operation()


def _names(reader: Reader, call: Call, *, old: bool) -> Reply:
    if call.operation != "list" and not (old and call.operation == "read"):
        raise unsupported_operation()
    names = sorted({*rows.names(reader), *BUILT_IN, "root"})
    return Reply({"keys": names, "policies": names}, spread=True) if old else Reply({"keys": names})


def _read(reader: Reader, name: str, *, old: bool) -> Reply:
    row = rows.get(reader, name)
    if row is None and name != "root" and name not in BUILT_IN:
        raise nothing_here()
    document = {
        **_FIXED,
        "cas_required": False,
        "name": name,
        "rules" if old else "policy": row.text if row else BUILT_IN.get(name, ""),
        "version": row.version if row else 0,
        **({"modified": stamp(row.modified)} if row else {}),
    }
    return Reply(document, spread=old)


def _write(tx: Transaction, call: Call, name: str) -> Reply:
    asked = convert(call.data, {"policy": text, "rules": text})
    written = asked.get("policy") or asked.get("rules")
    if not written:
        raise Refused(400, "'policy' parameter not supplied or empty")
    if name == "root":
        raise Refused(400, 'cannot update "root" policy')
    if name.startswith(SERVICE) or not name.isprintable() or len(name.encode()) > _NAME_BYTES:
        raise Refused(400, f'no policy can be called "{name[:64]}"')
    parse(written)
    rows.put(tx, name, written, call.now)
    return DONE


def _rules(reader: Reader, name: str) -> tuple[Rule, ...]:
    if name.startswith(SERVICE):
        service = name.removeprefix(SERVICE)
        return tuple((f"secret/{area}/{service}/*", _EVERYTHING) for area in ("data", "metadata"))
    row = rows.get(reader, name)
    return parse(row.text if row else BUILT_IN.get(name, ""))
