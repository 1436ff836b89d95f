"""Where a piece of policy was written: a stretch of its source. Line, column and text are found when asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the name of the file it came from. ``first`` is the line of that file on which the text begins."""

    file: str = ""
    text: str = ""
    first: int = 1


class Span(NamedTuple):
    """``source.text[start:end]``. ``shown`` stands in where the text itself reads badly."""

    source: Source
    start: int
    end: int
    shown: str = ""

    @property
    def file(self) -> str:
        """The file's name; empty for what was not written in one."""
        return self.source.file

    @property
    def line(self) -> int:
        """The line of the file, from 1."""
        return self.source.first + self.source.text.count("\n", 0, self.start)

    @property
    def column(self) -> int:
        """The column in its line, in characters from 1."""
        return self.start - self.source.text.rfind("\n", 0, self.start)

    @property
    def text(self) -> str:
        """What was written, on one line."""
        return self.shown or " ".join(self.source.text[self.start : self.end].split())

    @property
    def line_text(self) -> str:
        """The whole line on which it begins."""
        text = self.source.text
        end = text.find("\n", self.start)
        return text[text.rfind("\n", 0, self.start) + 1 : len(text) if end < 0 else end]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else ""


NOWHERE = Span(Source(), 0, 0)
