"""What a guard would pass over in a set of policies, because the entities that it asks about are Python's objects.

A principal is a ``Person`` or a ``Service`` that stands below its roles, a type is the name of a class, and an action
stands below the groups that its own name says. Of anything else, Cedar says that it is not so: a permit about it is
never given, and a forbid about it is never heard, which would be a yes by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from ringwall.errors import Misconfigured
from ringwall.policy.actions import groups_of
from ringwall.policy.bundle import Bundle
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Equal, Expression, In, Is, Literal, SetOf, Variable
from ringwall.policy.language.problem import Problem, Unreadable
from ringwall.policy.objects.principal import PERSON, ROLE, SERVICE
from ringwall.policy.policy import Policy
from ringwall.policy.schema.schema import Schema
from ringwall.policy.scope_condition import scope_conditions
from ringwall.policy.walk import walk

_CALLERS = f"a caller is a {PERSON} or a {SERVICE}, and stands below its {ROLE}s alone"


def must_match(bundle: Bundle) -> None:
    """Raise ``Misconfigured`` for entities and templates in the bundle, and for what its policies ask in vain."""
    declared = bundle.schema.actions if bundle.schema is not None else ()
    for uid in (uid for uid in bundle.entities if uid not in declared):
        raise Misconfigured(
            f"a guard's entities are the objects of its service, so it would not look at {uid}",
            hint="map claims and roles of callers, or keep these entities in a set that is only asked by AuthZEN",
        )
    problems = [
        Problem(f"policy {template.id} is a template, and no link fills it", template.span, "write the entity itself")
        for template in bundle.policies.templates
    ]
    for policy in bundle.policies.policies:
        problems += _problems(policy, bundle.schema)
    if problems:
        raise Unreadable(problems)


def _problems(policy: Policy, schema: Schema | None) -> Iterator[Problem]:
    for expression in _asked(policy):
        for part in walk(expression):
            for message, hint in _faults(part, schema):
                yield Problem(f"policy {policy.id} {message}", part.span if part.span.text else policy.span, hint)


def _asked(policy: Policy) -> Iterator[Expression]:
    yield from scope_conditions(policy)
    for clause in policy.clauses:
        yield clause.body


def _faults(part: Expression, schema: Schema | None) -> Iterator[tuple[str, str]]:
    match part:
        case Is(type=type_) | Literal(value=EntityUid(type=type_)) if "::" in type_:
            yield f"speaks of {type_}, and no class is called that", f"write {type_.rpartition('::')[2]}"
        case Is(of=Variable(name="principal"), type=type_) if type_ not in (PERSON, SERVICE):
            yield f"is for principals of type {type_}, which no caller is", _CALLERS
        case Equal(left=Variable(name="principal"), right=Literal(value=EntityUid() as uid)) if uid.type not in (
            PERSON,
            SERVICE,
        ):
            yield f"is for {uid}, which no caller is", _CALLERS
        case In(left=Variable(name="principal")):
            for uid in _named(part.right):
                if uid.type not in (PERSON, SERVICE, ROLE):
                    yield f"is for principals in {uid}, and no caller is", _CALLERS
        case In(left=Variable(name="action")) if schema is not None:
            for uid in _named(part.right):
                for member, declared in schema.actions.items():
                    if uid in declared.ancestors and uid.id not in groups_of(member.id):
                        groups = ", ".join(groups_of(member.id))
                        yield f"counts on {member} to be in {uid}", f"at a guard it is in {groups}"


def _named(places: Expression) -> Iterator[EntityUid]:
    for place in places.items if isinstance(places, SetOf) else (places,):
        if isinstance(place, Literal) and isinstance(place.value, EntityUid):
            yield place.value
