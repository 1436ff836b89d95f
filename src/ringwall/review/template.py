"""An HTML file or template: the places where its engine prints without escaping, and the scripts that it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SCRIPT = re.compile(r"<script\b([^<>]*)>", re.IGNORECASE)
_END = re.compile(r"</script\b|\Z", re.IGNORECASE)
_NOT_JAVASCRIPT = re.compile(r"type\s*=\s*[\"']?(?!(?:text|application)/(?:java|ecma)script|module)\w", re.IGNORECASE)
_COMMENT = re.compile(r"<!--[\s\S]*?(?:-->|\Z)|\{#[\s\S]*?(?:#\}|\Z)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a template."""

    text: str
    line: int
    column: int


class Template:
    """The text of one HTML file."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, pattern: re.Pattern[str]) -> Iterator[Mark]:
        """Each match outside comments."""
        for match in pattern.finditer(_COMMENT.sub(lambda found: re.sub(r"\S", " ", found.group()), self.text)):
            yield self._mark(match.group(), match.start())

    def comments(self) -> Iterator[Mark]:
        for match in _COMMENT.finditer(self.text):
            yield self._mark(match.group(), match.start())

    def scripts(self) -> Iterator[tuple[int, str]]:
        """Each inline script: the number of lines before it, and its text (indented as far as its first column)."""
        at = 0
        while opening := _SCRIPT.search(self.text, at):
            end = _END.search(self.text, opening.end())
            at = end.start() if end else len(self.text)
            script = self.text[opening.end() : at]
            if script.strip() and not _NOT_JAVASCRIPT.search(opening.group(1)):
                mark = self._mark("", opening.end())
                yield mark.line - 1, " " * (mark.column - 1) + script

    def _mark(self, text: str, at: int) -> Mark:
        return Mark(text, self.text.count("\n", 0, at) + 1, at - (self.text.rfind("\n", 0, at) + 1) + 1)
