"""Takes secrets out of text that is about to be written: known values first, then what looks like one.

It works on *formatted* output, after arguments, exceptions and locals have become text, because a filter on messages
and arguments misses what a traceback or a nested object brings along.
"""

from __future__ import annotations

import re

from ringwall.known_values import KNOWN, MASK, KnownValues

_PATTERNS = re.compile(
    r"""
    # a JWT (RFC 7519) or JWE; one attempt for each run of its characters, or long lines take quadratic time
    (?<![A-Za-z0-9_-])(?>(?P<before>[A-Za-z0-9_-]*?)eyJ)[A-Za-z0-9_-]{5,}+\.[A-Za-z0-9_-]{2,}+(?:\.[A-Za-z0-9_-]*+){1,3}
  | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)  # a key in PEM
  | \b(?:hvs|hvb|hvr|s|b)\.[A-Za-z0-9_-]{24,}                                         # a vault token
  | (?<=://)[^/\s:@]*:[^/\s@]+(?=@)                                                   # user:password in a URL
  | (?i:\b(?:bearer|basic)\s+)(?-i:[A-Za-z0-9._~+/=-]{8,})                            # an Authorization header
  | (?i:\b(?:password|passwd|secret|client_secret|token|access_token|refresh_token|id_token|api[_-]?key|code_verifier
        |code|authorization)["']?\s*[=:]\s*["']?(?:bearer\s+|basic\s+)?)           # a field that is named like one
      (?!•••)(?-i:[^\s"',;&]{4,})
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMED = re.compile(r"(?i:(?:[a-z_-]+[\"']?\s*[=:]\s*[\"']?)?(?:bearer\s+|basic\s+)?)")
_DIGITS = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w.-])")


class Redactor:
    """Masks secrets in text. ``known`` defaults to every secret value of this process."""

    def __init__(self, known: KnownValues = KNOWN) -> None:
        self._known = known

    def __call__(self, text: str) -> str:
        """``text`` with ``•••`` for known values, tokens, private keys, credentials in URLs, and card numbers."""
        text = _PATTERNS.sub(_keep_the_name, self._known.mask(text))
        return _DIGITS.sub(_mask_card, text)


def _keep_the_name(match: re.Match[str]) -> str:
    if (before := match["before"]) is not None:
        return f"{before}{MASK}"
    named = _NAMED.match(match[0])
    return f"{named[0] if named else ''}{MASK}"


def _mask_card(match: re.Match[str]) -> str:
    digits = [int(character) for character in match[0] if character.isdigit()]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2])
    return MASK if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else match[0]
