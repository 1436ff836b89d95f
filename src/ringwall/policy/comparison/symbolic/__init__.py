"""Policies as formulas of z3 (the extra ``diff``): true exactly where Cedar's engine would say so.

Every value is a list of guarded cases, so that types, absent attributes and errors stay exact. What cannot be said
exactly is :class:`~ringwall.policy.comparison.symbolic.limit.Inexpressible`, never guessed.
"""
