"""The parameters of a call, converted as loosely as Vault converts them, and refused in its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ringwall.authority.vault.call import Refused
from ringwall.authority.vault.times import LONGEST, parse_duration

Kind = Callable[[Any], Any]

_TRUE, _FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False", "")


def convert(data: Mapping[str, Any], kinds: Mapping[str, Kind], *, prefix: str = "Field validation failed: ") -> Any:
    """The members of ``data`` that ``kinds`` names, converted; others are ignored. Raises ``Refused`` with 400."""
    found: dict[str, Any] = {}
    for name, kind in kinds.items():
        # A span of null is none; for every other kind, null is its zero.
        if name in data and not (data[name] is None and kind in (seconds, signed_seconds)):
            try:
                found[name] = kind(data[name])
            except ValueError as error:
                raise Refused(400, f'{prefix}error converting input for field "{name}": {error}') from None
    return found


def integer(value: Any) -> int:
    """A whole number, also as text in any base that its prefix names."""
    if value is None:
        return 0
    if isinstance(value, bool | int):
        return _bounded(int(value))
    if isinstance(value, str):
        try:
            return _bounded(int((value.strip() and value) or "0", 0))
        except ValueError:
            raise _unparsable("int", "Int") from None
    if isinstance(value, float):
        raise _unparsable("int", "Int")
    raise _unconvertible("int", value)


def boolean(value: Any) -> bool:
    if value is None:
        return False
    if isinstance(value, bool | int | float):
        return bool(value)
    if isinstance(value, str):
        if value in _TRUE or value in _FALSE:
            return value in _TRUE
        raise _unparsable("bool", "Bool")
    raise _unconvertible("bool", value)


def mapping(value: Any) -> Mapping[str, Any]:
    """A JSON object; nothing and an empty list are an empty one."""
    if value is None or value == []:
        return {}
    if isinstance(value, dict):
        return value
    raise _unconvertible("map[string]interface {}", value)


def texts(value: Any) -> tuple[str, ...]:
    """A list of strings, or one string with commas."""
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.split(",")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(item.strip() for item in value if item.strip())
    raise _unconvertible("[]string", value)


def strings(value: Any) -> Mapping[str, str]:
    """A JSON object whose members are all taken as text."""
    return {name: text(member) for name, member in mapping(value).items()}


def text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str | int | float):
        return str(value)
    raise _unconvertible("string", value)


def integers(value: Any) -> tuple[int, ...]:
    """A list of whole numbers, one number, or a string of them with commas."""
    if value in (None, "", {}):
        return ()
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    found, wrong = [], []
    for index, item in enumerate(items):
        try:
            found.append(integer(item.strip() if isinstance(item, str) else item))
        except ValueError as error:
            wrong.append(str(error).replace("''", f"'[{index}]'", 1))
    if wrong:
        raise ValueError("decoding failed due to the following error(s):\n\n" + "\n".join(wrong[:64]))
    return tuple(found)


def signed_seconds(value: Any) -> int:
    """A span as seconds or as text such as ``1h30m``."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("could not parse duration from input")  # noqa: TRY004 - one error for every conversion
    if isinstance(value, str):
        return parse_duration(value)
    if not -LONGEST <= value <= LONGEST:
        raise ValueError("the span is too long")
    return int(value)


def seconds(value: Any) -> int:
    """The same, and not negative."""
    if (span := signed_seconds(value)) < 0:
        raise ValueError(f"cannot provide negative value '{span}'")
    return span


def _bounded(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        raise ValueError("'' cannot parse value as 'int': strconv.ParseInt: value out of range")
    return number


def _unparsable(kind: str, parser: str) -> ValueError:
    return ValueError(f"'' cannot parse value as '{kind}': strconv.Parse{parser}: invalid syntax")


def _unconvertible(kind: str, value: Any) -> ValueError:
    got = {str: "string", bool: "bool", list: "[]interface {}", dict: "map[string]interface {}", type(None): "nil"}
    return ValueError(f"'' expected type '{kind}', got unconvertible type '{got.get(type(value), 'json.Number')}'")
