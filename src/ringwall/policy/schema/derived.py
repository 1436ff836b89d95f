"""The schema of a service, made from what its guard knows: callers, roles, resource classes, actions and their groups.

Policies that validate against it cannot err where the objects are what their classes say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ringwall.errors import Misconfigured
from ringwall.policy.actions import covers, groups_of, is_group, named
from ringwall.policy.language.vocabulary import is_name
from ringwall.policy.objects.hierarchy import parent_names, tags_name
from ringwall.policy.objects.principal import PERSON, ROLE, SERVICE
from ringwall.policy.policy import Policy
from ringwall.policy.schema.model_fields import model_fields, tags_type
from ringwall.policy.schema.resolve import resolved
from ringwall.policy.schema.schema import Schema
from ringwall.policy.schema.types import STRING, ExtensionType, Type
from ringwall.policy.schema.written import (
    Builtin,
    Name,
    Namespace,
    WrittenAction,
    WrittenEntity,
    WrittenField,
    WrittenGroup,
    WrittenRecord,
    WrittenScope,
)

APPLICATION: Final = "Application"
"""The resource of an action that is asked without one."""

_STRING = WrittenField(Builtin(STRING))
_CALLER: Final = dict.fromkeys(("id", "kind", "proof", "issuer"), _STRING)
_CONTEXT: Final = WrittenRecord(
    {
        "actor": WrittenField(Name(SERVICE, "entity"), required=False),
        "time": WrittenField(Builtin(ExtensionType("datetime"))),
        "ip": WrittenField(Builtin(ExtensionType("ipaddr")), required=False),
    }
)
_TAKEN: Final = frozenset({PERSON, SERVICE, ROLE, APPLICATION, "Action"})


def derived_schema(
    asked: Mapping[str, Iterable[type]], policies: Iterable[Policy] = (), claims: Mapping[str, Type] | None = None
) -> Schema:
    """The schema in which each action of ``asked`` applies to these classes, and to those that ``policies`` speak of.

    ``claims`` are the mapped claims by name, each of which a caller may lack. Raises ``Misconfigured`` for two classes
    of one name, and for one that is called like a type of the guard's own.
    """
    policies = tuple(policies)
    by_action = _with_policies(asked, policies)
    classes = _by_name(each for found in by_action.values() for each in found)
    entities = _callers(claims or {}) | {name: _entity(found) for name, found in sorted(classes.items())}
    actions = {name: _action(name, [found.__name__ for found in by_action[name]]) for name in sorted(by_action)}
    groups = sorted({group for name in actions for group in groups_of(name)} | _groups(policies))
    written = Namespace("", {}, entities, {group: _action(group) for group in groups} | actions)
    return resolved([written])


def _with_policies(asked: Mapping[str, Iterable[type]], policies: tuple[Policy, ...]) -> dict[str, list[type]]:
    found: dict[str, list[type]] = {}
    for action, classes in asked.items():
        of_policies = (
            policy.resource_class
            for policy in policies
            if policy.resource_class is not None and covers(policy.action, action)
        )
        found[action] = list(dict.fromkeys((*classes, *of_policies)))
    return found


def _groups(policies: Iterable[Policy]) -> set[str]:
    """The groups that policies name, and those above: a role may be granted what another service asks for."""
    known = {name for policy in policies for name in named(policy.action) if is_group(name)}
    return known.union(*map(groups_of, known))


def _by_name(classes: Iterable[type]) -> dict[str, type]:
    """These classes, and all that they refer to."""
    found: dict[str, type] = {}
    waiting = list(classes)
    while waiting:
        one = waiting.pop()
        other = found.setdefault(one.__name__, one)
        if other is not one:
            places = f"{one.__module__} and {other.__module__}"
            raise Misconfigured(f"two classes are called {one.__name__}, in {places}", hint="rename one of them")
        if one.__name__ in _TAKEN or not is_name(one.__name__):
            hint = f"choose another name than {', '.join(sorted(_TAKEN))}, of letters, digits and _"
            raise Misconfigured(f"the class {one.__name__} cannot be an entity type", where=one.__module__, hint=hint)
        targets = [field.target for field in model_fields(one).values() if field.target is not None]
        waiting.extend(target for target in targets if found.get(target.__name__) is not target)
    return found


def _callers(claims: Mapping[str, Type]) -> dict[str, WrittenEntity]:
    fields = {name: WrittenField(Builtin(known), required=False) for name, known in sorted(claims.items())}
    caller = WrittenEntity((Name(ROLE, "entity"),), WrittenRecord(fields | _CALLER))
    return {PERSON: caller, SERVICE: caller, ROLE: WrittenEntity(), APPLICATION: WrittenEntity()}


def _entity(found: type) -> WrittenEntity:
    """``__cedar_parents__`` and ``__cedar_tags__`` of the class say which attributes hold its parents and its tags."""
    fields = model_fields(found)
    parents: list[Name] = []
    for name in parent_names(found):
        target = fields[name].target if name in fields else None
        if target is None:
            hint = "annotate it with the class of the parents, or take it out of __cedar_parents__"
            raise Misconfigured(f"{found.__name__}.{name} refers to no known class", where=found.__module__, hint=hint)
        parents.append(Name(target.__name__, "entity"))
    tags = tags_name(found)
    shape = WrittenRecord({name: field.written for name, field in fields.items()})
    return WrittenEntity(tuple(parents), shape, tags_type(found, tags) if tags else None)


def _action(name: str, resources: Iterable[str] | None = None) -> WrittenAction:
    groups = tuple(WrittenGroup(group) for group in groups_of(name)[:1])
    if resources is None:
        return WrittenAction(groups, WrittenScope())
    kinds = tuple(Name(each, "entity") for each in resources) or (Name(APPLICATION, "entity"),)
    callers = (Name(PERSON, "entity"), Name(SERVICE, "entity"))
    return WrittenAction(groups, WrittenScope(callers, kinds, _CONTEXT))
