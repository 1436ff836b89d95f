"""A condition becomes what makes it true and what makes it false, and no more is asked for than either needs."""

from __future__ import annotations

import pytest

from ringwall.policy.expression import Expression, In
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.language.parse import parse_expression
from ringwall.policy.translation import Truth, translate, translate_policy


class Words:
    """A target that writes down what it is asked. Names that begin with ``t`` never err."""

    def both(self, left: str, right: str) -> str:
        return f"({left} & {right})"

    def either(self, left: str, right: str) -> str:
        return f"({left} | {right})"

    def value(self, expression: Expression) -> str:
        return expression_text(expression).removeprefix("context.")

    def truth(self, value: str) -> Truth[str]:
        return Truth(value, f"no {value}", value.startswith("t"))

    def equal(self, left: str, right: str) -> Truth[str]:
        return self.truth(f"{left} = {right}")

    def less(self, left: str, right: str, or_equal: bool) -> Truth[str]:
        return self.truth(f"{left} {'≤' if or_equal else '<'} {right}")

    def contains(self, among: str, item: str) -> Truth[str]:
        return self.truth(f"{item} among {among}")

    def has(self, owner: str, name: str) -> Truth[str]:
        return self.truth(f"{owner} with {name}")

    def within(self, expression: In) -> Truth[str]:
        return self.truth(f"{self.value(expression.left)} within {self.value(expression.right)}")


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("context.e", Truth("e", "no e")),
        ("context.t", Truth("t", "no t", total=True)),
        ("!context.e", Truth("no e", "e")),
        ("!context.t", Truth("no t", "t", total=True)),
        ("context.t == 1", Truth("t = 1", "no t = 1", total=True)),
        ("context.e < 1", Truth("e < 1", "no e < 1")),
        ("context.e <= 1", Truth("e ≤ 1", "no e ≤ 1")),
        ("context.e.contains(1)", Truth("1 among e", "no 1 among e")),
        ("context has e", Truth("context with e", "no context with e")),
        ("context.e in context.f", Truth("e within f", "no e within f")),
        # What stands on the right is only asked where the left side came to the other answer; an error there is one.
        ("context.e && context.f", Truth("(e & f)", "(no e | (e & no f))")),
        ("context.e || context.f", Truth("(e | (no e & f))", "(no e & no f)")),
        # Where the left side cannot err, that need not be asked.
        ("context.t && context.e", Truth("(t & e)", "(no t | no e)")),
        ("context.t || context.e", Truth("(t | e)", "(no t & no e)")),
        ("context.e && context.t", Truth("(e & t)", "(no e | (e & no t))")),
        ("context.e || context.t", Truth("(e | (no e & t))", "(no e & no t)")),
        ("context.t && context.tt", Truth("(t & tt)", "(no t | no tt)", total=True)),
        ("context.t || context.tt", Truth("(t | tt)", "(no t & no tt)", total=True)),
        ("if context.t then context.tt else context.ttt",
         Truth("((t & tt) | (no t & ttt))", "((t & no tt) | (no t & no ttt))", total=True)),
        ("if context.e then context.t else context.tt",
         Truth("((e & t) | (no e & tt))", "((e & no t) | (no e & no tt))")),
        ("if context.t then context.e else context.tt",
         Truth("((t & e) | (no t & tt))", "((t & no e) | (no t & no tt))")),
        ("if context.t then context.tt else context.e",
         Truth("((t & tt) | (no t & e))", "((t & no tt) | (no t & no e))")),
    ],
)  # fmt: skip
def test_what_makes_it_true_and_what_makes_it_false(text: str, truth: Truth[str]) -> None:
    assert translate(parse_expression(text), Words()) == truth


def test_what_a_policy_requires_must_be_true_for_either_answer_and_is_asked_once() -> None:
    required = [parse_expression("context has a"), parse_expression("context has b")]
    assert translate_policy(None, required, Words()) is None
    assert translate_policy(parse_expression("context.t"), [], Words()) == Truth("t", "no t", total=True)
    assert translate_policy(parse_expression("context.t"), [*required, *required], Words()) == Truth(
        "(context with b & (context with a & t))", "(context with b & (context with a & no t))"
    )
