"""The promise of validation: a valid policy never errs on a request and entities that conform."""

from __future__ import annotations

from tests.policy.validation.random_policies import SCHEMA, RandomPolicies
from tests.policy.validation.random_worlds import RandomWorlds

from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.validation.conform import check_entities, check_request
from ringwall.policy.validation.validate import validate

KNOWN = parse_schema(SCHEMA)


def test_a_valid_policy_never_errs_where_all_conforms() -> None:
    policies, worlds = RandomPolicies(seed=7, slips=0.01), RandomWorlds(KNOWN, seed=7)
    satisfied, erring = 0, 0
    for _ in range(600):
        (policy,) = parse_policies(policies.policy())
        if policy.slots:
            continue
        valid, engine, entities = validate([policy], KNOWN).valid, CedarEngine([policy]), worlds.entities()
        for _ in range(6):
            response = engine.respond(worlds.request(), entities)
            assert not (valid and response.errors), (policy, response.errors)
            satisfied += valid and bool(response.reasons)
            erring += bool(response.errors)
    assert satisfied > 50
    assert erring > 50


def test_a_policy_that_is_never_satisfied_is_not() -> None:
    policies, worlds = RandomPolicies(seed=8, slips=0), RandomWorlds(KNOWN, seed=8)
    never = 0
    for _ in range(400):
        (policy,) = parse_policies(policies.policy())
        report = validate([policy], KNOWN)
        if (
            policy.slots
            or not report.valid
            or "the policy is never satisfied" not in {w.message for w in report.warnings}
        ):
            continue
        never += 1
        engine, entities = CedarEngine([policy]), worlds.entities()
        assert all(not engine.respond(worlds.request(), entities).reasons for _ in range(10))
    assert never > 10


def test_random_worlds_conform() -> None:
    worlds = RandomWorlds(KNOWN, seed=9)
    for _ in range(10):
        check_entities(worlds.entities(), KNOWN)
        check_request(worlds.request(), KNOWN)
