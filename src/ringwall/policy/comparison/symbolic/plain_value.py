"""What the terms of a value are in one model."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from typing import cast

import z3

from ringwall.policy.comparison.symbolic.terms import in_64_bits
from ringwall.policy.comparison.symbolic.texts import plain_text
from ringwall.policy.comparison.symbolic.value import Scalar
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.schema.types import (
    BoolType,
    EntityType,
    ExtensionType,
    LongType,
    RecordType,
    SetType,
    StringType,
    Type,
)
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

Naming = Callable[[str, int], EntityUid]
"""Gives the entity of a type and a number."""


class Plain:
    """Reads one model; entities are named by ``naming``."""

    def __init__(self, model: z3.ModelRef, naming: Naming, items: Iterable[z3.ExprRef]) -> None:
        self._model = model
        self._naming = naming
        self._items = items

    def holds(self, formula: z3.BoolRef) -> bool:
        """Whether a formula is true in the model."""
        return bool(z3.is_true(self._model.eval(formula, model_completion=True)))

    def integer(self, term: z3.ExprRef) -> int:
        """An integer term's value."""
        return int(self._model.eval(term, model_completion=True).as_long())

    def value(self, of: Scalar) -> Value:
        """A scalar's value. A set has the members that the model names."""
        match of.type:
            case ExtensionType(name="ipaddr"):
                v6, (address, prefix) = self.holds(cast(z3.BoolRef, of.terms[0])), map(self.integer, of.terms[1:])
                return IpAddress((ipaddress.IPv6Address if v6 else ipaddress.IPv4Address)(address), prefix)
            case SetType():
                element = of.type.element
                return CedarSet(self._constant(element, term) for term in self.members(element, of.terms[0]))
        return self._constant(of.type, self._model.eval(of.terms[0], model_completion=True))

    def _constant(self, type_: Type, term: z3.ExprRef) -> Value:
        match type_:
            case BoolType():
                return bool(z3.is_true(term))
            case StringType():
                return plain_text(term)
            case EntityType():
                return self._naming(type_.name, term.as_long())
            case ExtensionType(name="decimal"):
                return Decimal(term.as_long())
            case ExtensionType(name="datetime"):
                return Datetime(term.as_long())
            case ExtensionType(name="duration"):
                return Duration(term.as_long())
        return int(term.as_long())

    def members(self, type_: Type, array: z3.ExprRef) -> Iterator[z3.ExprRef]:
        """The members of a set that the model names, or that were asked about."""
        found = self._model.eval(array, model_completion=True)
        sort = found.sort().domain()
        number = not isinstance(type_, (EntityType, BoolType, StringType))
        asked = (self._model.eval(item, model_completion=True) for item in self._items if item.sort() == sort)
        candidates = {term.get_id(): term for term in (*self._constants(found, sort), *asked)}
        for term in candidates.values():
            if self.holds(z3.Select(found, term)) and (not number or z3.is_true(z3.simplify(in_64_bits(term)))):
                yield term

    def _constants(self, term: z3.ExprRef, sort: z3.SortRef) -> Iterator[z3.ExprRef]:
        """The constants of a sort that a term mentions: whatever a set of the model tells apart."""
        waiting: list[z3.ExprRef] = [term]
        seen: dict[int, z3.ExprRef] = {}
        while waiting:
            part = waiting.pop()
            if part.get_id() in seen:
                continue
            seen[part.get_id()] = part
            if z3.is_as_array(part):
                listed = self._model[z3.get_as_array_func(part)].as_list()
                waiting += [key for key, *_ in filter(lambda entry: isinstance(entry, list), listed)]
            elif part.sort() == sort and z3.is_const(part):
                yield part
            waiting += part.children()


def default(type_: Type, named: Callable[[str], EntityUid]) -> Value:
    """A value of a type, for an attribute that must be there and that no policy asked for."""
    match type_:
        case BoolType():
            return False
        case LongType():
            return 0
        case StringType():
            return ""
        case EntityType():
            return named(type_.name)
        case SetType():
            return CedarSet()
        case RecordType():
            fields = ((name, field) for name, field in type_.fields.items() if field.required)
            return Record({name: default(field.type, named) for name, field in fields})
    return _EXTENSIONS[type_.name]


_EXTENSIONS: dict[str, Value] = {
    "decimal": Decimal(0),
    "datetime": Datetime(0),
    "duration": Duration(0),
    "ipaddr": IpAddress(ipaddress.IPv4Address(0), 32),
}
