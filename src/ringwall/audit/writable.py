"""Text that a row of the log can hold: bounded, and without halves of characters, which UTF-8 cannot carry."""

from __future__ import annotations

LONGEST = 256
"""Characters of a value that are kept; a longer one is left out whole, since half a value is another value."""


def is_writable(text: str) -> bool:
    """Whether UTF-8 can carry it. JSON from a stranger can hold halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def written(text: str, longest: int) -> str:
    """The text's first characters, with ``?`` for what is half a character."""
    return text[:longest].encode("utf-8", "replace").decode()
