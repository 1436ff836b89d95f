"""``/token``: what every grant shares."""

from __future__ import annotations

import pytest

CREDENTIALS = {"grant_type": "client_credentials"}


def test_client_credentials_give_a_token_of_rfc_9068(world, read_claims):
    answer = world.token(basic="job:s3cret", scope="read", audience="billing", **CREDENTIALS)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, "read")
    claims = read_claims(body["access_token"])
    now = int(world.clock.now())
    assert claims == {
        "iss": "http://localhost:8400",
        "sub": "client:job",
        "aud": "billing",
        "client_id": "job",
        "iat": now,
        "exp": now + 600,
        "jti": claims["jti"],
        "scope": "read",
    }


def test_the_issue_is_in_the_audit_log_before_the_answer_and_the_token_is_not(world, read_claims):
    token = world.token(basic="job:s3cret", **CREDENTIALS).json()["access_token"]
    event = world.events()[-1]
    assert event["kind"] == "token.issued"
    assert event["detail"]["jti"] == read_claims(token)["jti"]
    assert token not in str(world.events())


def test_the_default_audience_is_the_first_of_the_client(world, read_claims):
    token = world.token(basic="job:s3cret", **CREDENTIALS).json()["access_token"]
    assert read_claims(token)["aud"] == "orders"


@pytest.mark.parametrize(
    ("basic", "form", "status", "code", "says"),
    [
        ("job:s3cret", {}, 400, "invalid_request", "grant_type is missing"),
        ("job:s3cret", {"grant_type": "password"}, 400, "unsupported_grant_type", "client_credentials"),
        ("job:s3cret", {"grant_type": "refresh_token"}, 400, "unauthorized_client", "not registered"),
        ("job:s3cret", {**CREDENTIALS, "scope": "read admin"}, 400, "invalid_scope", "admin"),
        ("job:s3cret", {**CREDENTIALS, "scope": "openid"}, 400, "invalid_scope", "openid"),
        ("job:s3cret", {**CREDENTIALS, "audience": "vault"}, 400, "invalid_target", "vault"),
        ("job:s3cret", {**CREDENTIALS, "resource": "https://x"}, 400, "invalid_target", "audience"),
        ("job:wrong", CREDENTIALS, 401, "invalid_client", "wrong"),
        ("nobody:s3cret", CREDENTIALS, 401, "invalid_client", "unknown"),
        ("app:s3cret", CREDENTIALS, 401, "invalid_client", "another way"),
        (None, CREDENTIALS, 401, "invalid_client", "client_id"),
        (None, {**CREDENTIALS, "client_id": "app"}, 400, "unauthorized_client", "not registered"),
        (None, {**CREDENTIALS, "client_id": "job"}, 401, "invalid_client", "must authenticate"),
        ("job:s3cret", {**CREDENTIALS, "client_id": "app"}, 401, "invalid_client", "another client"),
        (None, {**CREDENTIALS, "client_id": "job", "client_secret": "s3cret"}, 400, "invalid_request", "Basic"),
    ],
)
def test_every_refusal_is_in_oauths_format_says_what_to_do_and_is_written_down(world, basic, form, status, code, says):
    answer = world.token(basic=basic, **form)
    assert answer.status == status
    assert answer.json()["error"] == code
    assert says in answer.json()["error_description"]
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (status == 401)
    event = world.events()[-1]
    assert (event["kind"], event["subject"], event["detail"]["error"]) == ("request.refused", "/token", code)
    assert "s3cret" not in str(event)


def test_a_json_body_is_answered_with_the_way_out(world):
    answer = world.call(
        world.public, "POST", "/token", body=b'{"grant_type": "x"}', headers={"content-type": "application/json"}
    )
    assert answer.status == 400
    assert "application/x-www-form-urlencoded" in answer.json()["error_description"]


@pytest.mark.parametrize(
    "form",
    [
        "grant_type=client_credentials&grant_type=client_credentials",
        "grant_type=client_credentials&scope=read&scope=write",
        "&".join(f"p{number}=1" for number in range(100)),
        "grant_type=%ff",
    ],
)
def test_duplicate_too_many_and_broken_parameters_are_refused(world, form):
    answer = world.call(world.public, "POST", "/token", form=form)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


def test_two_authorization_headers_are_refused(world):
    async def twice():
        return await world.send(world.public, "POST", "/token", form=CREDENTIALS)

    app = world.public

    async def doubled(scope, receive, send):
        scope["headers"] += [(b"authorization", b"Basic am9iOnMzY3JldA=="), (b"authorization", b"Basic eA==")]
        await app(scope, receive, send)

    answer = world.call(doubled, "POST", "/token", form=CREDENTIALS)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


def test_two_ways_of_authentication_are_refused(world):
    answer = world.token(basic="job:s3cret", client_assertion="x", client_assertion_type="y", **CREDENTIALS)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic am9i", "Bearer x", "Basic /w==", ""])
def test_malformed_authorization_headers_are_no_client(world, header):
    answer = world.call(world.public, "POST", "/token", form=CREDENTIALS, headers={"authorization": header})
    assert answer.status == 401


def test_secrets_and_ids_are_form_decoded(world):
    from ringwall.authority.clients.secret_basic import digest
    from ringwall.store.clients import Client

    odd = Client(id="a b:c", method="client_secret_basic", secret_hash=digest("p%q"), grants=("client_credentials",))
    world.run(world.authority.clients.put(odd, actor="test"))
    assert world.token(basic="a+b%3Ac:p%25q", **CREDENTIALS).status == 200


def test_get_is_not_allowed_and_other_paths_are_not_there(world):
    answer = world.call(world.public, "GET", "/token")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert world.call(world.public, "GET", "/nowhere").status == 404


def test_a_store_that_cannot_write_is_503_and_no_token(world):
    world.authority.store._connection.execute("pragma query_only = on")
    answer = world.token(basic="job:s3cret", **CREDENTIALS)
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert "access_token" not in answer.json()
    world.authority.store._connection.execute("pragma query_only = off")
    assert world.token(basic="job:s3cret", **CREDENTIALS).status == 200


def test_an_endpoint_that_fails_tells_nothing(world, monkeypatch, caplog):
    def fail(sub: str) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(world.authority.people, "find", fail)
    answer = world.redeem(world.code())
    assert answer.status == 500
    assert b"hunter2" not in answer.body
    assert "an endpoint failed" in caplog.text
