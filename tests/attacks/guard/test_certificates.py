"""A certificate that nobody verified, one of another trust domain, and tokens away from who may send them."""

from __future__ import annotations

import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import flask
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ringwall.caller import Caller
from ringwall.errors import Unauthenticated
from ringwall.on import flask as face
from ringwall.on import starlette
from ringwall.on.composition.admission import Admission
from ringwall.on.guard import Guard
from ringwall.parts import Admitted, Credentials

ANN = Caller("ann", proof="bearer")
BILLING, SHIPPING = (
    Caller(f"spiffe://ringwall.internal/{name}", kind="service", proof="bearer") for name in ("billing", "shipping")
)


def self_signed(uri: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mallory")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)]), critical=False)
    )
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_certificate_that_an_asgi_server_could_not_verify_proves_nobody(guard: Guard) -> None:
    pem = ssl.DER_cert_to_PEM_cert(self_signed(BILLING.id))

    @starlette.allow
    async def show(request: Request) -> PlainTextResponse:
        return PlainTextResponse(starlette.caller_of(request).id)

    app = Starlette(routes=[Route("/", show)])
    starlette.protect(app, guard=guard)

    def behind(error: str | None) -> Any:
        async def server(scope: Any, receive: Any, send: Any) -> None:
            facts = {"client_cert_chain": (pem,), "client_cert_error": error}
            await app({**scope, "extensions": {"tls": facts}}, receive, send)

        return TestClient(server)

    assert behind(None).get("/").text == BILLING.id
    assert behind("self-signed certificate").get("/").status_code == 401


@pytest.mark.parametrize(
    ("verified", "status"), [("SUCCESS", 200), ("FAILED:self signed", 401), ("NONE", 401), ("", 401)]
)
def test_a_certificate_that_a_wsgi_server_could_not_verify_proves_nobody(
    guard: Guard, verified: str, status: int
) -> None:
    app = flask.Flask("orders")
    face.protect(app, guard=guard)
    app.add_url_rule("/", view_func=face.allow(lambda: "in"))
    environ = {"SSL_CLIENT_CERT": ssl.DER_cert_to_PEM_cert(self_signed(BILLING.id)), "SSL_CLIENT_VERIFY": verified}
    assert app.test_client().get("/", environ_overrides=environ).status_code == status


class Tokens:
    """Stands for the verification: a token is known by its name."""

    def caller(self, token: str) -> Caller:
        return {"person": ANN, "service": BILLING, "hop": replace(ANN, actor=BILLING)}[token]


def admitted(token: str | None, sender: str | None) -> Any:
    admission = Admission(Tokens(), None, "ringwall.internal")  # type: ignore[arg-type]
    return admission.admit(Credentials(token, {}, None if sender is None else self_signed(sender)))


@pytest.mark.parametrize(("token", "sender"), [("person", None), ("service", BILLING.id), ("hop", BILLING.id)])
def test_a_token_is_taken_from_whom_it_was_made_for(token: str, sender: str | None) -> None:
    assert isinstance(admitted(token, sender), Admitted)


@pytest.mark.parametrize(
    ("token", "sender"),
    [
        ("hop", None),  # taken from a service's memory, brought to the public listener
        ("service", None),
        ("hop", SHIPPING.id),
        ("service", SHIPPING.id),
        ("person", BILLING.id),
    ],
)
def test_a_stolen_token_is_of_no_use_to_anybody_else(token: str, sender: str | None) -> None:
    with pytest.raises(Unauthenticated, match="was made for"):
        admitted(token, sender)


def test_a_certificate_of_another_trust_domain_proves_nobody() -> None:
    assert admitted(None, BILLING.id).caller.expires > time.time()
    with pytest.raises(Unauthenticated, match="trust domain"):
        admitted(None, "spiffe://elsewhere/billing")
