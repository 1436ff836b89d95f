"""Problem documents (RFC 9457): every refusal in one shape, and nothing that came in is ever repeated in one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that cannot be accepted: where it was (``body``, ``query``, ``path`` …), a JSON pointer (RFC 6901) to
    it there, and what is wrong, without its value.
    """

    place: str
    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal. ``instance`` is the id under which the operator finds it; ``headers`` go out beside it."""

    status: int
    detail: str = ""
    title: str = ""
    instance: str = ""
    errors: tuple[FieldError, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=())

    @property
    def heading(self) -> str:
        return self.title or phrase(self.status)

    def body(self) -> bytes:
        """The document in JSON."""
        document: dict[str, Any] = {"type": "about:blank", "title": self.heading, "status": self.status}
        if self.detail:
            document["detail"] = self.detail
        if self.instance:
            document["instance"] = f"urn:ulid:{self.instance}"
        if self.errors:
            document["errors"] = [
                {"in": error.place, "pointer": error.pointer, "detail": error.detail} for error in self.errors
            ]
        return json.dumps(document, ensure_ascii=False).encode()


def phrase(status: int) -> str:
    """The standard name of a status, such as ``Not Found``."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def pointer(location: tuple[Any, ...]) -> str:
    """A JSON pointer from a path of keys and indexes. ``~`` and ``/`` in a key are escaped (RFC 6901 section 3)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)
