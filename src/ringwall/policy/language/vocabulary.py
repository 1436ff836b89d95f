"""The words of the policy language: what is reserved, and which methods and functions there are."""

from __future__ import annotations

from ringwall.policy.expression import Name

RESERVED = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"})
"""No attribute, type or key can be called so, unless it stands in quotes."""

VARIABLES: dict[str, Name] = {
    "principal": "principal",
    "action": "action",
    "resource": "resource",
    "context": "context",
}
"""Each by itself, as the type checker wants to see it."""

OPERATORS = {"contains": 1, "containsAll": 1, "containsAny": 1, "isEmpty": 0, "hasTag": 1, "getTag": 1}
"""Methods that are part of the language, and how many arguments each takes; another number is no policy."""

EXTENSION_METHODS = frozenset(
    {
        *("isIpv4", "isIpv6", "isLoopback", "isMulticast", "isInRange"),
        *("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"),
        *("offset", "durationSince", "toDate", "toTime"),
        *("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"),
    }
)
"""Methods of the extension types; a wrong number of arguments is an error when it is evaluated."""

EXTENSION_FUNCTIONS = frozenset({"decimal", "ip", "datetime", "duration"})
"""Functions that make a value of an extension type out of a string."""

LEVELS = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "has", "like", "is", "="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%"), 5),
}
"""How tightly each operator binds. Cedar reads ``=``, ``/`` and ``%`` too, and says that they are not for use."""


def is_word(text: str) -> bool:
    """Whether it is one token of letters, digits and underscores, as the names of annotations are."""
    return text.isascii() and text.isidentifier()


def is_name(text: str) -> bool:
    """Whether it may stand without quotes as an attribute, a key or a part of a type."""
    return is_word(text) and text not in RESERVED
