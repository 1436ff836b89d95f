from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ringwall.login import pkce


def test_the_vector_of_rfc_7636_appendix_b():
    assert (
        pkce.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_a_verifier_is_256_fresh_bits_in_the_unreserved_alphabet():
    verifiers = {pkce.new_verifier() for _ in range(100)}
    assert len(verifiers) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", verifier) for verifier in verifiers)


@given(st.text(st.characters(codec="ascii"), max_size=128))
def test_a_challenge_is_never_empty_and_never_the_verifier(verifier: str):
    challenge = pkce.challenge(verifier)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", challenge)
    assert challenge != verifier
