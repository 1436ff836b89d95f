"""What operators may ask of the CA over the authority's Unix socket."""

from __future__ import annotations

from dataclasses import asdict

from ringwall.authority.app import Routes
from ringwall.authority.authority import Authority
from ringwall.authority.http import Answer, Request, answer_json
from ringwall.store import certificates as rows


async def certificates(authority: Authority, _request: Request) -> Answer:
    """``GET /certificates``: every certificate that has not expired, the newest of each holder first."""
    living = authority.store.read(rows.living, int(authority.clock.now()))
    return answer_json([{**asdict(row), "serial": f"{row.serial:x}"} for row in living])


ROUTES: Routes = {("GET", "/certificates"): certificates}
