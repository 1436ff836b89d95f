"""Where in a JSON text something stands."""

from __future__ import annotations

_LONGEST = 60  # characters of one part; a name may be a megabyte


class Place:
    """``Place("{}.{}", owner, name)`` becomes text only when something is wrong there.

    Made for each value that is read, so making one costs nothing in proportion to how long its names are.
    """

    __slots__ = ("_parts", "_text")

    def __init__(self, text: str, *parts: object) -> None:
        self._text, self._parts = text, parts

    def __str__(self) -> str:
        """From the inside out and without recursion: it is asked for where a reader is at its deepest."""
        chain: list[Place] = []
        place: Place | None = self
        while place is not None:
            chain.append(place)
            place = next((part for part in place._parts if isinstance(part, Place)), None)
        text = ""
        for place in reversed(chain):
            text = place._text.format(*(text if isinstance(p, Place) else _short(str(p)) for p in place._parts))
        return text


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
