"""The programs that our users should be able to write run as they stand, by the commands of the README."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from ringwall import config
from ringwall.on.composition.authority_client import AuthorityClient
from ringwall.on.composition.certificate import CertificateSource
from ringwall.settings import Settings

from .conftest import Installation, Person

pytestmark = pytest.mark.xdist_group("want")

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CARD = "4111111111111111"
RECEIPTS = "the key that signs receipts"
WANTED = HERE.parent / "typing"
FILLED_IN = {
    "fastapi": "Base.metadata.create_all(engine)",
    "flask": """from models import owner_or_regional_support

guard.rule("order:read")(owner_or_regional_support)
app.teardown_appcontext(lambda _: db.remove())""",
}
"""What the programs leave out, written at their end."""


class Shop(NamedTuple):
    """The wanted program as a running service: ``url`` is its public address."""

    installation: Installation
    url: str
    table: str = "orders"

    @property
    def orders(self) -> Path:
        return self.installation.directory / "orders"


def wanted(name: str) -> Path:
    """The program as it was wanted, to the letter; where that is not at hand, our copy of it for type checkers."""
    found = next((up / "shared" / "want" / name for up in ROOT.parents if (up / "shared" / "want").is_dir()), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("the folder shared/want is absent, and in CI it must be there")
    return found or WANTED / name


@pytest.fixture(scope="module", params=["django", *FILLED_IN])
def shop(request: pytest.FixtureRequest, installed: Callable[..., Installation]) -> Iterator[Shop]:
    installation = installed()
    orders, billing = installation.directory / "orders", installation.directory / "billing"
    program = wanted(f"service_{request.param}.py")
    if request.param == "django":
        shutil.copytree(HERE / "django", orders, ignore=shutil.ignore_patterns("__pycache__"))
        (orders / "shop").mkdir()
        shutil.copy(program, orders / "shop" / "models.py")
        shutil.copy(WANTED / "schemas.py", orders)
    else:
        orders.mkdir()
        (orders / "orders.py").write_text(f"{program.read_text()}\n\n{FILLED_IN[request.param]}\n")
        shutil.copy(WANTED / "models.py", orders)
    shutil.copy(HERE / "ringwall.toml", orders)
    shutil.copytree(ROOT / "examples" / "billing", billing, ignore=shutil.ignore_patterns(".ringwall", "__pycache__"))
    installation.start("up", until=r"The authority runs at (\S+);")
    installation.start("run", "billing:app", "--port", "0", beside="billing", until=r"billing listens")
    url = installation.start("run", "orders:app", "--port", "0", beside="orders", until=r"orders listens at (\S+)")[1]
    yield Shop(installation, url, "shop_order" if request.param == "django" else "orders")
    installation.stop()


@pytest.fixture
def ann(shop: Shop, person: Callable[[str, str], Person]) -> Person:
    return person(shop.url, "ann")


@pytest.fixture
def sue(shop: Shop, person: Callable[[str, str], Person]) -> Person:
    return person(shop.url, "sue")


@pytest.fixture
def max_(shop: Shop, person: Callable[[str, str], Person]) -> Person:
    return person(shop.url, "max")


def place(person: Person, **changes: object) -> httpx2.Response:
    return person.http.post("/orders", json={"region": "eu", "card": CARD, "amount": 500, **changes})


def placed(person: Person) -> int:
    answer = place(person)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def refusal(answer: httpx2.Response) -> str:
    """The id of the decision that refused."""
    assert answer.status_code == 403, answer.text
    return str(answer.json()["instance"]).rpartition(":")[2]


def test_the_world_sees_health_and_nothing_else(shop: Shop) -> None:
    stranger = Person(shop.url)
    with stranger.http:
        assert stranger.http.get("/health").status_code == 200
        for path in ("/me", "/orders", "/orders/1"):
            assert stranger.http.get(path).status_code == 401, path
        assert stranger.http.delete("/orders/1").status_code == 401
        assert place(stranger).status_code == 401


def test_ann_sees_her_orders_and_no_others(shop: Shop, ann: Person, sue: Person) -> None:
    assert "ann" in ann.http.get("/me").text
    own, others = placed(ann), placed(sue)
    assert ann.http.get(f"/orders/{own}").json() == {"id": own, "region": "eu"}
    listed = ann.http.get("/orders").json()
    assert own in listed
    assert others not in listed
    decision = refusal(ann.http.get(f"/orders/{others}"))
    why = shop.installation.run("why", decision, beside="orders")
    assert "✗ caller.id == order.owner            'ann' == 'sue'" in why
    assert "to allow: be sue" in why


def test_only_a_manager_deletes(shop: Shop, ann: Person, max_: Person) -> None:
    order = placed(ann)
    decision = refusal(ann.http.delete(f"/orders/{order}"))
    assert "manager" in shop.installation.run("why", decision, beside="orders")
    assert max_.http.delete(f"/orders/{order}").json() == {"ok": True}
    assert max_.http.get(f"/orders/{order}").status_code == 404
    # Who may not read every order is not told which exist.
    assert ann.http.get(f"/orders/{order}").status_code == 403


@pytest.mark.parametrize(
    "changes", [{"region": "EU"}, {"card": "x"}, {"amount": 0}, {"amount": "500"}, {"owner": "sue"}]
)
def test_a_wrong_order_is_refused_without_an_echo(ann: Person, changes: dict[str, object]) -> None:
    answer = place(ann, **changes)
    assert answer.status_code == 422
    assert CARD not in answer.text


def test_receipts_are_signed_with_the_current_secret(shop: Shop, ann: Person) -> None:
    def signed(answer: httpx2.Response, key: str) -> bool:
        body = answer.json()
        wanted = hmac.digest(key.encode(), str(body["id"]).encode(), "sha256").hex()
        return bool(hmac.compare_digest(wanted, body["receipt"]))

    assert re.fullmatch("[0-9a-f]{64}", place(ann).json()["receipt"])
    value = shop.installation.directory / "receipts.key"
    value.write_text(RECEIPTS)
    shop.installation.run("secret", "set", "orders/receipts", "--value-file", str(value))
    until(lambda: signed(place(ann), RECEIPTS))


def test_the_card_is_ciphertext_in_the_file_and_a_bullet_in_the_log(shop: Shop, ann: Person) -> None:
    order = placed(ann)
    with sqlite3.connect(shop.orders / "orders.db") as database:
        (stored,) = database.execute(f"select card from {shop.table} where id = ?", (order,)).fetchone()
    assert len(stored) > len(CARD)
    assert not any(CARD.encode() in file.read_bytes() for file in shop.orders.glob("orders.db*"))
    output = shop.installation.directory / "run-orders.app.txt"
    until(lambda: f"created order={order} card=•••" in output.read_text())
    assert CARD not in output.read_text()


def test_after_a_logout_neither_her_session_nor_her_token_is_taken(shop: Shop, ann: Person) -> None:
    bearer = {"authorization": f"Bearer {token(shop, ann)}"}
    stranger = Person(shop.url)
    with stranger.http:
        assert "ann" in stranger.http.get("/me", headers=bearer).text
        stolen = ann.http.cookies
        ann.log_out()
        assert ann.http.get("/me").status_code == 401
        until(lambda: stranger.http.get("/me", headers=bearer).status_code == 401, seconds=2)
        stranger.http.cookies = stolen
        assert stranger.http.get("/me").status_code == 401


@pytest.mark.parametrize("shop", ["django"], indirect=True)
def test_django_runs_under_wsgi_too_and_lists_its_doors(shop: Shop) -> None:
    said = shop.installation.start(
        "run", "orders:wsgi", "--port", "0", beside="orders", until=r"orders listens at (\S+)"
    )
    stranger = Person(said[1])
    with stranger.http:
        assert stranger.http.get("/health").json() == "ok"
        assert stranger.http.get("/orders").status_code == 401
        assert stranger.http.get("/nowhere").status_code == 404
    doors = shop.installation.run("routes", "orders:wsgi", beside="orders")
    assert re.search(r"GET +/orders/<int:order_id> +order:read on load_order", doors), doors
    assert re.search(r"DELETE +/orders/<int:order_id> +role manager", doors), doors


async def redeem(settings: Settings, form: dict[str, str]) -> str:
    """Exchange a code as the service of ``settings``, which proves itself by its certificate."""
    updates = CertificateSource(settings).updates()
    identity = await anext(updates)
    client = AuthorityClient(settings, lambda: identity).current()
    answer = await client.post("/token", data=form)
    await client.aclose()
    await updates.aclose()
    return str(json.loads(answer.content)["access_token"])


def token(shop: Shop, person: Person) -> str:
    """An access token of the person's session, for this service."""
    settings = config.load(shop.orders)
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    client = {"client_id": "spiffe://ringwall.internal/orders", "redirect_uri": f"{shop.url}/callback"}
    asked = urlencode(
        {
            **client,
            "response_type": "code",
            "scope": "openid",
            "state": "s",
            "nonce": "n",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
    )
    issuer = settings.authority_address().issuer
    answer = person.http.get(f"{issuer}/authorize?{asked}", follow_redirects=False)
    (code,) = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
    form = {**client, "grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    # In development a process is the service in whose directory it runs.
    with contextlib.chdir(shop.orders):
        return asyncio.run(redeem(settings, form))


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
