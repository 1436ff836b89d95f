"""Who may ask, what is not a question, and what the audit log keeps of each."""

from __future__ import annotations

import json

import pytest

from ringwall.authority.authzen import reading
from ringwall.authority.settings import Settings
from ringwall.errors import Invalid, Unavailable

ALICE = ("user alice", "read", "record record-1")
READ = {
    "subject": {"type": "user", "id": "alice"},
    "action": {"name": "read"},
    "resource": {"type": "record", "id": "record-1"},
}
PATHS = [f"/access/v1/{path}" for path in ("evaluation", "evaluations", "search/subject", "search/resource")]
NOTHING = {"none.cedar": ""}


@pytest.fixture
def ready(pdp, files):
    assert pdp.push("default", files("certification")).status == 201
    return pdp


@pytest.mark.parametrize("path", PATHS)
def test_nobody_unproven_is_answered(ready, path):
    for headers in (
        {"authorization": ""},
        {"authorization": "Basic cGVwOnMzY3JldA=="},
        {"authorization": "Bearer nonsense"},
        {"authorization": f"Token {ready.token}"},
        {"authorization": f"Bearer {ready.token[:-4]}AAAA"},
    ):
        answer = ready.post(path, READ, headers)
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert b"decision" not in answer.body
    missing = ready.world.call(ready.public, "POST", path, body=json.dumps(READ).encode())
    assert missing.status == 401


def test_a_service_asks_by_its_certificate(ready):
    assert ready.evaluate(*ALICE, service="orders")["decision"] is True


def test_a_bearer_token_beside_a_certificate_decides_alone(ready):
    assert (
        ready.post("/access/v1/evaluation", READ, {"authorization": "Bearer nonsense"}, service="orders").status == 401
    )


def test_a_token_about_a_person_proves_no_service(ready):
    """Confused deputy: every service holds tokens of the people who call it."""
    token = ready.world.redeem(ready.world.code()).json()["access_token"]
    answer = ready.post("/access/v1/evaluation", READ, {"authorization": f"Bearer {token}"})
    assert (answer.status, b"somebody else" in answer.body) == (401, True)


def test_a_token_that_a_client_sent_to_another_service_proves_nothing_here(ready):
    """Confused deputy: whoever is called by a client could ask in its name."""
    world = ready.world
    token = world.token(grant_type="client_credentials", basic="job:s3cret", audience="orders").json()["access_token"]
    answer = ready.post("/access/v1/evaluation", READ, {"authorization": f"Bearer {token}"})
    assert (answer.status, b"another service" in answer.body) == (401, True)


def test_a_services_token_stolen_from_its_memory_is_of_no_use(ready):
    world = ready.world
    token = world.token("orders", grant_type="client_credentials", client_id="spiffe://ringwall.internal/orders")
    headers = {"authorization": f"Bearer {token.json()['access_token']}"}
    assert ready.post("/access/v1/evaluation", READ, headers).status == 401
    assert ready.post("/access/v1/evaluation", READ, headers, service="billing").status == 401
    assert ready.post("/access/v1/evaluation", READ, headers, service="orders").json()["decision"] is True


def test_a_token_of_a_client_that_was_removed_is_refused(ready):
    ready.world.run(ready.world.authority.clients.remove("pep", actor="test"))
    assert ready.post("/access/v1/evaluation", READ).status == 401


def test_a_service_that_acts_for_another_is_not_that_other(ready):
    """Its token names whom it acts for, and whoever holds that is not who it is about."""
    world = ready.world
    own = world.token("orders", grant_type="client_credentials", client_id="spiffe://ringwall.internal/orders")
    exchanged = world.token(
        "orders",
        grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
        client_id="spiffe://ringwall.internal/orders",
        subject_token=own.json()["access_token"],
        subject_token_type="urn:ietf:params:oauth:token-type:access_token",
        audience="orders",
    )
    assert exchanged.status == 200, exchanged.body
    headers = {"authorization": f"Bearer {exchanged.json()['access_token']}"}
    assert ready.post("/access/v1/evaluation", READ, headers, service="orders").status == 401


