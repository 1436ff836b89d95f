"""Lists under Cedar policies: the WHERE keeps the rows on which the engine says yes, on SQLite and on PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import orm
from tests.on import notes

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy import visible
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.rules.grant import service_policies
from ringwall.policy.rules.python_rule import python_rule

ON_BOTH = [table for name, table in notes.Base.metadata.tables.items() if name != "visits"]


def _filled(engine: sa.Engine, tables: list[sa.Table], rows: list[notes.Base]) -> Iterator[orm.Session]:
    notes.Base.metadata.create_all(engine, tables=tables)
    with orm.Session(engine) as session:
        if engine.dialect.name == "postgresql":
            # References to rows that are gone.
            session.execute(sa.text("SET session_replication_role = replica"))
        for row in rows:
            session.add(row)
            session.flush()
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def on_sqlite() -> Iterator[orm.Session]:
    yield from _filled(sa.create_engine("sqlite://"), ON_BOTH, notes.rows(random.Random(3), 90))


@pytest.fixture(scope="module")
def on_postgresql(postgres: str) -> Iterator[orm.Session]:
    engine = sa.create_engine(postgres.replace("postgresql://", "postgresql+psycopg://"))
    rng = random.Random(3)
    tables = list(notes.Base.metadata.tables.values())
    yield from _filled(engine, tables, [*notes.rows(rng, 90), *notes.visits(rng, 90)])


def check(session: orm.Session, rng: random.Random, atoms: object, model: type) -> int:
    """Random policies, once. Returns how many rows were decided."""
    policies = notes.policies(rng, atoms, model.__name__)
    authorizer = Authorizer([*policies, *service_policies({"shop": ["order:*"]})])
    caller, context = notes.caller(rng), notes.context(rng)
    rows = list(session.scalars(sa.select(model)))
    decided = [row.id for row in rows if authorizer.decide(caller, "order:read", row, context=context)]
    try:
        statement = visible(sa.select(model.id), authorizer, caller, "order:read", context)
    except Misconfigured as refused:
        # Two documents that are compared may both be sets. That, and nothing else, is refused.
        assert str(refused).endswith("is a whole set"), policies
        return 0
    assert sorted(session.scalars(statement)) == sorted(decided), [policy.span.text for policy in policies]
    return len(rows)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_sqlite_keeps_what_the_engine_permits(on_sqlite: orm.Session, seed: int) -> None:
    check(on_sqlite, random.Random(seed), notes.about_notes, notes.Note)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_postgresql_keeps_what_the_engine_permits(on_postgresql: orm.Session, seed: int) -> None:
    check(on_postgresql, random.Random(seed), notes.about_notes, notes.Note)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_times_decimals_and_addresses_on_postgresql(on_postgresql: orm.Session, seed: int) -> None:
    check(on_postgresql, random.Random(seed), notes.about_visits, notes.Visit)


def _authorizer(condition: str) -> Authorizer:
    text = f"permit (principal, action, resource) when {{ {condition} }};"
    return Authorizer(parse_policies(text, file="p.cedar"), ["order:read"])


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("resource.meta.a == resource.meta", "is a whole set"),
        ("[resource.owner].contains(principal.id)", "has no counterpart in SQL"),
        ("principal.groups.containsAny(resource.meta.a)", "is a whole set on the right side"),
        ('resource.text like "a\\0*"', "is matched against a NUL"),
        ('resource["a b"] == 1', "is no plain name"),
        ("resource.getTag(resource.owner) == 1", "depends on the row"),
        ("resource in resource.folder", "below another row"),
        ("ip(resource.owner).isLoopback()", "has no counterpart in SQL"),
    ],
)
def test_what_is_not_exact_is_refused_with_its_place(condition: str, says: str) -> None:
    authorizer = _authorizer(condition.replace('resource["a b"]', 'resource.meta["a b"]'))
    with pytest.raises(Misconfigured, match=rf"p\.cedar:1: policy policy0: .*{says}"):
        visible(sa.select(notes.Note), authorizer, Caller("ann", attributes={"groups": ["a"]}), "order:read")


def test_what_only_postgresql_answers_is_refused_on_sqlite(on_sqlite: orm.Session) -> None:
    statement = visible(
        sa.select(notes.Visit), _authorizer("resource.at == resource.until"), Caller("ann"), "order:read"
    )
    with pytest.raises(Misconfigured, match="SQLite keeps no time zones"):
        on_sqlite.scalars(statement)


@pytest.mark.parametrize("name", ["on_sqlite", "on_postgresql"])
def test_a_long_sum_is_written_once(name: str, request: pytest.FixtureRequest) -> None:
    session: orm.Session = request.getfixturevalue(name)
    condition = f"{' + '.join(['resource.id'] * 5)} < 50"
    statement = visible(sa.select(notes.Note.id), _authorizer(condition), Caller("ann"), "order:read")
    assert len(str(statement.compile(session.get_bind()))) < 2_000
    assert sorted(session.scalars(statement)) == list(range(1, 10))


def test_a_sum_without_end_is_refused() -> None:
    authorizer = _authorizer(f"{' + '.join(['resource.id'] * 40)} < 7")
    with pytest.raises(Misconfigured, match="more than 4 steps"):
        visible(sa.select(notes.Note), authorizer, Caller("ann"), "order:read")


def test_many_branches_are_refused_in_bounded_time() -> None:
    branch = "(if resource.open then resource.size else resource.id)"
    with pytest.raises(Misconfigured, match="more than 4 steps|too many cases|more than 5,000 questions"):
        visible(sa.select(notes.Note), _authorizer(f"{' + '.join([branch] * 40)} < 7"), Caller("ann"), "order:read")


def _nested(levels: int) -> str:
    return "resource.id > 0" if levels == 0 else f"(resource.id < 99 && (resource.id > 98 || {_nested(levels - 1)}))"


def test_what_nests_too_deep_for_the_parser_of_sqlite_is_refused_there(
    on_sqlite: orm.Session, on_postgresql: orm.Session
) -> None:
    everything = sorted(on_postgresql.scalars(sa.select(notes.Note.id)))
    for session, levels in ((on_sqlite, 3), (on_postgresql, 40)):
        statement = visible(sa.select(notes.Note.id), _authorizer(_nested(levels)), Caller("ann"), "order:read")
        assert sorted(session.scalars(statement)) == everything
    deep = visible(sa.select(notes.Note.id), _authorizer(_nested(40)), Caller("ann"), "order:read")
    with pytest.raises(
        Misconfigured, match=r"p\.cedar:1: the WHERE of policy policy0 nests too deep for SQLite: parser"
    ):
        on_sqlite.scalars(deep)
    counted = sa.select(sa.func.count()).select_from(sa.select(deep.subquery()).subquery())
    with pytest.raises(Misconfigured, match="nests too deep for SQLite"):
        on_sqlite.scalar(counted)


def test_one_related_row_is_asked_for_once() -> None:
    authorizer = _authorizer(
        'resource has folder && resource.folder has account && resource.folder.account.name == "acme"'
    )
    statement = visible(sa.select(notes.Note.id), authorizer, Caller("ann"), "order:read")
    assert str(statement).count("EXISTS") == 2


class Base(orm.DeclarativeBase): ...


class Customer(Base):
    __tablename__ = "customers"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    region: orm.Mapped[str]


class Order(Base):
    __tablename__ = "orders"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    customer_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("customers.id"))
    customer: orm.Mapped[Customer] = orm.relationship()


def test_what_a_python_rule_needs_of_a_related_row_is_asked_with_what_it_says() -> None:
    def customers(caller: Caller, order: Order) -> bool:
        """Whoever serves a region reads the orders of its customers."""
        return caller.region == order.customer.region

    authorizer = Authorizer([python_rule(customers, "order:read")])
    caller = Caller("ann", attributes={"region": "eu"})
    assert str(visible(sa.select(Order.id), authorizer, caller, "order:read")).count("EXISTS") == 1


def test_what_is_kept_for_a_caller_is_that_callers_own() -> None:
    authorizer = _authorizer("resource.owner == principal.id")

    def parameters(name: str) -> list[object]:
        made = visible(sa.select(notes.Note.id), authorizer, Caller(name), "order:read").compile()
        return list(made.params.values())

    assert parameters("ann") == ["ann"]
    assert parameters("sue") == ["sue"]
    assert parameters("ann") == ["ann"]
