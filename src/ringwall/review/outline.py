"""Python that lost its indentation on the way through a web page, with a plausible one put back.

What is certain: a line after ``:`` is one deeper, a line after ``return`` or ``raise`` is at least one less deep,
``else`` and ``except`` stand under their ``if`` and ``try``, an import and a class stand at the margin, and a ``def``
stands in the open class when it takes ``self`` or ``cls``, else at the margin. Everything else stays where the line
before it was. Whether the last lines of a function still belong to it cannot be known; they are taken to.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass, field

_LEAVES = re.compile(r"(return|raise|continue|break|pass)\b")
_MEMBER = re.compile(r"(async\s+)?def\s+\w+\s*\(\s*(self|cls)\b")
_DEEPEST = 100  # Python's own tokenizer goes no deeper
_CONTINUES = {"else": ("if", "for", "while", "try"), "elif": ("if",), "except": ("try",), "finally": ("try",)}
_WORD = re.compile(r"(?:async\s+)?([A-Za-z_]+)|@")


@dataclass
class _Outline:
    blocks: list[str] = field(default_factory=list)  # the words that opened the blocks we are in
    opened: bool = False  # the last line ended in ":"
    left: bool = False  # the last line left its block

    def depth(self, line: str, definition: str) -> int:
        """How deep a line stands. ``definition`` is the ``def`` or ``class`` line that decorators lead to."""
        word = _WORD.match(line)
        first = (word.group(1) or "@") if word else ""
        if self.opened:
            pass
        elif first in _CONTINUES and (under := self._under(_CONTINUES[first])) is not None:
            del self.blocks[under:]
        elif first in ("def", "@", "class", "import", "from"):
            del self.blocks[self._home(definition) :]
        elif self.left:
            self.blocks.pop() if self.blocks else None
        depth = len(self.blocks)
        self.opened, self.left = False, bool(_LEAVES.match(line))
        return depth

    def open(self, line: str) -> None:
        word = _WORD.match(line)
        first = (word.group(1) if word else "") or ""
        self.blocks.append({"elif": "if", "except": "try"}.get(first, first))
        self.opened, self.left = True, False

    def _under(self, words: tuple[str, ...]) -> int | None:
        return next((at for at in range(len(self.blocks) - 1, -1, -1) if self.blocks[at] in words), None)

    def _home(self, definition: str) -> int:
        if _MEMBER.match(definition) and "class" in self.blocks:
            return self.blocks.index("class") + 1
        return 0


def indent(text: str) -> tuple[str, tuple[int, ...]]:
    """The text with an indentation, and for each line how many columns were put in front of it.

    Text that cannot be cut into Python's tokens, or goes deeper than Python does, is returned as it is.
    """
    lines = [line.strip() for line in text.split("\n")]
    try:
        logical = _logical_lines(lines)
    except (tokenize.TokenError, SyntaxError):
        return text, ()
    outline = _Outline()
    depths = [0] * len(lines)
    decorated: int | None = None
    for number, (start, end, ends_in_colon) in enumerate(logical):
        line = lines[start]
        depth = outline.depth(line, _definition(lines, logical, number)) if decorated is None else decorated
        decorated = depth if line.startswith("@") else None
        depths[start : end + 1] = [depth] * (end + 1 - start)
        if ends_in_colon:
            outline.open(line)
        if depth > _DEEPEST:
            return text, ()
    for at in range(len(lines) - 2, -1, -1):  # comments and blank lines stand with the code below them
        if not lines[at] or lines[at].startswith("#"):
            depths[at] = depths[at + 1]
    restored = "\n".join("    " * depth + line for depth, line in zip(depths, lines, strict=True)) + "\n"
    return restored, tuple(4 * depth for depth in depths)


def _definition(lines: list[str], logical: list[tuple[int, int, bool]], number: int) -> str:
    """The first line from here on that is not a decorator."""
    starts = (logical[at][0] for at in range(number, len(logical)))
    return next((lines[start] for start in starts if not lines[start].startswith("@")), "")


def _logical_lines(lines: list[str]) -> list[tuple[int, int, bool]]:
    """(first line, last line, ends in a colon) of every statement, counting from 0; comments belong to none."""
    found: list[tuple[int, int, bool]] = []
    start: int | None = None
    last = ""
    for token in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
        if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            continue
        if token.type == tokenize.NEWLINE:
            if start is not None:
                found.append((start, token.start[0] - 1, last == ":"))
            start = None
            continue
        start = token.start[0] - 1 if start is None else start
        last = token.string
    return found
