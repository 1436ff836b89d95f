"""What every part of the schema grammar reads, beside what the policy language has too."""

from __future__ import annotations

from collections.abc import Callable

from ringwall.policy.language.name_reader import NameReader
from ringwall.policy.language.vocabulary import RESERVED
from ringwall.policy.schema.names import KEPT
from ringwall.policy.schema.written import Name


class SchemaCursor(NameReader):
    """A ``NameReader`` that knows Cedar's schema syntax, version 4.5."""

    def declared(self, what: str, fault: Callable[[str], str]) -> str:
        """A name that is given here; ``fault`` says what forbids it."""
        first = self.at
        name = self.expect_word(f"the name of {what}")
        if wrong := fault(name):
            self.report(wrong, self.span(first), "choose another name")
        return name

    def type_name(self, what: str) -> str:
        """``Shop::Order`` or ``__cedar::Long``."""
        parts = [self._part(what)]
        while self.take("::"):
            parts.append(self._part(what))
        return "::".join(parts)

    def _part(self, what: str) -> str:
        word = self.expect_word(what)
        if word in RESERVED and word != KEPT:
            self.report(f"`{word}` is a reserved word", self.span(self.at - 1), "choose another name")
        return word

    def entity_types(self) -> tuple[Name, ...]:
        """One name of an entity type, or ``[names]``, perhaps none."""
        if not self.take("["):
            return (self._entity_type(),)
        names: list[Name] = []
        while not self.take("]"):
            if names:
                self.expect(",", "names are divided by commas, and the last one is followed by ]")
            names.append(self._entity_type())
        return tuple(names)

    def _entity_type(self) -> Name:
        first = self.at
        return Name(self.type_name("an entity type"), "entity", span=self.span(first))

    def name_or_string(self, what: str) -> str:
        """An identifier, or any text in quotes."""
        return self.string() if self.words[self.at][0:1] == '"' else self.name(what, '"{}"')

    def annotations(self) -> dict[str, str]:
        """``@doc("…") @flag``: texts by name; one without a text is ``""``."""
        found: dict[str, str] = {}
        while self.take("@"):
            first = self.at - 1
            name = self.expect_word("the name of an annotation")
            value = ""
            if self.take("("):
                value = self.string()
                self.expect(")", "an annotation has one text")
            if name in found:
                self.report(f"`@{name}` stands twice", self.span(first), "leave one of them away")
            found[name] = value
        return found
