"""One builder for each section of ``ringwall.toml``: a table that was read → its typed settings, or one clear error."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from ringwall.settings import (
    AuthorityAddress,
    Limits,
    LoginSettings,
    PeerSettings,
    PolicySettings,
    SecretSettings,
    Service,
    Sessions,
)
from ringwall.toml_source import TomlSource

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_REFERENCE = re.compile(rf"secret:({_NAME.pattern})")
_ACTION = re.compile(r"[a-z][a-z0-9_-]*(?::(?:\*|[a-z][a-z0-9_-]*))?|\*")
_DURATION = re.compile(r"(\d+)(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SOCKETS = ("workload_socket", "operator_socket")
_CALLER_FIELDS = (
    *("id", "kind", "roles", "attributes", "actor", "proof"),
    *("issuer", "session", "expires", "name", "has_role"),
)
_KNOWN_ISSUERS = {"google": "https://accounts.google.com"}


def _mode(source: TomlSource) -> object:
    value = source.data["mode"]
    if value not in ("development", "production"):
        raise source.error(f"is {value!r}", "mode", hint='mode is "development" or "production"')
    return value


def _service(source: TomlSource) -> object:
    table = _table(source, "service")
    source.refuse_unknown(table, ("name", "listen", "state", "url"), "service")
    name = _text(source, table, "service", "name")
    _check_name(source, name, "service", "name")
    listen = tuple(table.get("listen", ("public",)))
    for word in listen:
        if word not in ("public", "internal"):
            raise source.error(f"has {word!r}", "service", "listen", hint='a listener is "public" or "internal"')
    state = table.get("state")
    url = _text(source, table, "service", "url") if "url" in table else ""
    return Service(name, listen, source.path.parent / state if state is not None else None, url)


def _grants(section: str) -> Callable[[TomlSource], object]:
    def build(source: TomlSource) -> object:
        table = _table(source, section)
        for name, actions in table.items():
            _check_name(source, name, section, name)
            if not isinstance(actions, list) or not all(isinstance(action, str) for action in actions):
                raise source.error("must be a list of actions", section, name, hint='for example ["order:create"]')
            for action in actions:
                if not _ACTION.fullmatch(action):
                    raise source.error(f"has {action!r}", section, name, hint="an action reads noun:verb, or noun:*")
        return {name: tuple(actions) for name, actions in table.items()}

    return build


def _claims(source: TomlSource) -> object:
    table = _table(source, "claims")
    for attribute, claim in table.items():
        if not isinstance(claim, str) or not claim:
            raise source.error("must be the name of a claim", "claims", attribute, hint=f'{attribute} = "{attribute}"')
        if not attribute.isidentifier() or attribute.startswith("_") or attribute in _CALLER_FIELDS:
            raise source.error("cannot be an attribute of a caller", "claims", attribute, hint="choose another word")
    return dict(table)


def _secrets(source: TomlSource) -> object:
    found = {}
    for name, entry in _table(source, "secrets").items():
        _check_name(source, name, "secrets", name)
        if not isinstance(entry, dict):
            raise source.error("must be a table, never a value", "secrets", name, hint=f"{name} = {{}}")
        source.refuse_unknown(entry, ("rotate", "cache"), "secrets", name)
        rotate = _duration(source, entry["rotate"], "secrets", name, "rotate") if "rotate" in entry else None
        cache = _duration(source, entry["cache"], "secrets", name, "cache") if "cache" in entry else 86400.0
        found[name] = SecretSettings(rotate, cache)
    return found


def _peers(source: TomlSource) -> object:
    found = {}
    for name, entry in _table(source, "peers").items():
        _check_name(source, name, "peers", name)
        table = {"url": entry} if isinstance(entry, str) else entry
        if not isinstance(table, dict):
            raise source.error("must be a URL", "peers", name, hint=f'{name} = "https://{name}.internal:8443"')
        source.refuse_unknown(table, ("url", "service"), "peers", name)
        url = _text(source, table, "peers", name, "url")
        if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
            raise source.error(f"is {url!r}", "peers", name, hint="a peer is reached by https, with mutual TLS")
        found[name] = PeerSettings(url, table.get("service", name))
    return found


def _login(source: TomlSource) -> object:
    found = {}
    for name, entry in _table(source, "login").items():
        _check_name(source, name, "login", name)
        if not isinstance(entry, dict):
            raise source.error("must be a table", "login", name, hint=f"write [login.{name}]")
        source.refuse_unknown(entry, LoginSettings.__slots__, "login", name)
        issuer = entry.get("issuer") or _KNOWN_ISSUERS.get(name)
        if not issuer:
            raise source.error("has no issuer", "login", name, hint='issuer = "https://…"')
        secret = _reference(source, entry, "login", name, "client_secret")
        client_id = _text(source, entry, "login", name, "client_id")
        scopes = tuple(entry.get("scopes", ("openid", "profile")))
        roles = entry.get("roles", {})
        if not isinstance(roles, dict) or not all(isinstance(ours, str) for ours in roles.values()):
            raise source.error(
                "must map their roles to ours", "login", name, "roles", hint='roles = { staff = "support" }'
            )
        found[name] = LoginSettings(issuer, client_id, secret, scopes, roles, entry.get("roles_claim", "roles"))
    return found


def _authority(source: TomlSource) -> object:
    table = _table(source, "authority")
    source.refuse_unknown(table, AuthorityAddress.__slots__, "authority")
    for key in ("issuer", "internal"):
        _text(source, table, "authority", key)
    sockets = {key: str(table.get(key, f"/run/ringwall/{key.split('_')[0]}.sock")) for key in _SOCKETS}
    return AuthorityAddress(**{**table, **sockets})


def _policy(source: TomlSource) -> object:
    table = _table(source, "policy")
    source.refuse_unknown(table, PolicySettings.__slots__, "policy")
    if len(table.keys() - {"token"}) != 1:
        hint = 'one of directory = "policies", authority = true, decision_point = "https://…"'
        raise source.error("names one place that policies come from", "policy", hint=hint)
    if "token" in table and "decision_point" not in table:
        raise source.error("is shown to a decision_point, and there is none", "policy", "token", hint="leave it out")
    if "directory" in table:
        directory = source.path.parent / _text(source, table, "policy", "directory")
        if not directory.is_dir():
            raise source.error(f"is {str(directory)!r}, which is no directory", "policy", "directory")
        return PolicySettings(directory=directory)
    if "authority" in table:
        if table["authority"] is not True:
            raise source.error("is true or absent", "policy", "authority")
        return PolicySettings(authority=True)
    url = _text(source, table, "policy", "decision_point")
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise source.error(f"is {url!r}", "policy", "decision_point", hint="a decision point is reached by https")
    token = _reference(source, table, "policy", "token")
    if token and token not in source.data.get("secrets", {}):
        hint = f"add to [secrets]: {token} = {{}}"
        raise source.error(f"names {token!r}, which is not under [secrets]", "policy", "token", hint=hint)
    return PolicySettings(decision_point=url.rstrip("/"), token=token)


def _limits(source: TomlSource) -> object:
    table = _table(source, "limits")
    source.refuse_unknown(table, Limits.__slots__, "limits")
    for key, value in table.items():
        if type(value) is not int or value < 1:
            raise source.error("must be a whole number above zero", "limits", key)
    return Limits(**table)


def _sessions(source: TomlSource) -> object:
    table = _table(source, "sessions")
    source.refuse_unknown(table, Sessions.__slots__, "sessions")
    spans = {key: _duration(source, table[key], "sessions", key) for key in ("idle", "absolute") if key in table}
    return Sessions(store=str(table.get("store", "memory")), **spans)


def _outage(source: TomlSource) -> object:
    return _duration(source, source.data["outage"], "outage")


SECTIONS: dict[str, Callable[[TomlSource], object]] = {
    "mode": _mode,
    "service": _service,
    "roles": _grants("roles"),
    "services": _grants("services"),
    "claims": _claims,
    "secrets": _secrets,
    "peers": _peers,
    "login": _login,
    "authority": _authority,
    "policy": _policy,
    "limits": _limits,
    "sessions": _sessions,
    "outage": _outage,
}


def _table(source: TomlSource, key: str) -> dict[str, Any]:
    value = source.data[key]
    if not isinstance(value, dict):
        raise source.error("must be a section", key, hint=f"write [{key}] on a line of its own")
    return value


def _text(source: TomlSource, table: Mapping[str, Any], *keys: str) -> str:
    value = table.get(keys[-1])
    if not isinstance(value, str) or not value:
        raise source.error("is missing or not text", *keys, hint=f'{keys[-1]} = "…"')
    return value


def _reference(source: TomlSource, table: Mapping[str, Any], *keys: str) -> str:
    """The name of the secret that ``secret:NAME`` means; empty where the key is absent. No error repeats a value."""
    if keys[-1] not in table:
        return ""
    match = _REFERENCE.fullmatch(value) if isinstance(value := table[keys[-1]], str) else None
    if match is None:
        raise source.error("is a value", *keys, hint='write a reference into the vault: "secret:NAME"')
    return match[1]


def _check_name(source: TomlSource, name: str, *keys: str) -> None:
    if not _NAME.fullmatch(name):
        raise source.error(f"has the name {name!r}", *keys, hint="a name is lower-case letters, digits and hyphens")


def _duration(source: TomlSource, value: object, *keys: str) -> float:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) == 0:
        raise source.error(f"is {value!r}", *keys, hint='a span reads "30s", "10m", "12h" or "30d"')
    return float(int(match[1]) * _SECONDS[match[2]])
