"""Claims by their type: each reader returns the type that it is named for, or refuses the token (RFC 7519)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ringwall.tokens.signed import refuse

MAX_TEXT = 512
MAX_LIST = 64
_LATEST = 2**53  # what every JSON reader can represent


def text(claims: Mapping[str, Any], name: str) -> str:
    """A required claim of 1 to 512 printable characters."""
    if name not in claims:
        refuse(f"the token has no {name!r}")
    value = claims[name]
    if not (type(value) is str and 0 < len(value) <= MAX_TEXT and value.isprintable()):
        refuse(f"the token's {name!r} is not a printable string of 1 to {MAX_TEXT} characters")
    return value


def optional_text(claims: Mapping[str, Any], name: str) -> str:
    """The same, empty when the claim is absent."""
    return text(claims, name) if name in claims else ""


def instant(claims: Mapping[str, Any], name: str) -> int:
    """A required point in time, in whole seconds since 1970 (booleans, fractions and numeric strings are none)."""
    if name not in claims:
        refuse(f"the token has no {name!r}")
    value = claims[name]
    if not (type(value) is int and 0 <= value <= _LATEST):
        refuse(f"the token's {name!r} is not a time in whole seconds")
    return value


def texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of at most 64 strings as :func:`text` takes them; empty when the claim is absent."""
    values = claims.get(name, ())
    if not isinstance(values, list | tuple) or len(values) > MAX_LIST:
        refuse(f"the token's {name!r} is not a list of at most {MAX_LIST} strings")
    return tuple(text({name: value}, name) for value in values)


def audience(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """``aud``: one name or a list of them, at least one."""
    names = texts(claims, "aud") if isinstance(claims.get("aud"), list) else (text(claims, "aud"),)
    if not names:
        refuse("the token's 'aud' is empty")
    return names


def check_times(claims: Mapping[str, Any], now: float, leeway: float, max_lifetime: float) -> tuple[int, int]:
    """Check ``exp``, ``iat`` and ``nbf`` against ``now``, in seconds; returns (``iat``, ``exp``).

    ``leeway`` forgives both sides their clocks. A token lives at most ``max_lifetime`` from its ``iat``.
    """
    issued, expires = instant(claims, "iat"), instant(claims, "exp")
    if now >= expires + leeway:
        refuse(f"the token expired {now - expires:.0f} s ago")
    if issued > now + leeway:
        refuse(f"the token was issued {issued - now:.0f} s in the future")
    if "nbf" in claims and instant(claims, "nbf") > now + leeway:
        refuse("the token is not valid yet")
    if not 0 < expires - issued <= max_lifetime:
        refuse(f"the token's lifetime is not within {max_lifetime:.0f} s")
    return issued, expires


def frozen(value: Any) -> Any:
    """``value`` with every object and list in it made immutable, so that one request cannot change it for the next."""
    if type(value) is dict:
        return MappingProxyType({name: frozen(member) for name, member in value.items()})
    if type(value) is list:
        return tuple(frozen(member) for member in value)
    return value
