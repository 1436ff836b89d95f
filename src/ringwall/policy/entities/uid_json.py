"""The identity of an entity in Cedar's JSON: ``{"type": "User", "id": "ann"}``."""

from __future__ import annotations

from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.vocabulary import is_name


def uid_from_json(json: object, where: object) -> EntityUid:
    """From ``{"type", "id"}``, or the same inside ``{"__entity": …}``.

    ``where`` says, for the error, what it stands in. Raises ``Misconfigured``.
    """
    if isinstance(json, dict) and json.keys() == {"__entity"}:
        json = json["__entity"]
    if not isinstance(json, dict) or json.keys() != {"type", "id"}:
        raise Misconfigured(f"{where} is no entity", hint='an entity is written {"type": "User", "id": "ann"}')
    type_, id_ = json["type"], json["id"]
    if not isinstance(type_, str) or not all(map(is_name, type_.split("::"))):
        raise Misconfigured(
            f"{where} has {str(type_)[:60]!r} as an entity type", hint="a type is a name, or names joined by ::"
        )
    return EntityUid(type_, text_from_json(id_, where))


def uid_to_json(uid: EntityUid) -> dict[str, Any]:
    """``{"type": "User", "id": "ann"}``."""
    return {"type": uid.type, "id": uid.id}


def text_from_json(json: object, where: object) -> str:
    """A string, in which every character is one: JSON can write halves of characters, and Cedar has no such text."""
    if not isinstance(json, str):
        raise Misconfigured(f"{where} is no string")
    try:
        json.encode()
    except UnicodeEncodeError:
        raise Misconfigured(f"{where} has half a character in it", hint="a \\ud83d needs its second half") from None
    return json
