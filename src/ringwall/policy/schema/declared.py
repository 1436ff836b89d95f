"""What a schema declares, by full name, and what a relative name in it stands for (Cedar's RFC 24 and RFC 70)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.problem import Problem
from ringwall.policy.schema.types import BOOL, EXTENSIONS, LONG, STRING, ExtensionType, Type
from ringwall.policy.schema.written import Namespace, WrittenAction, WrittenCommonType, WrittenEntity
from ringwall.policy.source import Span

BUILTIN: dict[str, Type] = {
    "Bool": BOOL,
    "Long": LONG,
    "String": STRING,
    **{name: ExtensionType(name) for name in EXTENSIONS},
}


@dataclass(frozen=True, slots=True)
class Declared:
    """Each declaration with the namespace that it stands in."""

    common_types: dict[str, tuple[Namespace, WrittenCommonType]] = field(default_factory=dict)
    entities: dict[str, tuple[Namespace, WrittenEntity]] = field(default_factory=dict)
    actions: dict[EntityUid, tuple[Namespace, WrittenAction]] = field(default_factory=dict)
    action_types: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, namespaces: Iterable[Namespace]) -> Declared:
        """Every declaration in these namespaces."""
        declared = cls()
        for namespace in namespaces:
            for name, common in namespace.common_types.items():
                declared.common_types[namespace.full(name)] = namespace, common
            for name, entity in namespace.entities.items():
                declared.entities[namespace.full(name)] = namespace, entity
            for name, action in namespace.actions.items():
                declared.actions[EntityUid(namespace.full("Action"), name)] = namespace, action
                declared.action_types.add(namespace.full("Action"))
        return declared

    def is_entity(self, name: str) -> bool:
        """Whether an attribute may refer to entities of this type; those of the actions are among them."""
        return name in self.entities or name in self.action_types

    def common(self, name: str, namespace: Namespace) -> str | None:
        """The full name of the common type that ``name`` means in this namespace."""
        return _first(candidates(name, namespace), self.common_types.__contains__)

    def shadowing(self) -> Iterator[Problem]:
        """RFC 70: what stands in a namespace may not have the name of something that stands in none."""
        types = {**self.common_types, **self.entities}
        for full, (namespace, declaration) in types.items():
            bare = full.rpartition("::")[2]
            if namespace.name and bare in types:
                yield _shadows(full, bare, declaration.span)
        for uid, (namespace, action) in self.actions.items():
            bare_uid = EntityUid("Action", uid.id)
            if namespace.name and bare_uid in self.actions:
                yield _shadows(str(uid), str(bare_uid), action.span)


def candidates(name: str, namespace: Namespace) -> tuple[str, ...]:
    """The full names that ``name`` can stand for, the nearest first."""
    return (name,) if "::" in name else (namespace.full(name), name)


def builtin(name: str) -> Type | None:
    """``Long`` and its like, also as ``__cedar::Long``."""
    return BUILTIN.get(name.removeprefix("__cedar::"))


def _first(names: Iterable[str], holds: Callable[[str], bool]) -> str | None:
    return next((name for name in names if holds(name)), None)


def _shadows(full: str, bare: str, span: Span) -> Problem:
    return Problem(f"`{full}` would hide `{bare}`, which stands in no namespace", span, "rename one of them")
