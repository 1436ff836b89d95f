"""What a rule may be made of, what it becomes, and how the rest is refused."""

from __future__ import annotations

import functools
import linecache
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FunctionType
from typing import TypeVar

import pytest
from sqlalchemy import ForeignKey, orm
from sqlalchemy.orm import Mapped, mapped_column, relationship
from tests.policy import worlds

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy import Sealed
from ringwall.policy.actions import named
from ringwall.policy.language.cedar_text import expression_text
from ringwall.policy.rules.python_rule import python_rule
from ringwall.policy.scope import ANYTHING, OfType
from ringwall.secret import Secret

T = TypeVar("T")


class Base(orm.DeclarativeBase): ...


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str | None]


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    region: Mapped[str]
    note: Mapped[str | None]
    amount: Mapped[int]
    level: Mapped[int | None]
    paid: Mapped[bool]
    made: Mapped[datetime]
    card: Mapped[str] = mapped_column(Sealed)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer | None] = relationship()


@dataclass
class Parcel:
    id: int
    tags: frozenset[str]
    label: str | None
    card: Secret[str]

    @property
    def heavy(self) -> bool:
        return True


class Bare:
    pass


def _text(source: str, resource: type = Order) -> str:
    rule = python_rule(worlds.function(source, {"Order": resource}), "order:read")
    return "" if rule.condition is None else expression_text(rule.condition)


@pytest.mark.parametrize(
    ("source", "cedar"),
    [
        ("True", ""),
        ("False", "false"),
        ("caller.id == order.owner", "principal.id == resource.owner"),
        ("caller.id != order.owner", "principal.id != resource.owner"),
        ('caller.has_role("a")', 'principal in Role::"a"'),
        ('caller.has_role("a", "b")', 'principal in [Role::"a", Role::"b"]'),
        ("caller.region == order.region", "principal has region && principal.region == resource.region"),
        ("caller.region != order.region", "!(principal has region && principal.region == resource.region)"),
        ("order.note is None", "!(resource has note)"),
        ("order.note is not None", "resource has note"),
        (
            "order.note is not None and order.note == caller.team",
            "resource has note && principal has team && resource.note == principal.team",
        ),
        ("order.amount > 5", "resource.amount > 5"),
        ("order.amount >= -5", "resource.amount >= -5"),
        ("0 <= order.amount < 9", "0 <= resource.amount && resource.amount < 9"),
        ('order.owner in ("a", "b")', '["a", "b"].contains(resource.owner)'),
        ("order.amount not in {1, 2}", "![1, 2].contains(resource.amount)"),
        ("order.paid", "resource.paid"),
        ("not (order.paid or caller.id == 'x')", '!(resource.paid || principal.id == "x")'),
        ("caller.vip is True", "principal has vip && principal.vip == true"),
        ("order.paid is not True", "resource.paid != true"),
        ("order.paid if order.amount < 5 else False", "if resource.amount < 5 then resource.paid else false"),
        ("caller.actor is None", "!(context has actor)"),
        ('caller.actor is not None and caller.actor.id == "x"', 'context has actor && context.actor.id == "x"'),
        (
            "order.customer is not None and order.customer.region == 'eu'",
            'resource has customer && resource.customer has region && resource.customer.region == "eu"',
        ),
        ("order.level is None or order.level < 3", "!(resource has level) || resource.level < 3"),
        (
            "order.note == 'a' and order.note == caller.x",
            'resource has note && resource.note == "a" && principal has x && resource.note == principal.x',
        ),
    ],
)
def test_becomes_cedar(source: str, cedar: str) -> None:
    assert _text(source) == cedar


def test_a_set_attribute_and_a_property() -> None:
    assert _text('"fragile" in order.tags', Parcel) == 'resource.tags.contains("fragile")'
    assert _text("order.heavy", Parcel) == "resource.heavy"


