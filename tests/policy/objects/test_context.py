"""What surrounds a question, and which policies read it."""

from __future__ import annotations

import pytest

from ringwall.caller import Caller
from ringwall.policy.language.parse import parse_expression
from ringwall.policy.objects.context import NO_CONTEXT, Context, in_context, reads_context
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.ip_address import IpAddress

SHOP = Caller("spiffe://x/shop", kind="service")


@pytest.mark.parametrize(
    ("name", "context", "value"),
    [
        ("time", Context(time=1.5), Datetime(1500)),
        ("time", Context(time=1.0009), Datetime(1000)),
        ("time", Context(time=-0.0001), Datetime(-1)),
        ("time", Context(time=0), Datetime(0)),
        ("time", NO_CONTEXT, None),
        ("ip", Context(ip="10.0.0.1"), IpAddress.parse("10.0.0.1")),
        ("ip", Context(ip="unix:/run/x"), None),
        ("ip", NO_CONTEXT, None),
        ("actor", NO_CONTEXT, SHOP),
        ("weather", Context(1.0, "10.0.0.1"), None),
    ],
)
def test_what_is_known_is_told_and_the_rest_is_absent(name: str, context: Context, value: object) -> None:
    assert in_context(name, Caller("ann", actor=SHOP), context) == value


def test_without_an_actor_there_is_none() -> None:
    assert in_context("actor", Caller("ann"), Context(1.0, "10.0.0.1")) is None


@pytest.mark.parametrize(
    ("expression", "more"),
    [
        ("context.time", True),
        ("context has ip", True),
        ("context.actor", False),
        ("context has actor", False),
        ("context.actor.id", False),
        ("context", True),
        ("principal.time", False),
        ("resource has ip", False),
        ("resource.open && (principal.old || context.time == 1)", True),
        ("resource.open && context has actor", False),
    ],
)
def test_the_actor_belongs_to_the_caller(expression: str, more: bool) -> None:
    assert reads_context(parse_expression(expression)) is more
