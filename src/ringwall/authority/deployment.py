"""``authority.toml`` → how an authority is to run. Without the file, everything has its development default."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ringwall.authority.ca.attest import RESERVED
from ringwall.authority.settings import ServiceSettings, Settings
from ringwall.errors import Invalid, Misconfigured
from ringwall.peers.identity import SpiffeId
from ringwall.toml_source import TomlSource

FILE = "authority.toml"
PUBLIC_PORT, INTERNAL_PORT = 8400, 8443
_TOP = ("mode", "issuer", "internal", "trust_domain", "listen", "tls", "services", "operators")
_SERVICE = ("user", "redirect_uris", "post_logout_redirect_uris", "audiences", "exchange")
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where an authority lives and listens. ``users`` maps a Unix user id to the service that runs as it.

    ``proxies`` are the addresses whose ``X-Forwarded-For`` is believed. Without them, everybody who comes by a proxy
    has the proxy's address, and the wrong passwords of one are waited for by all.
    """

    home: Path
    settings: Settings
    public: Address = ("127.0.0.1", PUBLIC_PORT)
    internal: Address = ("127.0.0.1", INTERNAL_PORT)
    certificate: Path | None = None
    key: Path | None = None
    users: Mapping[int, str] = field(default_factory=dict)
    proxies: tuple[str, ...] = ()

    @property
    def development(self) -> bool:
        return self.settings.development

    @property
    def passphrase(self) -> str | None:
        """What unlocks the root key, from the environment; ``None`` when the key file stands open."""
        return os.environ.get("RINGWALL_PASSPHRASE") or None


def read(directory: Path) -> Deployment:
    """The deployment that ``directory`` describes. Raises ``Misconfigured`` with file, line and key."""
    path = directory / FILE
    if not path.is_file():
        return development(directory)
    source = TomlSource(path)
    data = source.data
    source.refuse_unknown(data, _TOP)
    mode = data.get("mode", "production")
    if mode not in ("development", "production"):
        raise source.error(f"is {mode!r}", "mode", hint='mode is "development" or "production"')
    listen, tls = (
        _table(source, "listen", ("public", "internal", "proxies")),
        _table(source, "tls", ("certificate", "key")),
    )
    services = {name: _service(source, name, entry) for name, entry in _table(source, "services", None).items()}
    for name, (allowed, _) in services.items():
        if unknown := sorted(set(allowed.exchange) - set(services)):
            raise source.error(
                f"names {unknown[0]!r}, which is no service here", "services", name, "exchange",
                hint=f"services here: {', '.join(sorted(services))}",
            )  # fmt: skip
    settings = Settings(
        issuer=_url(source, "issuer"),
        internal=_url(source, "internal"),
        trust_domain=_trust_domain(source),
        mode=mode,
        services={name: allowed for name, (allowed, _) in services.items()},
        operators=_operators(source),
    )
    return Deployment(
        home=directory / ".ringwall",
        settings=settings,
        public=_address(source, listen, "public", PUBLIC_PORT),
        internal=_address(source, listen, "internal", INTERNAL_PORT),
        certificate=directory / tls["certificate"] if "certificate" in tls else None,
        key=directory / tls["key"] if "key" in tls else None,
        proxies=_proxies(source, listen),
        users=_users(source, {name: user for name, (_, user) in services.items()}),
    )


def development(directory: Path) -> Deployment:
    """An authority on this machine, for whoever runs it; on the ports that it had before, if it ran here before."""
    public, internal = _ports_before(directory / ".ringwall" / "authority.json")
    settings = Settings(issuer=f"http://localhost:{public}", internal=f"https://localhost:{internal}")
    return Deployment(directory / ".ringwall", settings, public=("127.0.0.1", public), internal=("127.0.0.1", internal))


