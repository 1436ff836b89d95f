"""curl with a certificate of ours is served; without one, or with a withdrawn one, it is not."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.peers.realm import Realm, echo, served

from ringwall.peers.certificate import PeerCertificate
from ringwall.peers.check import PeerCheck

REALM = Realm()


def test_curl(stranger: Callable[[str], str], tmp_path: Path) -> None:
    curl = stranger("curl")
    context = REALM.context("orders")
    certificate, key, ca = REALM.files(tmp_path, context)
    billing = REALM.held("billing")
    check = PeerCheck(billing)
    with served(echo, check) as server:
        assert server.internal is not None
        url = f"https://localhost:{server.internal[1]}/"

        def call(*options: str) -> subprocess.CompletedProcess[str]:
            command = [curl, "--silent", "--show-error", "--noproxy", "*", "--max-time", "5", *options, url]
            return subprocess.run(command, capture_output=True, text=True, timeout=10)

        mine = ("--cacert", ca, "--cert", certificate, "--key", key)
        assert call(*mine).stdout == "spiffe://ringwall.internal/orders"
        without = call("--cacert", ca)
        assert without.returncode != 0
        assert without.stdout == ""
        assert "peer did not return a certificate" in check.refusals[-1]
        assert call("--cert", certificate, "--key", key).returncode == 60, "curl does not know our root by itself"
        billing.deny(PeerCertificate.parse(context.chain[0]).serial)
        withdrawn = call(*mine)
        assert withdrawn.returncode != 0
        assert withdrawn.stdout == ""
        assert "withdrawn" in check.refusals[-1]
