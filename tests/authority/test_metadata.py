"""What the authority says of itself."""

from __future__ import annotations

import json


def test_both_well_known_documents_are_the_same_and_name_endpoints_that_exist(world):
    answer = world.call(world.public, "GET", "/.well-known/openid-configuration")
    document = answer.json()
    assert document == world.call(world.public, "GET", "/.well-known/oauth-authorization-server").json()
    assert document["issuer"] == "http://localhost:8400"
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["response_types_supported"] == ["code"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["mtls_endpoint_aliases"]["token_endpoint"] == "https://localhost:8401/token"
    for name in ("token_endpoint", "revocation_endpoint", "introspection_endpoint", "userinfo_endpoint", "jwks_uri"):
        path = document[name].removeprefix(document["issuer"])
        assert world.call(world.public, "PATCH", path).status == 405, name
    for alias in document["mtls_endpoint_aliases"].values():
        path = alias.removeprefix("https://localhost:8401")
        assert world.call(world.internal, "PATCH", path).status == 405, alias


def test_the_key_set_holds_public_keys_only(world):
    answer = world.call(world.public, "GET", "/.well-known/jwks.json")
    (key,) = json.loads(answer.body)["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert "max-age" in answer.headers["cache-control"]


def test_the_rooms_own_documents_find_it(world):
    """Our relying party and guard read these bytes with their own parsers."""
    from ringwall.tokens.keys import KeySet

    assert len(KeySet.parse(world.call(world.public, "GET", "/.well-known/jwks.json").body)) == 1
