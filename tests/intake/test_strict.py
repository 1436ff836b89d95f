"""``Strict``: nothing unknown, nothing coerced, everything bounded; and ``Secret`` fields."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import uuid
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, PydanticUserError, ValidationError

from ringwall import Secret, Strict
from ringwall.intake.text import Lines


class Colour(enum.Enum):
    RED = "red"


class Node(Strict):
    name: str
    kids: list[Node] = Field(default_factory=list)


class Wide(Strict):
    text: str = "x"
    lines: Lines = "x"
    whole: int = 1
    real: float = 1.0
    flag: bool = True
    several: list[str] = Field(default_factory=list)
    table: dict[str, int] = Field(default_factory=dict)
    pair: tuple[int, str] = (1, "x")
    either: int | str = 1
    maybe: str | None = None
    colour: Colour = Colour.RED
    letter: Literal["a", "b"] = "a"
    day: datetime.date = datetime.date(2020, 1, 1)
    moment: datetime.datetime = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    key: uuid.UUID = uuid.UUID(int=0)
    price: decimal.Decimal = decimal.Decimal(1)
    node: Node | None = None
    bounded: Annotated[str, Field(max_length=3)] = "x"
    large: int = Field(default=0, le=2**60)


@pytest.mark.parametrize(
    "given_",
    [
        {"unknown": 1}, {"text": 1}, {"text": None}, {"text": "x" * 10_001}, {"text": "a\nb"}, {"text": "a\x00"},
        {"text": "\u202euser"}, {"text": "\ud800"},
        {"lines": "a\x07"}, {"lines": "\u2066"}, {"whole": "1"},
        {"whole": 1.0}, {"whole": True}, {"whole": 2**53}, {"whole": -(2**53)}, {"whole": 10**400}, {"real": "1"},
        {"real": float("nan")},
        {"real": float("inf")}, {"flag": 1}, {"flag": "true"}, {"several": "ab"}, {"several": ["x"] * 1001},
        {"several": [1]}, {"several": ["a\nb"]}, {"table": {"a": "1"}}, {"table": {"a\n": 1}},
        {"table": {str(n): 1 for n in range(1001)}}, {"pair": [1, 2]}, {"pair": ["1", "x"]}, {"either": True},
        {"either": "a\nb"}, {"maybe": 1}, {"colour": "blue"}, {"letter": "c"}, {"day": "never"},
        {"node": {"name": "x", "kids": [{"name": "x", "kids": [{"name": "a\nb"}]}]}},
        {"node": {"name": "x", "kids": [{"name": "x", "more": 1}]}}, {"bounded": "abcd"}, {"large": 2**61},
    ],
    ids=repr,
)  # fmt: skip
def test_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Wide.model_validate(given_)


@pytest.mark.parametrize(
    "given_",
    [
        {"text": "Zoë 王 👩‍💻"}, {"lines": "a\n\tb"}, {"whole": 2**53 - 1}, {"real": 1}, {"several": ["x"] * 1000},
        {"pair": [1, "x"]}, {"either": "x"}, {"maybe": None}, {"colour": "red"}, {"day": "2020-02-29"},
        {"moment": "2020-02-29T00:00:00Z"}, {"key": "0" * 32}, {"price": "1.50"}, {"large": 2**59},
        {"node": {"name": "x", "kids": [{"name": "y"}]}},
    ],
    ids=repr,
)  # fmt: skip
def test_accepted(given_: dict[str, Any]) -> None:
    Wide.model_validate(given_)


def test_text_comes_out_in_nfc_also_deep_inside() -> None:
    found = Wide.model_validate({"node": {"name": "x", "kids": [{"name": "e\u0301"}]}, "bounded": "e\u0301ab"})
    assert found.node is not None
    assert found.node.kids[0].name == "é"
    assert found.bounded == "éab"


class Card(Strict):
    number: Secret[str] = Field(pattern=r"^\d{12,19}$")
    pin: Secret[str] | None = Field(default=None, min_length=4)
    key: Secret[int] | None = Field(default=None, gt=0)


def test_constraints_hold_for_the_value_inside() -> None:
    card = Card.model_validate({"number": "4" * 16, "pin": "1234", "key": 7})
    assert isinstance(card.number, Secret)
    assert card.number.reveal() == "4" * 16
    assert Card(number=Secret("4" * 12)).number.reveal() == "4" * 12
    for wrong in ({"number": "12"}, {"number": 4}, {"number": "4" * 16, "pin": "1"}, {"number": "4" * 16, "key": 0}):
        with pytest.raises(ValidationError):
            Card.model_validate(wrong)
    with pytest.raises(ValidationError):
        Card(number=Secret("12"))


def test_a_secret_shows_in_no_error_repr_or_dump() -> None:
    card = Card(number=Secret("4" * 16))
    assert "4444" not in repr(card) + str(card) + repr(card.model_dump())
    with pytest.raises(Exception, match="never written into JSON"):
        card.model_dump_json()
    with pytest.raises(ValidationError) as refused:
        Card.model_validate({"number": "hunter2"})
    assert "hunter2" not in str(refused.value)
    schema = Card.model_json_schema()["properties"]["number"]
    assert (schema["type"], schema["pattern"]) == ("string", r"^\d{12,19}$")


def test_a_secret_on_an_ordinary_model_is_wrapped_too() -> None:
    class Loose(BaseModel):
        word: Secret[str]

    assert Loose.model_validate({"word": "x"}).word.reveal() == "x"


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=12,
    )
)
def test_whatever_json_brings_is_a_model_or_a_validation_error(value: Any) -> None:
    for attempt in (value, dict.fromkeys(("text", "whole", "several", "table", "node", "either"), value)):
        try:
            found = Wide.model_validate(attempt)
        except ValidationError:
            continue
        assert type(found.whole) is int
        assert all(sign.isprintable() or ord(sign) > 0x9F for sign in found.text)
        json.dumps(found.model_dump(mode="json"))


def test_forward_references_still_work() -> None:
    class Later(Strict):
        other: Undefined  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(PydanticUserError):
        Later.model_validate({})
