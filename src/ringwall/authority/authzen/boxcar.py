"""Many questions in one request (AuthZEN Authorization API 1.0, "Access Evaluations API"): defaults and semantics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ringwall.authority.authzen import reading
from ringwall.authority.authzen.reading import Body
from ringwall.authority.policies.question import Question
from ringwall.errors import Invalid

MOST = 1000
"""Questions in one request."""

Semantic = Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"]

_REQUIRED = {"subject": ("type", "id"), "action": ("name",), "resource": ("type", "id")}


@dataclass(frozen=True, slots=True)
class Boxcar:
    """The questions in their order; one that cannot be read is the error that says why, and its answer is a no."""

    questions: tuple[Question | Invalid, ...]
    semantic: Semantic

    def ends_with(self, allowed: bool) -> bool:
        """Whether this answer is the last one that is asked for."""
        return self.semantic == ("permit_on_first_permit" if allowed else "deny_on_first_deny")


def boxcar(asked: Body) -> Boxcar | None:
    """The questions of ``evaluations``; ``None`` where there are none, and the request is a single evaluation.

    Raises ``Invalid`` for what is wrong with the request as a whole.
    """
    items = asked.get("evaluations", [])
    if type(items) is not list:
        raise Invalid("evaluations must be an array")
    if not items:
        return None
    if len(items) > MOST:
        raise Invalid(f"there are {len(items)} evaluations; at most {MOST} may come at once")
    for name in (*_REQUIRED, "context"):
        if name in asked:
            reading.member(asked, name)
    return Boxcar(tuple(_questions(asked, items)), _semantic(asked))


def _questions(asked: Body, items: list[Any]) -> Iterator[Question | Invalid]:
    for item in items:
        try:
            yield reading.question(_with_defaults(asked, item))
        except Invalid as error:
            yield error


def _with_defaults(asked: Body, item: Any) -> Body:
    """An evaluation with what stands above it. An object of its own replaces the one above; only what it must have
    and lacks (its type, id or name) comes from there, never its properties."""
    if type(item) is not dict:
        raise Invalid("each of evaluations must be an object")
    merged = {name: asked[name] for name in (*_REQUIRED, "context") if name in asked} | item
    for name, required in _REQUIRED.items():
        above, own = asked.get(name), item.get(name)
        if type(above) is dict and type(own) is dict:
            merged[name] = {key: above[key] for key in required if key in above} | own
    return merged


def _semantic(asked: Body) -> Semantic:
    options = reading.member(asked, "options") if "options" in asked else {}
    value = options.get("evaluations_semantic", "execute_all")
    for known in get_args(Semantic):
        if value == known:
            return known  # type: ignore[no-any-return]
    raise Invalid(f"options.evaluations_semantic is one of: {', '.join(get_args(Semantic))}")
