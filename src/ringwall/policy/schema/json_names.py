"""Names and annotations in a JSON schema."""

from __future__ import annotations

from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.json_reading import read_object, read_string
from ringwall.policy.schema.names import fault_of_path


def read_name(value: object, path: str) -> str:
    """A name of a type, perhaps with its namespace. Raises ``Misconfigured``."""
    name = read_string(value, path)
    check_name(fault_of_path(name), path)
    return name


def check_name(fault: str, path: str) -> None:
    """Raises ``Misconfigured`` if a name has a ``fault``."""
    if fault:
        raise Misconfigured(fault, where=path, hint="choose another name")


def read_annotations(inside: dict[str, Any], path: str) -> dict[str, str]:
    """The texts under ``annotations``, by name; one without a text is empty. Raises ``Misconfigured``."""
    where = f"{path}.annotations"
    found = read_object(inside.get("annotations", {}), where)
    for name in found:
        if not (name.isascii() and name.isidentifier()):
            raise Misconfigured(
                f"`{name}` is no name of an annotation", where=where, hint="write letters, digits and _"
            )
    return {name: "" if value is None else read_string(value, f"{where}.{name}") for name, value in found.items()}


def without(inside: dict[str, Any], *names: str) -> dict[str, Any]:
    """The object without these names."""
    return {name: value for name, value in inside.items() if name not in names}
