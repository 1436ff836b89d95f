"""Policies of Cedar's own corpus, each beside itself with a mistake: no crash, and nothing that does not replay."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ringwall.policy.comparison.difference import difference
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.trial.mutants import mutants

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "cedar"


def sample(count: int) -> list[dict[str, Any]]:
    """The cases whose policies say most, and a random choice of the others."""
    if not VECTORS.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{VECTORS} is not there, and in CI it must be")
        return []
    with gzip.open(VECTORS / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        cases = [case for case in map(json.loads, file) if len(case["policies"]) > 300]
    return Random(1).sample(cases, count)


@pytest.mark.parametrize("case", sample(40), ids=lambda case: str(case["name"]).rpartition("/")[2][:12])
def test_a_policy_of_the_corpus_beside_itself_with_a_mistake(case: dict[str, Any]) -> None:
    schema, policies = parse_schema(case["schema"]), parse_policies(case["policies"])
    wrong = [mutant for policy in policies for mutant in mutants(policy) if mutant.policy is not None]
    for mutant in Random(2).sample(wrong, min(3, len(wrong))):
        found = difference(policies, mutant.among(policies), schema, seconds=10.0, most=1)
        for direction in (found.newly_allowed, found.newly_denied):
            assert not [reason for reason in direction.undecided if "cannot be told" not in reason], mutant.change
