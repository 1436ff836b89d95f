"""A universe without a schema: every request over the entities and the types that the policies themselves speak of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ringwall.policy.comparison.read_types import TAG, Path, ReadTypes
from ringwall.policy.comparison.universe import Requests, Universe
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Equal, Expression, In, Is, Literal, SetOf, Variable
from ringwall.policy.policy import Policy
from ringwall.policy.schema.schema import EntityDeclaration
from ringwall.policy.schema.types import STRING, EntityType, Field, RecordType, SetType, Type
from ringwall.policy.scope import EqualTo, OfType, Scope, Within, WithinAny
from ringwall.policy.walk import walk


def read_universe(policies: Iterable[Policy]) -> Universe:
    """Every attribute may be absent, and any entity may be above any that some policy asks to be ``in``.

    A principal and a resource may always be of a type that no policy names, and an action be one that none names.
    """
    all_ = tuple(policies)
    bodies = [clause.body for policy in all_ for clause in policy.clauses]
    principals = _named(all_, bodies, "principal", "Principal")
    resources = _named(all_, bodies, "resource", "Resource")
    actions = {uid.type for policy in all_ for uid in _entities(policy.action)} or {"Action"}
    types = ReadTypes(bodies, {EntityType(name) for name in principals}, {EntityType(name) for name in resources})
    groups = {place.type for policy in all_ for scope in _scopes(policy) for place in _above(scope)} | {
        type_.name for body in bodies for part in walk(body) if isinstance(part, In) for type_ in _groups(part, types)
    }
    mentioned = {uid.type for body in bodies for uid in _literals(body)} | {
        name for found in types.found.values() for name in _entity_names(found)
    }
    shape = {path[1]: path for path in types.found if path[0] == "entity" and len(path) == 2}
    choices: dict[str, tuple[Type, ...]] = {}
    declared: dict[str, EntityDeclaration] = {}
    for name in sorted({*principals, *resources, *actions, *groups, *mentioned}):
        fields = {
            attribute: _field(types.found, path, f"{name}.{attribute}", choices) for attribute, path in shape.items()
        }
        tags = _field(types.found, TAG, f"{name} tag", choices).type if TAG in types.found else None
        declared[name] = EntityDeclaration(name, RecordType(fields), frozenset(groups), frozenset(groups), tags)
    context = {path[1]: path for path in types.found if path[0] == "context" and len(path) == 2}
    record = RecordType({name: _field(types.found, path, f"context.{name}", choices) for name, path in context.items()})
    requests = Requests(principals, None, resources, record)
    return Universe(declared, (requests,), tuple(sorted(actions)), None, choices, read=True)


def _named(policies: tuple[Policy, ...], bodies: list[Expression], variable: str, other: str) -> tuple[str, ...]:
    """The types that a variable is asked to have, and one more."""
    found: set[str] = set()
    for policy in policies:
        scope: Scope = getattr(policy, variable)
        match scope:
            case OfType():
                found.add(scope.type)
            case EqualTo(entity=EntityUid() as uid):
                found.add(uid.type)
    for part in (part for body in bodies for part in walk(body)):
        match part:
            case Is(of=Variable(name=name), type=type_) if name == variable:
                found.add(type_)
            case Equal(left=Variable(name=name), right=Literal(value=EntityUid() as uid)) if name == variable:
                found.add(uid.type)
            case Equal(right=Variable(name=name), left=Literal(value=EntityUid() as uid)) if name == variable:
                found.add(uid.type)
    while other in found:
        other = f"Other{other}"
    return (*sorted(found), other)


def _scopes(policy: Policy) -> tuple[Scope, ...]:
    return policy.principal, policy.action, policy.resource


def _entities(scope: Scope) -> Iterator[EntityUid]:
    match scope:
        case EqualTo(entity=EntityUid() as uid):
            yield uid
    yield from _above(scope)


def _above(scope: Scope) -> Iterator[EntityUid]:
    match scope:
        case Within(entity=EntityUid() as uid) | OfType(within=EntityUid() as uid):
            yield uid
        case WithinAny():
            yield from scope.entities


def _groups(part: In, types: ReadTypes) -> Iterator[EntityType]:
    """The types that the right side of an ``in`` may have."""
    items = part.right.items if isinstance(part.right, SetOf) else (part.right,)
    for type_ in (type_ for item in items for type_ in types.types(item)):
        if isinstance(type_, SetType):
            type_ = type_.element
        if isinstance(type_, EntityType):
            yield type_


def _literals(body: Expression) -> Iterator[EntityUid]:
    for part in walk(body):
        if isinstance(part, Literal) and isinstance(part.value, EntityUid):
            yield part.value


def _entity_names(types: Iterable[Type]) -> Iterator[str]:
    for type_ in types:
        if isinstance(type_, SetType):
            yield from _entity_names((type_.element,))
        if isinstance(type_, EntityType):
            yield type_.name


def _field(found: Mapping[Path, set[Type]], path: Path, name: str, choices: dict[str, tuple[Type, ...]]) -> Field:
    types = sorted(found[path], key=str)
    inside = {other[-1]: other for other in found if other[:-1] == path}
    if inside and not any(isinstance(type_, EntityType) for type_ in types):
        # A record among other types would be named by its type; there is one only where nothing else is.
        return Field(
            RecordType({last: _field(found, other, f"{name}.{last}", choices) for last, other in inside.items()}), False
        )
    if len(types) > 1:
        choices[name] = tuple(types)
    return Field(types[0] if types else STRING, required=False)
