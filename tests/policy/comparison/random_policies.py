"""Random policies over one schema, and random requests that conform to it: what proofs are held against."""

from __future__ import annotations

from random import Random

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

SCHEMA = """
entity Team in [Team];
entity User in [Team] { level: Long, name: String, boss?: User, since?: datetime, home: ipaddr } tags String;
entity Doc in [Team] { owner: User, labels: Set<String>, readers: Set<User>, teams: Set<Team>,
  meta: { size?: Long, kind: String }, price?: decimal, open: Bool };
action all;
action read in [all] appliesTo { principal: User, resource: Doc, context: Facts };
action write in [all] appliesTo { principal: User, resource: Doc, context: Facts };
type Facts = { ip?: ipaddr, time: datetime, n: Long, wait?: duration };
"""

USERS = [EntityUid("User", id_) for id_ in ("ann", "sue", "zed")]
TEAMS = [EntityUid("Team", id_) for id_ in ("a", "b", "c")]
DOCS = [EntityUid("Doc", id_) for id_ in ("1", "2")]
ACTIONS = [EntityUid("Action", id_) for id_ in ("read", "write")]
ALL = EntityUid("Action", "all")
WORDS = ("x", "xy", "yx", "")
LONGS = (-1, 0, 1, 2, 3, 2**63 - 1, -(2**63))
TIMES = ("2026-11-24T08:59:59.999Z", "2026-11-24T09:00:00Z", "1969-12-31T23:59:59Z")
WAITS = ("0ms", "9h", "-1ms", "1d")
PRICES = ("0.0", "1.5", "-0.0001")
IPS = ("10.8.0.1", "10.0.0.0/8", "127.0.0.1", "::1", "ff02::1", "0.0.0.0/0")


def random_policies(random: Random, count: int) -> str:
    """``count`` policies that validate, some of which may err all the same by an overflow."""
    return "\n".join(_policy(random) for _ in range(count))


def _policy(random: Random) -> str:
    effect = random.choice(("permit", "permit", "forbid"))
    user, team = random.choice(USERS), random.choice(TEAMS)
    principals = "principal", f"principal == {user}", f"principal in {team}", f"principal is User in {team}"
    actions = "action", 'action == Action::"read"', 'action in Action::"all"', 'action in [Action::"write"]'
    resources = "resource", "resource is Doc", f"resource in {team}"
    scope = ", ".join(random.choice(each) for each in (principals, actions, resources))
    clauses = " ".join(f"{random.choice(('when', 'when', 'unless'))} {{ {_truth(random, 3)} }}"
                       for _ in range(random.randint(0, 2)))  # fmt: skip
    return f"{effect} ({scope}) {clauses};"


def _truth(random: Random, depth: int) -> str:
    def truth() -> str:
        return f"({_truth(random, depth - 1)})"

    def long() -> str:
        return _long(random, depth - 1)

    def some(*texts: object) -> str:
        return str(random.choice(texts))

    user, word = _user(random), f'"{random.choice(WORDS)}"'
    duration, price, ip = (f'duration("{some(*WAITS)}")', f'decimal("{some(*PRICES)}")', f'ip("{some(*IPS)}")')
    like = some('"x*"', '"*y"', '"*x*"', '"x*y"', '"*"', '""')
    word_set = f"[{word}, principal.name]"
    choices = [
        lambda: f"{long()} {some('==', '!=', '<', '<=', '>', '>=')} {long()}",
        lambda: f"{_user(random)} {some('==', '!=')} {user}",
        lambda: f"{user} in {some(*TEAMS, 'resource.teams', f'[{TEAMS[0]}, {TEAMS[1]}]', 'resource.readers')}",
        lambda: f"resource in {some(*TEAMS, 'resource.teams')}",
        lambda: f"principal.name {some('==', '!=')} {some(word, 'resource.meta.kind')}",
        lambda: f"principal.name like {like}",
        lambda: f"resource.labels.contains({some(word, 'principal.name')})",
        lambda: f"resource.labels.{some('containsAll', 'containsAny')}([{word}, {some(word, 'principal.name')}])",
        lambda: f"{word_set}.{some('containsAll', 'containsAny')}(resource.labels)",
        lambda: f"resource.labels {some('==', '!=')} [{word}]",
        lambda: f"resource.{some('labels', 'readers', 'teams')}.isEmpty()",
        lambda: f"resource.readers.contains({user})",
        lambda: f"(principal has boss && principal.boss {some('==', '!=')} resource.owner)",
        lambda: f"(principal has since && principal.since {some('<', '>=')} context.time)",
        lambda: f"context.time.toTime() {some('<', '<=', '>')} {duration}",
        lambda: f'context.time.toDate() {some("<", "==")} datetime("{some(*TIMES)}")',
        lambda: f'context.time.offset({duration}) < datetime("{some(*TIMES)}")',
        lambda: f"(context has wait && context.wait.toHours() {some('<', '==')} {long()})",
        lambda: f"(context has ip && context.ip.{some(f'isInRange({ip})', 'isLoopback()', 'isMulticast()')})",
        lambda: f"principal.home.isInRange({ip})",
        lambda: f"(resource has price && resource.price.{some('lessThan', 'greaterThanOrEqual')}({price}))",
        lambda: f"(principal.hasTag({word}) && principal.getTag({word}) {some('==', '!=')} principal.name)",
        lambda: f"resource.meta {some('==', '!=')} {{kind: {word}{some('', ', size: 1')}}}",
        lambda: "resource has meta.size",
        lambda: "resource.open",
        lambda: f'action {some("==", "!=")} Action::"read"',
    ]  # fmt: skip
    if depth > 0 and random.random() < 0.5:
        choices = [
            lambda: f"{truth()} && {truth()}",
            lambda: f"{truth()} || {truth()}",
            lambda: f"!{truth()}",
            lambda: f"if {truth()} then {truth()} else {truth()}",
        ]
    return random.choice(choices)()


