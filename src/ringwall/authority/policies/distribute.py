"""``GET /policies`` on the internal listener: a service fetches its own policy set, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringwall.authority.app import Routes, problem
from ringwall.authority.http import Answer, Request, answer_json
from ringwall.authority.services import require_service
from ringwall.store.policy_sets import PolicySetRow
from ringwall.tokens.policy_statement import TYPE, PolicyStatement

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


async def fetch(authority: Authority, request: Request) -> Answer:
    """``{"statement": JWS, "files": {name: text}}`` of the set that has the name of the service that calls.

    ``?known=DIGEST`` leaves the files out when the caller has them. The statement is signed anew each time.
    """
    client = await require_service(authority, request)
    row = authority.policies.own(client.name)
    if row is None:
        # Asked every few seconds until somebody pushes one: no refusal that the audit log would want.
        return problem(404, "not_found", f"no policy set was pushed for {client.name}")
    answer: dict[str, Any] = {"statement": _statement(authority, row, client.name)}
    if request.query().get("known") != row.digest:
        answer["files"] = dict(row.files)
    return answer_json(answer)


ROUTES: Routes = {("GET", "/policies"): fetch}


def _statement(authority: Authority, row: PolicySetRow, audience: str) -> str:
    settings, now = authority.settings, int(authority.clock.now())
    claims = PolicyStatement(row.version, row.pushed, row.digest).claims(
        issuer=settings.issuer, audience=audience, issued=now, expires=now + settings.lifetimes.access
    )
    return authority.keys.current().sign(claims, TYPE)
