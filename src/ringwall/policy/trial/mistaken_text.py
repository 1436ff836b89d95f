"""The texts nearest to the one that a date, a number or an address was written with."""

from __future__ import annotations

from collections.abc import Iterator

from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.functions import CONSTRUCTORS
from ringwall.policy.values.ip_address import IpAddress


def mistaken_texts(function: str, text: str) -> Iterator[str]:
    """What ``function`` can read and is off by one: a millisecond, a ten-thousandth, a bit of a prefix."""
    try:
        value = CONSTRUCTORS[function](text) if function in CONSTRUCTORS else None
    except EvaluationError:
        return
    for by in (-1, 1):
        match value:
            case Decimal():
                near: str | None = Decimal(value.ten_thousandths + by).text
            case Duration():
                near = Duration(value.milliseconds + by).text
            case Datetime():
                near = Datetime(value.milliseconds + by).text
            case IpAddress():
                near = f"{value.address}/{value.prefix + by}"
            case _:
                return
        if near is not None and _reads(function, near):
            yield near


def _reads(function: str, text: str) -> bool:
    try:
        CONSTRUCTORS[function](text)
    except EvaluationError:
        return False
    return True
