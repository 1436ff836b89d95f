"""Texts with something wrong in them, and some with nothing: we take those that Cedar takes, and read them as it does.

The long run by hand: ``python -c "from tests.policy.language.test_mutated_texts import differences; …"``, with as many
texts as wanted.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace

import cedarpy
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.language.test_parse import EXPRESSIONS, SCOPES
from tests.policy.strategies import as_cedar, canonical

from ringwall.policy.language.parse import parse_policies
from ringwall.policy.language.policy_json import policies_from_json
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import PolicySet

WHOLE = [
    *(f"permit(principal, action, resource) when {{ {text} }};" for text in EXPRESSIONS),
    *(f"forbid({text});" for text in SCOPES),
    '@a("b") @c permit(principal, action, resource) when { true } unless { false }; // the end',
]
WORD = re.compile(r'\s+|\w+|"(?:[^"\\]|\\.)*"|::|[=!<>]=|&&|\|\||.', re.DOTALL)
_PIECES = r"""
true if then else in is has like principal action resource context permit forbid when unless decimal hasTag ip ip()
( ) [ ] { } , ; . :: : == != < <= > >= = && || + - * / % ! @ -1 -- !! & | _ $ ? \ é ' " @a @id("x") ?principal ?resource
?x "a" "a*" "\u{41}" "\x7f" "\*" "\q" 0 1 007 A A::B A::"b" Action::"r" 9223372036854775807 9223372036854775808 __cedar
.a ["a"] .contains(1) .isEmpty() .isEmpty(1) .foo() .lessThan() .toDate(1) {a:1} [1,] {if:1} a.b
"""
PIECES = (*_PIECES.split(), *"\n\t\r\x0b\x1c\x85\u2028\ufeff", "// c\n")


def _mutant(rng: random.Random) -> str:
    words = WORD.findall(rng.choice(WHOLE))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        place = rng.randrange(len(words))
        match rng.randrange(6):
            case 0:
                words[place] = ""
            case 1:
                words.insert(place, rng.choice(PIECES))
            case 2:
                words[place] = rng.choice(PIECES)
            case 3:
                other = rng.randrange(len(words))
                words[place], words[other] = words[other], words[place]
            case 4:
                words.insert(place, rng.choice(words))
            case 5 if words[place]:
                at = rng.randrange(len(words[place]))
                words[place] = words[place][:at] + rng.choice('"\\*a0{}x_u ') + words[place][at + 1 :]
    return "".join(words)


def differences(seed: int, count: int) -> Iterator[str]:
    """The texts among ``count`` mutants that Cedar and we do not read alike."""
    rng = random.Random(seed)
    for _ in range(count):
        text = _mutant(rng)
        if "unknown" in text:  # a function of Cedar's partial evaluation, which is no part of the language
            continue
        try:
            theirs = policies_from_json(json.loads(cedarpy.policies_to_json_str(text)))
        except ValueError:
            theirs = None
        try:
            ours = parse_policies(text)
        except Unreadable:
            ours = None
        if (theirs is None) != (ours is None) or (theirs is not None and ours is not None and not _alike(theirs, ours)):
            yield text


def _alike(theirs: PolicySet, ours: tuple[Policy, ...]) -> bool:
    """Cedar writes ``action in [one]`` as ``action in one``."""
    by_id = {policy.id: policy for policy in (*theirs.static, *theirs.templates)}
    return len(by_id) == len(ours) and all(
        canonical(by_id[policy.id]) == canonical(replace(policy, action=as_cedar(policy.action))) for policy in ours
    )


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_cedar_takes_what_we_take(seed: int) -> None:
    assert list(differences(seed, 60)) == []


def test_mutants_are_worth_the_name() -> None:
    """Many are still policies, and many are not."""
    rng = random.Random(1)
    taken = sum(_is_taken(_mutant(rng)) for _ in range(1000))
    assert 80 < taken < 800


def _is_taken(text: str) -> bool:
    try:
        parse_policies(text)
    except Unreadable:
        return False
    return True
