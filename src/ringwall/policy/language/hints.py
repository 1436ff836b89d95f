"""What to write instead of what stands there."""

from __future__ import annotations

from collections.abc import Iterable


def hint_for(word: str) -> str:
    """The way out for a word that other languages have; empty for one that needs no hint."""
    return _HINTS.get(word, "")


def nearest(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """``did you mean …`` for a word that resembles a known one, else ``otherwise``."""
    from difflib import get_close_matches  # only when somebody mistyped

    names = {name.lower(): name for name in sorted(known)}
    close = get_close_matches(word.lower(), names, n=1)
    return f"did you mean {names[close[0]]}" if close else otherwise


_HINTS = {
    **dict.fromkeys(("and", "AND", "&"), "write && for and"),
    **dict.fromkeys(("or", "OR", "|"), "write || for or"),
    **dict.fromkeys(("not", "NOT"), "write ! for not"),
    **dict.fromkeys(("'", "`", *"“”„«»‘’"), 'a string stands in plain double quotes: "…"'),
    **dict.fromkeys(("True", "False"), "write true or false"),
    '"': "this string has no end: close it with a double quote",
    "=": "write == to compare",
    "?": "write if … then … else …",
    "#": "a comment begins with //",
    "\ufeff": "save the file without a byte order mark",
    "null": "Cedar has no null: ask with has whether an attribute is there",
}
