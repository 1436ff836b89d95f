"""The scope of a policy: what stands in the parentheses behind ``permit``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.cursor import DEEPEST, Lost
from ringwall.policy.language.name_reader import NameReader
from ringwall.policy.scope import ANYTHING, EqualTo, OfType, Place, Scope, Slot, Within, WithinAny

_T = TypeVar("_T")


class ScopeReader(NameReader):
    """Reads ``principal == User::"ann"`` and its like, and ``action in [Action::"read", …]``."""

    def scope(self) -> tuple[Scope, Scope, Scope]:
        """``(principal …, action …, resource …)``."""
        self.expect("(", _WHOLE)
        self._variable("principal")
        principal = self._constraint("principal")
        self.expect(",", _WHOLE)
        self._variable("action")
        action = self._action()
        self.expect(",", _WHOLE)
        self._variable("resource")
        resource = self._constraint("resource")
        self.take(",")
        self.expect(")", _WHOLE)
        return principal, action, resource

    def _variable(self, name: str) -> None:
        if self.words[self.at] != name:
            raise self.lost(f"`{name}`", _WHOLE)
        self.at += 1

    def _constraint(self, name: str) -> Scope:
        if self.take("is"):
            type_ = self.path("an entity type")
            return OfType(type_, self._in_parentheses(lambda: self._place(name)) if self.take("in") else None)
        if self._equals():
            return EqualTo(self._in_parentheses(lambda: self._place(name)))
        if self.take("in"):
            return Within(self._in_parentheses(lambda: self._place(name)))
        return self._nothing_else()

    def _action(self) -> Scope:
        if self._equals():
            return EqualTo(self._in_parentheses(self._action_entity))
        if self.take("in"):
            return self._in_parentheses(self._actions)
        if self.words[self.at] == "is":
            self.report("`is` asks for a type, and every action is an Action", self.here, _ACTIONS)
            raise Lost
        return self._nothing_else()

    def _equals(self) -> bool:
        if self.words[self.at] == "=":
            self.report("`=` is no operator of Cedar", self.here, "write == to compare")
            self.at += 1
            return True
        return self.take("==")

    def _nothing_else(self) -> Scope:
        if self.words[self.at] not in (",", ")"):
            raise self.lost("`==`, `in` or `is`", "other conditions stand in a when { … }")
        return ANYTHING

    def _actions(self) -> Scope:
        if not self.take("["):
            return Within(self._action_entity())
        entities: list[EntityUid] = []
        while self.words[self.at] != "]":
            entities.append(self._in_parentheses(self._action_entity))
            if not self.take(","):
                break
        self.expect("]")
        return WithinAny(tuple(entities))

    def _place(self, name: str) -> Place:
        """An entity, or the slot that is called as the variable is."""
        first = self.at
        word = self.words[first]
        if word[:1] == "?":
            self.at += 1
            if word != f"?{name}":
                self.report(f"the slot `{word}` cannot stand here", self.span(first), f"write ?{name}")
            return Slot(name)
        if word == "[":
            self.report("only actions can be in a list", self.here, f"write a policy for each, or {name} in a group")
            raise Lost
        return self.entity()

    def _action_entity(self) -> EntityUid:
        first = self.at
        if self.words[first][:1] == "?":
            self.report("an action cannot be a slot", self.here, _ACTIONS)
            raise Lost
        entity = self.entity()
        if entity.type.rpartition("::")[2] != "Action":
            self.report(f"`{entity}` is no action", self.span(first), _ACTIONS)
        return entity

    def _in_parentheses(self, read: Callable[[], _T]) -> _T:
        """What ``read`` reads, possibly inside parentheses, which Cedar allows here too."""
        first = self.at
        while self.take("("):
            if self.at - first > DEEPEST:
                self.report(f"more than {DEEPEST} parentheses in a row", self.span(first), "leave them away")
                raise Lost
        opened = self.at - first
        found = read()
        for _ in range(opened):
            self.expect(")")
        return found


_WHOLE = "a policy begins: permit (principal, action, resource)"
_ACTIONS = 'write action == Action::"read", or action in [Action::"read", …]'
