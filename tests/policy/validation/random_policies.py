"""Random policies over one rich schema: most are well typed, and many nearly so."""

from __future__ import annotations

import random

SCHEMA = """
type Place = { city: String, zip?: Long, inner?: { deep?: Bool, ip: ipaddr } };
entity Team in [Team, Org] { lead?: User, size: Long };
entity Org;
entity User in [Team] {
  age: Long, name: String, nick?: String, home: Place, away?: Place, admin: Bool, boss?: User, team: Team,
  friends: Set<User>, marks?: Set<Long>, born: datetime, left?: duration, rate: decimal, "odd name"?: Long,
  from?: ipaddr,
} tags Set<String>;
entity Robot in [Org] { age: Long, serial?: String } tags Long;
entity State enum ["open", "paid"];
namespace Shop {
  entity Order in [Folder, Order] {
    owner: User, state: State, total: Long, note?: String, places: Set<Place>, keeper?: Robot,
  };
  entity Folder in [Folder] { owner?: User } tags String;
  action any;
  action read, list in [any] appliesTo {
    principal: [User, Robot], resource: [Order, Folder], context: { mfa: Bool, ip?: ipaddr },
  };
  action write in ["read", "any"] appliesTo {
    principal: User, resource: Order, context: { at: datetime, place?: Place },
  };
}
action rest in [Shop::Action::"any"] appliesTo { principal: [User, Org], resource: [Team, State] };
"""

_ENTITIES = (
    *("principal", "principal.boss", "resource.owner", 'User::"ann"', 'User::"bob"', "principal.boss.boss"),
    *("resource", "resource.state", "principal.team", 'Team::"t"', 'Org::"o"', 'Robot::"r"', "action"),
)
_ACTIONS = ('Shop::Action::"read"', 'Shop::Action::"any"', 'Action::"rest"', 'Shop::Action::"write"')
_UIDS = (
    *('User::"ann"', 'Team::"t"', 'Org::"o"', 'Robot::"r"', 'State::"open"', 'Shop::Order::"1"', 'Shop::Folder::"f"'),
    *_ACTIONS,
)
_UNKNOWN_ACTIONS = ('Shop::Action::"none"', 'Action::"read"')
_UNKNOWN = ('State::"gone"', 'Usr::"x"', 'Order::"1"', *_UNKNOWN_ACTIONS)
_TYPES = ("User", "Robot", "Org", "Team", "Shop::Order", "Shop::Folder", "State", "Action", "Shop::Action")
_OPTIONAL = (
    *("principal.nick", "principal.away", "principal.boss", "principal.marks", "principal.left", "principal.from"),
    *("principal.home.zip", "principal.home.inner", "principal.home.inner.deep", "principal.away.zip"),
    *("resource.note", "resource.keeper", "resource.owner.nick", "context.ip", "context.place", "context.place.inner"),
    *("principal.serial", 'principal["odd name"]', "principal.boss.boss", "resource.lead", "principal.away.inner"),
)
_LEAVES: dict[str, tuple[str, ...]] = {
    "bool": ("true", "false", "principal.admin", "context.mfa", "principal.home.inner.deep", "resource.owner.admin"),
    "long": ("0", "1", "-1", "principal.age", "resource.total", "principal.home.zip", "resource.size"),
    "string": ('""', '"a"', "principal.name", "principal.nick", "resource.note", "principal.home.city"),
    "entity": _ENTITIES,
    "set": (
        "principal.friends",
        "principal.marks",
        '["a"]',
        "[1, 2]",
        "[principal]",
        "resource.places",
        "[]",
        "[true]",
    ),
    "record": ("principal.home", "principal.away", "context", "context.place", '{city: "a"}', "{}"),
    "ipaddr": ('ip("10.0.0.1/8")', "context.ip", "principal.from", 'ip("x")', "ip(principal.name)"),
    "decimal": ('decimal("1.5")', "principal.rate", 'decimal("1")', "resource.owner.rate"),
    "datetime": ('datetime("2024-01-01")', "principal.born", "context.at", 'datetime("x")'),
    "duration": ('duration("1h")', "principal.left", 'duration("")'),
}
_KINDS = tuple(_LEAVES)


