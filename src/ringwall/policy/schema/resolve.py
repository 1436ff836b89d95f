"""From a schema as it was written to one without relative names and common types."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.cursor import MOST_PROBLEMS
from ringwall.policy.language.hints import nearest
from ringwall.policy.language.problem import Problem, Unreadable
from ringwall.policy.schema.common_types import in_order
from ringwall.policy.schema.declared import BUILTIN, Declared, builtin, candidates
from ringwall.policy.schema.hierarchy import above, above_without_cycle
from ringwall.policy.schema.schema import ActionDeclaration, EntityDeclaration, Schema
from ringwall.policy.schema.types import EntityType, Field, RecordType, SetType, Type
from ringwall.policy.schema.written import (
    Builtin,
    Name,
    Namespace,
    WrittenAction,
    WrittenEntity,
    WrittenGroup,
    WrittenRecord,
    WrittenScope,
    WrittenSet,
    WrittenType,
)


def resolved(namespaces: Iterable[Namespace]) -> Schema:
    """The schema that these namespaces declare together.

    Raises ``Unreadable`` with every name that is not declared, and for a common type or an action group that leads
    back to itself.
    """
    written = tuple(namespaces)
    resolver = _Resolver(Declared.of(written))
    schema = resolver.schema(written)
    if resolver.problems:
        raise Unreadable(resolver.in_order_of_place())
    return schema


class _Resolver:
    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._common: dict[str, Type] = {}
        self.problems: list[Problem] = []

    def in_order_of_place(self) -> list[Problem]:
        """All problems, the first of the text first."""
        return sorted(self.problems, key=lambda problem: problem.span.start)

    def _report(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise Unreadable(self.in_order_of_place())

    def schema(self, written: tuple[Namespace, ...]) -> Schema:
        declared = self._declared
        for problem in declared.shadowing():
            self._report(problem)
        for name in in_order(declared):
            namespace, common = declared.common_types[name]
            self._common[name] = self._type(common.type, namespace)
        parents = {name: self._parents(*found) for name, found in declared.entities.items()}
        groups = {uid: self._groups(uid, *found) for uid, found in declared.actions.items()}
        higher = above(parents)
        entities = {
            name: self._entity(name, *found, frozenset(parents[name]), higher[name])
            for name, found in declared.entities.items()
        }
        higher_actions = self._higher_actions(groups)
        actions = {
            uid: self._action(uid, *found, groups[uid], higher_actions.get(uid, frozenset()))
            for uid, found in declared.actions.items()
        }
        return Schema(entities, actions, written)

    def _type(self, written: WrittenType, namespace: Namespace) -> Type:
        match written:
            case Builtin():
                return written.type
            case WrittenSet():
                return SetType(self._type(written.element, namespace))
            case WrittenRecord():
                return RecordType(
                    {name: Field(self._type(f.type, namespace), f.required) for name, f in written.fields.items()}
                )
            case Name():
                return self._named(written, namespace)

    def _named(self, written: Name, namespace: Namespace) -> Type:
        for name in candidates(written.name, namespace):
            if written.kind != "entity" and name in self._common:
                return self._common[name]
            if written.kind != "common" and self._declared.is_entity(name):
                return EntityType(name)
        known = builtin(written.name) if written.kind != "entity" else None
        if known is None:
            self._unknown(written, {**BUILTIN, **self._declared.common_types, **self._declared.entities})
        return known or RecordType()

    def _unknown(self, written: Name, known: Iterable[str]) -> None:
        hints = {"Boolean": "write Bool", "Integer": "write Long", "Int": "write Long", "Number": "write Long"}
        hint = hints.get(written.name) or nearest(written.name, known, otherwise=f"declare it: entity {written.name};")
        self._report(Problem(f"no type `{written.name}` is declared", written.span, hint))

    def _entity_name(self, written: Name, namespace: Namespace) -> str:
        """The full name of an entity type; common types and actions are none."""
        for name in candidates(written.name, namespace):
            if name in self._declared.entities:
                return name
        if self._declared.common(written.name, namespace):
            hint = "a common type is only another way to write a type: name the entity type itself"
            self._report(Problem(f"`{written.name}` is no entity type", written.span, hint))
        else:
            self._unknown(written, self._declared.entities)
        return written.name

    def _parents(self, namespace: Namespace, written: WrittenEntity) -> list[str]:
        return [self._entity_name(parent, namespace) for parent in written.parents]

    def _entity(
        self,
        name: str,
        namespace: Namespace,
        written: WrittenEntity,
        parents: frozenset[str],
        ancestors: frozenset[str],
    ) -> EntityDeclaration:
        shape = self._record(written.shape, namespace, f"the shape of `{name}`")
        tags = self._type(written.tags, namespace) if written.tags is not None else None
        return EntityDeclaration(name, shape, parents, ancestors, tags, written.enum)

    def _record(self, written: WrittenType, namespace: Namespace, what: str) -> RecordType:
        found = self._type(written, namespace)
        if isinstance(found, RecordType):
            return found
        self.problems.append(
            Problem(f"{what} must be a record, not `{found}`", written.span, "write { name: Type, … }")
        )
        return RecordType()

    def _groups(self, uid: EntityUid, namespace: Namespace, written: WrittenAction) -> tuple[EntityUid, ...]:
        return tuple(self._group(group, namespace, uid) for group in written.groups)

    def _group(self, written: WrittenGroup, namespace: Namespace, member: EntityUid) -> EntityUid:
        types = [namespace.full("Action")] if written.type is None else candidates(written.type, namespace)
        uids = [EntityUid(type_, written.id) for type_ in types]
        for uid in uids:
            if uid in self._declared.actions:
                return uid
        hint = nearest(str(uids[0]), map(str, self._declared.actions), otherwise=f'declare it: action "{written.id}";')
        self._report(Problem(f"`{member}` stands in `{uids[0]}`, which is not declared", written.span, hint))
        return uids[0]

    def _higher_actions(self, groups: dict[EntityUid, tuple[EntityUid, ...]]) -> dict[EntityUid, frozenset[EntityUid]]:
        try:
            return above_without_cycle(groups)
        except CycleError as error:
            cycle: list[EntityUid] = error.args[1]
            message = f"the action `{cycle[0]}` stands in itself: {' in '.join(str(uid) for uid in reversed(cycle))}"
            self._report(Problem(message, self._declared.actions[cycle[0]][1].span, "break the circle"))
            return {}

    def _action(
        self,
        uid: EntityUid,
        namespace: Namespace,
        written: WrittenAction,
        groups: tuple[EntityUid, ...],
        ancestors: frozenset[EntityUid],
    ) -> ActionDeclaration:
        scope = written.applies_to or WrittenScope()
        principals = [self._entity_name(name, namespace) for name in scope.principals]
        resources = [self._entity_name(name, namespace) for name in scope.resources]
        context = self._record(scope.context, namespace, f"the context of `{uid}`")
        return ActionDeclaration(
            uid, groups, ancestors, tuple(dict.fromkeys(principals)), tuple(dict.fromkeys(resources)), context
        )
