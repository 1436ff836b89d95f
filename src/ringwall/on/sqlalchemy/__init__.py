"""Ringwall on SQLAlchemy: sealed columns, and lists filtered by the rules."""

from ringwall.on.sqlalchemy.sealed import Sealed as Sealed
from ringwall.on.sqlalchemy.visible import visible as visible
