"""Text becomes the tree that Cedar's grammar says, each node with the place it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

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
from ringwall.policy.language.parse import parse_entity_uid, parse_expression, parse_policies, parse_policy_set
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Slot, Within, WithinAny
from ringwall.policy.walk import walk

P, R, C = Variable(name="principal"), Variable(name="resource"), Variable(name="context")
ONE, TWO, THREE = Literal(value=1), Literal(value=2), Literal(value=3)
TRUE, FALSE = Literal(value=True), Literal(value=False)
ANN = EntityUid("User", "ann")


def _attribute(of: Any, *names: str) -> Any:
    for name in names:
        of = Attribute(of=of, name=name)
    return of


EXPRESSIONS: dict[str, Any] = {
    "true": TRUE,
    "007": Literal(value=7),
    "-1": Literal(value=-1),
    "-9223372036854775808": Literal(value=-(2**63)),
    "9223372036854775807": Literal(value=2**63 - 1),
    "--1": Negate(of=Literal(value=-1)),
    "-(1)": Negate(of=ONE),
    "-1 .a": Negate(of=_attribute(ONE, "a")),
    "1--1": Arithmetic(operator="-", left=ONE, right=Literal(value=-1)),
    "!!!!true": Not(of=Not(of=Not(of=Not(of=TRUE)))),
    r'"\n\r\t\0\\\"\'\x41\u{1_f600}"': Literal(value="\n\r\t\0\\\"'A\U0001f600"),
    '"two\nlines"': Literal(value="two\nlines"),
    'User::"ann"': Literal(value=ANN),
    'Shop :: principal :: "7"': Literal(value=EntityUid("Shop::principal", "7")),
    "principal.a.permit": _attribute(P, "a", "permit"),
    'principal["a b"].c': _attribute(P, "a b", "c"),
    "principal has a": Has(of=P, name="a"),
    'principal has "if"': Has(of=P, name="if"),
    "principal has a.b.c": And(
        left=And(left=Has(of=P, name="a"), right=Has(of=_attribute(P, "a"), name="b")),
        right=Has(of=_attribute(P, "a", "b"), name="c"),
    ),
    "principal is Shop::User": Is(of=P, type="Shop::User"),
    'principal is User in User::"ann"': And(left=Is(of=P, type="User"), right=In(left=P, right=Literal(value=ANN))),
    r'resource.p like "a*\*\u{2a}b"': Like(of=_attribute(R, "p"), parts=("a", "*", "b")),
    'resource.p like ""': Like(of=_attribute(R, "p"), parts=("",)),
    "1 == 2": Equal(left=ONE, right=TWO),
    "1 != 2": Not(of=Equal(left=ONE, right=TWO)),
    "1 < 2": Less(left=ONE, right=TWO),
    "1 <= 2": Less(left=ONE, right=TWO, or_equal=True),
    "1 > 2": Not(of=Less(left=ONE, right=TWO, or_equal=True)),
    "1 >= 2": Not(of=Less(left=ONE, right=TWO)),
    "principal in [resource]": In(left=P, right=SetOf(items=(R,))),
    "1 + 2 * 3 - 1": Arithmetic(
        operator="-",
        left=Arithmetic(operator="+", left=ONE, right=Arithmetic(operator="*", left=TWO, right=THREE)),
        right=ONE,
    ),
    "(1 + 2) * 3": Arithmetic(operator="*", left=Arithmetic(operator="+", left=ONE, right=TWO), right=THREE),
    "true || false && 1 == 2 + 3": Or(
        left=TRUE,
        right=And(left=FALSE, right=Equal(left=ONE, right=Arithmetic(operator="+", left=TWO, right=THREE))),
    ),
    "if true then 1 else 2 == 3": IfThenElse(test=TRUE, then=ONE, otherwise=Equal(left=TWO, right=THREE)),
    "if if true then true else true then 1 else if false then 2 else 3": IfThenElse(
        test=IfThenElse(test=TRUE, then=TRUE, otherwise=TRUE),
        then=ONE,
        otherwise=IfThenElse(test=FALSE, then=TWO, otherwise=THREE),
    ),
    "[1, 2,].contains(3,)": Contains(set=SetOf(items=(ONE, TWO)), item=THREE),
    "[].containsAll([1])": ContainsAll(set=SetOf(items=()), other=SetOf(items=(ONE,))),
    "[].containsAny([])": ContainsAny(set=SetOf(items=()), other=SetOf(items=())),
    "context.a.isEmpty()": IsEmpty(of=_attribute(C, "a")),
    'resource.hasTag("a") && resource.getTag("a")': And(
        left=HasTag(of=R, tag=Literal(value="a")), right=GetTag(of=R, tag=Literal(value="a"))
    ),
    '{a: 1, "if": {}, principal: principal,}': RecordOf(
        fields=(("a", ONE), ("if", RecordOf(fields=())), ("principal", P))
    ),
    'ip ("::1").isInRange(ip("::"))': Call(
        function="isInRange",
        arguments=(
            Call(function="ip", arguments=(Literal(value="::1"),)),
            Call(function="ip", arguments=(Literal(value="::"),)),
        ),
    ),
    # How many arguments an extension function takes is asked when it is evaluated.
    "ip()": Call(function="ip", arguments=()),
    "1.lessThan(2, 3)": Call(function="lessThan", arguments=(ONE, TWO, THREE)),
    "\xa0true\u2028// the end": TRUE,
    "true // old Macs\r && false": And(left=TRUE, right=FALSE),
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression(text: str) -> None:
    assert parse_expression(text) == EXPRESSIONS[text]


def test_true_is_not_one() -> None:
    assert parse_expression("[true]") != parse_expression("[1]")


def test_a_whole_policy() -> None:
    (policy,) = parse_policies(
        '@id("a")\n@public\npermit (principal is User in ?principal, action in [Action::"r", Shop::Action::"w",],'
        " resource == ?resource,)\nwhen { true }\nunless { false };",
        file="a.cedar",
    )
    assert (policy.id, policy.effect, policy.annotations) == ("policy0", "permit", {"id": "a", "public": ""})
    assert policy.principal == OfType("User", Slot("principal"))
    assert policy.action == WithinAny((EntityUid("Action", "r"), EntityUid("Shop::Action", "w")))
    assert policy.resource == EqualTo(Slot("resource"))
    assert [(clause.kind, clause.body) for clause in policy.clauses] == [("when", TRUE), ("unless", FALSE)]
    assert (policy.where, policy.public, policy.slots) == ("a.cedar:1", True, {"principal", "resource"})


SCOPES: dict[str, Any] = {
    "principal, action, resource": (ANYTHING, ANYTHING, ANYTHING),
    'principal == User::"ann", action == Action::"r", resource in User::"ann"': (
        EqualTo(ANN),
        EqualTo(EntityUid("Action", "r")),
        Within(ANN),
    ),
    'principal in ((User::"ann")), action in ([(Action::"r")]), resource is A::B in (?resource)': (
        Within(ANN),
        WithinAny((EntityUid("Action", "r"),)),
        OfType("A::B", Slot("resource")),
    ),
    'principal is User, action in Action::"r", resource is A': (
        OfType("User"),
        Within(EntityUid("Action", "r")),
        OfType("A"),
    ),
    "principal, action in [], resource": (ANYTHING, WithinAny(()), ANYTHING),
}


@pytest.mark.parametrize("text", SCOPES)
def test_a_scope(text: str) -> None:
    (policy,) = parse_policies(f"forbid({text});")
    assert (policy.principal, policy.action, policy.resource) == SCOPES[text]
    assert policy.effect == "forbid"


def test_policies_are_called_by_their_place_and_templates_wait_for_links() -> None:
    text = '@id("x") permit(principal, action, resource);// none\nforbid(principal in ?principal, action, resource);'
    found = parse_policy_set(text)
    assert [policy.id for policy in found.static] == ["policy0"]
    assert [policy.id for policy in found.templates] == ["policy1"]
    assert parse_policies(" // nothing\n") == ()


def test_an_entity() -> None:
    assert parse_entity_uid(r'Shop::Order::"7\u{41}"') == EntityUid("Shop::Order", "7A")
    with pytest.raises(Unreadable, match='expected `::"…"`'):
        parse_entity_uid("Shop::Order")


def test_every_node_knows_where_it_was_written() -> None:
    text = 'context.a\n  .b >= 2 && [principal, -3].contains("é") || !(resource is A)'
    spans = {(type(node).__name__, node.span.text) for node in walk(parse_expression(text, file="x.cedar"))}
    assert {
        ("Attribute", "context.a .b"),
        ("Less", "context.a .b >= 2"),
        ("Not", "context.a .b >= 2"),
        ("Literal", "-3"),
        ("Contains", '[principal, -3].contains("é")'),
        ("Not", "!(resource is A)"),
        ("Is", "resource is A"),
    } <= spans
    (literal,) = (node for node in walk(parse_expression(text)) if isinstance(node, Literal) and node.value == "é")
    assert (literal.span.line, literal.span.column, literal.span.line_text) == (2, 39, text.split("\n")[1])


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for node in walk(parse_expression(text)):
        yield node.span.start, node.span.end


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_span_of_the_whole_is_the_whole(text: str) -> None:
    assert all(0 <= start < end <= len(text) for start, end in _spans(text))
