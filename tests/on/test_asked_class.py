"""Whose objects a mark asks about."""

from __future__ import annotations

from typing import Annotated

import pytest

from ringwall.marks import Loader, Mark
from ringwall.on.asked_class import asked_class


class Order: ...


class Charge: ...


def load(number: int) -> Order: ...  # type: ignore[empty-body]
def load_perhaps(number: int) -> Order | None: ...
def load_either(number: int) -> Order | Charge: ...  # type: ignore[empty-body]
def load_text(number: int) -> str: ...  # type: ignore[empty-body]
def load_unsaid(number): ...  # type: ignore[no-untyped-def]
def load_unknown(number: int) -> Nowhere: ...  # type: ignore[name-defined]  # noqa: F821


def show(order: Annotated[Order, "loaded"], perhaps: Charge | None, number: int) -> None: ...


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (load, Order),
        (load_perhaps, Order),
        (load_either, None),
        (load_text, None),
        (load_unsaid, None),
        (load_unknown, None),
        ("order", Order),
        ("perhaps", Charge),
        ("number", None),
        ("nothing", None),
        (None, None),
    ],
)
def test_the_class_that_annotations_name(on: str | Loader | None, kind: type | None) -> None:
    assert asked_class(Mark(action="order:read", on=on), show) is kind


def test_what_has_no_annotations_names_no_class() -> None:
    assert asked_class(Mark(action="order:read", on="order"), object()) is None