def _ports_before(note: Path) -> tuple[int, int]:
    # Another port is another issuer: every token and session of before would be a stranger's.
    try:
        facts = json.loads(note.read_text())
        return urlsplit(facts["issuer"]).port or PUBLIC_PORT, urlsplit(facts["internal"]).port or INTERNAL_PORT
    except (OSError, ValueError, KeyError, TypeError):
        return PUBLIC_PORT, INTERNAL_PORT


def _service(source: TomlSource, name: str, entry: Any) -> tuple[ServiceSettings, int | None]:
    if not isinstance(entry, dict):
        raise source.error("must be a table", "services", name, hint=f"write [services.{name}]")
    source.refuse_unknown(entry, _SERVICE, "services", name)
    if name == RESERVED or not _is_name(name):
        raise source.error("cannot be the name of a service", "services", name, hint="letters, digits, dot, dash, _")
    user = entry.get("user")
    if user is not None and (type(user) is not int or user < 0):
        raise source.error("must be a Unix user id", "services", name, "user", hint="user = 1001")
    for key in _SERVICE[1:]:
        if not _holds(entry.get(key, []), str):
            raise source.error("must be a list of texts", "services", name, key)
    return ServiceSettings(**{key: tuple(entry.get(key, ())) for key in _SERVICE[1:]}), user


def _users(source: TomlSource, services: Mapping[str, int | None]) -> dict[int, str]:
    users: dict[int, str] = {}
    for name, user in services.items():
        if user is not None and (other := users.setdefault(user, name)) != name:
            raise source.error(
                f"is also the user of {other}", "services", name, "user", hint="each service has a Unix user of its own"
            )
    return users


def _proxies(source: TomlSource, listen: Mapping[str, Any]) -> tuple[str, ...]:
    value = listen.get("proxies", [])
    try:
        if _holds(value, str):
            return tuple(str(ip_network(address)) for address in value)
    except ValueError:
        pass
    raise source.error("must be a list of addresses", "listen", "proxies", hint='proxies = ["127.0.0.1"]')


def _operators(source: TomlSource) -> frozenset[int]:
    value = source.data.get("operators", [])
    if not _holds(value, int):
        raise source.error("must be a list of Unix user ids", "operators", hint="operators = [1001]")
    return frozenset(value)


def _trust_domain(source: TomlSource) -> str:
    value = source.data.get("trust_domain", "ringwall.internal")
    if not isinstance(value, str) or not _is_name("x", value):
        raise source.error("is no trust domain", "trust_domain", hint='trust_domain = "services.example.com"')
    return value


def _is_name(service: str, trust_domain: str = "any") -> bool:
    try:
        return SpiffeId.of(trust_domain, service) == SpiffeId(trust_domain, f"/{service}") and "/" not in service
    except Invalid:
        return False


def _holds(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(type(item) is kind for item in value)


def _table(source: TomlSource, key: str, known: tuple[str, ...] | None) -> dict[str, Any]:
    value = source.data.get(key, {})
    if not isinstance(value, dict):
        raise source.error("must be a section", key, hint=f"write [{key}] on a line of its own")
    if known is not None:
        source.refuse_unknown(value, known, key)
    return value


def _url(source: TomlSource, key: str) -> str:
    value = source.data.get(key)
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        raise source.error("is missing or no URL", key, hint=f'{key} = "https://…"')
    return value.rstrip("/")


def _address(source: TomlSource, listen: Mapping[str, Any], key: str, port: int) -> Address:
    text = listen.get(key, f"127.0.0.1:{port}")
    host, colon, number = text.rpartition(":") if isinstance(text, str) else ("", "", "")
    if not colon or not number.isdigit() or not 0 < int(number) < 65536:
        raise source.error(f"is {text!r}", "listen", key, hint=f'{key} = "0.0.0.0:{port}"')
    return host.strip("[]"), int(number)


def missing(what: str, deployment: Deployment) -> Misconfigured:
    """An error for something that production needs and ``authority.toml`` does not say."""
    return Misconfigured(f"{what} is missing", where=str(deployment.home.parent / FILE))