@pytest.mark.parametrize(
    ("source", "said", "hint"),
    [
        (
            "caller.region == order.note",
            "matches or differs by both being None",
            "write `caller.region is not None and caller.region == order.note`",
        ),
        ("caller.region != order.note", "matches or differs by both being None", "caller.region is not None and"),
        (
            "order.level < 3",
            "`order.level < 3` fails where order.level is None",
            "write `order.level is not None and order.level < 3`",
        ),
        (
            "caller.clearance >= order.amount",
            "fails where caller.clearance is None",
            "caller.clearance is not None and",
        ),
        ("order.owner < 'b'", "orders what is not known to be a number", "annotate a side as int"),
        ("order.paid == 1", "compares a bool with a long", "one type"),
        ("order.amount == True", "compares a long with a bool", "one type"),
        ("order.amount in (True, False)", "looks for a long among bools", "one type"),
        ("order.owner in (1, 'a')", "is not a set of constants of one type", "write for example"),
        ("order.owner in ()", "is not a set of constants of one type", "write for example"),
        ("order.note in ('a', None)", "compares with None by value", "is None"),
        ("order.note == None", "compares with None by value", "is None"),
        ("order.owner is caller.id", "asks for identity", "else write =="),
        ("caller.id is None", "never changes", "never None"),
        ("'a' in order.owner", "does not look into a set", "a set attribute"),
        ("'a' in caller.groups", "depends on None in caller.groups", "caller.groups is not None and"),
        ("order.customer.region == 'eu'", "fails where order.customer is None", "order.customer is not None and"),
        ("order.customer == caller.id", "is a whole object", "compare its id"),
        ("caller == order.owner", "is a whole object", "caller.id"),
        ("order.made == 'x'", "is a datetime", "compare strings, ints and bools"),
        ("order.card == '4111'", "is sealed or secret", "decide by another attribute"),
        ("order.onwer == caller.id", "Order has no onwer", "did you mean owner?"),
        ("order._sa_instance_state == 'x'", "is private", "underscore"),
        ("caller.roles == 'x'", "is not for rules", 'caller.has_role("…")'),
        ("caller.has_role()", "does not name its roles", "has_role"),
        ("caller.has_role(*['a'])", "does not name its roles", "has_role"),
        ('caller.has_role("a", unless="b")', "does not name its roles", "has_role"),
        ("order.owner.startswith('a')", "calls a function", "write the condition itself"),
        ("len(order.owner) == 3", "is not part of the rule language", "docs/policy.md"),
        ("order.amount + 1 == 3", "is not part of the rule language", "docs/policy.md"),
        ("order.owner == LIMIT", "is a name from outside the rule", "write the value itself"),
        ("order.owner", "is not a condition", "compare it"),
        ("caller.vip", "is not known to be a bool", "write `caller.vip is True`"),
        ("order.amount == 9223372036854775808", "does not fit into 64 bits", "smaller"),
        ("order.amount == 1.5", "is not part of the rule language", "docs"),
        ("(lambda: True)()", "calls a function", "condition itself"),
        ("order.has_role('a')", "calls a function", "condition itself"),
        ("caller.actor is not None and caller.actor.name == 'x'", "is not known of an actor", "caller.actor.id"),
        ("order.owner.first == 'x'", "reads inside a str", "only objects"),
        (" or ".join(["order.paid"] * 300), "is too large for one rule", "split it"),
    ],
)
def test_refused(source: str, said: str, hint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        _text(source)
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.where.startswith("generated_")
    assert caught.value.where.endswith(":3")


def test_secret_attribute_is_refused() -> None:
    with pytest.raises(Misconfigured, match="sealed or secret"):
        _text("order.card == 'x'", Parcel)


def test_unknown_attributes_count_as_maybe_absent() -> None:
    with pytest.raises(Misconfigured, match="both being None"):
        _text("caller.region == order.region", Bare)
    assert _text("order.region == 'eu'", Bare) == 'resource has region && resource.region == "eu"'


def test_the_rule_carries_its_names() -> None:
    def own(caller: Caller, order: Order) -> bool:
        """Owners
        may."""
        return caller.id == order.owner

    rule = python_rule(own, "order:read", "order:update", public=True)
    assert (rule.id, rule.effect, named(rule.action)) == ("own", "permit", ("order:read", "order:update"))
    assert (rule.resource, rule.sentence, rule.public) == (OfType("Order"), "Owners may.", True)
    line = own.__code__.co_firstlineno
    assert rule.where == f"tests/policy/rules/test_python_rule.py:{line}"
    assert rule.condition is not None
    assert rule.condition.span.line == line + 3


def test_a_rule_without_a_resource_or_a_sentence() -> None:
    def staff(caller: Caller) -> bool:
        return caller.has_role("staff")

    rule = python_rule(staff, "report:read")
    assert (rule.resource, rule.sentence) == (ANYTHING, "caller.has_role('staff')")


def test_a_forward_reference_names_the_type() -> None:
    rule = python_rule(worlds.function("order.owner == 'x'", {"Order": "shop.models.Later"}), "order:read")
    assert rule.resource == OfType("Later")


class TestNotARule:
    def _refused(self, function, said: str) -> None:
        with pytest.raises(Misconfigured, match=said):
            python_rule(function, "order:read")

    def test_lambda(self) -> None:
        self._refused(lambda caller: True, "is no plain def")

    def test_coroutine(self) -> None:
        async def rule(caller: Caller) -> bool:
            return True

        self._refused(rule, "is no plain def")

    def test_builtin(self) -> None:
        self._refused(len, "is not a plain function")

    def test_wrapped(self) -> None:
        def inner(caller: Caller) -> bool:
            return False

        @functools.wraps(inner)
        def outer(caller: Caller) -> bool:
            return True

        self._refused(outer, "is not a plain function")

    def test_statements(self) -> None:
        def rule(caller: Caller) -> bool:
            ann = "ann"
            return caller.id == ann

        self._refused(rule, "the body of rule is not one return")

    def test_parameters(self) -> None:
        def rule(caller: Caller, order: Order, more: int) -> bool:
            return True

        self._refused(rule, "does not take")

    def test_default(self) -> None:
        def rule(caller: Caller, order: Order = None) -> bool:  # type: ignore[assignment]
            return True

        self._refused(rule, "does not take")

    def test_no_annotation(self) -> None:
        def rule(caller, order) -> bool:
            return True

        self._refused(rule, "the resource has no annotation")

    def test_annotation_of_two_classes(self) -> None:
        def rule(caller: Caller, order: Order | Customer) -> bool:
            return True

        self._refused(rule, "the resource has no class of its own")

    def test_without_actions(self) -> None:
        def rule(caller: Caller) -> bool:
            return True

        with pytest.raises(Misconfigured, match="names the actions"):
            python_rule(rule)

    def test_no_source(self) -> None:
        space: dict[str, object] = {}
        exec("def rule(caller):\n    return True", space)
        self._refused(space["rule"], "cannot be read")

    def test_source_changed_after_import(self) -> None:
        function = worlds.function('caller.id == "ann"', {"Order": Order})
        _edit(function, "ann", "eve")
        self._refused(function, "is not the function that runs")


def _marked(function: T) -> T:
    return function


class TestWhatARuleIs:
    def test_all_that_is_given_is_kept(self) -> None:
        rule = python_rule(worlds.function("order.paid", {"Order": Order}), "a:b", effect="forbid", name="unpaid")
        assert (rule.id, rule.effect, rule.public, rule.in_python) == ("unpaid", "forbid", False, True)
        assert (rule.resource_class, rule.sentence) == (Order, "Generated.")
        assert set(rule.annotations) == {"sentence", "where"}
        assert [clause.kind for clause in rule.clauses] == ["when"]

    def test_below_a_decorator_it_is_where_its_def_is(self) -> None:
        @_marked
        def rule(caller: Caller) -> bool:
            return caller.id == "ann"

        assert python_rule(rule, "a:b").where.endswith(f"test_python_rule.py:{rule.__code__.co_firstlineno + 1}")

    def test_parameters_by_place_alone(self) -> None:
        def rule(caller: Caller, order: Order, /) -> bool:
            return order.paid

        assert python_rule(rule, "a:b").resource_class is Order

    def test_a_class_is_found_by_a_name_with_dots(self) -> None:
        rule = python_rule(worlds.function("order.owner == 'x'", {"Order": "Later"}), "order:read")
        assert (rule.resource, rule.resource_class) == (OfType("Later"), None)

    def test_an_edited_docstring_is_no_other_function(self) -> None:
        function = worlds.function('caller.id == "ann"', {"Order": Order})
        _edit(function, "Generated.", "Another.")
        assert python_rule(function, "a:b").sentence == "Another."

    @pytest.mark.parametrize(
        ("written", "edited"),
        [("caller.id", "caller.kind"), ("ann", "eve"), ("==", "!="), ('"ann"', '"ann" or True')],
    )
    def test_an_edited_condition_is(self, written: str, edited: str) -> None:
        function = worlds.function('caller.id == "ann"', {"Order": Order})
        _edit(function, written, edited)
        with pytest.raises(Misconfigured) as caught:
            python_rule(function, "a:b")
        assert caught.value.message.endswith(".py:1: the source of rule is not the function that runs")
        assert caught.value.hint == (
            "the file changed after it was imported, or a tool rewrote the function; start again"
        )


def _edit(function: FunctionType, written: str, edited: str) -> None:
    """Change the file of a function after it was imported."""
    file = function.__code__.co_filename
    lines = linecache.getlines(file)
    linecache.cache[file] = (0, None, [line.replace(written, edited) for line in lines], file)


REFUSED = {
    "def rule(*caller): return True": "rule does not take (caller) or (caller, resource)",
    "def rule(caller, **more): return True": "rule does not take (caller) or (caller, resource)",
    "def rule(caller, *, order): return True": "rule does not take (caller) or (caller, resource)",
    "def rule(): return True": "rule does not take (caller) or (caller, resource)",
    "def rule(caller, a, b, /): return True": "rule does not take (caller) or (caller, resource)",
    "def rule(caller=None): return True": "rule does not take (caller) or (caller, resource)",
    "def rule(caller): return": "the body of rule is not one return",
    "def rule(caller): 'A sentence.'": "the body of rule is not one return",
    "def rule(caller): pass": "the body of rule is not one return",
    "def rule(caller, order): return True": "the resource has no annotation",
    "def rule(caller, order: 'a b'): return True": "the resource has no class of its own",
    "def rule(caller, order: 'shop.'): return True": "the resource has no class of its own",
    "def rule(caller, order: 5): return True": "the resource has no class of its own",
    "rule = lambda caller: True": "<lambda> is no plain def",
    "async def rule(caller): return True": "rule is no plain def",
}
HINTS = {
    "rule does not take (caller) or (caller, resource)": "def rule(caller: Caller, order: Order) -> bool",
    "the body of rule is not one return": "a rule is a docstring and one `return` of a condition; "
    "write `a if c else b` for branches",
    "the resource has no annotation": "annotate the second parameter with the class it is, for example order: Order",
    "the resource has no class of its own": "annotate the second parameter with the class it is, "
    "for example order: Order",
    "<lambda> is no plain def": "a rule is a def, not async or lambda",
    "rule is no plain def": "a rule is a def, not async or lambda",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_rule_is_refused_at_its_place(text: str) -> None:
    function = worlds.defined(f"\n{text}\n", "rule", {})
    with pytest.raises(Misconfigured) as caught:
        python_rule(function, "order:read")
    where = f"{function.__code__.co_filename}:2"
    said = REFUSED[text]
    assert (caught.value.message, caught.value.hint) == (f"{where}: {said}", HINTS[said])


def test_a_rule_of_a_file_elsewhere_is_named_by_the_file_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def rule(caller: Caller) -> bool:
        return True

    monkeypatch.chdir(tmp_path)
    assert python_rule(rule, "a:b").where == f"test_python_rule.py:{rule.__code__.co_firstlineno}"


def test_without_actions_the_place_and_the_remedy_are_told() -> None:
    function = worlds.function("True", {"Order": Order})
    with pytest.raises(Misconfigured) as caught:
        python_rule(function)
    assert caught.value.message == f"{function.__code__.co_filename}:1: a rule names the actions it is for"
    assert caught.value.hint == '@guard.rule("order:read")'
