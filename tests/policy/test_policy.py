"""What a policy says of itself, and what becomes of a template."""

from __future__ import annotations

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import And, Not
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.policy import Policy
from ringwall.policy.scope import EqualTo, OfType, Slot, Within

ANN, HUT = EntityUid("User", "ann"), EntityUid("Place", "hut")
A, B, C = (parse_expression(f"context.{name}") for name in "abc")


@pytest.mark.parametrize(
    ("clauses", "condition"),
    [
        ("", None),
        ("when { context.a }", A),
        ("unless { context.a }", Not(of=A)),
        ("when { context.a } unless { context.b }", And(left=A, right=Not(of=B))),
        ("when { context.a } when { context.b } when { context.c }", And(left=A, right=And(left=B, right=C))),
    ],
)
def test_all_clauses_are_one_condition_in_their_order(clauses: str, condition: object) -> None:
    (policy,) = parse_policies(f"permit (principal, action, resource) {clauses};", file="f")
    assert policy.condition == condition


def test_a_condition_has_the_place_of_what_it_was_made_of() -> None:
    (policy,) = parse_policies(
        "permit (principal, action, resource)\nunless { context.a }\nwhen { context.b };", file="f"
    )
    condition = policy.condition
    assert isinstance(condition, And)
    assert [str(part.span) for part in (condition, condition.left, condition.right)] == ["f:1", "f:2", "f:3"]


def test_its_annotations_are_its_sentence_and_who_may_read_it() -> None:
    told, silent = parse_policies(
        '@sentence("All may.") @public permit (principal, action, resource);\npermit (principal, action, resource);',
        file="f",
    )
    assert (told.sentence, told.public, told.where) == ("All may.", True, "f:1")
    assert (silent.sentence, silent.public, silent.where) == ("", False, "f:2")
    assert Policy("a", annotations={"where": "here"}).where == "here"
    assert Policy("a").where == ""


def test_place_and_class_make_no_other_policy_and_are_not_shown() -> None:
    (policy,) = parse_policies("permit (principal, action, resource);", file="f")
    other = Policy(policy.id, resource_class=int, in_python=True)
    assert policy == other
    assert hash(policy) == hash(Policy(policy.id, annotations={"a": "b"}))
    assert not any(word in repr(other) for word in ("span", "resource_class", "in_python"))
    assert not Policy("a").in_python


TEMPLATE = "permit (principal {0}, action, resource {1});"


@pytest.mark.parametrize(
    ("principal", "resource", "slots", "linked"),
    [
        ("== ?principal", "", {"principal"}, (EqualTo(ANN), Policy("").resource)),
        ("in ?principal", "== ?resource", {"principal", "resource"}, (Within(ANN), EqualTo(HUT))),
        ("is User in ?principal", "in ?resource", {"principal", "resource"}, (OfType("User", ANN), Within(HUT))),
        ("", "is Place in ?resource", {"resource"}, (Policy("").principal, OfType("Place", HUT))),
        ('== User::"sue"', "is Place", set(), (EqualTo(EntityUid("User", "sue")), OfType("Place"))),
        ('is User in User::"x"', "", set(), (OfType("User", EntityUid("User", "x")), Policy("").resource)),
    ],
)
def test_a_template_is_filled_slot_by_slot(
    principal: str, resource: str, slots: set[str], linked: tuple[object, object]
) -> None:
    (template,) = parse_policies(TEMPLATE.format(principal, resource))
    assert template.slots == slots
    values = {"principal": ANN, "resource": HUT}
    policy = template.linked("new", {name: values[name] for name in slots})
    assert policy.id == "new"
    assert not policy.slots
    assert (policy.principal, policy.resource) == linked


@pytest.mark.parametrize(
    ("values", "given"),
    [({}, "none"), ({"principal": ANN}, "?principal"), ({"resource": HUT, "x": ANN, "principal": ANN},
                                                      "?principal, ?resource, ?x")],
)  # fmt: skip
def test_other_values_than_the_slots_are_refused(values: dict[str, EntityUid], given: str) -> None:
    (template,) = parse_policies(TEMPLATE.format("== ?principal", "== ?resource"), file="f")
    with pytest.raises(Misconfigured) as caught:
        template.linked("new", values)
    assert caught.value.message == f"f:1: template policy0 has the slots ?principal, ?resource, and {given} came"
    assert caught.value.hint == "fill each slot"


def test_a_policy_without_slots_takes_no_value() -> None:
    with pytest.raises(Misconfigured, match=r"template a has the slots none, and \?principal came"):
        Policy("a", principal=EqualTo(ANN)).linked("new", {"principal": ANN})
    assert Policy("a", principal=EqualTo(Slot("principal"))).slots == {"principal"}
