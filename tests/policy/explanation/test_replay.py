"""An explanation judged again from its leaves alone."""

from __future__ import annotations

import pytest

from ringwall.decision import Condition, RuleOutcome
from ringwall.policy.explanation.replay import replay, replayed

YES, NO, ERROR = Condition("yes", held=True), Condition("no", held=False), Condition("error", held=False, erred=True)


@pytest.mark.parametrize(
    ("text", "parts", "came"),
    [
        ("all of", (YES, YES), True),
        ("all of", (YES, NO), False),
        ("all of", (NO, ERROR), False),
        ("all of", (ERROR, NO), None),
        ("any of", (NO, YES), True),
        ("any of", (NO, NO), False),
        ("any of", (YES, ERROR), True),
        ("any of", (ERROR, YES), None),
        ("if, then, else", (YES, YES, NO), True),
        ("if, then, else", (NO, YES, NO), False),
        ("if, then, else", (ERROR, YES, YES), None),
        ("if, then, else", (NO, ERROR, YES), True),
        ("not all of", (YES, YES), False),
        ("not any of", (NO, NO), True),
        ("not any of", (ERROR, NO), None),
        ("unless all of", (YES, NO), True),
        ("unless any of", (YES, NO), False),
        ("unless not any of", (YES, NO), True),
        ("not if, then, else", (YES, YES, NO), False),
    ],
)
def test_a_group_comes_to_what_its_parts_say(text: str, parts: tuple[Condition, ...], came: bool | None) -> None:
    assert replayed(Condition(text, held=not came, parts=parts)) is came


def test_a_group_in_a_group_is_judged_by_its_own_parts() -> None:
    assert replayed(Condition("all of", held=False, parts=(YES, Condition("any of", held=False, parts=(NO, YES)))))


def _rule(effect: str, condition: Condition | None, held: bool = False) -> RuleOutcome:
    return RuleOutcome("r", effect, "", "", held, condition)


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ([], False),
        ([_rule("permit", YES)], True),
        ([_rule("permit", None, held=True)], True),
        ([_rule("permit", None)], False),
        ([_rule("permit", NO)], False),
        ([_rule("permit", ERROR)], False),
        ([_rule("permit", ERROR), _rule("permit", YES)], True),
        ([_rule("permit", YES), _rule("forbid", NO)], True),
        ([_rule("permit", YES), _rule("forbid", YES)], False),
        ([_rule("permit", YES), _rule("forbid", ERROR)], False),
        ([_rule("forbid", NO)], False),
    ],
)
def test_a_permit_that_holds_allows_unless_a_forbid_holds_or_errs(rules: list[RuleOutcome], allowed: bool) -> None:
    assert replay(rules) is allowed
