"""Secure response headers, added where the application has not said otherwise."""

from __future__ import annotations

from collections.abc import Iterable

Header = tuple[bytes, bytes]

_ALWAYS: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"),)
_DATA = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_PAGE: tuple[Header, ...] = (
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    # "no-referrer" would make browsers send "Origin: null" with our own forms, and the CSRF check would refuse them.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"x-frame-options", b"DENY"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_PRIVATE = (b"cache-control", b"no-store")


class SecureHeaders:
    """The defaults of one service. ``production`` adds HSTS (RFC 6797): from then on browsers insist on https."""

    def __init__(self, *, production: bool) -> None:
        hsts = (_HSTS,) if production else ()
        self._sets = {
            (page, private): (*_ALWAYS, *(_PAGE if page else (_DATA,)), *hsts, *((_PRIVATE,) if private else ()))
            for page in (False, True)
            for private in (False, True)
        }
        self._ours = frozenset(name for added in self._sets.values() for name, _ in added)

    def complete(self, headers: Iterable[Header], *, private: bool) -> list[Header]:
        """``headers`` with what is missing added; names are lower case. ``private``: the answer is one caller's own."""
        said = list(headers)
        page = False
        kept = None
        for name, value in said:
            if name == b"content-type":
                page = value.startswith(b"text/html")
            elif name in self._ours:
                kept = {*kept, name} if kept else {name}
        added = self._sets[page, private]
        said.extend(added if kept is None else [header for header in added if header[0] not in kept])
        return said
