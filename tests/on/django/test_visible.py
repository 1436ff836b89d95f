"""The list filter of Django: the rows it keeps are those on which the engine, and Python, say yes. No other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections, models
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy import worlds

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.django.visible import visible
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.expression import Has, Not, Variable
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import Context
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.rules.grant import role_policies, service_policies
from ringwall.policy.rules.python_rule import python_rule
from ringwall.policy.scope import OfType


class Customer(models.Model):
    name = models.CharField(max_length=20)
    region = models.CharField(max_length=20, null=True)
    vip = models.BooleanField()
    parent = models.ForeignKey("self", models.DO_NOTHING, null=True, db_constraint=False)

    class Meta:
        app_label = "shop"


class Order(models.Model):
    owner = models.CharField(max_length=20)
    city = models.TextField()
    region = models.CharField(max_length=20, null=True)
    note = models.TextField(null=True)
    amount = models.BigIntegerField()
    level = models.BigIntegerField(null=True)
    paid = models.BooleanField()
    open = models.BooleanField()
    urgent = models.BooleanField(null=True)
    customer = models.ForeignKey(Customer, models.DO_NOTHING, null=True, db_constraint=False)

    class Meta:
        app_label = "shop"


class Address(models.CharField): ...


class Parcel(models.Model):
    code = Address(max_length=4)
    weight = models.FloatField()
    folded = models.CharField(max_length=9, db_collation="NOCASE")
    labels = models.ManyToManyField(Customer)

    class Meta:
        app_label = "shop"

    @property
    def shout(self) -> str:
        return self.code.upper()


class Letter(Order):
    class Meta:
        app_label = "shop_letters"
        proxy = True


ANN = Caller("ann", roles=frozenset({"support"}), attributes={"region": "eu"})
DANGLING = 6  # the key of a customer that does not exist


def _filled(alias: str) -> None:
    connection = connections[alias]
    with connection.schema_editor() as editor:
        editor.create_model(Customer)
        editor.create_model(Order)
    rng = random.Random(7)
    for n in range(1, 6):
        Customer(id=n, parent_id=rng.choice((None, 1, 2, 9)), **worlds.customer(rng)).save(using=alias)
    for n in range(1, 81):
        Order(id=n, customer_id=rng.choice((None, 1, 2, 3, 4, 5, DANGLING)), **worlds.row(rng)).save(using=alias)


@pytest.fixture(scope="module")
def database(alias: str) -> Iterator[str]:
    """The alias of a database that holds the rows."""
    _filled(alias)
    yield alias
    with connections[alias].schema_editor() as editor:
        editor.delete_model(Order)
        editor.delete_model(Customer)


@pytest.fixture(scope="module")
def rows(database: str) -> list[Order]:
    """All orders, as Python sees them."""
    return list(Order.objects.using(database).all())


def _rule(source: str, resource: type = Order, effect: str = "permit") -> Any:
    return python_rule(worlds.function(source, {"Order": resource}), "order:read", effect=effect)


def _ids(queryset: Any) -> list[int]:
    return sorted(row.pk for row in queryset)


def _seen(database: str, authorizer: Authorizer, caller: Caller) -> list[int]:
    return _ids(visible(Order.objects.using(database), authorizer, caller, "order:read"))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_where_is_the_engine_and_the_engine_is_python(database: str, rows: list[Order], seed: int) -> None:
    rng = random.Random(seed)
    permits = [worlds.function(worlds.condition(rng), {"Order": Order}) for _ in range(rng.randint(1, 2))]
    forbids = [worlds.function(worlds.condition(rng, 2), {"Order": Order}) for _ in range(rng.randint(0, 1))]
    rules = [python_rule(one, "order:read") for one in permits]
    rules += [python_rule(one, "order:read", effect="forbid") for one in forbids]
    authorizer = Authorizer([*rules, *service_policies({"shop": ["order:*"]})])
    for _ in range(3):
        caller = worlds.caller(rng)
        decided = [row.id for row in rows if authorizer.decide(caller, "order:read", row)]
        assert _seen(database, authorizer, caller) == sorted(decided)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_claims_of_any_type_select_what_the_engine_decides(database: str, rows: list[Order], seed: int) -> None:
    rng = random.Random(seed)
    authorizer = Authorizer([_rule(worlds.condition(rng)), _rule(worlds.condition(rng, 1), effect="forbid")])
    caller = worlds.caller(rng, lambda _: rng.choice(worlds.HOSTILE))
    decided = [row.id for row in rows if authorizer.decide(caller, "order:read", row)]
    assert _seen(database, authorizer, caller) == sorted(decided)


def test_a_dangling_reference_is_an_error_and_an_empty_one_is_absent(database: str, rows: list[Order]) -> None:
    absent = Not(of=Has(of=Variable(name="resource"), name="customer"))
    authorizer = Authorizer([Policy("p", resource=OfType("Order"), clauses=(Clause("when", absent),))], ["order:read"])
    assert DANGLING in {row.customer_id for row in rows}
    assert _seen(database, authorizer, ANN) == [row.id for row in rows if row.customer_id is None]


def test_a_stranger_sees_nothing_and_a_manager_everything(database: str) -> None:
    authorizer = Authorizer(role_policies({"manager": ["order:*"]}), ["order:read"])
    assert _seen(database, authorizer, ANN) == []
    manager = Caller("max", roles=frozenset({"manager"}))
    assert len(_seen(database, authorizer, manager)) == 80
    assert visible(Order.objects.using(database), authorizer, ANN, "order:unheard-of").count() == 0


def test_an_actor_without_a_grant_sees_nothing_of_what_the_person_may_see(database: str) -> None:
    authorizer = Authorizer([*role_policies({"manager": ["order:*"]}), *service_policies({"shop": ["order:read"]})])
    for name, seen in (("shop", 80), ("billing", 0)):
        actor = Caller(f"spiffe://ringwall.internal/{name}", kind="service")
        assert len(_seen(database, authorizer, Caller("max", roles=frozenset({"manager"}), actor=actor))) == seen


def test_case_and_like_characters_are_only_themselves(database: str) -> None:
    found = visible(Order.objects.using(database), Authorizer([_rule('order.note == "a%"')]), ANN, "order:read")
    assert {row.note for row in found} == {"a%"}


_TEXT_QUESTIONS = [
    "resource.owner == principal.region",
    "resource.note != principal.region",
    "principal.groups.contains(resource.owner)",
    "resource.owner == principal.id",
    "resource.customer.name == principal.region",
]


def _when(condition: str) -> Authorizer:
    text = f'permit (principal, action == Action::"order:read", resource) when {{ {condition} }};'
    return Authorizer(parse_policies(text))


@pytest.mark.parametrize("condition", _TEXT_QUESTIONS)
def test_a_claim_with_a_nul_is_compared_exactly_or_refused(database: str, rows: list[Order], condition: str) -> None:
    hostile = Caller("ann\0", attributes={"region": "eu\0", "groups": ["ann", "eu\0"]})
    authorizer = _when(condition)
    if connections[database].vendor == "postgresql":
        with pytest.raises(Misconfigured, match="a text that has a NUL"):
            _seen(database, authorizer, hostile)
    else:
        seen = _seen(database, authorizer, hostile)
        assert seen == [row.pk for row in rows if authorizer.decide(hostile, "order:read", row)]


@pytest.mark.parametrize("condition", _TEXT_QUESTIONS)
def test_a_claim_with_half_a_surrogate_pair_is_refused(database: str, condition: str) -> None:
    hostile = Caller("ann\ud800", attributes={"region": "\udfff", "groups": ["ann", "\ud800"]})
    with pytest.raises(Misconfigured, match="half a surrogate pair"):
        _seen(database, _when(condition), hostile)


@pytest.mark.parametrize(
    "condition",
    [
        'context has ip && context.ip.isInRange(ip("10.0.0.0/8"))',
        "!(context has ip)",
        'context has time && context.time > datetime("2024-01-01")',
        "!(context has time)",
        'context.kind == "person"',
        "context has actor",
        "!(context has actor)",
        'context.region == "eu"',
        'context.actor.kind == "service"',
        "principal has roles",
        "!(principal has roles)",
        'principal.roles.contains("support")',
        "principal has has_role",
        "principal has attributes",
        'principal.name == "ann"',
        '!(principal.name == "ann")',
        'principal has name && principal.name == "ann"',
        "!(principal has actor)",
        "principal has region && principal.region == resource.city",
        '[principal.id, "bob"].contains(resource.owner)',
        "(if principal has region then principal.region else \"\") == resource.city",
        'principal == Person::"ann"',
        'principal is Person && resource.paid',
        'action == Action::"order:read"',
        'action in Action::"order:*"',
        'principal in [Role::"support", Role::"other"]',
        'principal in Group::"staff"',
        'principal.region like "e*"',
        "!principal.region",
        "!resource.owner",
        "resource.owner || resource.paid",
        "!(principal == resource.owner)",
        "!(principal.region == resource.amount)",
        '![principal, "x", 1, decimal("1.0")].contains(resource.owner)',
        "![true, 1].contains(resource.amount)",
        '"a" < resource.amount',
        'decimal("1.0") == decimal("1.00")',
        "principal.region < 1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("effect", ["permit", "forbid"])
def test_what_is_no_column_is_read_as_the_engine_reads_it(
    database: str, rows: list[Order], condition: str, effect: str
) -> None:
    text = f"permit(principal, action, resource); {effect}(principal, action, resource) when {{ {condition} }};"
    policies = parse_policies(text)[effect == "permit" :]
    authorizer = Authorizer(policies, ["order:read"])
    context = Context(1_750_000_000.0, "10.1.2.3")
    actor = Caller("spiffe://ringwall.internal/shop", kind="service")
    for caller in (ANN, replace(ANN, actor=actor), Caller("bob", attributes={"roles": "support", "time": 1})):
        decided = [row.id for row in rows if authorizer.decide(caller, "order:read", row, context=context)]
        found = visible(Order.objects.using(database), authorizer, caller, "order:read", context)
        assert _ids(found) == decided


def test_pages_counts_and_further_filters(database: str, rows: list[Order]) -> None:
    authorizer = Authorizer([_rule("order.paid")])
    paid = [row for row in rows if row.paid]
    found = visible(Order.objects.using(database).order_by("id"), authorizer, ANN, "order:read")
    assert [row.id for row in found[2:7]] == [row.id for row in paid][2:7]
    assert found.count() == len(paid)
    assert _ids(found.filter(open=True)) == [row.id for row in paid if row.open]
    assert _ids(found.exclude(region="eu")) == [row.id for row in paid if row.region != "eu"]
    assert sorted(found.values_list("id", flat=True)) == [row.id for row in paid]
    filtered = visible(Order.objects.using(database).filter(customer__vip=True), authorizer, ANN, "order:read")
    assert all(row.paid and row.customer.vip for row in filtered)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('order.code == "ab"', "`order.code` is a column of Address, which lists do not compare"),
        ('order.folded == "ab"', "`order.folded` is a column of CharField"),
        ('order.shout == "AB"', "`order.shout` is no column of Parcel"),
        ("order.labels is None", "`Parcel.labels` is no column of Parcel"),
    ],
)
def test_refused_rather_than_approximated(source: str, said: str) -> None:
    authorizer = Authorizer([_rule(source, Parcel)])
    with pytest.raises(Misconfigured, match="policy rule: ") as caught:
        visible(Parcel.objects.all(), authorizer, ANN, "order:read")
    assert said in str(caught.value)
    assert caught.value.where.startswith("generated_")


def test_what_is_no_plain_queryset_is_refused() -> None:
    authorizer = Authorizer([_rule("order.paid")])
    for queryset in (Order.objects.all()[:5], Order.objects.all().union(Order.objects.all())):
        with pytest.raises(Misconfigured, match="sliced or combined"):
            visible(queryset, authorizer, ANN, "order:read")
    with pytest.raises(Misconfigured, match="Letter is a proxy"):
        visible(Letter.objects.all(), authorizer, ANN, "order:read")


def test_inherited_tables_are_refused() -> None:
    class Animal(models.Model):
        class Meta:
            app_label = "zoo"

    class Cat(Animal):
        class Meta:
            app_label = "zoo"

    for model in (Animal, Cat):
        with pytest.raises(Misconfigured, match="inherited by tables of its own"):
            visible(model.objects.all(), Authorizer(), ANN, "order:read")


def test_a_database_that_compares_without_case_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    queryset = visible(Order.objects.all(), Authorizer([_rule("order.paid")]), ANN, "order:read")
    assert '"shop_order"."paid" = ' in str(queryset.query)
    monkeypatch.setattr(type(connections["default"]), "vendor", "mysql")
    with pytest.raises(Misconfigured, match="not exact on mysql"):
        str(queryset.query)
