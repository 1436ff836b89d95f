"""Warnings: policies about an action that nobody asks for, which most likely is a slip."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from ringwall.policy.actions import groups_of, named
from ringwall.policy.policy import Policy
from ringwall.policy.validation.finding import Finding


def unasked(policies: Iterable[Policy], asked: Collection[str]) -> Iterator[Finding]:
    """One finding for each action, and each group, that a policy names and that none of the ``asked`` actions is in."""
    known = {name for action in asked for name in (action, *groups_of(action))}
    for policy in policies:
        for name in named(policy.action):
            if name not in known:
                near = get_close_matches(name, asked)
                hint = f"did you mean {near[0]}?" if near else f"the marks ask for {', '.join(sorted(asked))}"
                yield Finding(f"it is for {name}, which no mark asks for", policy.span, hint, policy.id)
