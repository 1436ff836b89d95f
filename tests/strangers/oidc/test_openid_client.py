"""openid-client of npm as a relying party of our authority: the whole life of a login."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.strangers.oidc.program import Failed, Program

from ringwall.authority.clients.secret_basic import new_secret
from ringwall.store.clients import Client

pytestmark = pytest.mark.peer("node")

CALLBACK = "http://127.0.0.1:51234/callback"  # nobody listens there: the browser's last step is ours to look at
SCOPE = "openid profile offline_access"


@pytest.fixture
def party(node_program: Callable[[Path], list[str]], system: Any) -> Iterator[Program]:
    program = Program(node_program(Path(__file__).with_name("relying_party.mjs")))
    program.do("discover", issuer=system.issuer, clientId="demo")
    yield program
    program.stop()


@pytest.fixture
def confidential(node_program: Callable[[Path], list[str]], system: Any) -> Iterator[Program]:
    """A client with a secret, which may introspect because the tokens of ``demo`` are for it as well."""
    secret, digest = new_secret()
    registered = Client("desk", "client_secret_basic", secret_hash=digest, audiences=("desk", "demo"),
                        grants=("client_credentials",))  # fmt: skip
    system.run(system.authority.clients.put(registered, actor="test"))
    program = Program(node_program(Path(__file__).with_name("relying_party.mjs")))
    program.do("discover", issuer=system.issuer, clientId="desk", secret=secret)
    yield program
    program.stop()


def log_in(party: Program, person: Any, **more: str) -> Any:
    return party.do("callback", url=person.log_in_and_allow(begin(party, **more)))


def begin(party: Program, **more: str) -> str:
    return str(party.do("authorize", redirectUri=CALLBACK, scope=SCOPE, **more))


def test_discovery_says_what_the_client_needs(party: Program, system: Any) -> None:
    found = party.do("discover", issuer=system.issuer, clientId="demo")
    assert found["issuer"] == system.issuer
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["authorization_response_iss_parameter_supported"] is True


def test_a_login_gives_tokens_and_the_client_is_content_with_each(party: Program, person: Any, system: Any) -> None:
    tokens = log_in(party, person)
    assert tokens["token_type"] == "bearer"
    assert tokens["claims"]["sub"] == "ann"
    assert tokens["claims"]["aud"] == "demo"
    assert tokens["claims"]["iss"] == system.issuer
    told = party.do("userinfo", token=tokens["access_token"], sub="ann")
    assert told == {"sub": "ann", "name": "Ann", "preferred_username": "ann", "region": "eu"}


def test_mix_up_an_answer_that_names_another_issuer_is_not_taken(party: Program, person: Any, system: Any) -> None:
    answer = person.log_in_and_allow(begin(party))
    assert parse_qs(urlsplit(answer).query)["iss"] == [system.issuer]
    other = answer.replace("iss=http%3A%2F%2Flocalhost", "iss=http%3A%2F%2Fevil")
    assert other != answer
    with pytest.raises(Failed, match='unexpected "iss"'):
        party.do("callback", url=other)


def test_the_client_reads_why_a_person_said_no(party: Program, person: Any) -> None:
    page = person.send(person.visit(begin(party)), name="ann", password="ann-dev")
    with pytest.raises(Failed) as refused:
        party.do("callback", url=person.send(page, answer="deny").headers["location"])
    assert refused.value.error["said"] == "access_denied"


def test_a_native_client_asks_the_person_each_time(party: Program, person: Any) -> None:
    log_in(party, person)
    assert "Allow Demo?" in person.visit(begin(party)).text
    silent = person.visit(begin(party, prompt="none")).headers["location"]
    with pytest.raises(Failed) as refused:
        party.do("callback", url=silent)
    assert refused.value.error["said"] == "consent_required"


def test_refresh_tokens_replace_each_other(party: Program, person: Any) -> None:
    first = log_in(party, person)
    second = party.do("refresh", token=first["refresh_token"])
    third = party.do("refresh", token=second["refresh_token"])
    assert len({tokens["refresh_token"] for tokens in (first, second, third)}) == 3
    assert party.do("userinfo", token=third["access_token"], sub="ann")["sub"] == "ann"


def test_theft_a_refresh_token_used_twice_ends_the_family(party: Program, person: Any) -> None:
    first = log_in(party, person)
    second = party.do("refresh", token=first["refresh_token"])
    with pytest.raises(Failed) as reused:
        party.do("refresh", token=first["refresh_token"])
    assert (reused.value.error["said"], "its whole family" in reused.value.error["description"]) == (
        "invalid_grant",
        True,
    )
    with pytest.raises(Failed) as ended:
        party.do("refresh", token=second["refresh_token"])
    assert ended.value.error["said"] == "invalid_grant"
    for tokens in (first, second):
        with pytest.raises(Failed, match="invalid_token"):
            party.do("userinfo", token=tokens["access_token"], sub="ann")


def test_a_code_spent_twice_ends_what_it_gave(party: Program, person: Any) -> None:
    answer = person.log_in_and_allow(begin(party))
    tokens = party.do("callback", url=answer)
    with pytest.raises(Failed) as spent:
        party.do("callback", url=answer)
    assert spent.value.error["said"] == "invalid_grant"
    with pytest.raises(Failed, match="invalid_token"):
        party.do("userinfo", token=tokens["access_token"], sub="ann")


def test_introspection_before_and_after_revocation(party: Program, confidential: Program, person: Any) -> None:
    tokens = log_in(party, person)
    before = confidential.do("introspect", token=tokens["access_token"])
    assert (before["active"], before["sub"], before["client_id"]) == (True, "ann", "demo")
    assert confidential.do("introspect", token=tokens["refresh_token"]) == {"active": False}, "it is not the desk's"
    party.do("revoke", token=tokens["access_token"])
    assert confidential.do("introspect", token=tokens["access_token"]) == {"active": False}
    party.do("revoke", token=tokens["refresh_token"])
    with pytest.raises(Failed) as ended:
        party.do("refresh", token=tokens["refresh_token"])
    assert ended.value.error["said"] == "invalid_grant"


def test_a_public_client_may_not_introspect(party: Program, person: Any) -> None:
    with pytest.raises(Failed) as refused:
        party.do("introspect", token=log_in(party, person)["access_token"])
    assert refused.value.error["code"] == "OAUTH_WWW_AUTHENTICATE_CHALLENGE"


def test_client_credentials(confidential: Program) -> None:
    tokens = confidential.do("credentials")
    assert tokens["token_type"] == "bearer"
    assert "refresh_token" not in tokens
    assert confidential.do("introspect", token=tokens["access_token"])["sub"] == "client:desk"


def test_a_logout_with_the_id_token_ends_the_session_and_its_tokens(party: Program, person: Any) -> None:
    tokens = log_in(party, person)
    home = "http://127.0.0.1:51234/"
    leaving = party.do("logout", id_token_hint=tokens["id_token"], post_logout_redirect_uri=home, state="after")
    gone = person.visit(leaving)
    assert gone.status_code == 303
    assert gone.headers["location"] == f"{home}?state=after"
    with pytest.raises(Failed) as ended:
        party.do("refresh", token=tokens["refresh_token"])
    assert ended.value.error["said"] == "invalid_grant"
    with pytest.raises(Failed, match="invalid_token"):
        party.do("userinfo", token=tokens["access_token"], sub="ann")
    assert "Log in" in person.visit(begin(party)).text


def test_a_logout_form_of_the_application_ends_the_session_without_our_cookie(
    party: Program, person: Any, new_person: Callable[[], Any]
) -> None:
    """The cookie is SameSite, so a form of another site comes without it (RP-Initiated Logout 1.0, section 2)."""
    tokens = log_in(party, person)
    without_cookies = new_person()
    gone = without_cookies.http.post(f"{person.issuer}/logout", data={"id_token_hint": tokens["id_token"]})
    without_cookies.http.close()
    assert "You are logged out" in gone.text
    with pytest.raises(Failed) as ended:
        party.do("refresh", token=tokens["refresh_token"])
    assert ended.value.error["said"] == "invalid_grant"
    assert "Log in" in person.visit(begin(party)).text
