"""What is sent to a decision point elsewhere, and how strictly its answer is read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from ringwall.caller import Caller
from ringwall.errors import Unavailable
from ringwall.policy.decision_point import MAX_ANSWER, Answer, evaluations, read
from ringwall.policy.objects.context import Context
from ringwall.secret import Secret

ANN = Caller("ann", roles=frozenset({"support", "clerk"}), attributes={"region": "eu", "level": 3, "odd": 0.5})
ORDERS = Caller("spiffe://ringwall.internal/orders", "service", proof="certificate")


class Colour(Enum):
    RED = "red"


@dataclass
class Order:
    id: int
    owner: str
    open: bool = True
    note: str | None = None
    tags: set[str] = field(default_factory=lambda: {"a"})
    mixed: list[object] = field(default_factory=lambda: ["a", 0.5])
    due: date = date(2026, 1, 2)
    at: datetime = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    price: Decimal = Decimal("1.50")
    key: UUID = field(default_factory=lambda: UUID(int=7))
    colour: Colour = Colour.RED
    weight: float = 0.5
    huge: int = 2**63
    token: Secret[str] = field(default_factory=lambda: Secret("k3y"))


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)


class Basket(Base):
    __tablename__ = "basket"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str | None]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer: Mapped[Customer] = relationship()


def sent(caller: Caller, resource: object = None) -> list[Any]:
    return [json.loads(body) for body in evaluations(caller, "order:read", resource, "shop")]


def test_a_caller_an_action_and_an_object():
    [question] = sent(ANN, Order(17, "sue"))
    assert question["subject"] == {
        "type": "Person",
        "id": "ann",
        "properties": {
            "region": "eu",
            "level": 3,
            "kind": "person",
            "proof": "test",
            "issuer": "",
            "roles": ["clerk", "support"],
        },
    }
    assert question["action"] == {"name": "order:read"}
    assert question["resource"] == {
        "type": "Order",
        "id": "17",
        "properties": {
            "id": 17,
            "owner": "sue",
            "open": True,
            "tags": ["a"],
            "due": "2026-01-02",
            "at": "2026-01-02T03:04:00.000Z",
            "price": "1.50",
            "key": str(UUID(int=7)),
            "colour": "red",
        },
    }


def test_a_secret_is_never_sent():
    for body in evaluations(ANN, "order:read", Order(17, "sue"), "shop"):
        assert b"k3y" not in body
        assert b"token" not in body


def test_only_columns_of_a_mapped_object_so_that_asking_loads_nothing():
    [question] = sent(ANN, Basket(id=3, customer_id=4))
    assert question["resource"] == {"type": "Basket", "id": "3", "properties": {"id": 3, "customer_id": 4}}
    assert sent(ANN, Basket(customer_id=4))[0]["resource"]["id"] == ""


def test_without_a_resource_the_application_is_asked_about():
    assert sent(ANN)[0]["resource"] == {"type": "Application", "id": "shop"}


def test_a_claim_cannot_stand_in_for_what_we_know():
    forged = Caller("eve", attributes={"kind": "service", "roles": ["admin"], "proof": "certificate"})
    properties = sent(forged)[0]["subject"]["properties"]
    assert (properties["kind"], properties["roles"], properties["proof"]) == ("person", [], "test")


def test_a_service_that_calls_for_a_person_must_be_permitted_too():
    person, service = sent(Caller("ann", actor=ORDERS))
    assert person["context"] == {"actor": {"kind": "service", "id": ORDERS.id}}
    assert (service["subject"]["type"], service["subject"]["id"]) == ("Service", ORDERS.id)


def test_the_time_and_the_clients_address():
    [body] = evaluations(ANN, "order:read", None, "shop", Context(1_800_000_000.25, "10.0.0.1"))
    assert json.loads(body)["context"] == {"time": "2027-01-15T08:00:00.250Z", "ip": "10.0.0.1"}
    [body] = evaluations(ANN, "order:read", None, "shop", Context(None, "/run/sock"))
    assert json.loads(body)["context"] == {}


def test_a_decision():
    assert read(200, "application/json", b'{"decision": true}') == Answer(True)
    assert read(200, "Application/JSON; charset=utf-8", b'{"decision": false, "more": 1}') == Answer(False)
    told = {
        "decision": False,
        "context": {"reason": "no_permit", "reason_user": {"en": "No.\n"}, "reason_admin": {"en": "x"}},
    }
    assert read(200, "application/json", json.dumps(told).encode()) == Answer(False, "no_permit", "No. ")


@pytest.mark.parametrize("context", ["reason", [], None, {"reason": 1, "reason_user": []}, {"reason_user": {"en": 1}}])
def test_a_strange_context_changes_no_decision(context):
    body = json.dumps({"decision": True, "context": context}).encode()
    assert read(200, "application/json", body).allowed is True


@pytest.mark.parametrize("decision", ["true", 1, "True", None, [], [True], {"value": True}, "yes", 1.0])
def test_almost_true_is_no_decision(decision):
    with pytest.raises(Unavailable):
        read(200, "application/json", json.dumps({"decision": decision}).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"true",
        b"[]",
        b"{}",
        b'{"Decision": true}',
        b'{"decision": true',
        b'{"decision": true} trailing',
        b'{"decision": false, "decision": true}',
        b'{"evaluations": [{"decision": true}]}',
        b"\xff",
        b"[" * 10_000,
        b'{"decision": true, "x": "' + b"x" * MAX_ANSWER + b'"}',
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
def test_what_is_no_answer(body):
    with pytest.raises(Unavailable):
        read(200, "application/json", body)


@pytest.mark.parametrize("status", [100, 201, 204, 301, 302, 400, 401, 403, 404, 500, 503])
def test_only_200_is_an_answer(status):
    with pytest.raises(Unavailable):
        read(status, "application/json", b'{"decision": true}')


@pytest.mark.parametrize("kind", ["", "text/html", "text/plain", "application/jsonp"])
def test_only_json_is_an_answer(kind):
    with pytest.raises(Unavailable):
        read(200, kind, b'{"decision": true}')


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["decision", "context", "a"]), inner),
    max_leaves=8,
)


@given(_JSON)
def test_nothing_but_decision_true_is_a_yes(value):
    try:
        allowed = read(200, "application/json", json.dumps(value).encode()).allowed
    except Unavailable:
        allowed = False
    assert allowed == (type(value) is dict and value.get("decision") is True)


JSON = "application/json"
CREDENTIALS = "the decision point does not accept this service"


@pytest.mark.parametrize(
    ("status", "kind", "body", "message", "hint"),
    [
        (401, JSON, b"", CREDENTIALS, "check the credentials sent to it"),
        (403, JSON, b"", CREDENTIALS, "check the credentials sent to it"),
        (402, JSON, b"", "the decision point answered 402", ""),
        (500, JSON, b"", "the decision point answered 500", ""),
        (200, JSON, b" " * (MAX_ANSWER + 1), "the decision point answered with more than 65536 bytes", ""),
        (200, JSON, b" " * MAX_ANSWER, "the decision point's answer is not JSON", ""),
        (200, "text/plain", b"{}", "the decision point's answer is not JSON", ""),
        (200, JSON, b"\xff", "the decision point's answer is not JSON", ""),
        (200, JSON, b"{}", "the decision point's answer holds no decision", ""),
        (200, JSON, b"[]", "the decision point's answer holds no decision", ""),
    ],
)
def test_what_is_no_answer_is_told_in_one_line(status: int, kind: str, body: bytes, message: str, hint: str) -> None:
    with pytest.raises(Unavailable) as caught:
        read(status, kind, body)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_an_answer_of_just_the_largest_size_is_read() -> None:
    body = b'{"decision": true}'
    assert read(200, " Application/Json ;a=b;c", body + b" " * (MAX_ANSWER - len(body))) == Answer(True)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("No.", "No."),
        ("a\x00b\nc", "a b c"),
        ("x" * 301, "x" * 300),
        ({"x": 1, "en": "No.", "de": "Nein."}, "No."),
        ({"en": 1}, ""),
        (["No."], ""),
        (None, ""),
    ],
)
def test_the_words_of_an_answer_are_short_and_can_be_seen(said: object, words: str) -> None:
    for name, field_ in (("reason", "reason"), ("reason_user", "told")):
        body = json.dumps({"decision": False, "context": {name: said}}).encode()
        assert read(200, JSON, body) == Answer(False, **{field_: words})


def test_a_question_is_one_line_of_json_without_spaces() -> None:
    (body,) = evaluations(Caller("ann"), "read", None, "shop")
    assert body == (
        b'{"subject":{"type":"Person","id":"ann","properties":{"kind":"person","proof":"test","issuer":"","roles":[]}},'
        b'"action":{"name":"read"},"resource":{"type":"Application","id":"shop"},"context":{}}'
    )
