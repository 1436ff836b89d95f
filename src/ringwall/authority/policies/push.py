"""What operators do with policy sets over the authority's Unix socket: push, pull, look back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ringwall.audit.event import Event
from ringwall.authority.app import Routes
from ringwall.authority.http import Answer, Request, answer_json
from ringwall.authority.oauth.error import OAuthError
from ringwall.authority.policies.decision_point import DecisionPoint
from ringwall.authority.policies.files import check_files
from ringwall.errors import Misconfigured
from ringwall.policy.bundle import Bundle, read_bundle
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.validation.validate import validate
from ringwall.store import policy_sets as rows
from ringwall.store.contract import Transaction
from ringwall.store.policy_sets import PolicySetRow
from ringwall.tokens.policy_statement import digest

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_TOLD = 20  # problems in one answer


async def push(authority: Authority, request: Request) -> Answer:
    """``POST /policies`` ``{"name", "files": {file: text}}``: the set's next version, once it was read and validated.

    In production a set needs a schema, since only against one can its policies be shown never to fail.
    """
    name, files = _asked(await request.json())
    read, warnings = await asyncio.to_thread(_read, files, production=not authority.settings.development)
    row = await authority.store.write(
        _push, name, files, read, actor=f"operator:{request.user}", now=authority.clock.now()
    )
    return answer_json({**_shown(row), "policies": len(read.policies.policies), "warnings": warnings}, 201)


async def pull(authority: Authority, request: Request) -> Answer:
    """``GET /policies?name=NAME&version=N``: the files of a version, by default the current one; without a name, what
    sets there are."""
    query = request.query()
    if "name" not in query:
        return answer_json([_shown(row) for row in authority.store.read(rows.latest)])
    row = authority.store.read(rows.get, query["name"], _version(query))
    if row is None:
        return Answer(404)
    return answer_json({**_shown(row), "files": dict(row.files)})


async def history(authority: Authority, request: Request) -> Answer:
    """``GET /policies/history?name=NAME``: every version that is kept, the latest first."""
    name = request.query().get("name", "")
    return answer_json([_shown(row) for row in authority.store.read(rows.history, name)])


ROUTES: Routes = {
    ("POST", "/policies"): push,
    ("GET", "/policies"): pull,
    ("GET", "/policies/history"): history,
}


def _asked(asked: Any) -> tuple[str, Mapping[str, str]]:
    if not isinstance(asked, dict) or not isinstance(files := asked.get("files"), dict):
        raise OAuthError("invalid_request", "send a JSON object: name, and files, which maps names to texts")
    name = asked.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise OAuthError("invalid_request", "name is a service's name or default: lower-case letters, digits, hyphens")
    for text in files.values():
        if not isinstance(text, str) or _has_surrogates(text):
            raise OAuthError("invalid_request", "each of files must be text")
    return name, files


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _read(files: Mapping[str, str], *, production: bool) -> tuple[Bundle, list[str]]:
    try:
        check_files(files)
        read = read_bundle(files, must_have_schema=production)
    except Unreadable as error:
        told = [f"{problem}" + (f" ({problem.hint})" if problem.hint else "") for problem in error.problems[:_TOLD]]
        more = len(error.problems) - len(told)
        raise OAuthError("invalid_policies", "; ".join(told) + (f"; and {more} more" if more else "")) from None
    except Misconfigured as error:
        raise OAuthError("invalid_policies", error.message) from None
    warnings = validate(read.policies, read.schema).warnings if read.schema is not None else ()
    return read, [str(warning) for warning in warnings[:_TOLD]]


def _push(
    tx: Transaction, name: str, files: Mapping[str, str], read: Bundle, *, actor: str, now: float
) -> PolicySetRow:
    row = rows.push(tx, name, files, digest(files), actor, int(now * 1_000_000))
    detail = {
        "version": row.version,
        "digest": row.digest,
        "policies": len(read.policies.policies),
        "files": sorted(files),
    }
    tx.record(Event("policies.pushed", now, actor=actor, subject=name, detail=detail))
    tx.announce(DecisionPoint(row, read))
    return row


def _version(query: Mapping[str, str]) -> int | None:
    asked = query.get("version")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 9):
        raise OAuthError("invalid_request", "version is a number")
    return int(asked)


def _shown(row: PolicySetRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "version": row.version,
        "pushed": row.pushed,
        "author": row.author,
        "digest": row.digest,
    }
