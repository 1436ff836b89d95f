"""Random Cedar policies about ``hostile_rows.Doc``, mostly of fitting types, with a caller and a context for each."""
# ruff: noqa: E501  the grammar reads best a choice a line

from __future__ import annotations

import random
from typing import Any, NamedTuple

from tests.on.hostile_rows import LONGS, TEXTS

from ringwall.caller import Caller
from ringwall.policy.entity_uid import quoted
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import Context
from ringwall.policy.policy import Policy


class ListCase(NamedTuple):
    """A question about all rows at once."""

    text: str
    policies: tuple[Policy, ...]
    caller: Caller
    context: Context


class RandomList:
    """Makes cases. ``on`` is the name of the dialect: what SQLite has no exact type for is not asked there."""

    def __init__(self, rng: random.Random, *, on: str) -> None:
        self._rng, self._on_postgresql = rng, on == "postgresql"

    def case(self) -> ListCase:
        """One to three policies; sometimes a forbid among them."""
        text = "\n".join(
            self._policy("permit" if n == 0 or self._often(0.6) else "forbid") for n in range(self._rng.randint(1, 3))
        )
        return ListCase(text, parse_policies(text), self._caller(), Context(time=1.7e9, ip="10.0.0.1"))

    def _policy(self, effect: str) -> str:
        scope = self._of(
            "resource",
            "resource is Doc",
            'resource is Doc in Folder::"a"',
            f"resource in Folder::{self._id()}",
            f'resource == Doc::"{self._rng.randint(1, 9)}"',
            "resource",
            "resource",
        )
        clauses = " ".join(
            f"{self._of('when', 'unless')} {{ {self.condition(self._rng.randint(0, 3))} }}"
            for _ in range(self._rng.randint(1, 2))
        )
        return f'{effect} (principal, action == Action::"doc:read", {scope}) {clauses};'

    def condition(self, depth: int) -> str:
        """A condition in Cedar, up to so many joins deep."""
        if depth == 0:
            return f"({self._question()})"
        a, b = self.condition(depth - 1), self.condition(depth - 1)
        return self._of(
            f"({a} && {b})", f"({a} || {b})", f"!{a}", f"(if {a} then {b} else {self.condition(depth - 1)})"
        )

    def _question(self) -> str:
        if self._on_postgresql and self._often(0.25):
            return self._postgresql_question()
        match self._rng.randrange(13):
            case 0:
                return f"{self.string(1)} {self._of('==', '!=')} {self.string(1)}"
            case 1 | 2:
                return f"{self.long(2)} {self._of('==', '!=', '<', '<=', '>', '>=')} {self.long(2)}"
            case 3:
                return f"{self.string(1)} like {self._pattern()}"
            case 4:
                return self._has()
            case 5:
                return f"{self._set()}.contains({self.any()})"
            case 6:
                others = ", ".join(self.constant() for _ in range(self._rng.randrange(3)))
                return f"{self._set()}.{self._of('containsAll', 'containsAny')}([{others}])"
            case 7:
                return f"{self._set()}.isEmpty()"
            case 8:
                return f"{self._entity()} in {self._of(f'Folder::{self._id()}', f'[Folder::{self._id()}, Team::' + chr(34) + '2' + chr(34) + ']')}"
            case 9:
                return f"{self._entity()} {self._of('is Folder', 'is Doc', 'is Team', f'is Folder in Folder::{self._id()}')}"
            case 10:
                return f"{self._entity()} {self._of('==', '!=')} {self._of(self._entity(), f'Folder::{self._id()}', self.any())}"
            case 11:
                return self.boolean()
        return f"{self.any()} {self._of('==', '!=', '<')} {self.any()}"

    def string(self, depth: int = 0) -> str:
        """A string, mostly."""
        if depth and self._often(0.15):
            return f"(if {self._question()} then {self.string()} else {self.string()})"
        reads = (
            "owner",
            "note",
            "team.name",
            "team.lead",
            "folder.region",
            "folder.parent.region",
            "team.folder.region",
            "meta.name",
            "meta.inner.name",
        )
        return self._of(
            *(f"resource.{name}" for name in reads),
            'resource.getTag("name")',
            "principal.region",
            "principal.id",
            self._text(),
            self._text(),
        )

    def long(self, depth: int = 0) -> str:
        """A long, mostly."""
        if depth and self._often(0.35):
            a, b = self.long(depth - 1), self.long(depth - 1)
            return self._of(
                f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"-({a})", f"(if {self._question()} then {a} else {b})"
            )
        reads = ("amount", "level", "team.size", "meta.level", "meta.inner.level")
        return self._of(
            *(f"resource.{name}" for name in reads),
            'resource.getTag("level")',
            "principal.clearance",
            str(self._rng.choice(LONGS)),
            "1",
            "17",
        )

    def boolean(self) -> str:
        """A bool, mostly."""
        return self._of(
            "resource.open",
            "resource.urgent",
            "resource.meta.flag",
            'resource.getTag("flag")',
            "true",
            "false",
            '(principal in Role::"a")',
        )

    def any(self) -> str:
        """A value of any type."""
        return self._of(
            self.string(),
            self.string(),
            self.long(),
            self.boolean(),
            self._entity(),
            self.constant(),
            "resource.note",
            "principal.anything",
            "principal",
        )

    def constant(self) -> str:
        """A string, a long or a bool that is written in the policy."""
        return self._of(self._text(), self._text(), "1", "17", "0", "true", "false", str(self._rng.choice(LONGS)))

    def _has(self) -> str:
        names = (
            "note",
            "level",
            "urgent",
            "nothing",
            "team",
            "folder",
            "meta",
            "labels",
            "team.lead",
            "folder.parent.region",
            "meta.level",
            "meta.inner.level",
            "meta.inner.nothing",
        )
        tags = (f'resource.hasTag("{name}")' for name in ("level", "name", "nothing"))
        return self._of(
            *(f"resource has {name}" for name in names),
            *tags,
            "resource.team has lead",
            "resource.team.folder has parent",
            "resource.folder has parent",
            "resource.note has x",
            "resource.meta has level",
            "resource.meta.inner has name",
        )

    def _set(self) -> str:
        known = f"[{', '.join(self.constant() for _ in range(self._rng.randrange(4)))}]"
        return self._of(
            "resource.labels",
            "resource.labels",
            "resource.meta.list",
            'resource.getTag("list")',
            "principal.groups",
            known,
        )

    def _entity(self) -> str:
        return self._of(
            "resource",
            "resource.folder",
            "resource.team",
            "resource.team.folder",
            "resource.folder.parent",
            "resource.folder.parent.parent",
        )

    def _postgresql_question(self) -> str:
        moment = self._of(
            "resource.seen",
            "context.time",
            'datetime("2024-02-29")',
            "resource.seen.toDate()",
            'resource.seen.offset(duration("-1d"))',
            'datetime("1969-12-31T23:59:59.999Z")',
        )
        price = self._of("resource.price", "resource.loose")
        address = self._of(
            "resource.address", "context.ip", 'ip("10.0.0.0/8")', 'ip("::/0")', 'ip("127.0.0.0/8")', 'ip("10.0.0.1/24")'
        )
        return self._of(
            f"resource.seen {self._of('<', '<=', '==', '!=', '>')} {moment}",
            f"{moment} {self._of('<', '==')} {self.any()}",
            f'resource.seen.durationSince({moment}) < duration("{self._of("1d", "-1ms", "100d2h")}")',
            f"resource.seen.toTime().{self._of('toMilliseconds', 'toSeconds', 'toHours')}() {self._of('<', '==')} {self.long()}",
            f'{price}.{self._of("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")}(decimal("{self._of("1.5", "0.0", "-0.0001", "922337203685477.5807")}"))',
            f'{price} == decimal("{self._of("1.5", "0.0", "12345678.9999")}")',
            "resource.price == resource.loose",
            f"{address}.{self._of('isIpv4', 'isIpv6', 'isLoopback', 'isMulticast')}()",
            f"{address}.isInRange({address})",
            f"{address} == {address}",
            f"resource has {self._of('seen', 'price', 'address')}",
        )

    def _pattern(self) -> str:
        pieces = ("*", "*", "a", "eu", "%", "_", "\\\\", "\\*", "[a]", "?", "ä", " ")
        return '"' + "".join(self._rng.choice(pieces) for _ in range(self._rng.randint(0, 4))) + '"'

    def _caller(self) -> Caller:
        rng = self._rng
        claims: dict[str, Any] = {
            "region": rng.choice((None, 1, True, *TEXTS)),
            "clearance": rng.choice((None, "1", 2.5, True, *LONGS)),
            "groups": rng.choice((None, [], ["eu", "a"], list(TEXTS), [1, "a", True], [2.5], "eu")),
        }
        return Caller(
            rng.choice(("ann", "a", "eu")),
            roles=frozenset(role for role in "ab" if rng.random() < 0.5),
            attributes=claims,
        )

    def _id(self) -> str:
        return quoted(self._of("root", "a", "b", "17", "", "日本", "gone", "A"))

    def _text(self) -> str:
        return quoted(self._rng.choice(TEXTS))

    def _often(self, share: float) -> bool:
        return self._rng.random() < share

    def _of(self, *choices: str) -> str:
        return self._rng.choice(choices)
