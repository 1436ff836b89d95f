"""Policies: what they may say, and what they then allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.authority.vault.acl import Acl
from ringwall.authority.vault.call import Refused
from ringwall.authority.vault.policy_text import parse


def acl(*texts: str) -> Acl:
    return Acl(rule for text in texts for rule in parse(text))


def one(path: str, *names: str) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'path "{path}" {{ capabilities = [{quoted}] }}'


def test_hcl_and_json_say_the_same() -> None:
    hcl = """
    # a comment
    path "secret/data/a/*" {  // another
      capabilities = ["read", "list",]
    }
    /* and
       a third */
    path "/sys/x" { capabilities = [] }
    """
    as_json = '{"path": {"secret/data/a/*": {"capabilities": ["read", "list"]}, "sys/x": {"capabilities": []}}}'
    assert parse(hcl) == parse(as_json) == (("secret/data/a/*", frozenset({"read", "list"})), ("sys/x", frozenset()))


@pytest.mark.parametrize(
    "text",
    [
        'path "a" { capabilities = ["reed"] }',
        'path "a" { policy = "write" }',
        'path "a" { capabilities = ["read"] denied_parameters = {} }',
        'path "a" { capabilities = ["read"] } }',
        'path "a" { capabilities = ["read"]',
        'path "a" { capabilities = "read" }',
        'path "a" { capabilities = ["read" "list"] }',
        "path a { capabilities = [] }",
        'name = "x"',
        'path "a" { capabilities = [<<EOT\nread\nEOT\n] }',
        'path "a+*" { capabilities = ["read"] }',
        'path "a/+*" { capabilities = ["read"] }',
        'path "a*b" { capabilities = ["read"] }',
        'path "a/b+" { capabilities = ["read"] }',
        'path "identity/{{identity.entity.id}}" { capabilities = ["read"] }',
        '{"path": {"a": {"capabilities": ["read"], "capabilities": ["deny"]}}}',
        '{"path": {"a": {"capabilities": ["read"], "max_wrapping_ttl": 1}}}',
        '{"path": []}',
        '{"path": {}, "name": "x"}',
        "{" * 100_000,
        '{"path":' * 5000,
        'path "a" { capabilities = ["read"] }\n' * 1001,
        "/* never closed",
        "\x00",
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.status == 400
    assert refused.value.errors[0].startswith("failed to parse policy: ")


@given(st.text(alphabet='path "a{}[]=,#/*\\\n+capbilitesrd', max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse(text)
    except Refused as refused:
        assert refused.status == 400


def test_nothing_is_allowed_without_a_rule() -> None:
    assert not acl().allows("secret/data/a", "read")
    assert acl().capabilities("secret/data/a") == ["deny"]
    assert not acl(one("secret/data/a", "read")).allows("secret/data/ab", "read")
    assert not acl(one("secret/data/a", "read")).allows("secret/data/a/b", "read")


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("secret/data/orders/*", "secret/data/orders/a", True),
        ("secret/data/orders/*", "secret/data/orders/", True),
        ("secret/data/orders/*", "secret/data/orders", False),
        ("secret/data/orders/*", "secret/data/orders2/a", False),
        ("secret/data/orders*", "secret/data/orders2/a", True),
        ("secret/+/orders/x", "secret/data/orders/x", True),
        ("secret/+/orders/x", "secret/data/a/orders/x", False),
        ("secret/+/x", "secret/x", False),
        ("secret/+/x*", "secret/data/xyz/1", True),
        ("+/data/*", "secret/data/a", True),
        ("secret/data/+", "secret/data/a/b", False),
        ("secret/data/+", "secret/data/a", True),
        ("*", "secret/data/a", True),
        ("a.c", "abc", False),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert acl(one(pattern, "read")).allows(path, "read") is fits


def test_the_closest_rule_decides_and_deny_outweighs() -> None:
    wide, narrow = one("secret/*", "read", "delete"), one("secret/data/hidden/*", "deny")
    assert acl(wide, narrow).allows("secret/data/a", "delete")
    assert not acl(wide, narrow).allows("secret/data/hidden/a", "read")
    assert not acl(one("a/*", "read"), one("a/*", "deny")).allows("a/b", "read")
    assert acl(one("a/*", "read"), one("a/*", "list")).capabilities("a/b") == ["list", "read"]
    # An exact path goes before any pattern, a whole pattern before a prefix, a later wildcard before an earlier one.
    assert not acl(one("a/b", "list"), one("a/*", "read")).allows("a/b", "read")
    assert acl(one("a/+/c", "read"), one("a/*", "deny")).allows("a/b/c", "read")
    assert acl(one("a/b/+", "read"), one("a/+/c", "deny")).allows("a/b/c", "read")


def test_a_first_write_needs_create() -> None:
    update, create = acl(one("a", "update")), acl(one("a", "create"))
    assert update.allows("a", "update", exists=True)
    assert not update.allows("a", "update", exists=False)
    assert create.allows("a", "update", exists=False)
    assert not create.allows("a", "update", exists=True)
    assert update.allows("a", "update", exists=None)


def test_a_list_is_of_the_folder() -> None:
    assert acl(one("secret/metadata/a", "list")).allows("secret/metadata/a/", "list")
    assert acl(one("secret/metadata/a/*", "list")).allows("secret/metadata/a/", "list")
    assert not acl(one("secret/metadata/a/*", "list")).allows("secret/metadata/", "list")


def test_what_needs_sudo_needs_sudo() -> None:
    assert not acl(one("auth/token/*", "update")).allows("auth/token/create-orphan", "update")
    assert acl(one("auth/token/*", "update", "sudo")).allows("auth/token/create-orphan", "update")
