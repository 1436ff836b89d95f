"""A policy text as it was written: its tokens with their comments, as a tree of brackets. The formatter lays it out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ringwall.policy.language.cursor import LETTERS
from ringwall.policy.language.tokens import tokens
from ringwall.policy.source import Source


@dataclass(frozen=True, slots=True)
class Word:
    """A token. ``above`` are the comments on lines before it, ``beside`` is the one that follows it on its line.

    An empty line among those above is an empty string. ``apart`` says whether a space may stand before it, and after.
    """

    text: str
    above: tuple[str, ...] = ()
    beside: str = ""
    apart: tuple[bool, bool] = (True, True)


@dataclass(frozen=True, slots=True)
class Brackets:
    """What stands in brackets, as items that each end in their comma."""

    open: Word
    items: tuple[tuple[Node, ...], ...]
    close: Word


Node: TypeAlias = Word | Brackets

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_KEYWORDS = frozenset({"in", "has", "like", "is", "if", "then", "else", "when", "unless", "permit", "forbid"})
_LINE_END = re.compile(r"\r\n?|\n")


def words(text: str) -> list[Word]:
    """The tokens of a text; the last one is empty, and has the comments at the end."""
    source = Source("", text)
    written, starts, ends = tokens(source)
    found: list[Word] = []
    behind = 0
    for place in range(written.index("") + 1):
        lines = _LINE_END.split(text[behind : starts[place]])
        beside, *above = lines if found else ("", *lines)
        if found:
            found[-1] = replace(found[-1], beside=beside.strip())
        before = found[-1].text if found else ""
        found.append(Word(written[place], _comments(above), "", _apart(written[place], before)))
        behind = ends[place]
    return _with_clauses(found)


def tree(flat: Sequence[Word]) -> tuple[Node, ...]:
    """The same tokens with everything in brackets as one node. The brackets must match."""
    waiting: list[tuple[Word | None, list[tuple[Node, ...]], list[Node]]] = [(None, [], [])]
    for word in flat:
        opened, items, item = waiting[-1]
        if word.text in _PAIRS:
            waiting.append((word, [], []))
        elif opened is not None and word.text == _PAIRS[opened.text]:
            waiting.pop()
            waiting[-1][2].append(Brackets(opened, (*items, tuple(item)) if item else tuple(items), word))
        else:
            item.append(word)
            if word.text == "," and opened is not None:
                items.append(tuple(item))
                item.clear()
    return tuple(waiting[0][2])


def flattened(nodes: Sequence[Node]) -> Iterator[Word]:
    """The tokens of a tree, one after the other."""
    for node in nodes:
        if isinstance(node, Word):
            yield node
        else:
            yield node.open
            for item in node.items:
                yield from flattened(item)
            yield node.close


def _comments(lines: Sequence[str]) -> tuple[str, ...]:
    """The comments among the lines, with one empty string for the empty lines between two, or behind the last."""
    found: list[str] = []
    for place, line in enumerate(lines):
        if line.strip():
            found.append(line.strip())
        elif found and found[-1] and place < len(lines) - 1:  # the last line is the one of the token
            found.append("")
    return tuple(found)


def _apart(text: str, before: str) -> tuple[bool, bool]:
    operand = before in (")", "]", "}") or (before[:1] in LETTERS and before not in _KEYWORDS) or before[:1] == '"'
    match text:
        case "." | "::":
            return False, False
        case "," | ";" | ":" | ")" | "]" | "}":
            return False, True
        case "!" | "@":
            return True, False
        case "-" if not operand and not before[:1].isdigit():
            return True, False
        case "(" | "[":
            return not operand, False
        case "{":
            return True, False
    return True, True


def _with_clauses(flat: list[Word]) -> list[Word]:
    """The braces of ``when`` and ``unless`` have spaces inside; those of records have none."""
    opened: list[bool] = []
    for place, word in enumerate(flat):
        if word.text == "{":
            opened.append(flat[place - 1].text in ("when", "unless"))
            if opened[-1]:
                flat[place] = replace(word, apart=(True, True))
        elif word.text == "}" and opened.pop():
            flat[place] = replace(word, apart=(True, True))
    return flat
