"""The way into the vault: from a request to one transaction that checks, acts and records, and back.

A read is written down in the same transaction that reads: when the row cannot be stored, nothing is given out.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ringwall.audit.event import Event
from ringwall.authority.http import ASGI, JSON, NO_STORE, Answer, Receive, Request, Scope, Send
from ringwall.authority.oauth.error import OAuthError
from ringwall.authority.services import require_service
from ringwall.authority.vault import approle, certificate_login, rotation, secrets_engine, system, tokens
from ringwall.authority.vault.acl import ROOT
from ringwall.authority.vault.call import Call, Holder, Operation, Refused, Reply, denied
from ringwall.authority.vault.fields import boolean
from ringwall.authority.vault.kv import MICRO
from ringwall.authority.vault.request_path import Elsewhere, read_path
from ringwall.errors import RingwallError, Unavailable
from ringwall.known_values import KNOWN
from ringwall.store.contract import Transaction

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

MERGE_PATCH = b"application/merge-patch+json"
_OPERATIONS: Mapping[str, Operation] = {
    "GET": "read",
    "POST": "update",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
    "LIST": "list",
}
_LOGINS = {certificate_login.LOGIN: certificate_login.log_in, approle.LOGIN: approle.log_in}

log = logging.getLogger("ringwall.authority.vault")


def vault(authority: Authority) -> ASGI:
    """The vault for the internal listener, below ``/v1/``: every request but a login needs a token."""
    return _Door(authority, operators=False)


def operator_vault(authority: Authority) -> ASGI:
    """The vault for the operators' socket, below ``/v1/``: who comes without a token is root.

    It must stand behind ``OperatorsOnly``, which has asked the kernel who they are.
    """
    return _Door(authority, operators=True)


class _Door:
    def __init__(self, authority: Authority, *, operators: bool) -> None:
        self._authority = authority
        self._operators = operators

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            answer = await self._answer(Request(scope, receive))
            await answer.send(send)

    async def _answer(self, request: Request) -> Answer:
        try:
            call = await self._call(request)
            if (document := system.open_to_all(call)) is not None:
                return _json(200, document)
            reply = await self._authority.store.write(
                _transaction, call, operator=request.user if self._operators else None
            )
            if isinstance(reply, Refused):
                return _errors(reply)
            _remember(call, reply)
            return _json(reply.status, reply.document())
        except Elsewhere as elsewhere:
            query = request.scope["query_string"]
            location = elsewhere.location + (b"?" + query if query else b"")
            return Answer(307, b"", ((b"location", location), *NO_STORE))
        except Refused as refused:
            return _errors(refused)
        except OAuthError as error:
            return _errors(Refused(400, error.description))
        except Unavailable as error:
            log.warning("%s", error.render())
            return _errors(Refused(503, "the vault cannot answer now; try again"))
        except RingwallError as error:
            log.error("%s", error.render())
        except Exception:
            log.exception("the vault failed")
        return _errors(Refused(500, "the vault failed; the authority's log says why"))

    async def _call(self, request: Request) -> Call:
        path = read_path(request.scope.get("raw_path") or request.path.encode())
        operation = _OPERATIONS.get(request.method)
        if operation is None:
            raise Refused(405)
        for header in (b"x-vault-namespace", b"x-vault-wrap-ttl"):
            # To answer as if it had not been asked for would give out in clear what was to be wrapped.
            if request.header(header) not in (None, b"", b"0", b"0s"):
                raise Refused(400, f"{header.decode()} is not supported")
        data: Mapping[str, Any] = _query(request)
        if operation == "read" and "list" in data:
            operation = _listing(data["list"])
        if operation == "list" and not path.endswith("/"):
            path += "/"
        if operation in ("update", "patch"):
            if path.endswith("/"):
                raise Refused(400, "cannot write to a path ending in '/'")
            kind = (request.header(b"content-type") or b"").partition(b";")[0].strip().lower()
            if operation == "patch" and kind != MERGE_PATCH:
                raise Refused(415)
            data = _parsed(await request.body())
        service = await self._service(request) if path == certificate_login.LOGIN else None
        return Call(
            operation,
            path,
            data,
            int(self._authority.clock.now() * MICRO),
            self._authority.seal,
            peer=request.peer,
            service=service,
            token=_token(request),
        )

    async def _service(self, request: Request) -> str:
        try:
            return (await require_service(self._authority, request)).name
        except OAuthError:
            raise Refused(400, "invalid certificate or no client certificate supplied") from None


def _transaction(tx: Transaction, call: Call, operator: int | None) -> Reply | Refused:
    # A refusal is returned and not raised, so that its audit row stays.
    holder: Holder | None = None
    reply: Reply | Refused
    try:
        if call.operation == "update" and (log_in := _LOGINS.get(call.path)) is not None:
            reply = log_in(tx, call)
        else:
            holder = _holder(tx, call, operator)
            reply = _routed(tx, call, holder)
    except Refused as refused:
        reply = refused
    actor = call.noted.pop("actor", None) or (holder.actor if holder else call.peer or "")
    detail: dict[str, Any] = {"operation": call.operation, "status": reply.status, **call.noted}
    if holder is not None and holder.token is not None:
        detail["accessor"] = holder.token.accessor
    if call.peer is not None and call.peer != actor:
        detail["peer"] = call.peer
    tx.record(Event(f"vault.{call.operation}", call.now / MICRO, actor, call.path, detail))
    return reply


def _holder(tx: Transaction, call: Call, operator: int | None) -> Holder:
    if operator is not None and not call.token:
        return Holder(f"operator:{operator}", ROOT)
    holder = tokens.holder(tx, call, call.token) if call.token else None
    if holder is None:
        raise Refused(403, "permission denied")
    return holder


def _routed(tx: Transaction, call: Call, who: Holder) -> Reply:
    path = call.path
    within = f"{path}/" if "/" not in path else path
    if path.removesuffix("/") != system.PREFLIGHT and not path.startswith(f"{system.PREFLIGHT}/"):
        writes = call.operation == "update" and within.startswith(secrets_engine.MOUNT)
        exists = secrets_engine.exists(tx, path) if writes else None
        if not who.acl.allows(path, call.operation, exists=exists):
            raise denied()
    if within.startswith(secrets_engine.MOUNT):
        return secrets_engine.answer(tx, call, who)
    if path.startswith("sys/"):
        return system.answer(tx, call, who)
    if path.startswith("auth/token/"):
        return tokens.answer(tx, call, who)
    if path.startswith("auth/approle/"):
        return approle.answer(tx, call)
    if path.startswith(rotation.ROTATE):
        return rotation.rotate(tx, call, who)
    if path.startswith(rotation.HISTORY):
        return rotation.history(tx, call, who)
    raise Refused(404, f'no handler for route "{path}". route entry not found.')


def _token(request: Request) -> str:
    header = request.header(b"x-vault-token")
    if header is None:
        scheme, _, rest = (request.header(b"authorization") or b"").partition(b" ")
        header = rest.strip() if scheme.lower() == b"bearer" else b""
    return header.decode("latin-1")


def _query(request: Request) -> Mapping[str, Any]:
    try:
        return request.query()
    except OAuthError as error:
        raise Refused(400, error.description) from None


def _listing(value: str) -> Operation:
    try:
        return "list" if boolean(value) else "read"
    except ValueError:
        raise Refused(400) from None


def _parsed(body: bytes) -> Mapping[str, Any]:
    if not body.strip():
        return {}
    try:
        data = json.loads(body, parse_constant=_no_number, parse_float=_finite)
        if b"\\ud" in body.lower():
            # Half of a surrogate pair is no text: no store or client would keep it as it is.
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused(400, "failed to decode JSON input: it is not JSON") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise Refused(400, "failed to decode JSON input: it is not a JSON object")
    return data


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError(digits)
    return number


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _remember(call: Call, reply: Reply) -> None:
    # What has passed here must not come back in a log line of this process.
    KNOWN.add((reply.auth or {}).get("client_token"))
    KNOWN.add((reply.data or {}).get("secret_id"))
    for fields in (call.data.get("data"), (reply.data or {}).get("data")):
        for value in fields.values() if isinstance(fields, dict) else ():
            KNOWN.add(value)


def _json(status: int, document: Any) -> Answer:
    body = b"" if document is None else json.dumps(document, separators=(",", ":")).encode() + b"\n"
    return Answer(status, body, (JSON, *NO_STORE))


def _errors(refused: Refused) -> Answer:
    return _json(refused.status, {"errors": list(refused.errors)})
