"""Cedar's own corpus: every decision, with the policies that decided it and the policies that erred."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.policy.outcomes import answer

from ringwall.policy.entities.context_json import context_from_json
from ringwall.policy.entities.entities_json import entities_from_json
from ringwall.policy.entities.uid_json import uid_from_json
from ringwall.policy.evaluation.engine import CedarEngine, Response
from ringwall.policy.evaluation.request import Request
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema


def test_every_request_is_answered_as_cedar_answers_it(cedar_cases: list[dict[str, Any]]) -> None:
    asked, wrong = 0, []
    for case in cedar_cases:
        for number, (request, ours) in enumerate(zip(case["requests"], _answers(case), strict=True)):
            asked += 1
            if ours != answer(request["decision"] == "allow", request["reason"], map("`{}`".format, request["errors"])):
                wrong.append((case["name"], number))
    assert not wrong
    assert asked >= 27_786, "the corpus is not whole"


def _answers(case: dict[str, Any]) -> Iterator[Response]:
    schema = parse_schema(case["schema"])
    entities = entities_from_json(case["entities"], schema)
    engine = CedarEngine(parse_policies(case["policies"]))
    for asked in case["requests"]:
        principal, action, resource = (uid_from_json(asked[name], name) for name in ("principal", "action", "resource"))
        request = Request(principal, action, resource, context_from_json(asked["context"], schema, action))
        ours = engine.respond(request, entities)
        yield answer(ours.allowed, ours.reasons, (f"`{error.policy_id}`" for error in ours.errors))
