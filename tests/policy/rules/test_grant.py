"""What a line of ``ringwall.toml`` and a mark grant."""

from __future__ import annotations

import pytest

from ringwall.policy.language.cedar_text import cedar_text
from ringwall.policy.rules.grant import mark_policy, role_policies, service_policies


def test_a_role_may_what_its_line_says() -> None:
    found = role_policies({"clerk": ["order:read", "charge:*"], "idle": []})
    assert cedar_text(found) == (
        '@id("roles.clerk")\n'
        '@sentence("Role clerk may order:read, charge:*.")\n'
        '@where("ringwall.toml")\n'
        'permit (principal in Role::"clerk", action in [Action::"order:read", Action::"charge:*"], resource);\n'
    )
    assert role_policies({"clerk": ["a:b"]}, "other.toml")[0].where == "other.toml"


def test_a_service_may_what_its_line_says() -> None:
    found = service_policies({"shop": ["order:read"], "idle": []})
    assert cedar_text(found) == (
        '@id("services.shop")\n'
        '@sentence("Service shop may order:read.")\n'
        '@where("ringwall.toml")\n'
        'permit (principal == Service::"spiffe://ringwall.internal/shop", action == Action::"order:read", resource);\n'
    )
    assert 'Service::"spiffe://example.org/shop"' in cedar_text(service_policies({"shop": ["a:b"]}, "example.org"))


@pytest.mark.parametrize(
    ("role", "who", "principal"),
    [("", "Anyone signed in", "principal"), ("clerk", "Role clerk", 'principal in Role::"clerk"')],
)
def test_a_mark_is_for_whom_it_names(role: str, who: str, principal: str) -> None:
    text = (
        '@id("marks.order:read")\n'
        f'@sentence("{who} may order:read.")\n'
        "{}"
        f'permit ({principal}, action == Action::"order:read", resource);\n'
    )
    assert cedar_text([mark_policy("order:read", role=role)]) == text.format("")
    marked = mark_policy("order:read", role=role, where="app.py:3")
    assert cedar_text([marked]) == text.format('@where("app.py:3")\n')
