"""Pages of a search: how many results, and where the next ones begin.

A token is a place in the order of ids, bound to the question that it belongs to. It opens nothing: each result of the
next page is decided anew, so a forged one is only a place to begin at.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringwall.authority.authzen import reading
from ringwall.authority.authzen.reading import Body
from ringwall.errors import Invalid
from ringwall.tokens.strict_json import parse_object

MOST = 1000
"""Results on one page, and as many as there are without a ``limit``."""


@dataclass(frozen=True, slots=True)
class Page:
    """At most ``limit`` results whose ids come after ``after``; ``None`` begins with the first."""

    limit: int
    after: str | None
    question: str

    def token(self, after: str | None) -> str:
        """The ``next_token`` for what comes after ``after``."""
        place = {"q": self.question, "n": self.limit, "after": after}
        return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).rstrip(b"=").decode()


def page(asked: Body) -> Page:
    """What ``page`` asks for. A following page has the limit of the one before unless it repeats it.

    Raises ``Invalid`` for a token that is none of ours, or belongs to another question.
    """
    found = reading.member(asked, "page") if "page" in asked else {}
    limit = found.get("limit")
    if limit is not None and (type(limit) is not int or limit < 0):
        raise Invalid("page.limit must be a whole number, 0 or more")
    question = _fingerprint(asked)
    token = found.get("token")
    if token is None or token == "":
        return Page(min(limit, MOST) if limit is not None else MOST, None, question)
    place = _place(token)
    if place["q"] != question or (limit is not None and min(limit, MOST) != place["n"]):
        raise Invalid("page.token belongs to another request; ask for its next page with the same fields")
    return Page(place["n"], place["after"], question)


def _fingerprint(asked: Body) -> str:
    entities = {name: asked.get(name) for name in ("subject", "action", "resource", "context")}
    return hashlib.sha256(json.dumps(entities, sort_keys=True).encode()).hexdigest()[:32]


def _place(token: Any) -> Mapping[str, Any]:
    try:
        place = parse_object(base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True), "the token")
        after = place["after"]
        if type(place["n"]) is int and 0 <= place["n"] <= MOST and (after is None or type(after) is str):
            return {"q": place["q"], "n": place["n"], "after": after}
    except (TypeError, ValueError, KeyError, Invalid):
        pass
    raise Invalid("page.token is not a next_token of ours")
