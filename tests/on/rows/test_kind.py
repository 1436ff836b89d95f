"""Which values SQL is asked about, and as what."""

from __future__ import annotations

from enum import StrEnum

import pytest

from ringwall.on.rows.kind import kind_of
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("", "string"),
        (1, "long"),
        (True, "bool"),  # and no number
        (2**63 - 1, "long"),
        (-(2**63), "long"),
        (2**63, None),
        (-(2**63) - 1, None),
        (Decimal(1), "decimal"),
        (Datetime(1), "datetime"),
        (Duration(1), "duration"),
        (IpAddress.parse("::1"), "ip"),
        (1.0, None),
        (None, None),
        (Colour.RED, None),
    ],
)
def test_the_kind_of_a_value(value: object, kind: str | None) -> None:
    assert kind_of(value) == kind
