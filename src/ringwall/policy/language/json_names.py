"""Types and entities in JSON, as policies, links, entities and requests have them."""

from __future__ import annotations

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.json_reading import Where, below, read_object, read_string
from ringwall.policy.language.vocabulary import is_name


def read_type(value: object, path: Where) -> str:
    """The name of an entity type, ``"Shop::Order"``. Raises ``Misconfigured``."""
    name = read_string(value, path)
    if not all(is_name(part) for part in name.split("::")):
        raise Misconfigured(
            f"`{name}` is no name of a type", where=str(path), hint='for example "User", or "Shop::Order"'
        )
    return name


def read_uid(value: object, path: Where) -> EntityUid:
    """``{"type": "User", "id": "ann"}``, or the same inside ``{"__entity": …}``. Raises ``Misconfigured``."""
    fields = read_object(value, path)
    if list(fields) == ["__entity"]:
        fields, path = fields["__entity"], below(path, "__entity")
    fields = read_object(fields, path, ("type", "id"), ("type", "id"))
    return EntityUid(read_type(fields["type"], below(path, "type")), read_string(fields["id"], below(path, "id")))
