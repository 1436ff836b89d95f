"""How a refusal is said: a problem document, a page for a person, or the way to the login."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from urllib.parse import quote

from ringwall.decision import Decision
from ringwall.errors import Denied, Invalid, RingwallError, Unauthenticated, Unavailable
from ringwall.intake.problem import MEDIA_TYPE, FieldError, Problem
from ringwall.on.page import POLICY, refusal_page
from ringwall.printable import printable
from ringwall.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Asker:
    """What decides the form of an answer. ``place`` is path and query; ``login`` says that there is a login here."""

    method: str = "GET"
    place: str = "/"
    accept: str = ""
    fetch_mode: str = ""
    login: bool = False
    development: bool = False

    @property
    def reads_pages(self) -> bool:
        """A person looks at the answer: a browser is navigating."""
        return "text/html" in self.accept and self.fetch_mode in ("", "navigate")


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class InvalidFields(Invalid):
    """Some fields of a body or query cannot be accepted: 422, with a pointer to each."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("some fields cannot be accepted", status=422)
        self.errors = errors


def answer(refusal: Refusal, asker: Asker) -> Answer:
    """The response to a request that was refused. What only an operator may know is in it in development only."""
    cause, decision = refusal.cause, refusal.decision
    if _leads_to_login(cause, asker):
        return Answer(303, (("location", f"/login?next={_next(asker.place)}"), ("cache-control", "no-store")), b"")
    problem = problem_of(cause, decision, allow=refusal.allow)
    explanation = _explained(cause, decision) if asker.development else ""
    if asker.reads_pages:
        said = decision.said_outside if decision is not None else ""
        body = refusal_page(
            problem.status, problem.heading, problem.detail,
            instance=problem.instance, rule=said, explanation=explanation,
        )  # fmt: skip
        kind: tuple[tuple[str, str], ...] = (
            ("content-type", "text/html; charset=utf-8"),
            ("content-security-policy", POLICY),
        )
    else:
        body = problem.body()
        if explanation:
            body = json.dumps(
                {**json.loads(body), "explanation": explanation.splitlines()}, ensure_ascii=False
            ).encode()
        kind = (("content-type", MEDIA_TYPE),)
    return Answer(problem.status, (*kind, ("cache-control", "no-store"), *problem.headers), body)


def problem_of(cause: RingwallError, decision: Decision | None = None, *, allow: str = "") -> Problem:
    """The problem document of an error: what helps the one who asked, and nothing that only its operator may know."""
    match cause:
        case Unauthenticated(code="invalid_request"):
            return Problem(400, "the credentials of the request cannot be read", headers=(_challenge(cause),))
        case Unauthenticated():
            detail = "the proof of who calls does not hold" if cause.code else "sign in to go on"
            return Problem(401, detail, headers=(_challenge(cause),))
        case Denied():
            said = cause.decision.said_outside or "the rules of this service do not permit it"
            return Problem(403, said, instance=cause.decision.id)
        case InvalidFields():
            return Problem(422, cause.message, errors=cause.errors)
        case Invalid():
            return Problem(cause.status, cause.message, headers=(("allow", allow),) if allow else ())
        case Unavailable():
            retry = ("retry-after", str(max(1, math.ceil(cause.retry_after))))
            return Problem(503, "a part of this service cannot answer now", headers=(retry,))
        case _:
            return Problem(500, "this service made a mistake", instance=decision.id if decision is not None else "")


def _explained(cause: RingwallError, decision: Decision | None) -> str:
    """A decision with its values, or which check a proof failed."""
    if decision is not None:
        return decision.explain()
    if not isinstance(cause, Unauthenticated):
        return ""
    return "\n".join(printable(line) for line in (cause.message, cause.hint) if line)


def _challenge(cause: Unauthenticated) -> tuple[str, str]:
    # RFC 6750 section 3.1: without credentials, no error code.
    return "www-authenticate", f'Bearer error="{cause.code}"' if cause.code else "Bearer"


def _leads_to_login(cause: RingwallError, asker: Asker) -> bool:
    anonymous = isinstance(cause, Unauthenticated) and not cause.code
    return anonymous and asker.login and asker.reads_pages and asker.method in ("GET", "HEAD")


def _next(place: str) -> str:
    # "//host" would be read as another site.
    return quote(place if place.startswith("/") and not place.startswith(("//", "/\\")) else "/", safe="")
