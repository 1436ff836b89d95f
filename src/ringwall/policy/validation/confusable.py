"""Text that does not read as it is: marks that turn the direction of writing, letters of two alphabets in one word, and
characters that cannot be seen. After Cedar's own warnings, which follow Unicode Technical Standard 39.

Python knows no scripts, but the names of characters begin with them. Where the name says nothing, there is no warning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from ringwall.policy.entity_uid import EntityUid, quoted
from ringwall.policy.expression import Attribute, Has, Like, Literal, RecordOf
from ringwall.policy.policy import Policy
from ringwall.policy.source import Span
from ringwall.policy.validation.finding import Finding
from ringwall.policy.validation.known_names import uids_of
from ringwall.policy.walk import walk

_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # Trojan Source, CVE-2021-42574
_WRITTEN_TOGETHER: Final = {
    "CJK": {"Jpan", "Kore", "Hanb"},
    "HIRAGANA": {"Jpan"},
    "KATAKANA": {"Jpan"},
    "KATAKANA-HIRAGANA": {"Jpan"},
    "HANGUL": {"Kore"},
    "BOPOMOFO": {"Hanb"},
}


def confusable(policy: Policy) -> Iterator[Finding]:
    """One for each string and each name in the policy that can deceive its reader."""
    texts = [*_names_of_scopes(policy), *_texts(policy)]
    for text, span, is_name in dict.fromkeys(texts):
        if text.isascii():
            continue
        what = "name" if is_name else "string"
        if fault := _fault(text, is_name=is_name):
            hint = "make sure that it is what it seems to be"
            yield Finding(f"the {what} {quoted(text)} {fault}", span, hint, policy.id)


def _fault(text: str, *, is_name: bool) -> str:
    if not _TURNS.isdisjoint(text):
        return "turns the direction of its text"
    if is_name and (odd := next((c for c in text if not c.isascii() and not _is_plain(c)), "")):
        return f"has the character U+{ord(odd):04X}, which is not used in names"
    return "mixes letters of different scripts" if _mixes_scripts(text) else ""


def _is_plain(character: str) -> bool:
    """Whether Unicode recommends it in identifiers, or nearly so."""
    return ("a" + character).isidentifier() and unicodedata.normalize("NFKC", character) == character


def _mixes_scripts(text: str) -> bool:
    """Whether no one script, or family of scripts that are written together, has all its letters."""
    common: set[str] | None = None
    for character in text:
        scripts = _scripts(character)
        if scripts is not None:
            common = scripts if common is None else common & scripts
    return common is not None and not common


def _scripts(character: str) -> set[str] | None:
    if not unicodedata.category(character).startswith("L") or character == "\N{MICRO SIGN}":
        return None
    plain = unicodedata.normalize("NFKC", character)[0]
    script = unicodedata.name(plain, "MODIFIER").partition(" ")[0]
    return None if script == "MODIFIER" else _WRITTEN_TOGETHER.get(script, {script})


def _names_of_scopes(policy: Policy) -> Iterator[tuple[str, Span, bool]]:
    for scope in (policy.principal, policy.action, policy.resource):
        for uid in uids_of(scope):
            yield uid.id, policy.span, True


def _texts(policy: Policy) -> Iterator[tuple[str, Span, bool]]:
    """Each text in the conditions, where it stands, and whether it is a name."""
    for body in (clause.body for clause in policy.clauses):
        for part in walk(body):
            match part:
                case Literal(value=str() as text):
                    yield text, part.span, False
                case Literal(value=EntityUid() as uid):
                    yield uid.id, part.span, True
                case Like():
                    yield "*".join(part.parts), part.span, False
                case Attribute() | Has():
                    yield part.name, part.span, True
                case RecordOf():
                    yield from ((name, part.span, True) for name, _ in part.fields)
