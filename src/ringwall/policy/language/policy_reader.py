"""Policies: annotations, effect, scope and clauses, one after the other, and a new start after what cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from ringwall.policy.expression import Expression, Variable
from ringwall.policy.language.cursor import Lost
from ringwall.policy.language.expression_reader import ExpressionReader
from ringwall.policy.language.hints import nearest
from ringwall.policy.language.scope_reader import ScopeReader
from ringwall.policy.policy import Clause, Effect, Policy
from ringwall.policy.source import Span


class PolicyReader(ExpressionReader, ScopeReader):
    """Reads a whole text. What a policy with a problem becomes is of no meaning: no caller sees it."""

    def policies(self) -> list[Policy]:
        """All policies, ``policy0``, ``policy1``, … in their order."""
        found: list[Policy] = []
        while self.words[self.at]:
            try:
                found.append(self._policy(f"policy{len(found)}"))
            except Lost:
                self._find_start()
        return found

    def _policy(self, id_: str) -> Policy:
        first = self.at
        annotations = self._annotations()
        effect = self._effect()
        principal, action, resource = self.scope()
        clauses: list[Clause] = []
        while self.words[self.at][:1].isalpha() and self.words[self.at + 1] == "{":
            clauses.append(self._clause())
        self._end()
        return Policy(
            id=id_,
            effect=effect,
            principal=principal,
            action=action,
            resource=resource,
            clauses=tuple(clauses),
            annotations=annotations,
            span=self.span(first),
        )

    def _annotations(self) -> Mapping[str, str]:
        annotations: dict[str, str] = {}
        while self.take("@"):
            at = self.at
            name, value = self.expect_word("the name of an annotation"), ""
            if name in annotations:
                self.report(f"the annotation `@{name}` stands twice", self.span(at))
            if self.take("("):
                value = self.string(f'write @{name}("…"), or @{name} alone')
                self.expect(")")
            annotations[name] = value
        return MappingProxyType(annotations)

    def _effect(self) -> Effect:
        word = self.words[self.at]
        if word in _EFFECT:
            self.at += 1
            return "permit" if word == "permit" else "forbid"
        if self.words[self.at + 1] != "(" or not word.isidentifier():
            raise self.lost("`permit` or `forbid`", "each policy begins with permit or forbid, and ends with ;")
        self.report(f"`{word}` is no effect", self.here, nearest(word, ("permit", "forbid"), otherwise=_EFFECTS))
        self.at += 1
        return "forbid"

    def _clause(self) -> Clause:
        kind: Literal["when", "unless"] = "unless" if self.words[self.at] == "unless" else "when"
        word = self.words[self.at]
        if word != kind:
            hint = nearest(word, ("when", "unless"), otherwise="a condition is when { … } or unless { … }")
            self.report(f"`{word}` begins no condition", self.here, hint)
        self.at += 2
        if self.words[self.at] == "}":
            self.report(f"this `{word}` is empty", self.here, "write a condition, or leave the braces away")
            body: Expression = Variable(name="principal")
        else:
            body = self.expression()
        self.expect("}")
        return Clause(kind, body)

    def _end(self) -> None:
        if self.take(";"):
            return
        if self.words[self.at] not in _STARTS:
            raise self.lost("`;`, `when` or `unless`", "a condition stands in braces: when { … }")
        end = self.ends[self.at - 1]
        self.report("the policy does not end", Span(self.source, end - 1, end), "write ; behind it")

    def _find_start(self) -> None:
        """Go to where the next policy may begin: behind the next ``;``, or at a word that only begins policies."""
        self.nesting = 0
        while (word := self.words[self.at]) not in _STARTS or (word in _EFFECT and self.words[self.at + 1] != "("):
            self.at += 1
            if word == ";":
                return


_EFFECTS = "a policy begins with permit or forbid"
_EFFECT = ("permit", "forbid")
_STARTS = frozenset({*_EFFECT, "@", ""})
