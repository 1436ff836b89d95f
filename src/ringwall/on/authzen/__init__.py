"""Ringwall on AuthZEN: a guard whose decisions are made by a decision point elsewhere."""

from ringwall.on.authzen.decisions import RemoteDecisions

__all__ = ["RemoteDecisions"]
