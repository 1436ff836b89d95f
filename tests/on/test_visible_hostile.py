"""Any Cedar policy over hostile rows: the list filter keeps those on which the engine says yes, on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from tests.on.hostile_rows import Doc, fill
from tests.on.random_lists import RandomList

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy import visible
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import NO_CONTEXT, Context
from ringwall.policy.policy import Policy

ACTION = "doc:read"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def session(request: pytest.FixtureRequest) -> Iterator[orm.Session]:
    if request.param == "sqlite":
        engine = sa.create_engine("sqlite://")
    else:
        dsn: str = request.getfixturevalue("postgres")
        engine = sa.create_engine(dsn.replace("postgresql:", "postgresql+psycopg:", 1))
    with orm.Session(engine) as session:
        fill(session)
        yield session
    engine.dispose()


def kept(
    session: orm.Session, policies: tuple[Policy, ...], caller: Caller, context: Context = NO_CONTEXT
) -> tuple[list[int], list[int]]:
    """The rows that the filter keeps, and those on which the engine says yes."""
    authorizer = Authorizer(policies, [ACTION])
    listed = sorted(session.scalars(visible(sa.select(Doc.id), authorizer, caller, ACTION, context)))
    rows = session.scalars(sa.select(Doc).order_by(Doc.id))
    return listed, [row.id for row in rows if authorizer.decide(caller, ACTION, row, context=context)]


def when(condition: str) -> tuple[Policy, ...]:
    return parse_policies(f'permit (principal, action == Action::"doc:read", resource) when {{ {condition} }};')


def test_the_list_is_what_is_decided_of_each_row(session: orm.Session) -> None:
    on, refused, some = session.get_bind().dialect.name, 0, 0
    for seed in range(40):
        case = RandomList(random.Random(seed), on=on).case()
        try:
            listed, decided = kept(session, case.policies, case.caller, case.context)
        except Misconfigured:
            refused += 1
            continue
        assert listed == decided, case.text
        some += 0 < len(listed) < 120
    assert refused < 10
    assert some > 5


@pytest.mark.parametrize(
    "condition",
    [
        "resource.meta.flag",
        "!resource.meta.flag",
        "resource.meta.flag == true",
        'resource.getTag("flag")',
        "resource.meta.level == 17",
        "resource.meta.level == 1",
        "resource.meta.level == 100",
        "resource has meta.level && resource.meta.level != 1",
        "resource.meta == 0",
        'resource.meta.name == "😀"',
        'resource.meta.list.contains("\\\\u0000")',
        "resource.meta.list.contains(true)",
        "resource.meta.list.containsAll([1])",
        "resource.labels.isEmpty()",
    ],
)
def test_json_as_python_reads_it(session: orm.Session, condition: str) -> None:
    listed, decided = kept(session, when(condition), Caller("ann"))
    assert listed == decided
    assert decided or "100" in condition or "== 0" in condition or "== 1" in condition


_WITH_NUL = '{"level": 1, "name": "eu\\u0000", "list": ["eu\\u0000", 1]}'


@pytest.mark.parametrize("text", ["{", _WITH_NUL])
def test_a_document_that_the_database_cannot_read_hides_its_row_and_no_other(session: orm.Session, text: str) -> None:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    text, given = (text, ":text") if on_sqlite else (_WITH_NUL, "CAST(:text AS json)")
    seen = [
        "!(resource has meta)",
        "!(resource.meta has level)",
        "resource.meta.level == 1",
        "resource.meta.level != 1",
        "resource.meta.list.contains(1)",
        'resource.meta.list.contains("eu")',
        'resource.meta.name == "eu"',  # SQLite reads a string to its first NUL
    ]
    before = {condition: kept(session, when(condition), Caller("ann"))[0] for condition in seen}
    session.execute(sa.text(f"UPDATE docs SET meta = {given} WHERE id = 40"), {"text": text})
    for condition, listed in before.items():
        found = session.scalars(visible(sa.select(Doc.id), Authorizer(when(condition)), Caller("ann"), ACTION))
        assert sorted(found) == [id_ for id_ in listed if id_ != 40]
    session.rollback()


@pytest.mark.parametrize("name", ["price", "loose"])
@pytest.mark.parametrize(
    "question", ['resource.{} == decimal("1.5")', 'resource.{}.lessThan(decimal("1.5001"))', "!(resource has {})"]
)
def test_decimals_that_cedar_does_not_have_are_errors_and_not_absent(
    session: orm.Session, question: str, name: str
) -> None:
    policies = when(question.format(name))
    if session.get_bind().dialect.name == "sqlite" and "has" not in question:
        with pytest.raises(Misconfigured, match="SQLite keeps decimals as floats"):
            kept(session, policies, Caller("ann"))
        return
    listed, decided = kept(session, policies, Caller("ann"))
    assert listed == decided != []


def test_what_is_never_null_is_asked_plainly(session: orm.Session) -> None:
    authorizer = Authorizer(when('resource.owner == "a" || resource.amount < 7'))
    where = str(visible(sa.select(Doc.id), authorizer, Caller("ann"), ACTION).whereclause)
    assert where == "(docs.owner = :param_1 OR docs.amount < :param_2)"


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 40 + "resource.urgent" + "".join(f" {('||', '&&')[n % 2]} resource.level < {n})" for n in range(40)),
        "(" * 20 + "resource.urgent" + "".join(f" == (resource.level < {n}))" for n in range(20)),
    ],
)
def test_what_would_grow_without_bound_is_refused_at_once(session: orm.Session, condition: str) -> None:
    with pytest.raises(Misconfigured, match="more than 5,000 questions"):
        visible(sa.select(Doc.id), Authorizer(when(condition)), Caller("ann"), ACTION)


_TEXT_QUESTIONS = [
    "resource.owner == principal.region",
    "resource.note != principal.region",
    "resource.meta.name == principal.region",
    "resource.labels.contains(principal.region)",
    "principal.groups.contains(resource.owner)",
    "resource.labels.containsAny(principal.groups)",
    "resource.owner == principal.id",
    "principal in resource.folder || resource.owner == principal.region",
]


@pytest.mark.parametrize("condition", _TEXT_QUESTIONS)
def test_a_claim_with_a_nul_is_compared_exactly_or_refused(session: orm.Session, condition: str) -> None:
    plain, hostile = (Caller("a" + c, attributes={"region": "eu" + c, "groups": ["a", "eu" + c]}) for c in ("", "\0"))
    policies = when(condition)
    listed, decided = kept(session, policies, plain)
    assert listed == decided
    if session.get_bind().dialect.name == "postgresql":
        with pytest.raises(Misconfigured, match="a text that has a NUL"):
            kept(session, policies, hostile)
        listed, decided = kept(session, policies, plain)  # no transaction was broken
    else:
        listed, decided = kept(session, policies, hostile)
    assert listed == decided


@pytest.mark.parametrize("condition", _TEXT_QUESTIONS)
def test_a_claim_with_half_a_surrogate_pair_is_refused(session: orm.Session, condition: str) -> None:
    hostile = Caller("a\ud800", attributes={"region": "\udfff", "groups": ["a", "\ud800"]})
    with pytest.raises(Misconfigured, match="half a surrogate pair"):
        kept(session, when(condition), hostile)
