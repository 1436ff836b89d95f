from __future__ import annotations

import dataclasses

import pytest

from ringwall.errors import Misconfigured, Unauthenticated
from ringwall.tokens.access_token import verify
from ringwall.tokens.principal import Naming

ORDERS = "spiffe://ringwall.internal/orders"
SHOP = "spiffe://ringwall.internal/shop"


@pytest.fixture
def caller(issuer):
    def of(naming: Naming | None = None, **changes):
        token = verify(issuer.mint(**changes), issuer.key_set, issuer.requirements, issuer.now)
        return (naming or issuer.naming).caller(token)

    return of


def google(**options) -> Naming:
    return Naming("ringwall.internal", "google", **options)


def test_a_person_of_ours(caller, issuer):
    ann = caller()
    assert (ann.id, ann.kind, ann.roles, ann.region) == ("ann", "person", {"customer"}, "eu")
    assert (ann.issuer, ann.session, ann.expires, ann.proof) == (issuer.url, "s-1", issuer.now + 600, "bearer")
    assert ann.actor is None


def test_a_service_of_ours(caller):
    orders = caller(sub=ORDERS, sid=..., roles=...)
    assert (orders.id, orders.kind, orders.name, orders.roles) == (ORDERS, "service", "orders", frozenset())


def test_the_same_sub_elsewhere_is_somebody_else(caller):
    assert caller(google()).id == "google|ann"
    assert caller(google(), sub=ORDERS).kind == "person"


@pytest.mark.parametrize(
    "sub",
    [
        "google|ann",
        "spiffe://other.internal/orders",
        "spiffe://ringwall.internal",
        "spiffe://ringwall.internal/",
        "spiffe://ringwall.internal/a/b",
        "spiffe://ringwall.internal/Orders",
        "spiffe://ringwall.internal/../orders",
        "spiffe://ringwall.internal.mallory/orders",
        "SPIFFE://ringwall.internal/orders",
        "https://x",
        "spiffe://ringwall.internal/" + "a" * 64,
    ],
)
def test_a_sub_that_would_pass_for_somebody_else(caller, sub):
    with pytest.raises(Unauthenticated, match="neither a person"):
        caller(sub=sub)


def test_foreign_roles_count_only_by_translation(caller):
    assert caller(google(), roles=["manager", "customer"]).roles == frozenset()
    naming = google(foreign_roles={"shop-managers": "manager"}, foreign_roles_claim="groups")
    assert caller(naming, roles=["admin"], groups=["shop-managers", "admin"]).roles == {"manager"}


@pytest.mark.parametrize("roles", ["manager", {"manager": 1}, [1], [["manager"]], [""], None, True, ["a"] * 65])
def test_roles_of_a_wrong_type(caller, roles):
    with pytest.raises(Unauthenticated, match="'roles'"):
        caller(roles=roles)


@pytest.mark.parametrize(("told", "read"), [("eu", "eu"), (7, 7), (True, True), (["a", "b"], ("a", "b")), ([], ())])
def test_attributes_that_claims_may_tell(caller, told, read):
    assert caller(region=told).region == read


def test_attributes_that_no_claim_tells(caller):
    for absent in (None, ...):
        ann = caller(region=absent, secret="x")
        assert ann.region is None
        assert ann.secret is None
        assert dict(ann.attributes) == {}


@pytest.mark.parametrize("told", [1.5, {"a": 1}, [1], [["a"]], "x" * 1025, 2**63, -(2**63) - 1])
def test_attributes_of_a_wrong_type(caller, told):
    with pytest.raises(Unauthenticated, match="'region'"):
        caller(region=told)


def test_the_chain_of_actors(caller):
    ann = caller(act={"sub": ORDERS, "act": {"sub": SHOP}})
    assert (ann.id, ann.actor.id, ann.actor.kind, ann.actor.actor.id) == ("ann", ORDERS, "service", SHOP)
    assert ann.actor.actor.actor is None
    assert ann.actor.roles == frozenset()


def test_a_chain_without_end(caller):
    act = {"sub": ORDERS}
    for _ in range(7):
        act = {"sub": ORDERS, "act": act}
    assert caller(act=act).actor.id == ORDERS
    with pytest.raises(Unauthenticated, match="at most 8"):
        caller(act={"sub": ORDERS, "act": act})


@pytest.mark.parametrize(
    "act",
    [
        {},
        {"sub": "ann"},
        {"sub": 1},
        {"sub": "spiffe://other/orders"},
        ORDERS,
        [],
        True,
        0,
        "",
        {"act": {"sub": ORDERS}},
        {"sub": ORDERS, "act": "x"},
        {"sub": ORDERS, "act": {}},
    ],
)
def test_an_actor_who_is_no_service_of_ours(caller, act):
    with pytest.raises(Unauthenticated, match="'act'|'sub'"):
        caller(act=act)


def test_another_provider_cannot_say_who_acts(caller):
    with pytest.raises(Unauthenticated, match="acts for"):
        caller(google(), act={"sub": ORDERS})


@pytest.mark.parametrize("name", ["id", "kind", "roles", "actor", "expires", "has_role", "name", "_x", "__class__"])
def test_an_attribute_that_would_hide_a_field(name):
    with pytest.raises(Misconfigured, match="would hide"):
        Naming("ringwall.internal", attributes={name: "claim"})


def test_a_login_whose_name_breaks_ids():
    with pytest.raises(Misconfigured, match=r"\|"):
        Naming("ringwall.internal", "a|b")


def test_each_part_of_the_naming_changes_its_fingerprint():
    base = Naming("a")
    others = [
        {"trust_domain": "b"},
        {"provider": "p"},
        {"attributes": {"x": "y"}},
        {"foreign_roles": {"x": "y"}},
        {"foreign_roles_claim": "groups"},
    ]
    assert {name for other in others for name in other} == {field.name for field in dataclasses.fields(Naming)}
    prints = {dataclasses.replace(base, **other).fingerprint() for other in others} | {base.fingerprint()}
    assert len(prints) == len(others) + 1


def test_an_application_that_acts_for_itself_is_a_service_and_no_person(caller):
    assert caller(sub="client:nightly").kind == "service"
