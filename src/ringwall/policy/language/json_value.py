"""Constants in Cedar's JSON policy format, and calls of the functions of extension types."""

from __future__ import annotations

from ringwall.errors import Misconfigured
from ringwall.policy.expression import Call, Expression, Literal, RecordOf, SetOf
from ringwall.policy.json_reading import Where, below, nth, read_list, read_object, read_string
from ringwall.policy.language.cursor import DEEPEST
from ringwall.policy.language.hints import nearest
from ringwall.policy.language.json_names import read_uid
from ringwall.policy.language.vocabulary import EXTENSION_FUNCTIONS, EXTENSION_METHODS


def value_from_json(value: object, path: Where, depth: int) -> Expression:
    """What stands behind ``Value``: a JSON value with ``__entity`` and ``__extn`` for what JSON lacks.

    Raises ``Misconfigured`` with the path of what is wrong.
    """
    if isinstance(value, bool | str):
        return Literal(value=value)
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return Literal(value=value)
    if isinstance(value, list):
        return SetOf(items=tuple(_deeper(item, nth(path, place), depth) for place, item in enumerate(value)))
    if isinstance(value, dict):
        fields = read_object(value, path)
        if "__entity" in fields:
            read_object(value, path, ("__entity",))
            return Literal(value=read_uid(value, path))
        if "__extn" in fields:
            return _extension(read_object(value, path, ("__extn",))["__extn"], below(path, "__extn"), depth)
        if "__expr" not in fields:
            return RecordOf(
                fields=tuple((name, _deeper(item, below(path, name), depth)) for name, item in fields.items())
            )
    hint = "Cedar has booleans, 64-bit integers, strings, entities, sets and records"
    raise Misconfigured("this is no value of Cedar", where=str(path), hint=hint)


def called(name: str, arguments: tuple[Expression, ...], path: Where) -> Expression:
    """A call of a function, or of a method on the first argument. Raises ``Misconfigured`` where there is none."""
    if name in EXTENSION_METHODS and not arguments:
        raise Misconfigured(
            f"`{name}` is a method, and asked of nothing", where=str(path), hint="its first argument is that"
        )
    return Call(function=name, arguments=arguments)


def _deeper(value: object, path: Where, depth: int) -> Expression:
    if depth >= DEEPEST:
        raise Misconfigured(f"the value is more than {DEEPEST} levels deep", where=str(path))
    return value_from_json(value, path, depth + 1)


def _extension(value: object, path: Where, depth: int) -> Expression:
    fields = read_object(value, path, ("fn", "arg", "args"), ("fn",))
    name = read_string(fields["fn"], below(path, "fn"))
    if name not in EXTENSION_FUNCTIONS and name not in EXTENSION_METHODS:
        hint = nearest(name, EXTENSION_FUNCTIONS)
        raise Misconfigured(f"there is no function `{name}`", where=str(below(path, "fn")), hint=hint)
    if ("arg" in fields) == ("args" in fields):
        raise Misconfigured("either `arg` or `args` belongs here", where=str(path))
    arguments = [fields["arg"]] if "arg" in fields else read_list(fields["args"], below(path, "args"))
    read = (_deeper(argument, nth(below(path, "args"), place), depth) for place, argument in enumerate(arguments))
    return called(name, tuple(read), path)
