"""Cross-site request forgery: a browser sends its session cookie with requests that other sites caused.

The proof that a request came from our own pages is what the browser itself says, in headers that scripts cannot set:
``Sec-Fetch-Site`` (W3C Fetch Metadata), and ``Origin`` (RFC 6454) for browsers that do not send it. No tokens in forms.
"""

from __future__ import annotations

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_DEFAULT_PORT = {"http": ":80", "https": ":443", "ws": ":80", "wss": ":443"}


def same_origin(*, fetch_site: str, origin: str, host: str, scheme: str) -> bool:
    """Whether the browser vouches that the request comes from a page of this very host, or from its user alone.

    ``host`` is the ``Host`` header. ``scheme`` is how the request reached us; over TLS the origin must be ``https``
    too. Neither header: no proof.
    """
    if fetch_site:
        return fetch_site in ("same-origin", "none")
    theirs, separator, place = origin.partition("://")
    if not separator or not host:
        return False
    if scheme in ("https", "wss") and theirs != "https":
        return False
    return _without_port(place, theirs) == _without_port(host, theirs)


def _without_port(host: str, scheme: str) -> str:
    return host.lower().removesuffix(_DEFAULT_PORT.get(scheme, ""))
