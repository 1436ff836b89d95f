"""The escapes of Cedar's strings, and those of ``like`` patterns, which add ``\\*``."""

from __future__ import annotations

import re


class BadEscape(ValueError):
    """An escape that Cedar does not know: ``written``, which begins at ``start`` of the raw text."""

    def __init__(self, start: int, written: str) -> None:
        super().__init__("a bare carriage return" if written == "\r" else f"`{written}` is no escape of Cedar")
        self.start = start
        self.written = written


def unescaped(raw: str) -> str:
    """What stands between the quotes of a string, as the text it means. Raises ``BadEscape``."""
    if "\\" not in raw and "\r" not in raw:
        return raw
    return _ESCAPE.sub(_meaning, raw)


def pattern_parts(raw: str) -> tuple[str, ...]:
    """A ``like`` pattern as its parts between the wildcards. Raises ``BadEscape``.

    ``\\*`` is a star; ``*`` is a wildcard, and so is a star that is written as ``\\x2a`` or ``\\u{2a}``.
    """
    parts, start = [""], 0
    for pair in (*_PAIR.finditer(raw), None):
        if pair is not None and pair[0] != r"\*":
            continue
        first, *more = _from(raw[start : pair.start() if pair else None], start).split("*")
        parts[-1] += first
        parts += more
        if pair is not None:
            parts[-1] += "*"
            start = pair.end()
    return tuple(parts)


_PAIR = re.compile(r"\\.", re.DOTALL)
_ESCAPE = re.compile(
    r"""\\x(?P<byte>[0-7][0-9a-fA-F])|\\u\{(?P<code>[0-9a-fA-F][0-9a-fA-F_]*+)\}|\\(?P<sign>[nrt0'"\\])|\\u\{[^}]{0,9}\}|\\.?|\r""",
    re.DOTALL,
)
_SIGNS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "'": "'", '"': '"', "\\": "\\"}


def _from(raw: str, start: int) -> str:
    try:
        return unescaped(raw)
    except BadEscape as bad:
        raise BadEscape(start + bad.start, bad.written) from None


def _meaning(escape: re.Match[str]) -> str:
    if sign := escape["sign"]:
        return _SIGNS[sign]
    if byte := escape["byte"]:
        return chr(int(byte, 16))
    digits = (escape["code"] or "").replace("_", "")
    if 0 < len(digits) <= 6:
        code = int(digits, 16)
        if code <= 0x10FFFF and not 0xD800 <= code < 0xE000:
            return chr(code)
    raise BadEscape(escape.start(), escape[0])
