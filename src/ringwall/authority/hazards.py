"""What is unsafe about a deployment outside development. In production, an authority starts with none of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ringwall.authority.clients.development import DEMO
from ringwall.authority.deployment import Deployment
from ringwall.authority.kept import Kept
from ringwall.authority.people.development import PEOPLE
from ringwall.authority.settings import Settings


@dataclass(frozen=True, slots=True)
class Hazard:
    """One unsafe setting: an id that stays the same, why it is unsafe, and the fix."""

    id: str
    reason: str
    fix: str


def hazards(deployment: Deployment, kept: Kept) -> Iterator[Hazard]:
    """What would be unsafe in production; ``kept`` is what the authority's store holds already."""
    settings = deployment.settings
    if settings.development:
        yield Hazard(
            "mode-development",
            "development people, a demo client, open registration of services",
            'mode = "production"',
        )
    yield from _addresses(settings)
    if (
        deployment.certificate is None
        and settings.issuer.startswith("https://")
        and not _loopback(deployment.public[0])
    ):
        yield Hazard(
            "public-without-tls", "the public listener speaks plain http to the network",
            "set [tls] certificate and key, or listen on 127.0.0.1 behind a proxy that ends TLS",
        )  # fmt: skip
    if not deployment.users:
        yield Hazard(
            "services-unattested", "no service is tied to a Unix user, so none can get a certificate",
            "say user = … under [services.NAME]",
        )  # fmt: skip
    if deployment.passphrase is None:
        yield Hazard(
            "root-key-open", "whoever copies the state directory can open every key in it",
            "set RINGWALL_PASSPHRASE before the first start, and keep it elsewhere",
        )  # fmt: skip
    for name in sorted(kept.people & {person.sub for person in PEOPLE}):
        yield Hazard(
            "development-person", f"{name!r} can log in with a password that everybody knows", f"remove {name!r}"
        )
    if DEMO.id in kept.clients:
        yield Hazard(
            "development-client", f"any program on a person's machine can log them in as {DEMO.id!r}",
            "begin with a fresh state directory",
        )  # fmt: skip


def _addresses(settings: Settings) -> Iterator[Hazard]:
    issuer = urlsplit(settings.issuer)
    if issuer.scheme != "https":
        yield Hazard("issuer-http", "passwords and codes would cross the network in the clear", 'issuer = "https://…"')
    if issuer.hostname and (_loopback(issuer.hostname) or issuer.hostname.endswith(".localhost")):
        yield Hazard(
            "issuer-loopback", "no other machine can reach the login page", "give the authority a name of its own"
        )
    if urlsplit(settings.internal).scheme != "https":
        yield Hazard(
            "internal-http", "services prove themselves by certificate, which needs TLS", 'internal = "https://…"'
        )
    if settings.trust_domain == "ringwall.internal":
        yield Hazard(
            "trust-domain-default", "another installation's certificates would carry the same names",
            'trust_domain = "services.example.com"',
        )  # fmt: skip


def _loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
