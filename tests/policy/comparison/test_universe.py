"""The requests that a schema allows: those of each family of actions, and none of what applies to nothing."""

from __future__ import annotations

from typing import Any

from ringwall.policy.comparison.universe import universe_of
from ringwall.policy.schema.schema_json import schema_from_json
from ringwall.policy.schema.types import LONG, Field, RecordType


def test_actions_with_the_same_requests_are_one_family() -> None:
    def action(principals: list[str], resources: list[str], **context: Any) -> dict[str, Any]:
        scope = {"principalTypes": principals, "resourceTypes": resources}
        return {"appliesTo": {**scope, "context": {"type": "Record", "attributes": context}}}

    actions = {
        "all": {},
        "a": {**action(["U"], ["D"]), "memberOf": [{"id": "all"}]},
        "b": action(["U"], ["D"]),
        "c": action(["U"], ["D"], n={"type": "Long"}),
        "d": action(["U", "D"], ["D"]),
        "nobody": action([], ["D"]),
        "nothing": action(["U"], []),
    }
    schema = schema_from_json({"": {"entityTypes": {"U": {}, "D": {}}, "actions": actions}})
    universe = universe_of(schema)
    assert [
        (one.principals, [uid.id for uid in one.actions or ()], one.resources, one.context) for one in universe.requests
    ] == [
        (("U",), ["a", "b"], ("D",), RecordType()),
        (("U",), ["c"], ("D",), RecordType({"n": Field(LONG)})),
        (("U", "D"), ["d"], ("D",), RecordType()),
    ]
    assert universe.groups is not None
    above = {uid.id: {group.id for group in groups} for uid, groups in universe.groups.items()}
    assert above == {name: {"all"} if name == "a" else set() for name in actions}
    assert (universe.action_types, universe.read, universe.choices) == (("Action",), False, {})
