"""The list filter: the rows it keeps are those on which the engine, and Python, say yes. No other."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import orm
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column, relationship
from tests.policy import worlds

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy import Sealed, visible
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.expression import Attribute, Has, Not, Variable
from ringwall.policy.policy import Clause, Policy
from ringwall.policy.rules.grant import role_policies, service_policies
from ringwall.policy.rules.python_rule import python_rule
from ringwall.policy.scope import OfType


class Base(orm.DeclarativeBase): ...


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    region: Mapped[str | None]
    vip: Mapped[bool]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"))
    parent: Mapped[Customer | None] = relationship(remote_side="Customer.id")


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    city: Mapped[str]
    region: Mapped[str | None]
    note: Mapped[str | None]
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    level: Mapped[int | None] = mapped_column(sa.BigInteger)
    paid: Mapped[bool]
    open: Mapped[bool]
    urgent: Mapped[bool | None]
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"))
    customer: Mapped[Customer | None] = relationship()


class Parcel(Base):
    __tablename__ = "parcels"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.CHAR(4))
    weight: Mapped[float]
    folded: Mapped[str] = mapped_column(sa.String(collation="NOCASE"))
    card: Mapped[str] = mapped_column(Sealed)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))

    @property
    def shout(self) -> str:
        return self.code.upper()


ANN = Caller("ann", roles=frozenset({"support"}), attributes={"region": "eu"})


@pytest.fixture(scope="module")
def session() -> Iterator[orm.Session]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[Customer.__table__, Order.__table__])
    rng = random.Random(7)
    with orm.Session(engine) as session:
        session.add_all(
            Customer(id=n, parent_id=rng.choice((None, 1, 2, 9)), **worlds.customer(rng)) for n in range(1, 6)
        )
        for n in range(1, 81):
            # 6 is the key of a customer that does not exist: a reference to a row that is gone.
            session.add(Order(id=n, customer_id=rng.choice((None, 1, 2, 3, 4, 5, 6)), **worlds.row(rng)))
        session.commit()
        yield session
    engine.dispose()


def _rule(source: str, resource: type = Order, effect: str = "permit"):
    return python_rule(worlds.function(source, {"Order": resource}), "order:read", effect=effect)


def _ids(session: orm.Session, statement: sa.Select) -> list[int]:
    return sorted(session.scalars(statement.with_only_columns(Order.id)))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_where_is_the_engine_and_the_engine_is_python(session: orm.Session, seed: int) -> None:
    rng = random.Random(seed)
    permits = [worlds.function(worlds.condition(rng), {"Order": Order}) for _ in range(rng.randint(1, 2))]
    forbids = [worlds.function(worlds.condition(rng, 2), {"Order": Order}) for _ in range(rng.randint(0, 1))]
    rules = [python_rule(one, "order:read") for one in permits]
    rules += [python_rule(one, "order:read", effect="forbid") for one in forbids]
    authorizer = Authorizer([*rules, *service_policies({"shop": ["order:*"]})])
    rows = list(session.scalars(sa.select(Order)))
    for _ in range(3):
        caller = worlds.caller(rng)
        decided = [row.id for row in rows if authorizer.decide(caller, "order:read", row)]
        assert _ids(session, visible(sa.select(Order), authorizer, caller, "order:read")) == sorted(decided)
        if caller.actor is None and caller.kind == "person":
            python = [
                row.id
                for row in rows
                if any(f(caller, row) for f in permits) and not any(f(caller, row) for f in forbids)
            ]
            assert sorted(python) == sorted(decided)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_claims_of_any_type_select_what_the_engine_decides(session: orm.Session, seed: int) -> None:
    rng = random.Random(seed)
    authorizer = Authorizer([_rule(worlds.condition(rng)), _rule(worlds.condition(rng, 1), effect="forbid")])
    caller = worlds.caller(rng, lambda _: rng.choice(worlds.HOSTILE))
    decided = [row.id for row in session.scalars(sa.select(Order)) if authorizer.decide(caller, "order:read", row)]
    assert _ids(session, visible(sa.select(Order), authorizer, caller, "order:read")) == sorted(decided)


def test_an_absent_parent_on_the_way_is_an_error_and_not_an_absent_attribute(session: orm.Session) -> None:
    customer = Attribute(of=Variable(name="resource"), name="customer")
    rule = Policy("r", resource=OfType("Order"), clauses=(Clause("when", Not(of=Has(of=customer, name="parent"))),))
    authorizer = Authorizer([rule], ["order:read"])
    orders = session.scalars(sa.select(Order))
    expected = [row.id for row in orders if row.customer is not None and row.customer.parent is None]
    assert expected
    assert _ids(session, visible(sa.select(Order), authorizer, ANN, "order:read")) == sorted(expected)


def test_a_stranger_sees_nothing(session: orm.Session) -> None:
    authorizer = Authorizer(role_policies({"manager": ["order:*"]}), ["order:read"])
    assert _ids(session, visible(sa.select(Order), authorizer, ANN, "order:read")) == []
    assert _ids(session, visible(sa.select(Order), authorizer, ANN, "order:unheard-of")) == []
    manager = Caller("max", roles=frozenset({"manager"}))
    assert len(_ids(session, visible(sa.select(Order), authorizer, manager, "order:read"))) == 80


def test_an_actor_without_a_grant_sees_nothing_of_what_the_person_may_see(session: orm.Session) -> None:
    authorizer = Authorizer([*role_policies({"manager": ["order:*"]}), *service_policies({"shop": ["order:read"]})])
    for name, seen in (("shop", 80), ("billing", 0)):
        actor = Caller(f"spiffe://ringwall.internal/{name}", kind="service")
        caller = Caller("max", roles=frozenset({"manager"}), actor=actor)
        assert len(_ids(session, visible(sa.select(Order), authorizer, caller, "order:read"))) == seen


def test_case_and_like_characters_are_only_themselves(session: orm.Session) -> None:
    authorizer = Authorizer([_rule('order.note == "a%"')])
    found = session.scalars(visible(sa.select(Order), authorizer, ANN, "order:read")).all()
    assert {row.note for row in found} == {"a%"}


def test_pages_joins_aliases_and_columns(session: orm.Session) -> None:
    authorizer = Authorizer([_rule("order.paid")])
    expected = [row.id for row in session.scalars(sa.select(Order).order_by(Order.id)) if row.paid]
    page = visible(sa.select(Order).order_by(Order.id).limit(5).offset(2), authorizer, ANN, "order:read")
    assert [row.id for row in session.scalars(page)] == expected[2:7]
    joined = sa.select(Order).join(Order.customer).where(Customer.vip).order_by(Order.id)
    known = [row.id for row in session.scalars(joined) if row.paid]
    assert [row.id for row in session.scalars(visible(joined, authorizer, ANN, "order:read"))] == known
    alias = orm.aliased(Order)
    assert (
        sorted(row.id for row in session.scalars(visible(sa.select(alias), authorizer, ANN, "order:read"))) == expected
    )
    columns = visible(sa.select(Order.id, Order.owner), authorizer, ANN, "order:read")
    assert sorted(row.id for row in session.execute(columns)) == expected
    count = visible(sa.select(sa.func.count(Order.id)), authorizer, ANN, "order:read")
    assert session.scalar(count) == len(expected)


def test_two_callers_never_share_a_cached_statement(session: orm.Session) -> None:
    authorizer = Authorizer([_rule("caller.id == order.owner")])
    for name in ("ann", "sue"):
        found = session.scalars(visible(sa.select(Order), authorizer, Caller(name), "order:read")).all()
        assert {row.owner for row in found} == {name}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('order.code == "ab"', "`order.code` is a column of CHAR(length=4), which rules do not compare"),
        ('order.folded == "ab"', "`order.folded` is a column of"),
        ('order.shout == "AB"', "`order.shout` is no mapped column of Parcel"),
    ],
)
def test_refused_rather_than_approximated(source: str, said: str) -> None:
    authorizer = Authorizer([_rule(source, Parcel)])
    with pytest.raises(Misconfigured, match="policy rule: ") as caught:
        visible(sa.select(Parcel), authorizer, ANN, "order:read")
    assert said in str(caught.value)
    assert caught.value.where.endswith(":3")


def test_sealed_column_is_refused_when_its_class_was_not_known_to_the_rule() -> None:
    forward = {"Order": "Parcel"}  # a name that means nothing where the rule is
    function = worlds.function('order.card is not None and order.card == "4111"', forward)
    authorizer = Authorizer([python_rule(function, "order:read")])
    with pytest.raises(Misconfigured, match="sealed or secret"):
        visible(sa.select(Parcel), authorizer, ANN, "order:read")


def test_statements_that_cannot_be_filtered_are_refused() -> None:
    authorizer = Authorizer([_rule("order.paid")])
    for statement in (
        sa.select(Order, Customer),
        sa.select(sa.literal(1)),
        sa.union(sa.select(Order), sa.select(Order)),
    ):
        with pytest.raises(Misconfigured):
            visible(statement, authorizer, ANN, "order:read")


def test_subclasses_are_refused() -> None:
    class Animal(Base):
        __tablename__ = "animals"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012

    class Cat(Animal):
        __mapper_args__ = {"polymorphic_identity": "cat"}  # noqa: RUF012

    with pytest.raises(Misconfigured, match="Animal has subclasses"):
        visible(sa.select(Animal), Authorizer(), ANN, "order:read")


def test_a_dialect_that_compares_without_case_is_refused() -> None:
    statement = visible(sa.select(Order), Authorizer([_rule("order.paid")]), ANN, "order:read")
    with pytest.raises(Misconfigured, match="not exact on mysql"):
        statement.compile(dialect=mysql.dialect())
    assert "orders.paid = true" in str(statement)
