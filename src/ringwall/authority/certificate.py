"""Who a verified client certificate names."""

from __future__ import annotations

from functools import lru_cache

from ringwall.errors import Invalid


@lru_cache(maxsize=1024)
def spiffe_id(der: bytes) -> str | None:
    """The SPIFFE id of a leaf that TLS has verified; ``None`` when it names no service."""
    from ringwall.peers.certificate import PeerCertificate

    try:
        return str(PeerCertificate.parse(der).spiffe_id)
    except Invalid:
        return None
