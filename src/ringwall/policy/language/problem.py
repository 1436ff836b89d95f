"""What is wrong with a text: each problem with its place, the line it stands on, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ringwall.errors import Misconfigured
from ringwall.policy.source import Span


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: lower case, without a full stop. ``hint`` says what to write, and may be empty."""

    message: str
    span: Span
    hint: str = ""

    @property
    def place(self) -> str:
        """``file:line:column``; ``line:column`` of a text that came from no file."""
        where = f"{self.span.line}:{self.span.column}"
        return f"{self.span.file}:{where}" if self.span.file else where

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    def render(self) -> str:
        """The message, the line of the source with carets below the place, and the hint."""
        line, column, number = self.span.line_text, self.span.column, str(self.span.line)
        start = max(0, column - _SHOWN // 2)
        shown = line[start : start + _SHOWN]
        width = max(1, min(self.span.end - self.span.start, len(shown) - (column - 1 - start)))
        margin = "".join("\t" if character == "\t" else " " for character in shown[: column - 1 - start])
        bar = " " * len(number) + " | "
        lines = [str(self), f"{number} | {shown}", bar + margin + "^" * width]
        return "\n".join([*lines, f"{bar}hint: {self.hint}"] if self.hint else lines)


_SHOWN = 140  # characters of a line; a policy may stand on one line of a megabyte


class Unreadable(Misconfigured):
    """A text that is not what it should be. ``problems`` has everything that is wrong with it, in its order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(first.message + more, where=first.place, hint=first.hint)

    def render(self) -> str:
        """Every problem, each with its line and carets."""
        return "\n\n".join(f"error: {problem.render()}" for problem in self.problems)
