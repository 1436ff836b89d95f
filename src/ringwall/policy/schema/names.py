"""Which names a schema may give to what it declares, and how it may refer to a type."""

from __future__ import annotations

from typing import Final

from ringwall.policy.language.vocabulary import is_name

KEPT: Final = "__cedar"
BUILT_IN: Final = frozenset({"Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"})


def fault_of_path(name: str) -> str:
    """What is wrong with ``a::b::c`` as a reference to a type, or nothing."""
    for part in name.split("::"):
        if not is_name(part) and part != KEPT:
            return f"`{part}` cannot stand in the name of a type"
    return ""


def fault_of_namespace(name: str) -> str:
    """What forbids this name to a namespace, or nothing."""
    return fault_of_path(name) or (f"`{KEPT}` is Cedar's own namespace" if KEPT in name.split("::") else "")


def fault_of_entity_type(name: str) -> str:
    """What forbids this name to an entity type, or nothing."""
    return _fault_of_declared(name) or ("`Action` is the type of all actions" if name == "Action" else "")


def fault_of_common_type(name: str) -> str:
    """What forbids this name to a common type, or nothing."""
    return _fault_of_declared(name) or (f"`{name}` is a type of Cedar itself" if name in BUILT_IN else "")


def _fault_of_declared(name: str) -> str:
    if "::" in name:
        return f"`{name}` is declared without its namespace before it"
    return f"`{KEPT}` is Cedar's own namespace" if name == KEPT else fault_of_path(name)
