"""The answers, held against the JSON Schemas that the AuthZEN working group publishes (``api/schemas``).

``response_schemas.json`` has what they require. In one thing it cannot be followed: as published, a decision's
``context`` may have no members at all, which contradicts the specification and the examples in the same file.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

SCHEMAS = json.loads(Path(__file__).with_name("response_schemas.json").read_text())
CASES = json.loads(Path(__file__).with_name("certification.json").read_text())
NAMES = {
    "evaluation": "decision",
    "search/subject": "entities",
    "search/resource": "entities",
    "search/action": "actions",
}


def check(answer, name):
    definitions = json.loads(json.dumps(SCHEMAS))
    del definitions["decision"]["properties"]["context"]["additionalProperties"]
    jsonschema.Draft202012Validator({**definitions[name], "$defs": definitions}).validate(answer)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_every_answer_of_the_certification_scenario(pdp, files, number):
    case = CASES[number]
    pdp.push("default", files("certification"))
    answer = pdp.post(f"/access/v1/{case['path']}", case["request"])
    if answer.status == 200:
        found = answer.json()
        check(found, "evaluations" if "evaluations" in found else NAMES.get(case["path"], "decision"))


def test_the_schemas_refuse_something():
    for wrong, name in (
        ({"decision": 1}, "decision"),
        ({"results": [{"id": "a"}]}, "entities"),
        ({"x": []}, "evaluations"),
    ):
        with pytest.raises(jsonschema.ValidationError):
            check(wrong, name)
