"""Which type a sealed column hides: what ``Sealed(…)`` says, else what ``Mapped[…]`` says."""

from __future__ import annotations

import types
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Column
from sqlalchemy.orm import Mapped

from ringwall.errors import Misconfigured
from ringwall.sealing.plaintext import PLAINTEXTS, Plaintext


def plaintext_of(model: type, key: str, column: Column[Any]) -> Plaintext:
    """Raises :class:`Misconfigured` when nothing says the type, or says one that cannot be sealed."""
    kind = getattr(column.type, "kind", None) or _annotated(model, key)
    if kind not in PLAINTEXTS:
        said = "nothing" if kind is None else getattr(kind, "__name__", repr(kind))
        raise Misconfigured(
            f"{model.__name__}.{key} is sealed, and its type is {said}",
            hint="write Mapped[str], Mapped[bytes] or Mapped[int], or say it in place: mapped_column(Sealed(str))",
        )
    return PLAINTEXTS[kind]


def _annotated(model: type, key: str) -> Any:
    for owner in model.__mro__:
        annotation = vars(owner).get("__annotations__", {}).get(key)
        if annotation is not None:
            return _plain(_evaluated(annotation, owner, key))
    return None


def _evaluated(annotation: Any, owner: type, key: str) -> Any:
    """The annotation as an object. Only this one: its neighbours may name classes that do not exist yet."""
    alone = type(owner.__name__, (), {"__annotations__": {key: annotation}, "__module__": owner.__module__})
    try:
        return get_type_hints(alone, localns={"Mapped": Mapped}, include_extras=True)[key]
    except NameError as error:
        raise Misconfigured(
            f"the type of {owner.__name__}.{key} names {error.name!r}, which its module does not have",
            hint="say it in place: mapped_column(Sealed(str))",
        ) from None


def _plain(annotation: Any) -> Any:
    """``Mapped[Optional[Annotated[str, …]]]`` → ``str``."""
    origin = get_origin(annotation)
    if origin is Annotated or (isinstance(origin, type) and issubclass(origin, Mapped)):
        return _plain(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        left = [argument for argument in get_args(annotation) if argument is not type(None)]
        return _plain(left[0]) if len(left) == 1 else annotation
    return annotation
