"""Cedar text, language 4.5, as policies, expressions and entities: the front door of the language.

The grammar is Cedar's own, https://docs.cedarpolicy.com/policies/syntax-grammar.html. Every function raises
``Unreadable`` with everything that is wrong with the text, and takes time and memory in proportion to its length.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Expression
from ringwall.policy.language.cursor import Lost
from ringwall.policy.language.policy_reader import PolicyReader
from ringwall.policy.language.problem import Unreadable
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import PolicySet

_T = TypeVar("_T")


def parse_policies(text: str, *, file: str = "") -> tuple[Policy, ...]:
    """The policies and templates of a text in their order, called ``policy0``, ``policy1``, … as Cedar calls them."""
    return tuple(_whole(text, file, PolicyReader.policies))


def parse_policy_set(text: str, *, file: str = "") -> PolicySet:
    """The same as a set, in which no template is linked."""
    return PolicySet.of(parse_policies(text, file=file))


def parse_expression(text: str, *, file: str = "") -> Expression:
    """One expression."""
    return _whole(text, file, PolicyReader.expression)


def parse_entity_uid(text: str) -> EntityUid:
    """``User::"ann"``."""
    return _whole(text, "", PolicyReader.entity)


def _whole(text: str, file: str, read: Callable[[PolicyReader], _T]) -> _T:
    reader = PolicyReader(text, file)
    try:
        found = read(reader)
        reader.expect_end()
    except Lost:
        raise Unreadable(reader.problems) from None
    if reader.problems:
        raise Unreadable(reader.problems)
    return found
