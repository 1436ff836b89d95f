"""JSON that means one thing: no duplicate members, no NaN, no infinities, no lone surrogates (RFC 8725 section 2.4)."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from ringwall.errors import Invalid


def parse_object(data: bytes, what: str) -> dict[str, Any]:
    """The JSON object in ``data``, UTF-8. The caller has bounded its size.

    ``what`` names the data in the error. Raises :class:`Invalid` for anything else than one unambiguous object, and
    never shows the data in it.
    """
    try:
        text = data.decode()
        value = _DECODER.decode(text)
        if "\\u" in text:  # an escaped lone surrogate decodes, and breaks whoever encodes the string later
            json.dumps(value, ensure_ascii=False).encode()
    except _Ambiguous as error:
        raise Invalid(f"{what} has {error}") from None
    except (ValueError, RecursionError):
        raise Invalid(f"{what} is not well-formed JSON") from None
    if type(value) is not dict:
        raise Invalid(f"{what} is not a JSON object")
    return value


class _Ambiguous(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Ambiguous("a duplicate member")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _Ambiguous("a number without bounds")
    return number


def _no_constant(name: str) -> NoReturn:
    raise _Ambiguous(f"the constant {name}, which is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_constant)
