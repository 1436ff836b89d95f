"""What the policies about a question read of its object, as it stood when they were asked: for the record.

The values are taken in the thread that asks, and told later. Nothing is loaded for it: of a mapped object only what is
in memory is taken, so that writing a decision down never asks a database. What is sealed or secret is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.policy.entities.value_json import value_to_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import In
from ringwall.policy.objects.cedar_value import cedar_value, is_entity
from ringwall.policy.objects.context import NO_CONTEXT, Context, in_context
from ringwall.policy.objects.entity import entity_uid, sealed_names
from ringwall.policy.objects.hierarchy import parent_names
from ringwall.policy.objects.loaded import UNKNOWN, is_here, loaded
from ringwall.policy.objects.resource import asked
from ringwall.policy.policy import Policy
from ringwall.policy.values.value import Value
from ringwall.policy.walk import path_of, reads, walk

_MOST = 32
"""Entities that are taken, and members of one value; of a larger value nothing is."""

_SEVERAL = (list, tuple, set, frozenset)


class Paths(NamedTuple):
    """The attributes that are read, and of each that holds an entity, its own. ``climbs``: what it is in is asked."""

    names: Mapping[str, Paths]
    climbs: bool = False


def paths_read(policies: Iterable[Policy]) -> Paths:
    """Everything that starts at ``resource`` in the policies' scopes and conditions."""
    tree: dict[str, Any] = {}
    climbed: set[tuple[str, ...]] = set()
    for policy in policies:
        if (whole := asked(policy)) is None:
            continue
        lefts = (path_of(part.left) for part in walk(whole) if isinstance(part, In))
        climbed |= {path[1:] for path in lefts if path[:1] == ("resource",)}
        for path in reads(whole):
            at = tree
            for name in path:
                at = at.setdefault(name, {})
    return _paths(tree, (), climbed)


class Seen(NamedTuple):
    """One entity: attributes with their values, those that it surely has not, and its parents where they are known."""

    attributes: dict[str, Value]
    absent: list[str]
    parents: list[EntityUid] | None


class Witness(NamedTuple):
    """What surrounded one question. ``role`` is what a mark asked for beside the action; ``missing``: its object was
    not found."""

    context: Context = NO_CONTEXT
    entities: Mapping[EntityUid, Seen] = MappingProxyType({})
    role: str = ""
    missing: bool = False

    def facts(self) -> dict[str, Any]:
        """As JSON, in Cedar's own form for values."""
        told: dict[str, Any] = {"context": _context(self.context), "entities": []}
        for uid, seen in self.entities.items():
            values = dict(_written(seen.attributes))
            entity: dict[str, Any] = {"uid": {"type": uid.type, "id": uid.id}, "attrs": values, "absent": seen.absent}
            if seen.parents is not None:
                entity["parents"] = [{"type": parent.type, "id": parent.id} for parent in seen.parents]
            told["entities"].append(entity)
        if self.role:
            told["role"] = self.role
        if self.missing:
            told["missing"] = True
        return told


def _written(attributes: Mapping[str, Value]) -> Iterator[tuple[str, Any]]:
    for name, value in attributes.items():
        try:
            yield name, value_to_json(value)
        except (Misconfigured, RecursionError):
            continue  # a record that JSON would take for something else


def witnessed(resource: object, paths: Paths) -> dict[EntityUid, Seen]:
    """The entities that the paths lead to, from ``resource`` on. Never raises for what an object may hold."""
    found: dict[EntityUid, Seen] = {}
    _look(resource, paths, found)
    return found


def _paths(tree: dict[str, Any], at: tuple[str, ...], climbed: set[tuple[str, ...]]) -> Paths:
    return Paths({name: _paths(inner, (*at, name), climbed) for name, inner in tree.items()}, at in climbed)


def _look(entity: Any, paths: Paths, found: dict[EntityUid, Seen]) -> None:
    try:
        uid = entity_uid(entity)
    except Exception:  # noqa: BLE001  without a key, or a row that is gone: nothing tells which it is
        return
    if len(found) >= _MOST and uid not in found:
        return
    seen = found.setdefault(uid, Seen({}, [], None))
    sealed = sealed_names(entity.__class__)
    for name, inner in paths.names.items():
        if name in seen.attributes or name in sealed or name.startswith("_"):
            continue
        value = loaded(entity, name)
        if value.__class__ is str:
            seen.attributes[name] = value
        elif value is None:
            seen.absent.append(name)
        elif value is not UNKNOWN:
            if not is_here(value):
                continue
            _take(name, value, seen)
            if inner != _NO_PATHS and is_entity(value) and not isinstance(value, EntityUid):
                _look(value, inner, found)
    if paths.climbs and seen.parents is None:
        _climb(entity, uid, found)


_NO_PATHS = Paths({})
_NOBODY = Caller("")


def _take(name: str, value: Any, seen: Seen) -> None:
    if isinstance(value, (*_SEVERAL, Mapping)) and len(value) > _MOST:
        return
    try:
        taken = cedar_value(value)
    except Exception:  # noqa: BLE001  a secret, or what Cedar does not have
        return
    seen.attributes[name] = taken


def _climb(entity: Any, uid: EntityUid, found: dict[EntityUid, Seen]) -> None:
    """Note what an entity is in, and what that is in; not where any of it is not in memory."""
    above: list[Any] = []
    for name in parent_names(entity.__class__):
        value: Any = UNKNOWN if name in sealed_names(entity.__class__) else loaded(entity, name)
        if value is UNKNOWN:
            return
        above += value if value.__class__ in _SEVERAL else [] if value is None else [value]
    if not all(map(is_here, above)):
        return
    try:
        uids = [entity_uid(parent) for parent in above]
    except Exception:  # noqa: BLE001  one of them has no key
        return
    if len(found) + len(uids) > _MOST:
        return
    found[uid] = found[uid]._replace(parents=uids)
    for parent, its in zip(above, uids, strict=True):
        if found.setdefault(its, Seen({}, [], None)).parents is None:
            if isinstance(parent, EntityUid):
                found[its] = found[its]._replace(parents=[])  # of a name alone, nothing above is known to the guard
            else:
                _climb(parent, its, found)


def _context(context: Context) -> dict[str, Any]:
    """The time and the address; the actor stands with the caller."""
    each = {name: in_context(name, _NOBODY, context) for name in ("time", "ip")}
    return {name: value_to_json(cedar_value(value)) for name, value in each.items() if value is not None}
