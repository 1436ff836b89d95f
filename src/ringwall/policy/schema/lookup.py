"""What the names of a written schema mean: types, entity types and groups of actions; and all that mean nothing."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.cursor import MOST_PROBLEMS
from ringwall.policy.language.hints import nearest
from ringwall.policy.language.problem import Problem, Unreadable
from ringwall.policy.schema.common_types import in_order
from ringwall.policy.schema.declared import BUILTIN, Declared, builtin, candidates
from ringwall.policy.schema.types import EntityType, Field, RecordType, SetType, Type
from ringwall.policy.schema.written import (
    Builtin,
    Name,
    Namespace,
    WrittenGroup,
    WrittenRecord,
    WrittenSet,
    WrittenType,
)
from ringwall.policy.source import Span

_OF_OTHERS = {"Boolean": "write Bool", "Integer": "write Long", "Int": "write Long", "Number": "write Long"}


class Lookup:
    """Looks names up in what is ``declared``. What it does not find is a problem, and something stands in for it.

    Raises ``Unreadable`` for a common type that is made of itself, or too large.
    """

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._common: dict[str, Type] = {}
        self._problems: list[Problem] = []
        for name in in_order(declared):
            namespace, common = declared.common_types[name]
            self._common[name] = self.type(common.type, namespace)

    def report(self, problem: Problem) -> None:
        """Note a problem and go on. Raises ``Unreadable`` once there are more than anyone reads."""
        self._problems.append(problem)
        if len(self._problems) >= MOST_PROBLEMS:
            self.raise_problems()

    def raise_problems(self) -> None:
        """Raises ``Unreadable`` with all problems, the first of the text first, if there are any."""
        if self._problems:
            raise Unreadable(sorted(self._problems, key=lambda problem: problem.span.start))

    def type(self, written: WrittenType, namespace: Namespace) -> Type:
        """The type, with no name left in it."""
        match written:
            case Builtin():
                return written.type
            case WrittenSet():
                return SetType(self.type(written.element, namespace))
            case WrittenRecord():
                fields = written.fields.items()
                return RecordType({name: Field(self.type(f.type, namespace), f.required) for name, f in fields})
            case Name():
                return self._named(written, namespace)

    def record(self, written: WrittenType, namespace: Namespace, what: str) -> RecordType:
        """The type, which must be a record; ``what`` has it, for the problem."""
        found = self.type(written, namespace)
        if isinstance(found, RecordType):
            return found
        self._refuse(f"{what} must be a record, not `{found}`", written.span, "write { name: Type, … }")
        return RecordType()

    def entity_type(self, written: Name, namespace: Namespace) -> str:
        """The full name of an entity type; common types and actions are none."""
        for name in candidates(written.name, namespace):
            if name in self._declared.entities:
                return name
        if self._declared.common(written.name, namespace):
            hint = "a common type is only another way to write a type: name the entity type itself"
            self._refuse(f"`{written.name}` is no entity type", written.span, hint)
        else:
            self._unknown(written, self._declared.entities)
        return written.name

    def group(self, written: WrittenGroup, namespace: Namespace, member: EntityUid) -> EntityUid:
        """The action that ``member`` stands in."""
        types = [namespace.full("Action")] if written.type is None else candidates(written.type, namespace)
        uids = [EntityUid(type_, written.id) for type_ in types]
        for uid in uids:
            if uid in self._declared.actions:
                return uid
        known = [str(uid) for uid in self._declared.actions if uid != member]
        hint = nearest(str(uids[0]), known, otherwise=f'declare it: action "{written.id}";')
        self._refuse(f"`{member}` stands in `{uids[0]}`, which is not declared", written.span, hint)
        return uids[0]

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
        otherwise = f"declare it: entity {written.name};"
        hint = _OF_OTHERS.get(written.name) or nearest(written.name, known, otherwise=otherwise)
        self._refuse(f"no type `{written.name}` is declared", written.span, hint)

    def _refuse(self, message: str, span: Span, hint: str) -> None:
        self.report(Problem(message, span, hint))
