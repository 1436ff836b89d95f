"""What a rule may compare, where its source says so, and how the rest is refused: message, hint and place."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.policy import worlds

from ringwall.errors import Misconfigured
from ringwall.policy.language.cedar_text import expression_text
from ringwall.policy.rules.python_rule import python_rule
from ringwall.policy.walk import walk


@dataclass
class Customer:
    id: int


@dataclass
class Order:
    id: int
    owner: str
    tags: frozenset[str]
    customer: Customer | None


class Bare:
    pass


def _refused(source: str, resource: type = Order) -> tuple[str, str]:
    with pytest.raises(Misconfigured) as caught:
        python_rule(worlds.function(source, {"Order": resource}), "order:read")
    where, _, said = caught.value.message.partition(": ")
    assert caught.value.where == where
    return said, caught.value.hint


@pytest.mark.parametrize(
    ("source", "said", "hint"),
    [
        ("caller == 'x'", "`caller` is a whole object", "compare an attribute of it, for example caller.id"),
        ("order == 'x'", "`order` is a whole object", "compare an attribute of it, for example order.id"),
        ("other == 'x'", "`other` is a name from outside the rule", "write the value itself"),
        ("other.id == 'x'", "`other.id` does not start at the caller or the resource", "write the value itself"),
        ("f().id == 'x'", "`f().id` does not start at the caller or the resource", "write the value itself"),
        (
            "order.tags == 'x'",
            "`order.tags` is a frozenset",
            "rules compare strings, ints and bools, and ask `in` of sets",
        ),
        ("caller._x == 'x'", "`caller._x` is private", "read an attribute without a leading underscore"),
        ("-True == 1", "`-True` is not part of the rule language", "docs/policy.md says what a rule may be made of"),
        ("+1 == 1", "`+1` is not part of the rule language", "docs/policy.md says what a rule may be made of"),
        (
            "order.id == 9223372036854775808",
            "`9223372036854775808` does not fit into 64 bits",
            "write a smaller number",
        ),
        (
            "order.id == -9223372036854775809",
            "`-9223372036854775809` does not fit into 64 bits",
            "write a smaller number",
        ),
        (
            "caller.actor.id == 'x'",
            "`caller.actor.id` fails where caller.actor is None",
            "write `caller.actor is not None and …` before it",
        ),
        (
            "order.customer.id == 1",
            "`order.customer.id` fails where order.customer is None",
            "write `order.customer is not None and …` before it",
        ),
        (
            "caller.actor is not None and caller.actor.region == 'x'",
            "`caller.actor.region` is not known of an actor",
            "read caller.actor.id or caller.actor.kind",
        ),
        (
            "order.owner.first == 'x'",
            "`order.owner.first` reads inside a str",
            "only objects have attributes that a rule reads",
        ),
        (
            "caller.id.first == 'x'",
            "`caller.id.first` reads inside a string",
            "only objects have attributes that a rule reads",
        ),
        ("caller.roles == 'x'", "`caller.roles` is not for rules", 'write caller.has_role("…")'),
        ("caller.name == 'x'", "`caller.name` is not for rules", "write caller.id; the name is for display"),
        ("order.ownr == 'x'", "`order.ownr` does not exist: Order has no ownr", "did you mean owner?"),
        (
            "order.weather == 'x'",
            "`order.weather` does not exist: Order has no weather",
            "it has customer, id, owner, tags",
        ),
    ],
)
def test_refused(source: str, said: str, hint: str) -> None:
    assert _refused(source) == (said, hint)


def test_a_long_expression_is_cut_in_the_message() -> None:
    assert _refused(f"not '{'a' * 98}'")[0] == f"`'{'a' * 98}'` is not a condition"
    assert _refused(f"not '{'a' * 99}'")[0] == f"`'{'a' * 98}…` is not a condition"


def test_the_message_names_the_line_and_tells_the_text_on_one() -> None:
    with pytest.raises(Misconfigured) as caught:
        python_rule(worlds.function("(caller.id == 'ä' and\n  order.id ==\n   None)", {"Order": Order}), "order:read")
    assert caught.value.message.endswith(".py:5: `None` compares with None by value")
    assert _refused('order.id=="x"')[0] == '`order.id=="x"` compares a long with a string'
    said, hint = _refused("(caller.id == 'ä' or (order.id ==\n   order.owner))")
    assert said == "`order.id == order.owner` compares a long with a string"
    assert hint == "compare values of one type"


def test_each_part_of_a_rule_is_found_in_its_source() -> None:
    source = "caller.id == 'ä' and order.owner == 'ö' and (order.id >\n  5)"
    function = worlds.function(source, {"Order": Order})
    condition = python_rule(function, "order:read").condition
    assert condition is not None
    spans = [part.span for part in walk(condition) if part.span.text]
    texts = {span.source.text[span.start : span.end] for span in spans}
    assert texts >= {"caller.id == 'ä'", "'ö'", "order.owner", "order.id >\n  5", "5"}
    assert "order.id > 5" in {span.text for span in spans}
    assert {span.line for span in spans if span.text == "5"} == {4}
    assert {span.column for span in spans if span.text == "'ö'"} == {48}


def test_of_a_class_that_says_nothing_any_attribute_may_be_absent() -> None:
    rule = python_rule(worlds.function("order.boss is not None and order.boss.id == 1", {"Order": Bare}), "order:read")
    assert rule.condition is not None
    assert expression_text(rule.condition) == "resource has boss && resource.boss has id && resource.boss.id == 1"


def test_a_reference_is_read_through_where_it_is_there() -> None:
    source = "order.customer is not None and order.customer.id == 1"
    rule = python_rule(worlds.function(source, {"Order": Order}), "order:read")
    assert rule.condition is not None
    assert expression_text(rule.condition) == "resource has customer && resource.customer.id == 1"
    assert "Customer has no name" in _refused("order.customer is not None and order.customer.name == 'x'")[0]