class RandomPolicies:
    """``policy()`` is the text of the next one; equal seeds give equal policies. ``slips`` is how often it errs."""

    def __init__(self, seed: int, slips: float = 0.02) -> None:
        self._chance = random.Random(seed)
        self._slips = slips

    def policy(self) -> str:
        """A scope and up to three conditions."""
        scope = ", ".join((self._scope("principal"), self._action(), self._scope("resource")))
        clauses = (self._clause() for _ in range(self._chance.choice((0, 1, 1, 2, 3))))
        return f"{self._pick('permit', 'forbid')} ({scope}) {' '.join(clauses)};"

    def _pick(self, *among: str) -> str:
        return self._chance.choice(among)

    def _uid(self) -> str:
        return self._pick(*(_UNKNOWN if self._chance.random() < self._slips / 2 else _UIDS))

    def _scope(self, name: str) -> str:
        types = _TYPES[:3] if name == "principal" else _TYPES[3:7]
        match self._chance.randrange(14):
            case 0:
                return f"{name} == {self._uid()}"
            case 1:
                return f"{name} in {self._uid()}"
            case 2:
                return f"{name} is {self._pick(*types)}"
            case 3:
                return f"{name} is {self._pick(*types)} in {self._uid()}"
            case 4:
                return f"{name} {self._pick('==', 'in')} ?{name}"
        return name

    def _action(self) -> str:
        actions = _ACTIONS if self._chance.random() > self._slips else _UNKNOWN_ACTIONS
        match self._chance.randrange(6):
            case 0:
                return f"action == {self._pick(*actions)}"
            case 1:
                return f"action in {self._pick(*actions)}"
            case 2:
                return f"action in [{self._pick(*actions)}, {self._pick(*actions)}]"
        return "action"

    def _clause(self) -> str:
        return f"{self._pick('when', 'when', 'unless')} {{ {self._guarded(self._of('bool', 4))} }}"

    def _guarded(self, body: str) -> str:
        """The body behind the questions for what it reads, or most of them."""
        for path in _OPTIONAL:
            if path in body and self._chance.random() < 0.9:
                body = f"{_has(path)} && {body}"
        if self._chance.random() < 0.3:
            return f"principal is User && {body}"
        return f"resource is Shop::Order && {body}" if self._chance.random() < 0.3 else body

    def _of(self, kind: str, depth: int) -> str:
        """An expression that should have this type; sometimes it has another."""
        if self._chance.random() < self._slips:
            kind = self._pick(*_KINDS)
        if depth == 0 or self._chance.random() < 0.15:
            return self._pick(*_LEAVES[kind])
        depth -= 1
        if kind != "bool" and self._chance.random() < 0.1:
            return f"(if {self._of('bool', depth)} then {self._of(kind, depth)} else {self._of(kind, depth)})"
        match kind:
            case "bool":
                return self._bool(depth)
            case "long":
                return self._long(depth)
            case "set":
                inner = self._pick("long", "string", "entity", "record", "bool", "set")
                return f"[{', '.join(self._of(inner, depth) for _ in range(self._chance.randrange(1, 4)))}]"
            case "record" if self._chance.random() < 0.5:
                return f'{{city: {self._of("string", depth)}, "b c": {self._of("long", depth)}}}'
            case "entity" if self._chance.random() < 0.1:
                return f"{{of: {self._of('entity', depth)}}}.of"
            case "datetime" if self._chance.random() < 0.4:
                return f"{self._of('datetime', depth)}.offset({self._of('duration', depth)})"
            case "duration" if self._chance.random() < 0.4:
                return f"{self._of('datetime', depth)}.durationSince({self._of('datetime', depth)})"
        return self._pick(*_LEAVES[kind])

    def _bool(self, depth: int) -> str:
        def of(kind: str) -> str:
            return self._of(kind, depth)

        kind = self._pick(*_KINDS)
        number = self._chance.randrange(19)
        match number:
            case 0 | 1:
                return f"({of('bool')} && {of('bool')})"
            case 2 | 3:
                return f"({of('bool')} || {of('bool')})"
            case 4:
                return f"!({of('bool')})"
            case 5:
                return f"(if {of('bool')} then {of('bool')} else {of('bool')})"
            case 6 | 7:
                return f"({of(kind)} {self._pick('==', '!=')} {of(kind)})"
            case 8:
                order = self._pick("long", "datetime", "duration")
                return f"({of(order)} {self._pick('<', '<=', '>', '>=')} {of(order)})"
            case 9:
                return f"({of('entity')} in {of('entity')})"
            case 10:
                return f"({of('entity')} in [{self._uid()}, {self._pick(self._uid(), of('entity'))}])"
            case 11:
                return f"({of('entity')} is {self._pick(*_TYPES)})"
            case 12:
                return f'({of("string")} like "a*")'
            case 13:
                return f"{of('set')}.contains({of(self._pick('string', 'long', 'entity', 'bool'))})"
            case 14:
                return f"{of('set')}.{self._pick('containsAll', 'containsAny')}({of('set')})"
            case 15:
                return f"({_has(self._pick(*_OPTIONAL))} && {of('bool')})"
            case 16:
                return self._tagged(depth)
            case 17:
                return f"{of('ipaddr')}.{self._pick('isIpv4()', 'isInRange(' + of('ipaddr') + ')')}"
        return f"{of('decimal')}.{self._pick('lessThan', 'greaterThanOrEqual')}({of('decimal')})"

    def _tagged(self, depth: int) -> str:
        of, tag = self._pick(*_ENTITIES), self._of("string", min(depth, 1))
        other = tag if self._chance.random() > self._slips else '"b"'
        used = self._pick(f"{of}.getTag({other}).contains({tag})", f"{of}.getTag({other}) == {tag}", "true")
        return f"({of}.hasTag({tag}) && {used})"

    def _long(self, depth: int) -> str:
        match self._chance.randrange(5):
            case 0:
                return f"-({self._of('long', depth)})"
            case 1:
                return f"{self._of('duration', depth)}.{self._pick('toDays', 'toMilliseconds')}()"
        return f"({self._of('long', depth)} {self._pick('+', '-', '*')} {self._of('long', depth)})"


def _has(path: str) -> str:
    """The question whether the last attribute of a path is there."""
    if path.endswith("]"):
        owner, _, name = path[:-1].partition("[")
    else:
        owner, _, name = path.rpartition(".")
    return f"{owner} has {name}"
