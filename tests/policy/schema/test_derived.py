"""The schema that the guard makes of its classes, and Python rules that validate against it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from ipaddress import IPv4Address
from typing import Any, ClassVar, Literal

import pytest
from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from ringwall import Caller, Secret
from ringwall.errors import Misconfigured
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.rules.grant import role_policies, service_policies
from ringwall.policy.rules.python_rule import python_rule
from ringwall.policy.schema.derived import derived_schema
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.schema.schema_text import schema_text
from ringwall.policy.schema.types import LONG, STRING, SetType
from ringwall.policy.validation.validate import validate


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str]


class Order(Base):
    __tablename__ = "order"
    kind: ClassVar[str] = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    note: Mapped[str | None]
    paid: Mapped[bool]
    total: Mapped[Decimal]
    placed: Mapped[datetime]
    labels: Mapped[list[str]] = mapped_column(JSON)
    anything: Mapped[Any] = mapped_column(JSON)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer: Mapped[Customer] = relationship()
    lines: Mapped[list[Line]] = relationship()
    first: Mapped[Line] = relationship(viewonly=True)


class Line(Base):
    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))


class State(Enum):
    OPEN = "open"


class Level(StrEnum):
    HIGH = "high"


@dataclass
class Folder:
    __cedar_parents__ = ("folder", "teams")
    __cedar_tags__ = "labels"
    id: int
    folder: Folder | None
    teams: list[Team]
    labels: dict[str, int]


@dataclass
class Team:
    name: str
    lead: Team | None = None
    sizes: set[int] = field(default_factory=set)
    marks: list[str] | None = None
    members: frozenset[Customer] = frozenset()
    since: timedelta | None = None
    address: IPv4Address | None = None
    state: State = State.OPEN
    level: Level = Level.HIGH
    born: date | None = None
    bare: set = field(default_factory=set)  # type: ignore[type-arg]
    token: Secret[str] | None = None
    raw: set[Any] = field(default_factory=set)
    pairs: dict[str, list[int]] = field(default_factory=dict)
    everyone: ClassVar[int] = 3
    _cache: int = 0
    size: int = 0


def test_a_mapped_class_is_an_entity_with_its_columns() -> None:
    schema = derived_schema({"order:read": [Order]})
    expected = parse_schema("""
      entity Role; entity Application;
      entity Person, Service in [Role] { id: String, kind: String, proof: String, issuer: String };
      entity Customer { id: Long, region: String };
      entity Order {
        id: Long, owner: String, note?: String, paid: Bool, total: decimal, placed: datetime, labels: Set<String>,
        customer_id: Long, customer: Customer, lines: Set<Line>, first: Line,
      };
      entity Line { id: Long, order_id: Long };
      action "*"; action "order:*" in ["*"];
      action "order:read" in ["order:*"] appliesTo {
        principal: [Person, Service], resource: [Order],
        context: { actor?: Service, time: datetime, ip?: ipaddr },
      };
    """)
    assert schema == expected
    assert parse_schema(schema_text(schema)) == schema


def test_a_plain_class_is_an_entity_with_its_annotations() -> None:
    team = derived_schema({"team:read": [Team]}).entity_types["Team"]
    shown = {name: f"{'' if known.required else '?'}{known.type}" for name, known in team.shape.fields.items()}
    assert shown == {
        "name": "String",
        "lead": "?Team",
        "sizes": "Set<Long>",
        "marks": "?Set<String>",
        "members": "Set<Customer>",
        "since": "?duration",
        "address": "?ipaddr",
        "level": "String",
        "size": "Long",
    }


def test_a_class_says_where_its_parents_and_tags_are() -> None:
    folder = derived_schema({"folder:read": [Folder]}).entity_types["Folder"]
    assert (folder.parents, folder.tags) == ({"Folder", "Team"}, LONG)
    assert folder.ancestors == {"Folder", "Team"}


@pytest.mark.parametrize("annotation", [dict, list[int], tuple[str, int], Counter[str], Literal["a", "b"]])
def test_what_is_no_mapping_to_one_type_has_no_tags_that_are_known(annotation: object) -> None:
    odd = type("Odd", (), {"__annotations__": {"labels": annotation}, "__cedar_tags__": "labels"})
    assert derived_schema({"a": [odd]}).entity_types["Odd"].tags is None


def test_parents_that_are_no_attribute_are_refused() -> None:
    lost = type("Lost", (), {"__annotations__": {}, "__cedar_parents__": ("up",)})
    with pytest.raises(Misconfigured) as refused:
        derived_schema({"a": [lost]})
    assert refused.value.message == f"{__name__}: Lost.up refers to no known class"
    assert refused.value.hint == "annotate it with the class of the parents, or take it out of __cedar_parents__"


def test_parents_of_no_known_class_are_refused() -> None:
    lost = type("Lost", (), {"__annotations__": {"up": int}, "__cedar_parents__": "up"})
    with pytest.raises(Misconfigured, match="Lost.up refers to no known class"):
        derived_schema({"a": [lost]})


def test_claims_are_attributes_that_a_caller_may_lack() -> None:
    claims = {"region": STRING, "level": LONG, "teams": SetType(STRING), "id": LONG}
    fields = derived_schema({}, claims=claims).entity_types["Person"].shape.fields
    assert {name: (str(known.type), known.required) for name, known in fields.items()} == {
        "region": ("String", False),
        "level": ("Long", False),
        "teams": ("Set<String>", False),
        "id": ("String", True),
        "kind": ("String", True),
        "proof": ("String", True),
        "issuer": ("String", True),
    }


def test_an_action_without_a_class_is_asked_of_the_application() -> None:
    schema = derived_schema({"report:make": []})
    (action,) = (action for action in schema.actions.values() if action.uid.id == "report:make")
    assert action.resources == ("Application",)
    assert {uid.id for uid in action.ancestors} == {"report:*", "*"}


def owner_or_support(caller: Caller, order: Order) -> bool:
    """Owners read their orders; support reads its region."""
    return caller.id == order.owner or (caller.has_role("support") and caller.region == order.customer.region)


def for_its_actor(caller: Caller, order: Order) -> bool:
    """The desk reads orders with a note."""
    return caller.actor is not None and caller.actor.id == "desk" and order.note == "x"


def test_rules_and_roles_validate_against_it() -> None:
    rules = [python_rule(owner_or_support, "order:read"), python_rule(for_its_actor, "order:*")]
    granted = [*role_policies({"manager": ["order:*", "team:read"]}), *service_policies({"billing": ["order:read"]})]
    schema = derived_schema({"order:read": [], "order:list": [], "team:read": [Team]}, rules, {"region": STRING})
    assert validate([*rules, *granted], schema).errors == ()
    resources = {action.uid.id: action.resources for action in schema.actions.values()}
    assert (resources["order:list"], resources["team:read"]) == (("Order",), ("Team",))


def test_a_role_may_be_granted_what_another_service_asks_for() -> None:
    granted = role_policies({"manager": ["team:*", "invoice:paid:*"]})
    schema = derived_schema({"team:read": [Team]}, granted)
    assert validate(granted, schema).errors == ()
    assert {"invoice:paid:*", "invoice:*", "*"} <= {uid.id for uid in schema.actions}
    single = derived_schema({"team:read": [Team]}, role_policies({"manager": ["invoice:pay"]}))
    assert {uid.id for uid in single.actions} == {"*", "team:*", "team:read"}


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("resource.born == principal.id", "`Team` has no attribute `born`"),
        ("resource.token == principal.id", "`Team` has no attribute `token`"),
        ("resource.state == principal.id", "`Team` has no attribute `state`"),
        ("resource.everyone == 3", "`Team` has no attribute `everyone`"),
        ("resource.lead.name == principal.id", "`lead` may be absent from `Team`"),
        ("context.ip.isLoopback()", "`ip` may be absent from `context`"),
        ("principal.region == resource.name", "`region` may be absent from `Person`"),
    ],
)
def test_what_no_policy_may_read_is_refused(condition: str, message: str) -> None:
    policy = f'permit (principal is Person, action == Action::"team:read", resource) when {{ {condition} }};'
    (error,) = validate(parse_policies(policy), derived_schema({"team:read": [Team]}, claims={"region": STRING})).errors
    assert error.message == message


def test_two_classes_of_one_name_are_refused() -> None:
    with pytest.raises(Misconfigured, match="two classes are called Order"):
        derived_schema({"order:read": [Order, type("Order", (), {})]})


@pytest.mark.parametrize("name", ["Role", "Person", "Action", "Größe"])
def test_a_class_that_cannot_be_a_type_is_refused(name: str) -> None:
    with pytest.raises(Misconfigured, match=f"the class {name} cannot be an entity type"):
        derived_schema({"a": [type(name, (), {})]})