def _long(random: Random, depth: int) -> str:
    if depth > 0 and random.random() < 0.3:
        return f"({_long(random, depth - 1)} {random.choice('+-')} {_long(random, depth - 1)})"
    return str(
        random.choice(("principal.level", "context.n", *LONGS[:6], "resource.owner.level", "(-principal.level)"))
    )


def _user(random: Random) -> str:
    return str(random.choice(("principal", "resource.owner", *USERS)))


def random_question(random: Random) -> tuple[Request, Entities]:
    """A request and entities of the schema, out of few values, so that equal ones often meet."""
    teams = _Teams(random)
    users = [Entity(uid, _user_attributes(random), teams.some(), _tags(random)) for uid in USERS]
    docs = [Entity(uid, _doc_attributes(random), teams.some()) for uid in DOCS]
    actions = [Entity(uid, {}, [ALL]) for uid in ACTIONS]
    facts: dict[str, Value] = {"time": Datetime.parse(random.choice(TIMES)), "n": random.choice(LONGS)}
    if random.random() < 0.6:
        facts["ip"] = IpAddress.parse(random.choice(IPS))
    if random.random() < 0.6:
        facts["wait"] = Duration.parse(random.choice(WAITS))
    request = Request(random.choice(USERS), random.choice(ACTIONS), random.choice(DOCS), Record(facts))
    return request, Entities([*teams.entities, *users, *docs, *actions])


class _Teams:
    """Teams in teams: each only in later ones, so that there is no cycle."""

    def __init__(self, random: Random) -> None:
        self._random = random
        order = random.sample(TEAMS, len(TEAMS))
        self.entities = [
            Entity(uid, {}, [top for top in order[place + 1 :] if random.random() < 0.4])
            for place, uid in enumerate(order)
        ]

    def some(self) -> list[EntityUid]:
        return [uid for uid in TEAMS if self._random.random() < 0.3]


def _user_attributes(random: Random) -> dict[str, Value]:
    found: dict[str, Value] = {
        "level": random.choice(LONGS),
        "name": random.choice(WORDS),
        "home": IpAddress.parse(random.choice(IPS)),
    }
    if random.random() < 0.5:
        found["boss"] = random.choice(USERS)
    if random.random() < 0.5:
        found["since"] = Datetime.parse(random.choice(TIMES))
    return found


def _tags(random: Random) -> dict[str, Value]:
    return {word: random.choice(WORDS) for word in WORDS if random.random() < 0.4}


def _doc_attributes(random: Random) -> dict[str, Value]:
    meta: dict[str, Value] = {"kind": random.choice(WORDS)}
    if random.random() < 0.5:
        meta["size"] = random.choice((0, 1))
    found: dict[str, Value] = {
        "owner": random.choice(USERS),
        "labels": CedarSet(word for word in WORDS if random.random() < 0.4),
        "readers": CedarSet(user for user in USERS if random.random() < 0.3),
        "teams": CedarSet(team for team in TEAMS if random.random() < 0.3),
        "meta": Record(meta),
        "open": random.random() < 0.5,
    }
    if random.random() < 0.5:
        found["price"] = Decimal.parse(random.choice(PRICES))
    return found
