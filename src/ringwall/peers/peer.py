"""Another service, as this one knows it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from ringwall.errors import Misconfigured
from ringwall.peers.identity import SpiffeId


@dataclass(frozen=True, slots=True)
class Peer:
    """A service that can be called: its name, where it listens, and the one identity that may answer there.

    ``url`` is ``https://host[:port][/prefix]``; ``spiffe_id`` is what its certificate must say, whatever the host is.
    Raises :class:`Misconfigured` when ``url`` is anything else: a peer is never called in the clear.
    """

    name: str
    url: str
    spiffe_id: SpiffeId

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
            raise Misconfigured(
                f"peer {self.name!r} has the address {self.url!r}, which is no plain https address",
                hint=f'write it as "https://{self.name}.internal:8443"',
            )
