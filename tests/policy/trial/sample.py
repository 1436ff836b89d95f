"""A small set of policies and its table, for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace

from ringwall.policy.entities.entities import Entities
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.policy import Policy
from ringwall.policy.trial.table import Row, entities_of, rows_of
from ringwall.policy.trial.table_source import TableSource

POLICIES = """
@id("owner")
permit (principal is User, action == Action::"read", resource) when { resource.owner == principal };
@id("young")
forbid (principal, action, resource) when { principal has age && principal.age < 18 } unless { resource.open };
"""

TABLE = """
[entities]
'User::"ann"' = '{ age: 30 }'
'User::"kim"' = '{ age: 17 }'
'User::"eva"' = { has = '{ age: 18 }', in = ['Team::"a"'], tags = '{ floor: "1" }' }
'Doc::"plan"' = '{ owner: User::"ann", open: false }'
'Doc::"toys"' = '{ owner: User::"kim", open: true }'
'Doc::"diary"' = '{ owner: User::"kim", open: false }'
[contexts]
home = '{ ip: ip("10.0.0.1") }'
[[table]]
about = "Owners read"
rows = '''
principal | action | resource    | context | answer | because
ann       | read   | plan        | home    | allow  | owner
ann       | write  | plan        |         | deny   | -
# a note
kim       | read   | toys        |         | allow  | owner
kim       | read   | Doc::"diary" | {}     | deny   | young
'''
"""


def policies(text: str = POLICIES) -> tuple[Policy, ...]:
    return tuple(replace(one, id=one.annotations.get("id", one.id)) for one in parse_policies(text, file="some.cedar"))


def table(text: str = TABLE) -> tuple[list[Row], Entities]:
    source = TableSource(text, "some.test.toml")
    entities = Entities(entities_of(source))
    return rows_of(source, entities), entities
