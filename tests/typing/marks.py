"""Marks keep the type of what they stand on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import assert_type

from ringwall.caller import Caller
from ringwall.marks import allow, public


@allow
def plain(number: int) -> str:
    return str(number)


@allow("order:read", on="number", role="staff")
async def waits(number: int) -> str:
    return str(number)


@allow(role="manager")
class View:
    name = "view"


@public
def opened(caller: Caller) -> str:
    return caller.id


def check() -> None:
    assert_type(plain(1), str)
    assert_type(View().name, str)
    keeps: Callable[[int], str] = plain
    waiting: Callable[[int], Awaitable[str]] = waits
    asks: Callable[[Caller], str] = opened
    del keeps, waiting, asks


def refused() -> None:
    allow(role=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    allow(on="order")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    plain("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
