"""Literals, variables, names, calls and what follows a dot: Cedar's grammar from ``Member`` down."""

from __future__ import annotations

from abc import abstractmethod
from typing import NoReturn

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import (
    Attribute,
    Call,
    Contains,
    ContainsAll,
    ContainsAny,
    Expression,
    GetTag,
    HasTag,
    IsEmpty,
    Literal,
    RecordOf,
    SetOf,
    Variable,
)
from ringwall.policy.language.cursor import DEEPEST, LETTERS, Lost
from ringwall.policy.language.hints import hint_for, nearest
from ringwall.policy.language.name_reader import NameReader
from ringwall.policy.language.vocabulary import (
    EXTENSION_FUNCTIONS,
    EXTENSION_METHODS,
    OPERATORS,
    RESERVED,
    VARIABLES,
)


class MemberReader(NameReader):
    """``height`` is that of the tree read last; ``nesting`` is how many are being read inside each other."""

    height = 1
    nesting = 0

    @abstractmethod
    def expression(self, level: int = 1) -> Expression:
        """The expression that begins here."""

    def enter(self) -> None:
        """Begin an expression inside another."""
        self.nesting += 1
        if self.nesting > 2 * DEEPEST:  # an operand in parentheses is one level of the tree, and two of reading
            self._too_deep()

    def grow(self, other: int = 0, *, levels: int = 1) -> None:
        """Account for ``levels`` of nodes above the expression read last, and above another of height ``other``."""
        self.height = max(self.height, other) + levels
        if self.height > DEEPEST:
            self._too_deep()

    def _too_deep(self) -> NoReturn:
        self.report(f"the expression is more than {DEEPEST} levels deep", self.here, "divide it into several policies")
        raise Lost

    def member(self) -> Expression:
        """A primary expression with everything that hangs on it: ``.name``, ``["name"]``, ``.method(…)``."""
        first = self.at
        word = self.words[first]
        if word in VARIABLES and self.words[first + 1] != "::":
            self.at, self.height = first + 1, 1
            left: Expression = Variable(name=VARIABLES[word], span=self.span(first))
        else:
            left = self._primary(first, word)
        while (following := self.words[self.at]) in _ACCESS:
            if following == "(":
                self.report("this cannot be called", self.here, "only functions and methods can")
                raise Lost
            self.at += 1
            if following == "[":
                name = self.string('only a string in quotes may stand in the brackets: a["b"]')
                self.expect("]")
            elif self.words[self.at + 1] == "(":
                left = self._method(left, first)
                continue
            else:
                name = self.name("an attribute", '["{}"]')
            self.grow()
            left = Attribute(of=left, name=name, span=self.span(first))
        return left

    def _primary(self, first: int, word: str) -> Expression:
        self.height = 1
        start = word[:1]
        if start == '"':
            return Literal(value=self.string(), span=self.span(first))
        if start.isdigit():
            return Literal(value=self.integer(), span=self.span(first))
        if start in LETTERS:
            return self._named(first, word)
        if start == "?" and len(word) > 1:
            self.at += 1
            self.report(f"the slot `{word}` stands in a condition", self.span(first), "slots belong in the scope")
            return Variable(name="principal", span=self.span(first))
        if self.take("("):
            inner = self.expression()
            self.expect(")")
            return inner
        if self.take("["):
            items = self._items("]")
            self.grow()
            return SetOf(items=items, span=self.span(first))
        if self.take("{"):
            return self._record(first)
        raise self.lost("an expression")

    def _named(self, first: int, word: str) -> Expression:
        """What begins with a word: a bool, an entity, or a function of an extension type."""
        if word in ("true", "false"):
            self.at += 1
            return Literal(value=word == "true", span=self.span(first))
        if word in RESERVED or hint_for(word):
            hint = "put parentheses around it: (if … then … else …)" if word == "if" else ""
            raise self.lost("an expression", hint)
        path, id_ = self.path_and_id()
        if id_ is not None:
            return Literal(value=EntityUid(path, id_), span=self.span(first))
        span = self.span(first)
        if not self.take("("):
            known = 'an entity ends in its id: Type::"id"' if "::" in path else f"write resource.{path}, or the like"
            self.report(f"`{path}` is no variable", span, nearest(path, VARIABLES, otherwise=known))
            return Variable(name="principal", span=span)
        arguments = self._items(")")
        if path not in EXTENSION_FUNCTIONS:
            if path in OPERATORS or path in EXTENSION_METHODS:
                self.report(f"`{path}` is a method", span, f"write it behind what it is asked of: a.{path}(…)")
            else:
                self.report(f"`{path}` is no function", span, nearest(path, EXTENSION_FUNCTIONS))
        self.grow()
        return Call(function=path, arguments=arguments, span=self.span(first))

    def _method(self, left: Expression, first: int) -> Expression:
        at, height = self.at, self.height
        name = self.expect_word("a method")
        name_span = self.span(at)
        self.at += 1
        arguments = self._items(")")
        self.grow(height)
        span = self.span(first)
        if name in EXTENSION_METHODS:
            return Call(function=name, arguments=(left, *arguments), span=span)
        if name not in OPERATORS:
            if name in EXTENSION_FUNCTIONS:
                self.report(f"`{name}` is a function", name_span, f"write {name}(…)")
            else:
                self.report(f"there is no method `{name}`", name_span, nearest(name, (*OPERATORS, *EXTENSION_METHODS)))
            return left
        if len(arguments) != OPERATORS[name]:
            wanted = "one argument" if OPERATORS[name] else "no argument"
            self.report(f"`{name}` takes {wanted}, not {len(arguments)}", name_span)
            return left
        match name:
            case "contains":
                return Contains(set=left, item=arguments[0], span=span)
            case "containsAll":
                return ContainsAll(set=left, other=arguments[0], span=span)
            case "containsAny":
                return ContainsAny(set=left, other=arguments[0], span=span)
            case "hasTag":
                return HasTag(of=left, tag=arguments[0], span=span)
            case "getTag":
                return GetTag(of=left, tag=arguments[0], span=span)
        return IsEmpty(of=left, span=span)

    def _items(self, closer: str) -> tuple[Expression, ...]:
        """Expressions between commas up to ``closer``; a comma may stand behind the last."""
        items: list[Expression] = []
        height = 0
        while self.words[self.at] != closer:
            items.append(self.expression())
            height = max(height, self.height)
            if not self.take(","):
                break
        self.expect(closer)
        self.height = height
        return tuple(items)

    def _record(self, first: int) -> Expression:
        fields: dict[str, Expression] = {}
        height = 0
        while self.words[self.at] != "}":
            at = self.at
            key = self.string() if self.words[at].startswith('"') else self.name("a key", '"{}"')
            if key in fields:
                self.report(f"the key `{key}` stands twice", self.span(at))
            self.expect(":")
            fields[key] = self.expression()
            height = max(height, self.height)
            if not self.take(","):
                break
        self.expect("}")
        self.height = height
        self.grow()
        return RecordOf(fields=tuple(fields.items()), span=self.span(first))


_ACCESS = frozenset({".", "[", "("})
