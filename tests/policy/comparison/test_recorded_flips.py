"""What would turn a recorded decision: told where the log tells enough, and right where it is told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.objects.random_objects import world

from ringwall.audit.decision_facts import decision_facts
from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.comparison.recorded import Recorded, recorded
from ringwall.policy.comparison.recorded_flips import recorded_flips
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.explanation.facts import Facts
from ringwall.policy.language.parse import parse_policies

READ = 'permit (principal, action == Action::"order:read", resource)'
ANN = Caller("ann", attributes={"region": "eu"})


@dataclass
class Order:
    id: int
    owner: str
    state: str = "draft"


def kept(policies: str, resource: object = Order(17, "sue")) -> Recorded:
    authorizer = Authorizer(parse_policies(policies))
    decision = authorizer.decide(ANN, "order:read", resource)
    return _kept(authorizer, ANN, "order:read", resource, decision.resource, decision.allowed)


def _kept(authorizer: Authorizer, caller: Caller, action: str, resource: Any, name: str, allowed: bool) -> Recorded:
    facts = decision_facts(caller, authorizer.witness(action, resource))
    detail = {"id": "", "action": action, "resource": name, "facts": facts}
    found = recorded(json.loads(json.dumps(detail)), allowed=allowed)
    assert isinstance(found, Recorded)
    return found


def test_the_fewest_facts_that_would_turn_it() -> None:
    text = f'{READ} when {{ resource.owner == principal.id && resource.state != "secret" }};'
    ways = recorded_flips(kept(text), parse_policies(text))
    assert [[str(change) for change in way] for way in ways] == [
        ['Order::"17".owner: "sue" → "ann"'],
        ['Person::"ann".id: "ann" → "sue"'],
    ]


def test_policies_that_say_another_thing_are_not_asked() -> None:
    said = recorded_flips(kept(f'{READ} when {{ resource.owner == "ann" }};'), parse_policies(f"{READ};"))
    assert said == "these policies say yes, where the answer was no: permitted by policy0"


def test_what_is_not_in_the_log_is_not_guessed() -> None:
    said = recorded_flips(kept(f"{READ} when {{ false }};"), parse_policies(f"{READ} when {{ resource.price == 1 }};"))
    assert said == "these policies cannot tell, where the answer was no: policy0 reads resource.price"


def test_a_way_past_what_is_not_known_is_none() -> None:
    then = f'{READ} when {{ resource.owner == "ann" }};'
    now = f'{READ} when {{ resource.owner == "ann" && resource.price == 1 }};'
    assert recorded_flips(kept(then), parse_policies(now)) == []


def test_what_the_log_has_no_word_of_would_count_and_so_the_way_is_none() -> None:
    then = f'{READ} when {{ resource.owner == "ann" }};'
    now = f'{then} forbid (principal, action, resource) when {{ resource.owner == "ann" && resource.price == 1 }};'
    assert recorded_flips(kept(then), parse_policies(now)) == []


def test_an_attribute_less_a_role_more_or_another_text() -> None:
    text = f'{READ} when {{ principal in Role::"clerk" || !(resource has state) || context.ip.isLoopback() }};'
    ways = recorded_flips(kept(text), parse_policies(text))
    assert [[str(change) for change in way] for way in ways] == [
        ['Person::"ann" in Role::"clerk": false → true'],
        ['Order::"17".state: "draft" → (absent)'],
    ]


def test_a_caller_has_no_tags_and_gets_none() -> None:
    text = f'{READ} when {{ principal.hasTag("vip") }};'
    assert recorded_flips(kept(text), parse_policies(text)) == []


def test_a_yes_that_is_a_no_now() -> None:
    said = recorded_flips(kept(f"{READ};"), parse_policies(f"{READ} when {{ false }};"))
    assert said == "these policies say no, where the answer was yes: no permit applies"


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_every_way_that_is_told_turns_the_engines_answer(seed: int) -> None:
    asked = world(seed)
    if asked.caller.actor is not None:
        return
    action, resource = asked.request.action.id, asked.objects[asked.request.resource]
    authorizer = Authorizer(asked.policies[:3], [action])
    allowed = authorizer.decide(asked.caller, action, resource).allowed
    found = _kept(authorizer, asked.caller, action, resource, str(asked.request.resource), allowed)
    ways = recorded_flips(found, authorizer.policies)
    if isinstance(ways, str):
        return
    forbids = {policy.id for policy in authorizer.policies if policy.effect == "forbid"}
    for way in ways:
        facts = Facts.around(found.request, found.entities, authorizer.policies).changed(way)
        response = CedarEngine(authorizer.policies).respond(facts.request, facts.world())
        erred = any(error.policy_id in forbids for error in response.errors)
        assert (response.allowed and not erred) is not allowed
