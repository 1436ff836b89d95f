"""The samples of code in a text: fenced blocks of Markdown, and blocks under a line such as ``Python Example:``.

A block without a fence ends at the next line that looks like a heading (``Trade-offs:``, ``Go Example:``) and stands
outside of every string and bracket. That is a guess, and the only one made here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_LANGUAGES: dict[str, Literal["python", "javascript", "html"]] = {
    "python": "python", "py": "python", "python3": "python",
    "javascript": "javascript", "js": "javascript", "mjs": "javascript", "typescript": "javascript", "ts": "javascript",
    "jsx": "javascript", "tsx": "javascript", "html": "html", "jinja": "html", "jinja2": "html",
}  # fmt: skip
_FENCE = re.compile(r"^( {0,3})(`{3,}|~{3,})\s*\{?\.?([\w+-]*)")
_HEADED = re.compile(r"^#*\s*\**(Python|JavaScript|TypeScript)( [\w ()./-]*)?:\**\s*$")
_HEADING = re.compile(r"^([A-Z][\w ()&/'’-]*:|(Go|Java|Rust|Ruby|Python|JavaScript|TypeScript|Note): .*)$")
_QUOTES = re.compile(r"\"\"\"|'''")


@dataclass(frozen=True, slots=True)
class Sample:
    """A block of code, and how many lines of the text stand above it."""

    language: Literal["python", "javascript", "html"]
    text: str
    before: int


def samples(text: str) -> Iterator[Sample]:
    """Each block in a language that review reads."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        if fence := _FENCE.match(lines[at]):
            end = _fence_end(lines, at + 1, fence.group(2))
            if language := _LANGUAGES.get(fence.group(3).lower()):
                yield Sample(language, _without(len(fence.group(1)), lines[at + 1 : end]), at + 1)
            at = end
        elif (headed := _HEADED.match(lines[at])) and not _fence_follows(lines, at + 1):
            end = _heading(lines, at + 1)
            if end > at + 1:
                yield Sample(_LANGUAGES[headed.group(1).lower()], "\n".join(lines[at + 1 : end]) + "\n", at + 1)
            at = end - 1
        at += 1


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    end = re.compile(rf"^ {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    return next((at for at in range(start, len(lines)) if end.match(lines[at])), len(lines))


def _fence_follows(lines: list[str], start: int) -> bool:
    return next((bool(_FENCE.match(line)) for line in lines[start:] if line.strip()), False)


def _heading(lines: list[str], start: int) -> int:
    quoted = False
    for at in range(start, len(lines)):
        if not quoted and _HEADING.match(lines[at]):
            return at
        quoted ^= len(_QUOTES.findall(lines[at])) % 2 == 1
    return len(lines)


def _without(indent: int, lines: list[str]) -> str:
    return "\n".join(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines) + "\n"
