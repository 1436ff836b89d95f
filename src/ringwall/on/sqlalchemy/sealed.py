"""``card: Mapped[str] = mapped_column(Sealed)``: a column that is encrypted at rest and bound to its row."""

from __future__ import annotations

from typing import Any, NoReturn

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy.sealed_mapping import watch
from ringwall.on.sqlalchemy.unsealed import Unsealed
from ringwall.sealing import sealed


class SealedColumnRefused(Misconfigured, DontWrapMixin):
    """A statement would bind, compare or sort a sealed column. Not wrapped: the wrapper would print the parameters."""


_NULL_TESTS = (operators.eq, operators.ne, operators.is_, operators.is_not)


class _Refusing(TypeEngine.Comparator[Any]):
    """Refuses every operator but the test for NULL: ciphertext neither equals nor sorts like what it hides."""

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        if other and other[0] is None and op in _NULL_TESTS:
            return super().operate(op, *other, **kwargs)
        return self._refuse(op)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        self._refuse(op)

    def _refuse(self, op: Any) -> NoReturn:
        raise SealedColumnRefused(
            f"the sealed column {self.expr} cannot be used with {getattr(op, '__name__', op)}",
            hint="only IS NULL works on a sealed column; find the row by another column, and read the attribute",
        )


class Sealed(TypeDecorator[Any]):
    """The type of a sealed column: AES-256-GCM, bound to application, table, column, primary key and a random row key.

    ``kind`` is ``str``, ``bytes`` or ``int``; left out, it is what ``Mapped[…]`` says. Through a mapped object the
    attribute reads and takes that type; it is opened when it is read, and sealed when the session flushes. Below that,
    nothing opens or seals: ``select(Order.card)`` gives an unopened :class:`ringwall.sealing.sealed.Sealed`, and a
    statement that binds a plain value, or compares or sorts the column, raises :class:`SealedColumnRefused`.

    A cell that was changed or moved raises :class:`ringwall.errors.Tampered` when it is read. An *old* value of the
    same cell that someone puts back, together with the row key it had, is not noticed.

    A table gets one more column, ``ringwall_row_key``. Where the database assigns the primary key, a row costs a second
    statement in the flush that inserts it: the value can be sealed only once the key is known.
    """

    impl = LargeBinary
    cache_ok = True
    comparator_factory = _Refusing  # pyright: ignore[reportAssignmentType]

    def __init__(self, kind: type[str] | type[bytes] | type[int] | None = None) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        if value is None:
            return None
        envelope = value.envelope if isinstance(value, (sealed.Sealed, Unsealed)) else None
        if envelope is None:
            raise SealedColumnRefused(
                f"a statement binds a plain {_type_name(value)} to a sealed column",
                hint="set the attribute of a mapped object and flush its session; bulk and Core statements cannot seal",
            )
        return bytes(envelope)

    def literal_processor(self, dialect: Dialect) -> NoReturn:  # noqa: ARG002
        # Refused here, before there is a value: SQLAlchemy prints the value that a processor could not render.
        raise SealedColumnRefused("a sealed column takes no literal value")

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Wraps what the driver gives, and opens nothing."""
        to_bytes = self.impl_instance.result_processor(dialect, coltype)
        if to_bytes is None:
            return _wrap
        return lambda value: _wrap(to_bytes(value))

    def compare_values(self, x: Any, y: Any) -> bool:
        # What an object holds: as it was loaded, wrapped or not, or as it was assigned.
        return x is y or (not isinstance(x, Unsealed) and not isinstance(y, Unsealed) and _bare(x) == _bare(y))


def _bare(held: Any) -> Any:
    return held.envelope if isinstance(held, sealed.Sealed) else held


def _wrap(value: Any) -> sealed.Sealed | None:
    return None if value is None else sealed.Sealed(value)


def _type_name(value: object) -> str:
    return "value" if isinstance(value, Unsealed) else type(value).__name__


watch(Sealed)
