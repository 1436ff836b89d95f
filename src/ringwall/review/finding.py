"""What a review says: a finding at a place, or a file that it could not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ringwall.review.check import Check

Severity = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect. ``line`` and ``column`` count from 1; ``check`` says why it matters and how to fix it."""

    check: Check
    file: str
    line: int
    column: int
    message: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def order(self) -> tuple[str, int, int, str]:
        return (self.file, self.line, self.column, self.check.id)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or a sample inside one, that was not reviewed. ``line`` is 0 when the whole file is meant."""

    file: str
    line: int
    reason: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file
