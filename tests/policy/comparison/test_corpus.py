"""Policies of Cedar's own corpus, each beside itself with a mistake: no crash, and nothing that does not replay."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from ringwall.policy.comparison.difference import difference
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.trial.mutants import mutants


@pytest.mark.parametrize("seed", range(4))
def test_a_policy_of_the_corpus_beside_itself_with_a_mistake(seed: int, cedar_cases: list[dict[str, Any]]) -> None:
    random = Random(seed)
    long = [case for case in cedar_cases if len(case["policies"]) > 300]
    for case in random.sample(long, 15):
        schema, policies = parse_schema(case["schema"]), parse_policies(case["policies"])
        wrong = [mutant for policy in policies for mutant in mutants(policy) if mutant.policy is not None]
        for mutant in random.sample(wrong, min(3, len(wrong))):
            found = difference(policies, mutant.among(policies), schema, seconds=10.0, most=1)
            for direction in (found.newly_allowed, found.newly_denied):
                # Said to have no formula, or nothing is left open; never "does not replay", never "no end".
                assert all("cannot be told" in reason for reason in direction.undecided), (case["name"], mutant.change)
