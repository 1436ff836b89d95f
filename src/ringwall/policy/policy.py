"""A policy: who may, or may never, do what to which, and under which conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from types import MappingProxyType
from typing import Literal, TypeAlias

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import And, Expression, Not
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Place, Scope, Slot, Within
from ringwall.policy.source import NOWHERE, Span

Effect = Literal["permit", "forbid"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Clause:
    """``when { … }`` or ``unless { … }``."""

    kind: Literal["when", "unless"]
    body: Expression


@dataclass(frozen=True, slots=True)
class Policy:
    """One Cedar policy. However it was written, this is what is decided, explained, printed and turned into SQL.

    ``principal``, ``action`` and ``resource`` are its scope; ``clauses`` are asked inside that scope, in their order. A
    policy with a slot in its scope is a template, and decides nothing before it is linked.

    ``requires`` are conditions that the classes of a Python rule promise (an attribute that is never None): where a
    promise is broken, the policy errs. ``resource_class`` is the very class that the scope's type names, where that is
    known: the body of a request may be of another one that is called the same. ``in_python``: it is a Python function,
    so it must answer as the function does: what Python would raise, or see otherwise, is an error.
    """

    id: str
    effect: Effect = "permit"
    principal: Scope = ANYTHING
    action: Scope = ANYTHING
    resource: Scope = ANYTHING
    clauses: tuple[Clause, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    requires: tuple[Expression, ...] = ()
    resource_class: type | None = field(default=None, repr=False, compare=False)
    in_python: bool = field(default=False, repr=False, compare=False)

    @property
    def condition(self) -> Expression | None:
        """All clauses as one expression; ``None`` where there is none, which always holds."""
        bodies = [c.body if c.kind == "when" else Not(of=c.body, span=c.body.span) for c in self.clauses]
        if not bodies:
            return None
        return reduce(lambda right, left: And(left=left, right=right, span=self.span), reversed(bodies))

    @property
    def sentence(self) -> str:
        """What the policy says in words: ``@sentence("…")``, or the docstring of a Python rule; possibly empty."""
        return self.annotations.get("sentence", "")

    @property
    def public(self) -> bool:
        """``@public``: whoever is refused by this policy may read its sentence."""
        return "public" in self.annotations

    @property
    def where(self) -> str:
        """``file:line``; empty for a policy that was not written in a file."""
        return self.annotations.get("where", "") or str(self.span)

    @property
    def slots(self) -> frozenset[str]:
        """The names of its slots: ``principal``, ``resource``, both, or none."""
        places = (_place(scope) for scope in (self.principal, self.resource))
        return frozenset(place.name for place in places if isinstance(place, Slot))

    def linked(self, id_: str, values: Mapping[str, EntityUid]) -> Policy:
        """The policy that this template becomes with its slots filled.

        Raises ``Misconfigured`` unless ``values`` names exactly the slots.
        """
        if set(values) != self.slots:
            wanted = ", ".join(f"?{name}" for name in sorted(self.slots)) or "none"
            given = ", ".join(f"?{name}" for name in sorted(values)) or "none"
            raise Misconfigured(
                f"template {self.id} has the slots {wanted}, and {given} came", where=self.where, hint="fill each slot"
            )
        principal, resource = _filled(self.principal, values), _filled(self.resource, values)
        return replace(self, id=id_, principal=principal, resource=resource)


Rule: TypeAlias = Policy
"""The noun by which a service's own code knows it."""


def _place(scope: Scope) -> Place | None:
    match scope:
        case EqualTo() | Within():
            return scope.entity
        case OfType():
            return scope.within
    return None


def _filled(scope: Scope, values: Mapping[str, EntityUid]) -> Scope:
    match scope:
        case EqualTo(entity=Slot(name=name)) | Within(entity=Slot(name=name)):
            return replace(scope, entity=values[name])
        case OfType(within=Slot(name=name)):
            return replace(scope, within=values[name])
    return scope
