"""A JavaScript tokenizer: strings, templates, comments, regular expressions, names, numbers, the rest one by one.

It is not a parser. It is enough to tell code from text, which is what the checks need, and small enough to trust: the
tokens of a file, joined, are the file. Its limits: whether ``/`` divides or starts a regular expression is decided by
the token before it, and JSX text is read as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      |(?P<comment>//[^\n\r\u2028\u2029]*|/\*[\s\S]*?\*/|\A\#![^\n]*)
      |(?P<string>"(?:[^"\\\n\r]|\\(?:\r\n|[\s\S]))*"|'(?:[^'\\\n\r]|\\(?:\r\n|[\s\S]))*')
      |(?P<number>(?:0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)n?)
      |(?P<name>[\w$\#@\u200c\u200d]+)
      |(?P<punct>=>|\?\.|\.\.\.|[=!]==?|&&|\|\||\?\?|\*\*|[+\-]{2}|[\s\S])""",
    re.VERBOSE,
)
_REGEX = re.compile(r"/(?![*/])(?:[^\\/\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r]){0,500}\]){1,2000}/\w*")
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)")
_BEFORE_REGEX = frozenset({
    "return", "typeof", "case", "in", "of", "do", "else", "delete", "void", "throw", "new", "instanceof",
    "await", "yield",
})  # fmt: skip


class Unclosed(ValueError):
    """A string, a comment or a template that does not end. ``line`` is where it starts."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(f"a {what} that does not end")
        self.line = line


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is space, comment, string, template, regex, number, name or punct; line and column count from 1."""

    kind: str
    text: str
    line: int
    column: int


def tokens(source: str) -> Iterator[Token]:
    """Every token, space and comments too. Raises Unclosed."""
    at, line, begin = 0, 1, 0
    before = ""  # the last token that is neither space nor comment, as far as "/" must know it
    braces: list[int] = []  # for each template that we are inside of, how many of its braces are open
    while at < len(source):
        kind, end = _next(source, at, before, braces, line)
        text = source[at:end]
        yield Token(kind, text, line, at - begin + 1)
        if newlines := text.count("\n"):
            line += newlines
            begin = at + text.rindex("\n") + 1
        if kind not in ("space", "comment"):
            before = text if kind in ("punct", "name") else "a value"
        at = end
    if braces:
        raise Unclosed("template", line)


def _next(source: str, at: int, before: str, braces: list[int], line: int) -> tuple[str, int]:
    """The kind and the end of the token that starts at ``at``."""
    char = source[at]
    if char == "`":
        return "template", _template(source, at, braces, line)
    if braces and char in "{}":
        if char == "}" and not braces[-1]:
            braces.pop()
            return "template", _template(source, at, braces, line)
        braces[-1] += 1 if char == "{" else -1
    if char == "/" and _regex_may_start(before) and (regex := _REGEX.match(source, at)):
        return "regex", regex.end()
    match = _TOKEN.match(source, at)
    assert match is not None
    if source.startswith("/*", at) and match.lastgroup != "comment":
        raise Unclosed("comment", line)
    if char in "\"'" and match.lastgroup != "string":
        raise Unclosed("string", line)
    return str(match.lastgroup), match.end()


def _template(source: str, at: int, braces: list[int], line: int) -> int:
    """The end of a piece of a template: its closing backtick, or the ``${`` that opens an expression."""
    piece = _TEMPLATE.match(source, at + 1)
    if piece is None:
        raise Unclosed("template", line)
    if piece.group().endswith("${"):
        braces.append(0)
    return piece.end()


def _regex_may_start(before: str) -> bool:
    return before in _BEFORE_REGEX or not (
        before[-1:] in (")", "]", "}") or before[-1:].isalnum() or before[-1:] in "_$"
    )
