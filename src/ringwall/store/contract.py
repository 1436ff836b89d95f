"""What a store is, whatever database it stands on.

A *transaction* is a plain function whose first argument is a :class:`Transaction`. It reads and writes through it, and
either returns (its effects, its audit rows and its announcements become durable together, and only then does the caller
get the result) or raises (nothing of it happened). SQL is written once, in the dialect that SQLite and Postgres share,
with ``?`` for parameters. The named transactions stand in the other files of this folder, one file per table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Row = tuple[Any, ...]


class Reader(Protocol):
    """Reads rows."""

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row, or ``None``."""
        ...

    def all(self, sql: str, *values: Any) -> list[Row]:
        """Every row."""
        ...


class Transaction(Reader, Protocol):
    """Reads and writes rows, records what happened, and announces it to whoever listens in this process."""

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement that returns no rows; the number of rows that it changed."""
        ...

    def record(self, event: Any) -> None:
        """Append one audit row. It is chained in the order of commit."""
        ...

    def announce(self, news: object) -> None:
        """Hand ``news`` to the store's listeners once this transaction is durable, and before its caller hears."""
        ...


class Store(Protocol):
    """A database with one writer.

    Every method raises ``Unavailable`` when the database cannot answer (full, read-only, locked, gone, closed).
    """

    def write(
        self, transaction: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Awaitable[T]:
        """Run ``transaction`` on the writer. The result arrives when its effects are durable."""
        ...

    def read(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``query`` now, on a connection that cannot write; it sees everything that was acknowledged."""
        ...

    def listen(self, listener: Callable[[Sequence[object]], None]) -> None:
        """Call ``listener`` with what each group of transactions announced, in order, on the writer's thread."""
        ...

    def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        ...
