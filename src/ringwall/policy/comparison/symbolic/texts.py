"""Strings as z3 has them: constants, there and back, and the patterns of ``like``."""

from __future__ import annotations

import z3

from ringwall.policy.comparison.symbolic.limit import Inexpressible

_LAST = "\U0002ffff"
"""The last character that z3's strings have; Cedar's go further."""


def text_term(text: str) -> z3.SeqRef:
    """A string constant. Raises ``Inexpressible`` for characters that z3 has not."""
    if any(character > _LAST for character in text):
        raise Inexpressible("a character beyond U+2FFFF")
    return z3.StringVal("".join(c if c.isascii() and c.isalnum() else f"\\u{{{ord(c):x}}}" for c in text))


def plain_text(term: z3.SeqRef) -> str:
    """The text of a string constant. z3 writes some characters as ``\\u{…}``."""
    escaped: str = term.as_string()
    head, *rest = escaped.split("\\u{")
    return head + "".join(chr(int(code, 16)) + tail for code, _, tail in (part.partition("}") for part in rest))


def matches(text: z3.ExprRef, parts: tuple[str, ...]) -> z3.BoolRef:
    """``text like "a*b"``."""
    if len(parts) == 1:
        return text == text_term(parts[0])
    if len(parts) == 2 and not parts[1]:
        return z3.PrefixOf(text_term(parts[0]), text)
    if len(parts) == 2 and not parts[0]:
        return z3.SuffixOf(text_term(parts[1]), text)
    anything = z3.Full(z3.ReSort(z3.StringSort()))
    pieces = [z3.Re(text_term(parts[0]))]
    for part in parts[1:]:
        pieces += [anything, z3.Re(text_term(part))]
    return z3.InRe(text, z3.Concat(*pieces))
