"""A JavaScript or TypeScript file as a list of tokens, with the questions that checks ask of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from ringwall.review.token import Token, tokens

_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = frozenset(_OPEN.values())


class Script:
    """The tokens of one file without spaces; comments apart. Raises token.Unclosed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.comments: list[Token] = []
        self._places: dict[str, list[int]] = defaultdict(list)
        for token in tokens(text):
            if token.kind == "comment":
                self.comments.append(token)
            elif token.kind != "space":
                self._places[token.text].append(len(self.tokens))
                self.tokens.append(token)

    def find(self, *texts: str) -> Iterator[int]:
        """Where these tokens stand one after another: the index of the first."""
        for at in self._places.get(texts[0], ()):
            if all(self.text_at(at + step) == text for step, text in enumerate(texts)):
                yield at

    def find_string(self, value: str) -> Iterator[int]:
        """Where a string literal says exactly this."""
        for quote in "\"'`":
            yield from self._places.get(f"{quote}{value}{quote}", ())

    def text_at(self, index: int) -> str:
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def string_at(self, index: int) -> str:
        """What the string literal at this index says; "" when there is none."""
        if 0 <= index < len(self.tokens):
            token = self.tokens[index]
            if token.kind == "string" or (token.kind == "template" and token.text[-1] == "`" == token.text[0]):
                return token.text[1:-1]
        return ""

    def close(self, opening: int) -> int:
        """The index of the bracket that closes the one at ``opening``, or of the last token."""
        return self._pairs.get(opening, len(self.tokens) - 1)

    @cached_property
    def _pairs(self) -> dict[int, int]:
        """The index of each opening bracket -> that of its end."""
        pairs: dict[int, int] = {}
        opened: list[int] = []
        for at, token in enumerate(self.tokens):
            if token.kind == "punct" and token.text in _OPEN:
                opened.append(at)
            elif token.kind == "punct" and token.text in _CLOSE and opened:
                pairs[opened.pop()] = at
        return pairs

    @cached_property
    def _opens(self) -> dict[int, int]:
        return {end: opening for opening, end in self._pairs.items()}

    def arguments(self, opening: int) -> list[Sequence[Token]]:
        """What stands between the bracket at ``opening`` and its end, split at the commas of that level."""
        parts: list[Sequence[Token]] = []
        end, start, at = self.close(opening), opening + 1, opening + 1
        while at < end:
            text = self.text_at(at)
            if self.tokens[at].kind == "punct" and text in _OPEN:
                at = self.close(at)
            elif text == ",":
                parts.append(self.tokens[start:at])
                start = at + 1
            at += 1
        if start < end:
            parts.append(self.tokens[start:end])
        return parts

    @cached_property
    def keys(self) -> list[tuple[int, str]]:
        """Every ``name:`` and ``"name":`` of an object, as far as tokens tell: (index, name)."""
        found = []
        for at, token in enumerate(self.tokens):
            if self.text_at(at + 1) == ":" and self.text_at(at - 1) in ("{", ","):
                if token.kind == "name":
                    found.append((at, token.text))
                elif token.kind == "string":
                    found.append((at, token.text[1:-1]))
        return found

    def around(self, index: int) -> tuple[int, int]:
        """The innermost pair of braces that holds this token: the indexes of both, or of the whole file."""
        opening = self._holders[index]
        return (opening, self.close(opening)) if opening >= 0 else (0, len(self.tokens) - 1)

    @cached_property
    def _holders(self) -> list[int]:
        """For each token the index of the innermost brace that is open there, or -1."""
        holders: list[int] = []
        opened = [-1]
        for at, token in enumerate(self.tokens):
            closes = token.kind == "punct" and token.text == "}" and len(opened) > 1
            holders.append(opened.pop() if closes else opened[-1])
            if token.kind == "punct" and token.text == "{":
                opened.append(at)
        return holders

    def functions(self) -> Iterator[tuple[int, str, Sequence[Token]]]:
        """Each named function: the index of its name, the name, and the tokens of its body."""
        for at in self.find("function"):
            name = at + 2 if self.text_at(at + 1) == "*" else at + 1
            if self.text_at(name + 1) == "(":
                yield from self._body(name, self.close(name + 1) + 1)
        for at in self.find("=>"):
            begin = at - 1
            if self.text_at(begin) == ")":
                begin = self._opens.get(begin, 0)
            begin -= self.text_at(begin - 1) == "async"
            if self.text_at(begin - 1) == "=" and begin >= 2:
                yield from self._body(begin - 2, at + 1)

    def _body(self, name: int, opening: int) -> Iterator[tuple[int, str, Sequence[Token]]]:
        end = self.close(opening) if self.text_at(opening) == "{" else self._statement(opening)
        yield name, self.text_at(name), self.tokens[opening : end + 1]

    def _statement(self, start: int) -> int:
        line = self.tokens[start].line if start < len(self.tokens) else 0
        for at in range(start, len(self.tokens)):
            text = self.text_at(at)
            if text == ";" or (self.tokens[at].line > line and text in ("const", "let", "function", "}", "export")):
                return at
        return len(self.tokens) - 1
