from __future__ import annotations

import pytest

from ringwall.errors import Misconfigured
from ringwall.peers.identity import SpiffeId
from ringwall.peers.peer import Peer

ID = SpiffeId("td", "/billing")


@pytest.mark.parametrize("url", ["https://billing.internal:8443", "https://localhost", "https://[::1]:1/v1"])
def test_a_peer_listens_at_an_https_address(url: str) -> None:
    assert Peer("billing", url, ID).url == url


@pytest.mark.parametrize(
    "url", ["http://billing", "billing:8443", "", "https://", "https://u:p@billing", "https://b?x=1", "ftp://b"]
)
def test_a_peer_is_never_called_in_the_clear(url: str) -> None:
    with pytest.raises(Misconfigured, match="no plain https address"):
        Peer("billing", url, ID)
