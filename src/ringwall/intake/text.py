"""Safe text: in one normal form, and without characters that hide what a person would read."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

# Cc is control; the rest are the bidirectional overrides, embeddings and isolates of "Trojan Source" (CVE-2021-42574),
# and surrogates, which are no characters. Zero-width joiners stay: Persian and emoji need them.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINES = frozenset("\n\r\t")


def clean(value: str, *, lines: bool = False) -> str:
    """``value`` in Unicode's form NFC. ``lines`` allows line breaks and tabs.

    Raises ``ValueError`` for control and bidirectional override characters; the message never holds the text.
    """
    if value.isascii() and value.isprintable():
        return value
    for sign in value:
        if sign in _BIDI or (unicodedata.category(sign) in ("Cc", "Cs") and not (lines and sign in _LINES)):
            raise ValueError(f"the character U+{ord(sign):04X} is not allowed")
    return unicodedata.normalize("NFC", value)


class _LinesMarker:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        schema = handler(source)
        if schema["type"] == "str":
            schema["metadata"] = {**schema.get("metadata", {}), "ringwall_lines": True}
        return schema


Lines = Annotated[str, _LinesMarker]
"""A field of a ``Strict`` model whose text may have line breaks and tabs."""
