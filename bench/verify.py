"""What verifying an access token costs: ours (remembered, and at first sight) beside PyJWT and joserfc each time.

    python bench/verify.py [--rounds 9]

Prints nanoseconds of CPU per token, the median of interleaved rounds, and the ratio to PyJWT. Ours includes the
staleness of the feed, the revocation check against 100,000 live entries, and the caller ready for use.
"""

from __future__ import annotations

import argparse
import json
import secrets
import statistics
import time
from collections.abc import Callable

import jwt
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import ECKey

from ringwall.tokens.access_token import Requirements, verify
from ringwall.tokens.cache import TokenCache
from ringwall.tokens.keys import KeySet
from ringwall.tokens.principal import Naming
from ringwall.tokens.revocation import Beat, Cutoffs, Revocation
from ringwall.tokens.verifier import Verifier

ISSUER, AUDIENCE = "https://auth.example", "orders"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    contestants = prepare()
    spent: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, (times, once) in contestants.items():
            start = time.process_time_ns()
            for _ in range(times):
                once()
            spent[name].append((time.process_time_ns() - start) / times)
    medians = {name: statistics.median(values) for name, values in spent.items()}
    for name, value in medians.items():
        print(f"{name:<44}{value:>10,.0f} ns {medians['PyJWT each time'] / value:>8.2f}x PyJWT")


def prepare() -> dict[str, tuple[int, Callable[[], object]]]:
    key = ECKey.generate_key("P-256", {"kid": "k1", "alg": "ES256", "use": "sig"})
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "ann", "aud": AUDIENCE, "client_id": "shop", "iat": now, "exp": now + 3600}
    claims |= {
        "jti": secrets.token_urlsafe(16),
        "sid": secrets.token_urlsafe(16),
        "roles": ["customer"],
        "region": "eu",
    }
    token = joserfc_jwt.encode({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}, claims, key)

    cutoffs = Cutoffs()
    for seq in range(1, 100_001):
        entry = Revocation(seq, "jti", secrets.token_urlsafe(16), now, now + 3600)
        cutoffs.take(entry, time.time(), time.monotonic())
    cutoffs.take(Revocation(100_001, "sub", "sue", now, now + 3600), time.time(), time.monotonic())
    cutoffs.take(Beat(100_001, time.time()), time.time(), time.monotonic())

    public = key.as_dict(private=False)
    keys = KeySet.parse(json.dumps({"keys": [public]}).encode())
    requirements = Requirements(ISSUER, AUDIENCE)
    naming = Naming("ringwall.internal", attributes={"region": "region"})
    verifier = Verifier(requirements, naming, lambda: keys, lambda: cutoffs, cache=TokenCache())
    pyjwt_key = jwt.PyJWK(public)
    registry = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE}, exp={"essential": True}
    )

    def by_pyjwt() -> object:
        return jwt.decode(token, pyjwt_key, algorithms=["ES256"], audience=AUDIENCE, issuer=ISSUER)

    def by_joserfc() -> object:
        decoded = joserfc_jwt.decode(token, key, algorithms=["ES256"])
        registry.validate(decoded.claims)
        return decoded

    def at_first_sight() -> object:
        return naming.caller(verify(token, keys, requirements, time.time()))

    assert verifier.caller(token).id == by_pyjwt()["sub"] == by_joserfc().claims["sub"] == at_first_sight().id
    return {
        "ringwall, remembered, with revocation": (100_000, lambda: verifier.caller(token)),
        "ringwall, first sight, strict claims": (2_000, at_first_sight),
        "PyJWT each time": (2_000, by_pyjwt),
        "joserfc each time": (2_000, by_joserfc),
    }


if __name__ == "__main__":
    main()
