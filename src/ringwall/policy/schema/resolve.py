"""From a schema as it was written to one without relative names and common types."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.problem import Problem
from ringwall.policy.schema.declared import Declared
from ringwall.policy.schema.hierarchy import above, above_without_cycle
from ringwall.policy.schema.lookup import Lookup
from ringwall.policy.schema.schema import ActionDeclaration, EntityDeclaration, Schema
from ringwall.policy.schema.written import Namespace, WrittenScope


def resolved(namespaces: Iterable[Namespace]) -> Schema:
    """The schema that these namespaces declare together.

    Raises ``Unreadable`` with every name that is not declared, and for a common type or an action group that leads
    back to itself.
    """
    written = tuple(namespaces)
    declared = Declared.of(written)
    lookup = Lookup(declared)
    for problem in declared.shadowing():
        lookup.report(problem)
    schema = Schema(_entity_types(declared, lookup), _actions(declared, lookup), written)
    lookup.raise_problems()
    return schema


def _entity_types(declared: Declared, lookup: Lookup) -> dict[str, EntityDeclaration]:
    parents = {
        name: [lookup.entity_type(parent, namespace) for parent in written.parents]
        for name, (namespace, written) in declared.entities.items()
    }
    ancestors = above(parents)
    return {
        name: EntityDeclaration(
            name,
            lookup.record(written.shape, namespace, f"the shape of `{name}`"),
            frozenset(parents[name]),
            ancestors[name],
            lookup.type(written.tags, namespace) if written.tags is not None else None,
            written.enum,
        )
        for name, (namespace, written) in declared.entities.items()
    }


def _actions(declared: Declared, lookup: Lookup) -> dict[EntityUid, ActionDeclaration]:
    groups = {
        uid: tuple(lookup.group(group, namespace, uid) for group in written.groups)
        for uid, (namespace, written) in declared.actions.items()
    }
    ancestors = _ancestors(groups, declared, lookup)
    found: dict[EntityUid, ActionDeclaration] = {}
    for uid, (namespace, written) in declared.actions.items():
        scope = written.applies_to or WrittenScope()
        principals, resources = (
            tuple(dict.fromkeys(lookup.entity_type(name, namespace) for name in names))
            for names in (scope.principals, scope.resources)
        )
        context = lookup.record(scope.context, namespace, f"the context of `{uid}`")
        above_it = ancestors.get(uid, frozenset())
        found[uid] = ActionDeclaration(uid, groups[uid], above_it, principals, resources, context)
    return found


def _ancestors(
    groups: dict[EntityUid, tuple[EntityUid, ...]], declared: Declared, lookup: Lookup
) -> dict[EntityUid, frozenset[EntityUid]]:
    try:
        return above_without_cycle(groups)
    except CycleError as error:
        cycle: list[EntityUid] = error.args[1]
        message = f"the action `{cycle[0]}` stands in itself: {' in '.join(str(uid) for uid in reversed(cycle))}"
        lookup.report(Problem(message, declared.actions[cycle[0]][1].span, "break the circle"))
        return {}
