"""Every entity type, action and id that a policy names must be declared, also where it is never asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ringwall.policy.entity_uid import EntityUid, quoted
from ringwall.policy.expression import Is, Literal
from ringwall.policy.language.hints import nearest
from ringwall.policy.policy import Policy
from ringwall.policy.schema.schema import Schema
from ringwall.policy.scope import EqualTo, OfType, Scope, Within, WithinAny
from ringwall.policy.source import Span
from ringwall.policy.walk import walk


def check_names(policy: Policy, schema: Schema, report: Callable[[str, Span, str], None]) -> None:
    """Reports each name in the scope and in the conditions that ``schema`` does not declare.

    As every set has items of one type, so has the list of actions in a scope.
    """
    for scope in (policy.principal, policy.action, policy.resource):
        if isinstance(scope, OfType):
            _check_type(scope.type, policy.span, schema, report)
        for uid in uids_of(scope):
            _check_uid(uid, policy.span, schema, report)
    if isinstance(policy.action, WithinAny) and len({uid.type for uid in policy.action.entities}) > 1:
        hint = "write a policy for each namespace"
        report("the actions in a list must be of one namespace", policy.span, hint)
    for body in (*policy.requires, *(clause.body for clause in policy.clauses)):
        for part in walk(body):
            match part:
                case Literal(value=EntityUid() as uid):
                    _check_uid(uid, part.span, schema, report)
                case Is():
                    _check_type(part.type, part.span, schema, report)


def uids_of(scope: Scope) -> Iterator[EntityUid]:
    """The entities that a scope names."""
    match scope:
        case EqualTo(entity=EntityUid() as uid) | Within(entity=EntityUid() as uid) | OfType(within=EntityUid() as uid):
            yield uid
        case WithinAny():
            yield from scope.entities


def _check_uid(uid: EntityUid, span: Span, schema: Schema, report: Callable[[str, Span, str], None]) -> None:
    if uid.type == "Action" or uid.type.endswith("::Action"):
        if uid not in schema.actions:
            report(
                f"there is no action `{uid}`",
                span,
                nearest(str(uid), map(str, schema.actions), otherwise="declare it in the schema"),
            )
        return
    _check_type(uid.type, span, schema, report)
    declared = schema.entity_types.get(uid.type)
    if declared is not None and declared.enum is not None and uid.id not in declared.enum:
        ids = ", ".join(map(quoted, declared.enum))
        report(f"there is no `{uid}`", span, f"the schema has {uid.type}::… of {ids}")


def _check_type(name: str, span: Span, schema: Schema, report: Callable[[str, Span, str], None]) -> None:
    known = {*schema.entity_types, *schema.action_types}
    if name not in known:
        report(f"there is no entity type `{name}`", span, nearest(name, known, otherwise="declare it in the schema"))
