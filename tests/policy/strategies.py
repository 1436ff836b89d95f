"""Random policies and expressions that are well-formed Cedar, for every test that wants them.

``expressions`` may be of any type, and most of them err when they are evaluated. ``typed`` are of one type, and read
the attributes that ``WORLD`` says: most of them have a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from hypothesis import strategies as st

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Contains,
    ContainsAll,
    ContainsAny,
    Equal,
    Expression,
    GetTag,
    Has,
    HasTag,
    IfThenElse,
    In,
    Is,
    IsEmpty,
    Less,
    Like,
    Literal,
    Negate,
    Not,
    Or,
    RecordOf,
    SetOf,
    Variable,
)
from ringwall.policy.language.vocabulary import EXTENSION_FUNCTIONS, EXTENSION_METHODS
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Scope, Slot, Within, WithinAny

WORLD: dict[str, str] = {
    "flag": "bool",
    "level": "long",
    "name": "string",
    "owner": "entity",
    "groups": "set",
    "since": "datetime",
    "for": "duration",
    "price": "decimal",
    "from": "ip",
}
"""The attributes that ``typed`` expressions read, of principal, resource and context alike, and their types."""

NAMES = st.sampled_from(
    (*WORLD, "a", "b", "permit", "principal", "_1", "if", "is", "__cedar", "a b", "", "é", '"', "\\")
)
TYPES = st.sampled_from(("User", "Group", "Shop::Order", "principal", "A::B::C"))
TEXTS = st.text(st.one_of(st.sampled_from('ab*\\"\n\0é'), st.characters(exclude_categories=["Cs"])), max_size=6)
LONGS = st.one_of(
    st.integers(-3, 3), st.sampled_from((2**63 - 1, -(2**63), 1 - 2**63)), st.integers(-(2**63), 2**63 - 1)
)
UIDS = st.builds(EntityUid, TYPES, st.one_of(st.sampled_from(("ann", "1")), TEXTS))
ACTIONS = st.builds(EntityUid, st.sampled_from(("Action", "Shop::Action")), st.sampled_from(("read", "write", "a b")))
VARIABLES: st.SearchStrategy[Expression] = st.sampled_from(("principal", "action", "resource", "context")).map(
    lambda name: Variable(name=name)
)
LITERALS: st.SearchStrategy[Expression] = st.one_of(st.booleans(), LONGS, TEXTS, UIDS).map(
    lambda value: Literal(value=value)
)
PATTERNS = st.lists(TEXTS, min_size=1, max_size=4).map(tuple)


def _grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    some = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Attribute, of=inner, name=NAMES),
        st.builds(Has, of=inner, name=NAMES),
        st.builds(Is, of=inner, type=TYPES),
        st.builds(
            lambda of, type_, right: And(left=Is(of=of, type=type_), right=In(left=of, right=right)),
            inner,
            TYPES,
            inner,
        ),
        st.builds(Like, of=inner, parts=PATTERNS),
        st.builds(Equal, left=inner, right=inner),
        st.builds(Less, left=inner, right=inner, or_equal=st.booleans()),
        st.builds(In, left=inner, right=inner),
        st.builds(Contains, set=inner, item=inner),
        st.builds(ContainsAll, set=inner, other=inner),
        st.builds(ContainsAny, set=inner, other=inner),
        st.builds(IsEmpty, of=inner),
        st.builds(HasTag, of=inner, tag=inner),
        st.builds(GetTag, of=inner, tag=inner),
        st.builds(SetOf, items=some),
        st.builds(RecordOf, fields=st.dictionaries(NAMES, inner, max_size=3).map(lambda found: tuple(found.items()))),
        st.builds(Negate, of=inner),
        st.builds(Arithmetic, operator=st.sampled_from(("+", "-", "*")), left=inner, right=inner),
        st.builds(Call, function=st.sampled_from(sorted(EXTENSION_FUNCTIONS)), arguments=some),
        st.builds(
            lambda name, of, arguments: Call(function=name, arguments=(of, *arguments)),
            st.sampled_from(sorted(EXTENSION_METHODS)),
            inner,
            some,
        ),
        st.builds(Not, of=inner),
        st.builds(And, left=inner, right=inner),
        st.builds(Or, left=inner, right=inner),
        st.builds(IfThenElse, test=inner, then=inner, otherwise=inner),
    )


def expressions(*, most: int = 12) -> st.SearchStrategy[Expression]:
    """Any expression, of about ``most`` leaves at most."""
    return st.recursive(st.one_of(VARIABLES, LITERALS), _grown, max_leaves=most)


_STRINGS = {
    "decimal": ("0.0", "1.5", "-12.3456", "922337203685477.5807", "1.00000"),
    "ip": ("127.0.0.1", "10.0.0.0/8", "::1", "ff00::/8", "1.1.1.1/33"),
    "datetime": ("2024-10-15", "1969-12-31T23:59:59.999Z", "2024-10-15T11:38:02+0100", "2024-02-30"),
    "duration": ("1d2h3m4s5ms", "-3600s", "0ms", "h"),
}
_FROM = {
    "datetime": ("toDate", "offset"),
    "long": ("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"),
}


@st.composite
def typed(draw: st.DrawFn, kind: str = "bool", depth: int = 3) -> Expression:
    """An expression of type ``kind``: bool, long, string, entity, set (of entities), or an extension type."""

    def of(kind: str) -> Expression:
        return draw(typed(kind, depth - 1))

    if depth <= 0 or draw(st.integers(0, 4)) == 0:
        return _leaf(draw, kind)
    match draw(st.integers(0, 4)):
        case 0:
            return IfThenElse(test=of("bool"), then=of(kind), otherwise=of(kind))
        case 1 if kind == "string":
            return GetTag(of=of("entity"), tag=of("string"))
    match kind:
        case "bool":
            return _truth(draw, of)
        case "long" if draw(st.booleans()):
            return Arithmetic(operator=draw(st.sampled_from(("+", "-", "*"))), left=of("long"), right=of("long"))
        case "long":
            return Call(function=draw(st.sampled_from(_FROM["long"])), arguments=(of("duration"),))
        case "set":
            return SetOf(items=tuple(of("entity") for _ in range(draw(st.integers(0, 2)))))
        case "datetime":
            return Call(function="offset", arguments=(of("datetime"), of("duration")))
        case "duration" if draw(st.booleans()):
            return Call(function="toTime", arguments=(of("datetime"),))
        case "duration":
            return Call(function="durationSince", arguments=(of("datetime"), of("datetime")))
    return _leaf(draw, kind)


def _leaf(draw: st.DrawFn, kind: str) -> Expression:
    owner = Variable(name=draw(st.sampled_from(("principal", "resource", "context"))))
    names = [name for name, type_ in WORLD.items() if type_ == kind]
    if names and draw(st.booleans()):
        return Attribute(of=owner, name=draw(st.sampled_from(names)))
    match kind:
        case "bool":
            return Literal(value=draw(st.booleans()))
        case "long":
            return Literal(value=draw(LONGS))
        case "string":
            return Literal(value=draw(TEXTS))
        case "entity":
            return draw(st.one_of(st.just(Variable(name="principal")), UIDS.map(lambda uid: Literal(value=uid))))
        case "set":
            return SetOf(items=(Literal(value=draw(UIDS)),))
    return Call(function=kind, arguments=(Literal(value=draw(st.sampled_from(_STRINGS[kind]))),))


def _truth(draw: st.DrawFn, of: Any) -> Expression:
    match draw(st.integers(0, 12)):
        case 0:
            return Not(of=of("bool"))
        case 1 | 2:
            return And(left=of("bool"), right=of("bool"))
        case 3:
            return Or(left=of("bool"), right=of("bool"))
        case 4:
            kind = draw(st.sampled_from(sorted(set(WORLD.values()))))
            return Equal(left=of(kind), right=of(kind))
        case 5:
            kind = draw(st.sampled_from(("long", "datetime", "duration")))
            return Less(left=of(kind), right=of(kind), or_equal=draw(st.booleans()))
        case 6:
            return In(left=of("entity"), right=of(draw(st.sampled_from(("entity", "set")))))
        case 7:
            return Has(of=Variable(name="context"), name=draw(st.sampled_from(sorted(WORLD))))
        case 8:
            return Like(of=of("string"), parts=draw(PATTERNS))
        case 9:
            return Contains(set=of("set"), item=of("entity"))
        case 10:
            method = draw(st.sampled_from((ContainsAll, ContainsAny)))
            return method(set=of("set"), other=of("set"))
        case 11:
            name = draw(st.sampled_from(("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")))
            return Call(function=name, arguments=(of("decimal"), of("decimal")))
    return Call(function="isInRange", arguments=(of("ip"), of("ip")))


_PLACES = {name: st.one_of(UIDS, st.just(Slot(name))) for name in ("principal", "resource")}
_ANNOTATIONS = st.dictionaries(st.sampled_from(("id", "sentence", "public", "if", "_")), TEXTS, max_size=2)
_CLAUSES = st.sampled_from(("when", "unless"))


def _scopes(name: str, *, slots: bool) -> st.SearchStrategy[Any]:
    places = _PLACES[name] if slots else UIDS
    return st.one_of(
        st.just(ANYTHING),
        st.builds(EqualTo, places),
        st.builds(Within, places),
        st.builds(OfType, TYPES, st.one_of(st.none(), places)),
    )


def policies(
    conditions: st.SearchStrategy[Expression] | None = None, *, slots: bool = False
) -> st.SearchStrategy[Policy]:
    """A policy called ``policy0``; with ``slots``, possibly a template."""
    bodies = expressions() if conditions is None else conditions
    return st.builds(
        Policy,
        id=st.just("policy0"),
        effect=st.sampled_from(("permit", "forbid")),
        principal=_scopes("principal", slots=slots),
        action=st.one_of(
            st.just(ANYTHING),
            st.builds(EqualTo, ACTIONS),
            st.builds(Within, ACTIONS),
            st.builds(WithinAny, st.lists(ACTIONS, max_size=3).map(tuple)),
        ),
        resource=_scopes("resource", slots=slots),
        clauses=st.lists(st.builds(Clause, _CLAUSES, bodies), max_size=2).map(tuple),
        annotations=_ANNOTATIONS,
    )


def as_cedar(action: Scope) -> Scope:
    """Cedar's JSON has ``action in [one]`` as ``action in one``."""
    return Within(action.entities[0]) if isinstance(action, WithinAny) and len(action.entities) == 1 else action


def canonical(part: Any) -> Any:
    """A tree to compare: a chain of ``&&`` or ``||`` as the row of its terms, and a record whatever its order."""
    if isinstance(part, RecordOf):
        return RecordOf, {name: canonical(value) for name, value in part.fields}
    if isinstance(part, And | Or):
        return (type(part), *_row(part, type(part)))
    if is_dataclass(part):
        return (type(part), *(canonical(getattr(part, field.name)) for field in fields(part) if field.compare))
    if isinstance(part, Mapping):
        return dict(part)
    if isinstance(part, tuple) and not isinstance(part, EntityUid):
        return tuple(canonical(item) for item in part)
    return type(part), part


def _row(part: Any, kind: type) -> list[Any]:
    return [*_row(part.left, kind), *_row(part.right, kind)] if isinstance(part, kind) else [canonical(part)]
