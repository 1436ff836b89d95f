"""What an expression comes to, three ways: by walking it, by the compiled policy, and by Cedar's own engine."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import cedarpy

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entities_json import entities_to_json
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entities.value_json import value_to_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.engine import CedarEngine, Response
from ringwall.policy.evaluation.evaluate import evaluate
from ringwall.policy.evaluation.request import Request
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.record import Record

Outcome: TypeAlias = Literal["true", "false", "error"]

ANN, BOB, TEAM, ORG = (EntityUid(*uid) for uid in (("User", "ann"), ("User", "bob"), ("Team", "a"), ("Org", "o")))
ORDER, READ = EntityUid("Order", "7"), EntityUid("Action", "read")
ENTITIES = Entities(
    [
        Entity(ANN, {"age": 30, "boss": BOB, "yes": True, "one": 1}, [TEAM], {"colour": "red", "age": 31}),
        Entity(TEAM, {"name": "a"}, [ORG]),
        Entity(ORDER, {"owner": ANN, "lines": Record({"count": 2})}),
        Entity(READ, parents=[EntityUid("Action", "all")]),
    ]
)
CONTEXT = Record({"ok": True, "n": 1, "text": "a*b", "set": Record({"x": 1})})
REQUEST = Request(ANN, READ, ORDER, CONTEXT)


def outcomes(expression: str, request: Request = REQUEST, entities: Entities = ENTITIES) -> set[Outcome]:
    """One outcome, unless the three disagree."""
    policy = f"permit(principal, action, resource) when {{ {expression} }};"
    response = CedarEngine(parse_policies(policy)).respond(request, entities)
    theirs = cedar_response(policy, request, entities)
    return {_walked(expression, request, entities), _outcome(response), _outcome(theirs)}


def cedar_response(policies: str, request: Request, entities: Entities) -> Response:
    """Cedar's own answer, reasons and errors sorted, and without the texts of the errors."""
    given = cedarpy.is_authorized(request_json(request), policies, json.dumps(entities_to_json(entities)))
    assert given.decision.value in ("Allow", "Deny"), given.diagnostics.errors
    return answer(given.allowed, given.diagnostics.reasons, given.diagnostics.errors)


def answer(allowed: bool, reasons: Iterable[str], errors: Iterable[str]) -> Response:
    """A response in the order that compares. Cedar's errors name their policy between the first two backquotes."""
    return Response(allowed, tuple(sorted(reasons)), tuple(sorted(error.split("`")[1] for error in errors)))  # type: ignore[arg-type]


def request_json(request: Request) -> dict[str, Any]:
    """A request as cedarpy takes it."""
    uids = {"principal": request.principal, "action": request.action, "resource": request.resource}
    return {**{name: str(uid) for name, uid in uids.items()}, "context": value_to_json(request.context)}


def _walked(expression: str, request: Request, entities: Entities) -> Outcome:
    try:
        value = evaluate(parse_expression(expression), request, entities)
    except EvaluationError:
        return "error"
    return "error" if not isinstance(value, bool) else "true" if value else "false"


def _outcome(response: Response) -> Outcome:
    return "error" if response.errors else "true" if response.allowed else "false"


def differing(expressions: list[str], request: Request = REQUEST, entities: Entities = ENTITIES) -> list[str]:
    """The expressions on which our engine and Cedar's differ, each asked as a policy of its own in one set."""
    text = "\n".join(f"permit(principal, action, resource) when {{ {expression} }};" for expression in expressions)
    ours = CedarEngine(parse_policies(text)).respond(request, entities)
    theirs = cedar_response(text, request, entities)
    mine = ({*ours.reasons}, {error.policy_id for error in ours.errors})
    his = ({*theirs.reasons}, {*theirs.errors})
    wrong = (mine[0] ^ his[0]) | (mine[1] ^ his[1])
    return [expression for number, expression in enumerate(expressions) if f"policy{number}" in wrong]
