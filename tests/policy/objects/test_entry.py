"""A policy as the engine keeps it: when it holds, what it says of itself, and what it does about sealed values."""

from __future__ import annotations

import pytest

from ringwall.caller import Caller
from ringwall.decision import RuleOutcome
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import NO_CONTEXT
from ringwall.policy.objects.entity import SealedRead
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.question import Question
from ringwall.secret import Secret


class Card:
    number: Secret[str]
    holder: str

    def __init__(self) -> None:
        self.number, self.holder = Secret("4111"), "ann"


def _entry(text: str) -> Entry:
    (policy,) = parse_policies(text)
    return Entry(policy)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("permit (principal, action, resource);", True),
        ('permit (principal, action, resource) when { resource.holder == "ann" };', True),
        ('permit (principal, action, resource) when { resource.holder == "bob" };', False),
        ("permit (principal, action, resource) when { resource.nothing };", None),
        ('permit (principal, action, resource == Card::"1");', None),
    ],
)
def test_the_outcome_of_a_question(text: str, outcome: bool | None) -> None:
    entry = _entry(text)
    for _ in range(2):
        assert entry.outcome(Question(Caller("ann"), "read", Card())) is outcome
    assert (entry.holds is None) is (text.endswith("resource);"))


def test_what_it_says_where_it_holds() -> None:
    said = _entry('@id("a") @sentence("No.") @public("") @where("f:1") forbid (principal, action, resource);').said
    assert said == RuleOutcome("policy0", "forbid", "No.", "f:1", held=True, public=True)


@pytest.mark.parametrize(
    ("text", "sealed"),
    [
        ("permit (principal, action, resource);", False),
        ('permit (principal, action, resource) when { resource.holder == "ann" };', False),
        ('permit (principal, action, resource) when { resource.number == "4111" };', True),
        ("permit (principal, action, resource) when { resource has number };", True),
        ('permit (principal, action, resource) when { resource.holder == "a" || resource.number.x == 1 };', True),
        ('permit (principal, action, resource) when { resource.other.number == "4111" };', False),
        ('permit (principal, action, resource) when { principal.number == "4111" };', False),
    ],
)
def test_a_policy_that_reads_what_is_sealed_errs_for_that_class(text: str, sealed: bool) -> None:
    entry = _entry(text)
    about = entry.about(Card)
    assert about.sealed is sealed
    assert entry.about("Card") is entry
    assert not entry.sealed
    if not sealed:
        assert about is entry
        return
    assert about.holds is not None
    with pytest.raises(SealedRead, match=r"^a policy reads what is sealed in Card$"):
        about.holds(Caller("ann"), "read", Card(), NO_CONTEXT)