def test_a_revoked_token_is_refused(ready):
    body = json.dumps({"kind": "client", "value": "pep", "reason": "stolen"}).encode()
    assert ready.world.call(ready.operator, "POST", "/revocations", body=body, uid=0).status == 201
    assert ready.post("/access/v1/evaluation", READ).status == 401


def test_each_caller_asks_its_own_set_and_no_other(ready):
    """Nobody can name a set: it comes from who they are."""
    assert ready.push("orders", NOTHING).status == 201
    assert ready.evaluate(*ALICE, service="orders")["decision"] is False
    assert ready.evaluate(*ALICE, service="billing")["decision"] is True  # default
    assert ready.evaluate(*ALICE, service="orders", query="set=default")["decision"] is False


def test_an_operator_names_the_set_and_reads_the_reason(ready):
    ready.push("orders", NOTHING)
    assert ready.evaluate(*ALICE, uid=0)["decision"] is True
    no = ready.evaluate(*ALICE, uid=0, query="set=orders")
    assert "there is no permit" in no["context"]["reason_admin"]["en"]
    no = ready.evaluate("user bob", "write", "record record-1", uid=0)["context"]
    assert "no permit applies; the nearest is" in no["reason_admin"]["en"]
    assert "✗" in no["reason_admin"]["en"]
    assert (
        "properties"
        in ready.evaluate(
            {"type": "user", "id": "bob", "properties": {"role": "clerk"}}, "write", "record record-1", uid=0
        )["context"]["reason_admin"]["en"]
    )
    assert ready.post("/access/v1/evaluation", READ, uid=54321).status == 403


def test_without_any_set_the_answer_is_403(pdp):
    answer = pdp.post("/access/v1/evaluation", READ)
    assert (answer.status, b"no policy set" in answer.body) == (403, True)


def test_get_and_unknown_paths(ready):
    for method, path, status in (("GET", PATHS[0], 405), ("POST", "/access/v1/evaluation/", 404)):
        assert ready.world.call(ready.public, method, path).status == status


@pytest.mark.parametrize("settings", [Settings("https://a.example", "https://b.example", mode="production")])
def test_in_production_only_operators_read_explanations(pdp, files):
    assert pdp.push("default", files("certification")).status == 201
    told = pdp.evaluate("user bob", "write", "record record-1")
    assert set(told["context"]) == {"id", "reason"}
    assert "reason_admin" in pdp.evaluate("user bob", "write", "record record-1", uid=0)["context"]


def test_only_a_public_policy_tells_the_caller_its_sentence(pdp):
    policies = '@sentence("Not on Sundays.") @public forbid (principal, action, resource);'
    assert pdp.push("default", {"a.cedar": policies}).status == 201
    assert pdp.evaluate(*ALICE)["context"]["reason_user"] == {"en": "Not on Sundays."}
    pdp.push("default", {"a.cedar": policies.replace("@public ", "")})
    assert "reason_user" not in pdp.evaluate(*ALICE)["context"]


def test_every_decision_is_written_down_before_it_is_told(ready):
    told = ready.evaluate(*ALICE, headers=None)
    event = ready.world.events()[-1]
    assert (event["kind"], event["actor"], event["subject"]) == ("access.evaluated", "pep", "default")
    assert event["detail"]["version"] == 1
    [decision] = event["detail"]["decisions"]
    assert (decision["id"], decision["allowed"]) == (told["context"]["id"], True)
    assert (decision["subject"], decision["action"], decision["resource"]) == (
        "user::alice",
        "read",
        "record::record-1",
    )
    ready.post("/access/v1/search/action", READ)
    event = ready.world.events()[-1]
    assert (event["kind"], event["detail"]["searched"], event["detail"]["found"]) == ("access.searched", "action", 2)


