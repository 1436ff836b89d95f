"""Loading objects at the price of a plain binary column.

Wrapping each cell in :class:`Sealed` costs a tenth of loading a small row. An object does not need it: its attribute
opens whatever the database gave. So where whole objects are loaded, the column is fetched as plain binary. Everything
else (``select(Order.card)``, aliases, Core) keeps the column's own type, and objects take either.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, LargeBinary, type_coerce
from sqlalchemy.orm import ColumnProperty, Mapper, strategies

_ColumnLoader: Any = getattr(strategies, "_ColumnLoader", None) or strategies.ColumnLoader  # type: ignore[attr-defined]
_KEY = {"deferred": False, "instrument": True, "ringwall_sealed": True}


@ColumnProperty.strategy_for(**_KEY)
class SealedLoader(_ColumnLoader):  # type: ignore[misc]
    """SQLAlchemy's loader of a column, except for the type it is fetched as."""

    __slots__ = ("_binary",)

    def __init__(self, parent: Any, strategy_key: Any) -> None:
        super().__init__(parent, strategy_key)
        self._binary = type_coerce(self.columns[0], LargeBinary)

    def setup_query(
        self,
        compile_state: Any,
        query_entity: Any,
        path: Any,
        loadopt: Any,
        adapter: Any,
        column_collection: Any,
        memoized_populators: Any,
        **kwargs: Any,
    ) -> None:
        if adapter is not None:
            super().setup_query(
                compile_state, query_entity, path, loadopt, adapter, column_collection, memoized_populators, **kwargs
            )
            return
        compile_state._append_dedupe_col_collection(self._binary, column_collection)
        memoized_populators[self.parent_property] = self._binary


def load_as_binary(mapper: Mapper[Any], column: Column[Any]) -> None:
    """Have this column loaded so, unless it is deferred."""
    property_ = mapper.get_property_by_column(column)
    assert isinstance(property_, ColumnProperty)
    if dict(property_.strategy_key) == {"deferred": False, "instrument": True}:
        property_.strategy_key = tuple(sorted(_KEY.items()))
