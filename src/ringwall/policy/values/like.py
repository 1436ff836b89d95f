"""Cedar's ``like``: text against a pattern whose ``*`` is any text."""

from __future__ import annotations

from collections.abc import Sequence


def like(text: str, parts: Sequence[str]) -> bool:
    """Whether ``text`` is the parts of a pattern with any text between each two of them.

    Taking each part at the first place where it fits is always right, so nothing is ever tried twice: the time is
    linear, whatever the pattern.
    """
    first, *middle = parts
    if not middle:
        return text == first
    last = middle.pop()
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
