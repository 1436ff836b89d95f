"""Text that no database can be asked about, because it has no encoding."""

from __future__ import annotations

from ringwall.errors import Misconfigured


def must_be_encodable(text: str) -> None:
    """Raise ``Misconfigured`` for a string with half a surrogate pair, which a claim may hold (RFC 8259, 8.2).

    What it says does not quote the string: it could not be written to a log either.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Misconfigured(
            "a list filter compares with a text that has half a surrogate pair, which has no encoding",
            hint="refuse such a text where it comes in, or decide row by row",
        ) from None
