"""What is taken of an object for the record: what policies read, as it stands, without a load, a secret, or code."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.loaded import UNKNOWN, loaded
from ringwall.policy.objects.witness import Witness, paths_read, witnessed
from ringwall.secret import Secret


def taken(resource: object, *conditions: str) -> dict[EntityUid, Any]:
    text = "".join(f"permit (principal, action, resource) when {{ {one} }};" for one in conditions)
    return dict(witnessed(resource, paths_read(parse_policies(text))))


@dataclass
class Doc:
    id: int = 1
    owner: str | None = "ann"
    price: Any = 3
    key: Secret[str] = field(default_factory=lambda: Secret("hunter2hunter2"))
    boss: Any = None
    kind = "plan"

    @property
    def danger(self) -> str:
        raise AssertionError("code of the object was run for the record")


DOC = EntityUid("Doc", "1")


def test_only_what_is_read_is_taken() -> None:
    seen = taken(Doc(), 'resource.owner == "ann"', "resource has nothing", 'resource.kind == "plan"')[DOC]
    assert (seen.attributes, seen.absent) == ({"owner": "ann", "kind": "plan"}, ["nothing"])


def test_it_is_taken_as_it_stood() -> None:
    doc = Doc(price=["a"])
    seen = taken(doc, 'resource.price.contains("a")')[DOC]
    doc.price.append("b")
    witness = Witness(entities={DOC: seen})
    assert witness.facts()["entities"][0]["attrs"] == {"price": ["a"]}


@pytest.mark.parametrize(
    "value",
    [1.5, b"x", Secret("hunter2hunter2"), [Secret("hunter2hunter2")], {"a": Secret("hunter2hunter2")}, 2**70,
     ["x"] * 1000, object, {"a": 1.5}],
)  # fmt: skip
def test_a_value_that_cedar_has_not_or_nobody_may_read_is_left_out(value: object) -> None:
    seen = taken(Doc(price=value), "resource.price == 1")[DOC]
    assert (seen.attributes, seen.absent) == ({}, [])


def test_what_holds_itself_is_left_out() -> None:
    value: list[Any] = []
    value.append(value)
    assert taken(Doc(price=value), "resource.price == 1")[DOC].attributes == {}


def test_what_a_class_calls_secret_is_not_recorded_though_an_object_holds_bare_text() -> None:
    (seen,) = taken(Doc(key="hunter2hunter2"), "resource.owner == resource.key").values()  # type: ignore[arg-type]
    assert seen.attributes == {"owner": "ann"}


def test_a_sealed_attribute_is_not_even_looked_at() -> None:
    seen = taken(Doc(), "resource.key == 1", "resource has key", "resource._private == 1")[DOC]
    assert (seen.attributes, seen.absent) == ({}, [])


def test_no_code_of_the_object_is_run() -> None:
    class Trap:
        id = 1

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    assert loaded(Trap(), "owner") is UNKNOWN
    assert taken(Doc(), 'resource.danger == "x"')[DOC].attributes == {}


def test_what_a_descriptor_holds_is_not_taken_for_what_it_gives() -> None:
    class Doubled:
        def __get__(self, one: Any, owner: type) -> Any:
            return one.__dict__["n"] * 2

        def __set__(self, one: Any, value: int) -> None:
            one.__dict__["n"] = value

    class Box:
        id = 1
        n = Doubled()

    box = Box()
    box.n = 2
    assert loaded(box, "n") is UNKNOWN


def test_an_attribute_without_a_name_is_absent() -> None:
    assert taken(Doc(), 'resource[""] == 1')[DOC].absent == [""]


def test_slots_are_read_and_unset_ones_absent() -> None:
    class Slim:
        __slots__ = ("id", "owner")
        id: int

    slim = Slim()
    slim.id = 1
    assert (loaded(slim, "id"), loaded(slim, "owner"), loaded(slim, "x")) == (1, None, None)


def test_a_chain_of_objects_is_bounded() -> None:
    doc, condition = Doc(0), "resource"
    for number in range(1, 60):
        doc, condition = Doc(number, boss=doc), f"{condition}.boss"
    assert len(taken(doc, f'{condition}.owner == "x"')) == 32


def test_a_record_that_json_would_misread_breaks_nothing() -> None:
    witness = Witness(entities=taken(Doc(price={"__entity": 1}), "resource.price.x"))
    assert witness.facts()["entities"][0]["attrs"] == {}


def test_the_context_is_told_in_cedars_form() -> None:
    told = Witness(Context(1.5, "10.0.0.1"), role="clerk").facts()
    assert json.loads(json.dumps(told)) == {
        "context": {
            "time": {"__extn": {"fn": "datetime", "arg": "1970-01-01T00:00:01.500Z"}},
            "ip": {"__extn": {"fn": "ip", "arg": "10.0.0.1/32"}},
        },
        "entities": [],
        "role": "clerk",
    }


class Base(orm.DeclarativeBase): ...


class Client(Base):
    __tablename__ = "clients"
    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str]


class Bill(Base):
    __tablename__ = "bills"
    __cedar_parents__ = ("client",)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    client_id: Mapped[int] = mapped_column(sa.ForeignKey("clients.id"))
    client: Mapped[Client] = relationship()


READS = ('resource.owner == "ann"', 'resource.client.region == "eu"', 'resource in Client::"3"')


def test_nothing_is_loaded_from_a_database() -> None:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Bill(id=1, owner="ann", client=Client(id=3, region="eu")))
        session.commit()
        session.expunge_all()
        bill = session.get_one(Bill, 1)
        statements: list[str] = []
        sa.event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        bare = taken(bill, *READS)[EntityUid("Bill", "1")]
        assert (statements, bare.attributes, bare.absent, bare.parents) == ([], {"owner": "ann"}, [], None)
        assert bill.client.region == "eu"
        statements.clear()
        seen = taken(bill, *READS)
        assert statements == []
    client = EntityUid("Client", "3")
    assert seen[EntityUid("Bill", "1")].attributes == {"owner": "ann", "client": client}
    assert (seen[EntityUid("Bill", "1")].parents, seen[client].attributes) == ([client], {"region": "eu"})


class Box:
    __cedar_parents__ = ("above",)

    def __init__(self, id_: object, *above: Any) -> None:
        self.id, self.above = id_, above


def _box(id_: str) -> EntityUid:
    return EntityUid("Box", id_)


BELOW = 'resource in Box::"0"'


def test_all_that_is_known_is_told_as_json() -> None:
    doc = Doc(boss=Box(2, Box(3), EntityUid("Team", "a")))
    seen = taken(doc, "resource.owner == resource.boss.x", 'resource.boss in Box::"0"')
    told = Witness(entities=seen, missing=True).facts()
    assert told == {
        "context": {},
        "entities": [
            {
                "uid": {"type": "Doc", "id": "1"},
                "attrs": {"owner": "ann", "boss": {"__entity": {"type": "Box", "id": "2"}}},
                "absent": [],
            },
            {
                "uid": {"type": "Box", "id": "2"},
                "attrs": {},
                "absent": ["x"],
                "parents": [{"type": "Box", "id": "3"}, {"type": "Team", "id": "a"}],
            },
            {"uid": {"type": "Box", "id": "3"}, "attrs": {}, "absent": [], "parents": []},
            {"uid": {"type": "Team", "id": "a"}, "attrs": {}, "absent": [], "parents": []},
        ],
        "missing": True,
    }
    assert Witness().facts() == {"context": {}, "entities": []}


def test_what_an_entity_is_in_is_taken_where_it_is_asked() -> None:
    top = Box("top")
    seen = taken(Box("leaf", Box("middle", top), top), BELOW)
    assert {uid.id: [one.id for one in its.parents or ()] for uid, its in seen.items()} == {
        "leaf": ["middle", "top"],
        "middle": ["top"],
        "top": [],
    }
    assert taken(Box("leaf", top), "resource.id == 1")[_box("leaf")].parents is None
    assert taken(Box("leaf", top), "principal in resource")[_box("leaf")].parents is None


def test_a_cycle_of_parents_ends() -> None:
    one, two = Box("one"), Box("two")
    one.above, two.above = (two,), (one,)
    seen = taken(one, BELOW)
    assert (seen[_box("one")].parents, seen[_box("two")].parents) == ([_box("two")], [_box("one")])


def test_where_a_parent_has_no_key_none_are_told() -> None:
    assert taken(Box("leaf", Box("top"), Box(None)), BELOW)[_box("leaf")].parents is None


@pytest.mark.parametrize(("count", "told"), [(0, True), (31, True), (32, False)])
def test_parents_are_bounded(count: int, told: bool) -> None:
    seen = taken(Box("leaf", *map(Box, range(count))), BELOW)
    assert (seen[_box("leaf")].parents is not None) is told
    assert len(seen) == (count + 1 if told else 1)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (["x"] * 32, True),
        (["x"] * 33, False),
        ({str(n): n for n in range(32)}, True),
        ({str(n): n for n in range(33)}, False),
        ("x" * 33, True),
    ],
)
def test_members_of_one_value_are_bounded(value: object, told: bool) -> None:
    assert ("price" in taken(Doc(price=value), "resource.price == 1")[DOC].attributes) is told


def test_an_object_without_a_key_is_not_taken() -> None:
    assert taken(Box(None), "resource.above == 1") == {}
    assert list(taken(Doc(boss=Box(None)), "resource.boss.above == 1")) == [DOC]


def test_the_same_entity_met_twice_is_told_once() -> None:
    boss = Doc(2, owner="eve", price=7)
    seen = taken(Doc(1, boss=boss, price=boss), "resource.boss.owner == 1", "resource.price.price == 1")
    assert (seen[EntityUid("Doc", "2")].attributes, len(seen)) == ({"owner": "eve", "price": 7}, 2)


def test_a_name_of_an_entity_is_told_and_not_looked_into() -> None:
    seen = taken(Doc(boss=EntityUid("Doc", "2")), 'resource.boss.owner == "eve"')
    assert {uid: its.attributes for uid, its in seen.items()} == {DOC: {"boss": EntityUid("Doc", "2")}}


def test_what_is_written_as_text_is_not_looked_into_where_nothing_of_it_is_read() -> None:
    assert list(taken(Doc(boss=Doc(2)), "resource has boss")) == [DOC]
