"""Strings, numbers and names: the tokens that carry a meaning of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.cursor import Cursor
from ringwall.policy.language.escapes import BadEscape, pattern_parts, unescaped
from ringwall.policy.language.vocabulary import RESERVED
from ringwall.policy.source import Span

_T = TypeVar("_T")

_LARGEST = 2**63 - 1


class NameReader(Cursor):
    """Reads one of them each; what is wrong inside is reported, and reading goes on."""

    def string(self, hint: str = "") -> str:
        """A string in quotes."""
        return self._quoted(unescaped, "", hint)

    def pattern(self) -> tuple[str, ...]:
        """The pattern of ``like``, as its parts between the wildcards."""
        return self._quoted(pattern_parts, ("",), "like takes a pattern in double quotes")

    def _quoted(self, meaning: Callable[[str], _T], otherwise: _T, hint: str) -> _T:
        word = self.words[self.at]
        if len(word) < 2 or word[0] != '"':
            raise self.lost("a string in double quotes", hint)
        self.at += 1
        try:
            return meaning(word[1:-1])
        except BadEscape as bad:
            start = self.starts[self.at - 1] + 1 + bad.start
            hint = "Cedar knows \\n \\r \\t \\0 \\\\ \\\" \\' \\x41 \\u{1f600}, and \\* in patterns"
            self.report(str(bad), Span(self.source, start, start + len(bad.written)), hint)
            return otherwise

    def integer(self, *, negative: bool = False) -> int:
        """A number, of which the sign stands before it."""
        digits = self.words[self.at].lstrip("0") or "0"
        self.at += 1
        value = int(digits) if len(digits) <= _DIGITS else _LARGEST + 2
        if value > _LARGEST + negative:
            self.report("the number does not fit into 64 bits", self.span(self.at - 1), f"at most {_LARGEST}")
            return 0
        return -value if negative else value

    def name(self, what: str, instead: str = "") -> str:
        """A word that may stand without quotes as ``what`` it is for; ``instead`` is how to quote one that may not."""
        word = self.expect_word(what)
        if word in RESERVED:
            hint = f"put it in quotes: {instead.format(word)}" if instead else "choose another name"
            self.report(f"`{word}` is a reserved word", self.span(self.at - 1), hint)
        return word

    def path(self, what: str) -> str:
        """``Shop::Order``."""
        path = self.name(what)
        while self.take("::"):
            path += f"::{self.name(what)}"
        return path

    def path_and_id(self) -> tuple[str, str | None]:
        """``Shop::Order::"7"``, or only its path."""
        path = self.name("an entity type")
        while self.take("::"):
            if self.words[self.at].startswith('"'):
                return path, self.string()
            path += f"::{self.name('an entity type')}"
        return path, None

    def entity(self) -> EntityUid:
        """``User::"ann"``."""
        path, id_ = self.path_and_id()
        if id_ is None:
            raise self.lost('`::"…"`', 'an entity is its type and its id: User::"ann"')
        return EntityUid(path, id_)


_DIGITS = 19  # of the largest number
