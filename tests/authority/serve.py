"""An authority in a process of its own, to be killed: ``serve.py HOME``.

It has a client ``job`` with the secret ``s3cret``, a public client ``app``, and one person, ann; ``codes.json`` holds
codes of hers that nobody has spent. There are no certificates: its internal listener is bound and shakes no hands.
"""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import sys
import time
from pathlib import Path

import uvloop

from ringwall.authority import codes
from ringwall.authority.authority import Authority
from ringwall.authority.clients.secret_basic import digest
from ringwall.authority.directory import Person
from ringwall.authority.listener import bind
from ringwall.authority.server import Server
from ringwall.authority.settings import Settings
from ringwall.store.clients import Client

CODES = 400
VERIFIER = "v" * 43
CALLBACK = "http://app.localhost/callback"


class Ann:
    def find(self, sub: str) -> Person | None:
        return Person("ann") if sub == "ann" else None


async def give_codes(authority: Authority) -> list[str]:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "challenge": challenge,
        "sub": "ann",
        "auth_time": time.time(),
    }
    scope = "openid offline_access"
    return [
        await codes.create(authority, **asked, sid=f"s{number}", scope=scope, audience="orders")
        for number in range(CODES)
    ]


async def main(home: Path) -> None:
    public, internal = bind("127.0.0.1", 0), bind("127.0.0.1", 0)
    settings = Settings(f"http://localhost:{public.getsockname()[1]}", f"https://localhost:{internal.getsockname()[1]}")
    authority = Authority.open(home, settings)
    job = Client(
        id="job", method="client_secret_basic", secret_hash=digest("s3cret"), grants=("client_credentials",), scopes=()
    )
    authority.people = Ann()
    for client in (job, Client(id="app", method="none")):
        await authority.clients.put(client, actor="test")
    if not (home / "codes.json").exists():
        (home / "codes.json").write_text(json.dumps(await give_codes(authority)))
    server = Server(
        authority, home, public=public, internal=internal, internal_tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    )
    await server.run()


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1])))
