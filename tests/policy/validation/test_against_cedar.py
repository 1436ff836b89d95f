"""The validator's verdict against Cedar's own: its corpus, random policies, and the warnings that it gives too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cedarpy
import pytest
from tests.policy.validation.random_policies import SCHEMA, RandomPolicies

from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.validation.lint import NEVER_SATISFIED
from ringwall.policy.validation.validate import validate


def test_the_whole_corpus_has_the_same_verdict(cedar_cases: list[dict[str, Any]]) -> None:
    seen = {True: 0, False: 0}
    for case in cedar_cases:
        report = validate(parse_policies(case["policies"]), parse_schema(case["schema"]))
        assert report.valid == case["shouldValidate"], (case["name"], report.errors)
        seen[report.valid] += 1
    assert min(seen.values()) > 700


def test_random_policies_have_the_same_verdict() -> None:
    schema, theirs, policies = parse_schema(SCHEMA), cedarpy.Schema.from_str(SCHEMA), RandomPolicies(seed=45)
    seen = {True: 0, False: 0}
    for _ in range(1_500):
        text = policies.policy()
        valid = validate(parse_policies(text), schema).valid
        assert valid == cedarpy.validate_policies(text, theirs).validation_passed, text
        seen[valid] += 1
    assert min(seen.values()) > 200


@pytest.mark.peer("node")
def test_a_policy_that_is_never_satisfied_is_the_one_that_cedar_warns_of(cedar_wasm: Callable[..., Any]) -> None:
    schema, policies = parse_schema(SCHEMA), RandomPolicies(seed=54, slips=0)
    seen = {True: 0, False: 0}
    for _ in range(500):
        text = policies.policy()
        report = validate(parse_policies(text), schema)
        if "?" in text or not report.valid:
            continue
        answer = cedar_wasm("validate", {"schema": SCHEMA, "policies": {"staticPolicies": text}})
        theirs = any("policy is impossible" in found["error"]["message"] for found in answer["validationWarnings"])
        assert (NEVER_SATISFIED in {found.message for found in report.warnings}) == theirs, text
        seen[theirs] += 1
    assert min(seen.values()) > 20


TEXTS = (
    *(
        "plain",
        "é",
        "аa",
        "асе",
        "\u202eabc",
        "\u2067x",
        "日本あa",
        "あア中",
        "中文abc",
        "α",
        "αbeta",
        "123 а",
        "한국漢",
    ),
    *("say сope аnd", "א1", "abcא", "ñandú", "Straße", "Ωx", "a\u0301", "\u0301a", "x—y", "😀", "a😀", "µm", "ㄅ漢"),
)
NAMES = ("\u200babc", "ab\u00adc", "\u2126x", "\uff21", "ﬁ", "x·y", "a\u0301")


@pytest.mark.peer("node")
@pytest.mark.parametrize("text", TEXTS)
def test_a_string_that_deceives_is_one_that_cedar_warns_of(cedar_wasm: Callable[..., Any], text: str) -> None:
    policy = f'permit (principal is User, action, resource) when {{ principal.name == "{text}" }};'
    _assert_same_warning(policy, "string", cedar_wasm)


@pytest.mark.peer("node")
@pytest.mark.parametrize("text", [*TEXTS, *NAMES])
def test_a_name_that_deceives_is_one_that_cedar_warns_of(cedar_wasm: Callable[..., Any], text: str) -> None:
    _assert_same_warning(f'permit (principal == User::"{text}", action, resource);', "name", cedar_wasm)


def _assert_same_warning(policy: str, what: str, cedar_wasm: Callable[..., Any]) -> None:
    ours = {found.message for found in validate(parse_policies(policy), parse_schema(SCHEMA)).warnings}
    answer = cedar_wasm("validate", {"schema": SCHEMA, "policies": {"staticPolicies": policy}})
    theirs = {found["error"]["message"] for found in answer["validationWarnings"]}
    for mine, other in (
        ("turns the direction", "BIDI"),
        ("mixes letters", "mixed scripts"),
        ("U+", "General Security"),
    ):
        warned = any(message.startswith(f"the {what}") and mine in message for message in ours)
        assert warned == any(other in message for message in theirs), (policy, ours, theirs)
