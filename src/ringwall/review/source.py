"""From a file to the pieces of code in it: the file itself, the scripts of a page, the samples of a text."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ringwall.review.finding import Unread
from ringwall.review.outline import indent
from ringwall.review.samples import samples
from ringwall.review.template import Template
from ringwall.review.walk import PROSE, SCRIPTS, TEMPLATES

LIMIT = 5_000_000  # bytes; a program that a person wrote is far smaller

Language = Literal["python", "javascript", "html"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Code in one language, ``before`` lines down its file; ``added`` columns were put in front of each line."""

    language: Language
    text: str
    before: int = 0
    added: tuple[int, ...] = ()

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Where a place in this piece stands in the file."""
        added = self.added[line - 1] if line <= len(self.added) else 0
        return self.before + line, max(1, column - added)


def read(path: Path) -> Iterator[Piece | Unread]:
    """The pieces of one file; Unread in place of what cannot be read."""
    kind = path.suffix.lower()
    try:
        if path.stat().st_size > LIMIT:
            yield Unread(str(path), 0, f"larger than {LIMIT // 1_000_000} MB")
            return
        text = _text(path.read_bytes(), python=kind in (".py", ".pyw"))
    except (SyntaxError, UnicodeError, LookupError):
        yield Unread(str(path), 0, "not text in the encoding that it declares, or in utf-8")
    except OSError as error:
        yield Unread(str(path), 0, (error.strerror or str(error)).lower())
    else:
        if "\0" in text:
            yield Unread(str(path), text.count("\n", 0, text.index("\0")) + 1, "a nul byte: not a text file")
        elif kind in PROSE:
            yield from _prose(text)
        elif kind in TEMPLATES:
            yield Piece("html", text)
            yield from (Piece("javascript", script, before) for before, script in Template(text).scripts())
        else:
            yield Piece("javascript" if kind in SCRIPTS else "python", text)


def _text(data: bytes, *, python: bool) -> str:
    encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0] if python else "utf-8-sig"
    return io.TextIOWrapper(io.BytesIO(data), encoding).read()


def _prose(text: str) -> Iterator[Piece]:
    for sample in samples(text):
        if sample.language == "python" and not _parses(sample.text):
            restored, added = indent(sample.text)
            if _parses(restored):
                yield Piece("python", restored, sample.before, added)
                continue
        yield Piece(sample.language, sample.text, sample.before)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
