"""Which columns compare in SQL as their values compare in Cedar, and how a known value is bound beside them."""

from __future__ import annotations

from decimal import Decimal as PythonDecimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ringwall.on.rows.encodable import must_be_encodable
from ringwall.on.rows.kind import Kind
from ringwall.on.sqlalchemy.rows.on_postgresql import OnPostgresql
from ringwall.on.sqlalchemy.rows.value import Document, Path, Term
from ringwall.on.sqlalchemy.rows.with_nul import WithNul
from ringwall.policy.source import Span
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress

# Exactly these types: a subclass (Enum, CHAR with its padding, CITEXT) may compare in its own way.
_STRINGS = (sa.String, sa.Text, sa.Unicode, sa.UnicodeText, sa.VARCHAR, sa.TEXT)
_LONGS = (sa.Integer, sa.BigInteger, sa.SmallInteger, sa.INTEGER, sa.BIGINT, sa.SMALLINT)
_BOOLS = (sa.Boolean, sa.BOOLEAN)
_MOMENTS = (sa.DateTime, sa.TIMESTAMP, postgresql.TIMESTAMP)
_NUMBERS = (sa.Numeric, sa.NUMERIC, sa.DECIMAL)
_DOCUMENTS = (sa.JSON, postgresql.JSON, postgresql.JSONB)
_BYTEWISE = (None, "BINARY", "C", "POSIX")
_LONGEST = 2**63


def column_value(column: sa.Column[Any], sql: Any, path: Path, span: Span) -> Term | Document:
    """The column as a value; a term of kind ``other`` where SQL may compare it otherwise than Cedar."""
    paths = frozenset([path[:length] for length in range(1, len(path) + 1)])
    surely = not column.nullable and not path
    found = type(column.type)
    if column.type._variant_mapping:  # there is no public way to ask, and a variant may compare otherwise
        return Term(sql, "other", paths, span)
    if found in _DOCUMENTS:
        return Document(sql, (), paths, span)
    if found in _STRINGS:
        kind: Kind = "string" if getattr(column.type, "collation", None) in _BYTEWISE else "other"
        return Term(sql, kind, paths, span, surely)
    if found in _LONGS or found in _BOOLS:
        return Term(sql, "long" if found in _LONGS else "bool", paths, span, surely)
    if found in _MOMENTS and getattr(column.type, "timezone", False):
        return Term(OnPostgresql(_milliseconds(sql), "SQLite keeps no time zones"), "datetime", paths, span)
    if (
        found in _NUMBERS
        and 0 <= (getattr(column.type, "scale", None) or 0) <= 4
        and getattr(column.type, "asdecimal", False)
    ):
        return Term(OnPostgresql(_ten_thousandths(sql), "SQLite keeps decimals as floats"), "decimal", paths, span)
    if found is postgresql.INET:
        return Term(OnPostgresql(sql, "SQLite has no addresses"), "ip", paths, span)
    return Term(sql, "other", paths, span)


def bound(value: object) -> Any:
    """A known value as a parameter, of the widest type of its kind, so that no driver narrows it to the column's.

    Raises ``Misconfigured`` for a string that cannot be encoded.
    """
    match value:
        case bool():
            return sa.true() if value else sa.false()
        case int():
            return sa.literal(value, sa.BigInteger())
        case Decimal():
            return sa.literal(value.ten_thousandths, sa.BigInteger())
        case Datetime() | Duration():
            return sa.literal(value.milliseconds, sa.BigInteger())
        case IpAddress():
            return sa.cast(sa.literal(value.text, sa.String()), postgresql.INET)
        case str():
            must_be_encodable(value)
            if "\0" in value:
                return WithNul(sa.literal(value, sa.String()))
    return sa.literal(value, sa.String())


def _milliseconds(sql: Any) -> Any:
    """Since 1970, as Cedar counts them; NULL for infinity."""
    whole = sa.func.floor(sa.extract("epoch", sql) * 1000)
    return sa.case((sa.func.isfinite(sql), sa.cast(whole, sa.BigInteger())))


def _ten_thousandths(sql: Any) -> Any:
    """As Cedar counts them; NULL for what is too large or too fine, and for NaN."""
    wide = sa.cast(sql, sa.Numeric()) * PythonDecimal(10_000)
    fits = sa.and_(wide.between(-_LONGEST, _LONGEST - 1), wide == sa.func.trunc(wide))
    return sa.case((fits, sa.cast(wide, sa.BigInteger())))
