"""Random worlds and sets of policies: every engine gives the same decisions, reasons and errors.

A short run; ``bench/cedar_fuzz.py`` asks a million.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.evaluation.engines import (
    Wasm,
    cedarpy_s,
    cedarpy_s_by_json,
    ours,
    ours_by_json,
    reread,
    walked,
    wasm_s,
)
from tests.policy.random_cedar import RandomCedar

from ringwall.policy.evaluation.engine import Response

SEEDS = st.integers(0, 2**32)


@settings(max_examples=150)
@given(SEEDS, st.sampled_from([0.0, 0.06, 0.3]))
def test_cedar_in_rust(seed: int, strange: float) -> None:
    case = RandomCedar(seed, strange).case()
    policies = reread(case)
    found = ours(policies, case)
    assert found == walked(policies, case)
    assert found == cedarpy_s(policies, case)


@settings(max_examples=80)
@given(SEEDS, st.sampled_from([0.0, 0.06, 0.3]))
def test_policies_in_json_with_templates(seed: int, strange: float) -> None:
    case = RandomCedar(seed, strange).case(slots=True)
    policies = reread(case)
    found = ours(policies, case)
    assert found == ours_by_json(policies, case)
    assert found == cedarpy_s_by_json(policies, case)


@pytest.mark.peer("node")
def test_cedar_in_webassembly_with_templates(cedar_wasm: Wasm) -> None:
    @settings(max_examples=60)
    @given(SEEDS, st.sampled_from([0.0, 0.06, 0.3]))
    def asked(seed: int, strange: float) -> None:
        case = RandomCedar(seed, strange, longest=2**53).case(slots=True)
        policies = reread(case)
        found = ours(policies, case)
        assert found == walked(policies, case)
        assert found == wasm_s(cedar_wasm, policies, case)

    asked()


def test_the_worlds_are_worth_asking_about() -> None:
    """A differential test shows nothing where everything is the same answer."""
    answers: list[Response] = []
    for seed in range(60):
        case = RandomCedar(seed).case()
        answers += ours(reread(case), case)
    assert 0.2 < sum(answer.allowed for answer in answers) / len(answers) < 0.8
    assert sum(len(answer.reasons) for answer in answers) > len(answers) // 2
    assert 0.5 < sum(len(answer.errors) for answer in answers) / len(answers) < 4
