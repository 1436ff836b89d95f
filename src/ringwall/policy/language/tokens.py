"""A text of Cedar as tokens. The policy language and the schema language share them.

Whatever the text, it takes linear time: the pattern matches at every place, and never looks back.
"""

from __future__ import annotations

import re
from array import array
from itertools import accumulate
from typing import NamedTuple

from ringwall.policy.language.problem import Problem, Unreadable
from ringwall.policy.source import Source, Span

LONGEST = 4 * 1024 * 1024
"""How many characters a text may have."""

# Rust's idea of white space, which is Cedar's; Python's has four more.
_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TOKEN = re.compile(
    rf"((?:[{_SPACE}]++|//[^\n\r]*+)*+)"
    r'([A-Za-z_][A-Za-z0-9_]*+|"(?:[^"\\]++|\\.)*+"|[0-9]++|\?[A-Za-z_][A-Za-z0-9_]*+|::|[=!<>]=|&&|\|\||(?s:.)|\Z)'
)


class Tokens(NamedTuple):
    """``words[i]`` stands at ``starts[i]:ends[i]``. After the last word come two empty ones.

    A character that Cedar does not know is a word of its own, and so is the quote of a string that is never closed.
    """

    words: list[str]
    starts: array[int]
    ends: array[int]


def tokens(source: Source) -> Tokens:
    """The tokens of a text. Raises ``Unreadable`` where it is too long, or no Unicode."""
    text = source.text
    if len(text) > LONGEST:
        message = f"the text has {len(text)} characters, and at most {LONGEST} are read"
        raise Unreadable([Problem(message, Span(source, 0, 1), "divide it into several files")])
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = "half of a surrogate pair is no character"
        raise Unreadable([Problem(message, Span(source, error.start, error.end), "save the file as UTF-8")]) from None
    pieces = _TOKEN.split(text)  # in threes: what lies between two matches, which is nothing; a gap; a word
    ends = array("L", accumulate(map(len, pieces)))
    return Tokens([*pieces[2::3], ""], ends[1::3] + ends[-1:], ends[2::3] + ends[-1:])
