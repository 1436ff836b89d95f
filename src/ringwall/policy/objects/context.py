"""What surrounds a question, beside who asks and what for: the time, and the address of the client."""

from __future__ import annotations

from math import floor
from typing import NamedTuple

from ringwall.caller import Caller
from ringwall.policy.expression import Attribute, Expression, Has, Variable
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.walk import parts_of

NAMES = ("actor", "time", "ip")


class Context(NamedTuple):
    """``time`` is in seconds since 1970, from the clock; ``ip`` the client's address. Either may be unknown.

    A policy reads ``context.time`` as a datetime, ``context.ip`` as an ipaddr, and ``context.actor``, the service that
    calls on a person's behalf. What is unknown, or no address (a socket's path), is absent.
    """

    time: float | None = None
    ip: str = ""


NO_CONTEXT = Context()


def in_context(name: str, caller: Caller, context: Context) -> Caller | Datetime | IpAddress | None:
    """``context.name``; ``None`` where it is absent."""
    if name == "actor":
        return caller.actor
    if name == "time" and context.time is not None:
        return Datetime(floor(context.time * 1000))
    if name == "ip" and context.ip:
        try:
            return IpAddress.parse(context.ip)
        except EvaluationError:
            return None
    return None


def reads_context(expression: Expression) -> bool:
    """Whether more than ``context.actor`` is read, which belongs to the caller."""
    match expression:
        case Attribute(of=Variable(name="context"), name=name) | Has(of=Variable(name="context"), name=name):
            return name != "actor"
        case Variable(name="context"):
            return True
    return any(map(reads_context, parts_of(expression)))
