"""Text from elsewhere as it may reach a terminal or a line of a log."""

from __future__ import annotations


def printable(line: str) -> str:
    """One line with everything that moves a cursor, paints or hides written out as ``\\u{1b}``; tabs stay."""
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() or c == "\t" else f"\\u{{{ord(c):x}}}" for c in line)


def printable_lines(text: str) -> str:
    """The same of several lines."""
    return "\n".join(map(printable, text.split("\n")))
