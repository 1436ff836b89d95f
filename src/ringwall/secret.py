"""A value that cannot be printed, logged or serialised by accident."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, Generic, NoReturn, TypeVar

from ringwall.known_values import KNOWN, MASK

T_co = TypeVar("T_co", covariant=True)


class Secret(Generic[T_co]):
    """Holds one value; :meth:`reveal` is the only way to it.

    ``str``, ``repr``, ``format`` and ``%s`` show ``•••``; pickling, copying into JSON and hashing are refused. Two
    secrets compare in constant time, and a secret never equals a plain value. The redactor of logs knows the value. As
    a pydantic field, ``Secret[str]`` takes what came in, checks it against the field's constraints, and wraps it.
    """

    __slots__ = ("_held",)
    _held: Callable[[], T_co]

    def __init__(self, value: T_co) -> None:
        object.__setattr__(self, "_held", lambda: value)
        KNOWN.add(value)

    def reveal(self) -> T_co:
        """The value itself. The caller takes over the care for it."""
        return self._held()

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return False
        mine, theirs = self.reveal(), other.reveal()
        if type(mine) is not type(theirs):
            return False
        return hmac.compare_digest(_bytes(mine), _bytes(theirs))

    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret does not change; make a new one")

    def __copy__(self) -> Secret[T_co]:
        return self

    def __deepcopy__(self, memo: Any) -> Secret[T_co]:
        return self  # it never changes, so it is its own copy

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret is never pickled; call reveal() where the value is needed")

    def __len__(self) -> NoReturn:
        raise TypeError("a secret does not tell its length; call reveal() where the value is needed")

    def __iter__(self) -> NoReturn:
        raise TypeError("a secret is not iterable; call reveal() where the value is needed")

    def __bool__(self) -> bool:
        return True

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ringwall.intake.secret_field import core_schema

        return core_schema(cls, source, handler)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else repr(value).encode() if not isinstance(value, str) else value.encode()