@pytest.mark.parametrize("path", PATHS)
def test_a_decision_that_cannot_be_written_down_is_not_told(ready, monkeypatch, path):
    async def full(*_args, **_how):
        raise Unavailable("the disk is full")

    monkeypatch.setattr(ready.world.authority, "record", full)
    answer = ready.post(path, READ)
    assert answer.status == 503
    assert b"true" not in answer.body


def test_refused_callers_are_in_the_log(ready):
    ready.post("/access/v1/evaluation", READ, {"authorization": "Bearer nonsense"})
    event = ready.world.events()[-1]
    assert (event["kind"], event["subject"]) == ("request.refused", "/access/v1/evaluation")


def test_a_defect_of_ours_is_no_decision(ready, monkeypatch):
    def broken(_self, _question):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("ringwall.authority.policies.decision_point.DecisionPoint.decide", broken)
    answer = ready.post("/access/v1/evaluation", READ)
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert b"decision" not in answer.body.replace(b"decision point", b"")


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"true",
        b"\xff\xfe",
        b'{"subject": {"type": "user", "type": "user", "id": "alice"}}',
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
        b'{"subject": NaN}',
        b'{"x": 1e999}',
        b'{"x": "\\ud800"}',
        b'{"x": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
@pytest.mark.parametrize("path", PATHS)
def test_what_is_no_request(ready, path, body):
    answer = ready.post(path, body)
    assert answer.status == 400
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"\n" not in answer.body


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"subject": {"type": "", "id": "alice"}}, "subject.type must have"),
        ({"subject": {"type": "user", "id": "a" * 2000}}, "subject.id must have"),
        ({"subject": {"type": "user", "id": None}}, "subject.id must be a string"),
        ({"subject": {"type": "user", "id": "alice", "properties": []}}, "subject.properties must be an object"),
        ({"subject": None}, "subject must be an object"),
        ({"action": {"name": "read", "properties": "soft"}}, "action.properties must be an object"),
        ({"context": "now"}, "context must be an object"),
        ({"context": None}, "context must be an object"),
        ({"resource": []}, "resource must be an object"),
    ],
)
def test_the_one_error_names_the_field(ready, change, said):
    answer = ready.post("/access/v1/evaluation", {**READ, **change})
    assert (answer.status, answer.body.decode().startswith(said)) == (400, True), answer.body


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"subject": {"type": "user"}}, "subject.id is missing"),
        ({"subject": {"id": "alice"}}, "subject.type is missing"),
        ({"action": {}}, "action.name is missing"),
        ({"resource": {"type": "", "id": ""}}, f"resource.type must have 1 to {reading.LONGEST} characters"),
    ],
)
def test_what_is_missing_is_named(ready, change, said):
    assert ready.post("/access/v1/evaluation", {**READ, **change}).body.decode() == said


def test_the_longest_id_and_one_more(ready):
    for length, status in ((0, 200), (reading.LONGEST, 200), (reading.LONGEST + 1, 400)):
        assert (
            ready.post("/access/v1/evaluation", {**READ, "subject": {"type": "user", "id": "a" * length}}).status
            == status
        )


def test_the_deepest_body_and_one_more(ready):
    def nested(levels):
        return json.dumps(READ).encode()[:-1] + b', "x": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"

    assert ready.post("/access/v1/evaluation", nested(reading.DEPTH)).status == 200
    refused = ready.post("/access/v1/evaluation", nested(reading.DEPTH + 1))
    assert refused.body.decode() == f"the body is nested more than {reading.DEPTH} levels deep"


def test_the_request_id_comes_back_as_it_came_and_forges_no_header(ready):
    for sent in ("a b", "é", "x" * 256, ""):
        answer = ready.post("/access/v1/evaluation", READ, {"x-request-id": sent})
        assert answer.headers["x-request-id"].encode() == sent.encode() or sent == "é"
    for sent in ("x" * 257, "a\r\nset-cookie: b", "a\x00b"):
        assert "x-request-id" not in ready.post("/access/v1/evaluation", READ, {"x-request-id": sent}).headers


def test_a_body_that_is_cut_off_is_no_question():
    with pytest.raises(Invalid):
        reading.body(b'{"subject"', b"application/json")
