"""Marks: where they may stand, and through what they are found."""

from __future__ import annotations

import contextvars
import functools
from typing import Any

import pytest

from ringwall.errors import Misconfigured, Unauthenticated
from ringwall.marks import allow, mark_of, public


def through_wraps(function: Any) -> Any:
    @functools.wraps(function)
    def outer(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return outer


def without_wraps(function: Any) -> Any:
    return lambda *args: function(*args)


class Views:
    @allow(role="manager")
    def get(self) -> None: ...

    def post(self) -> None: ...


@public
class Opened:
    def get(self) -> None: ...


class Inherits(Opened):
    def post(self) -> None: ...


class Overrides(Views):
    def get(self) -> None: ...


class Answers:
    @allow
    def __call__(self) -> None: ...


def bare() -> None: ...


def streams(order: object) -> Any:
    yield order


@pytest.mark.parametrize(
    ("endpoint", "method", "mark"),
    [
        (allow(lambda: 1), "GET", "signed in"),
        (public(lambda: 1), "GET", "public"),
        (allow("order:read")(lambda: 1), "GET", "order:read"),
        (allow("order:read", role="staff", on="order")(lambda order: 1), "GET", "order:read on order role staff"),
        (through_wraps(through_wraps(allow(lambda: 1))), "GET", "signed in"),
        (functools.partial(allow(lambda a: 1), 1), "GET", "signed in"),
        (functools.partial(functools.partial(allow(lambda a, b: 1), 1), 2), "GET", "signed in"),
        (Views().get, "GET", "role manager"),
        (Views, "GET", "role manager"),
        (Views, "HEAD", "role manager"),
        (Answers(), "GET", "signed in"),
        (Opened, "GET", "public"),
        (Opened(), "GET", "public"),
    ],
)
def test_found(endpoint: Any, method: str, mark: str) -> None:
    assert str(mark_of(endpoint, method)) == mark


@pytest.mark.parametrize(
    ("endpoint", "method"),
    [
        (bare, "GET"), (None, "GET"), (without_wraps(allow(lambda: 1)), "GET"), (Views, "POST"), (Views, "OPTIONS"),
        (Inherits, "POST"), (Inherits, "GET"), (Inherits(), "GET"), (Overrides, "GET"), (object(), "GET"),
    ],
)  # fmt: skip
def test_closed(endpoint: Any, method: str) -> None:
    assert mark_of(endpoint, method) is None


def test_slips_of_the_pen_are_errors_at_start() -> None:
    with pytest.raises(Misconfigured, match="two marks"):
        public(allow(lambda: 1))
    with pytest.raises(Misconfigured, match="names no action"):
        allow(on="order")  # type: ignore[call-overload]
    with pytest.raises(Misconfigured, match="no parameter 'order'"):
        allow("order:read", on="order")(lambda other: 1)
    with pytest.raises(Misconfigured, match="above @staticmethod"):
        allow(staticmethod(bare))
    with pytest.raises(Misconfigured, match="needs a function"):
        allow("order:read", on="order")(Views)
    with pytest.raises(Misconfigured, match="is a generator"):
        allow("order:read", on="order")(streams)
    with pytest.raises(Misconfigured, match="cannot carry a mark"):
        public(object())  # type: ignore[type-var]


def test_a_marked_handler_outside_a_request_does_not_run() -> None:
    for mark in (public, allow):
        with pytest.raises(Unauthenticated, match="outside a request"):
            contextvars.Context().run(mark(lambda: 1))


@pytest.mark.parametrize("action", ["signed-in", "role:manager"])
def test_no_action_is_called_like_what_marks_without_one_ask_for(action: str) -> None:
    with pytest.raises(Misconfigured, match="called like a mark without one"):
        allow(action)
