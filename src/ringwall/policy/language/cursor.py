"""A place in a row of tokens, and what every reader of them does: take a word, expect one, say what is wrong."""

from __future__ import annotations

from string import ascii_letters

from ringwall.policy.language.hints import hint_for
from ringwall.policy.language.problem import Problem, Unreadable
from ringwall.policy.language.tokens import tokens
from ringwall.policy.source import Source, Span

LETTERS = frozenset(ascii_letters + "_")
MOST_PROBLEMS = 100
DEEPEST = 100
"""How many levels an expression may have."""


class Lost(Exception):
    """Nothing that could stand here stands here. The problem is reported; whoever catches this finds a new start."""


class Cursor:
    """Reads tokens from left to right. ``problems`` collects what is wrong; reading goes on wherever it can."""

    def __init__(self, text: str, file: str) -> None:
        self.source = Source(file, text)
        self.words, self.starts, self.ends = tokens(self.source)
        self.at = 0
        self.problems: list[Problem] = []

    def take(self, word: str) -> bool:
        """Go on behind ``word`` if it stands here."""
        if self.words[self.at] != word:
            return False
        self.at += 1
        return True

    def expect(self, word: str, hint: str = "") -> None:
        """Go on behind ``word``, which must stand here."""
        if self.words[self.at] != word:
            raise self.lost(f"`{word}`", hint)
        self.at += 1

    def expect_word(self, what: str) -> str:
        """Any word of letters, digits and underscores. ``what`` it is for is named where there is none."""
        word = self.words[self.at]
        if word[:1] not in LETTERS:
            raise self.lost(what)
        self.at += 1
        return word

    def expect_end(self) -> None:
        """Nothing may follow."""
        if self.words[self.at]:
            raise self.lost("the end")

    def span(self, first: int) -> Span:
        """From token ``first`` to the last one that was taken."""
        place = (self.source, self.starts[first], self.ends[self.at - 1], "")
        return tuple.__new__(Span, place)  # as Span(…), which every node would wait for

    @property
    def here(self) -> Span:
        """The token that comes next."""
        return Span(self.source, self.starts[self.at], self.ends[self.at])

    def report(self, message: str, span: Span, hint: str = "") -> None:
        """Note a problem and go on. Raises ``Unreadable`` once there are more than anyone reads."""
        self.problems.append(Problem(message, span, hint))
        if len(self.problems) >= MOST_PROBLEMS:
            raise Unreadable(self.problems)

    def lost(self, expected: str, hint: str = "") -> Lost:
        """Note that something else stands here than ``expected``. The caller raises what comes back."""
        word = self.words[self.at]
        found = f"`{word if len(word) <= _SHOWN else word[:_SHOWN] + '…'}`" if word else "the end"
        self.report(f"expected {expected}, found {found}", self.here, hint_for(word) or hint)
        return Lost()


_SHOWN = 60
