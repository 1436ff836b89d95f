"""What ``ringwall.toml`` and the marks grant, as rules: roles, services, ``@allow`` and ``@allow(role=…)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringwall.policy.rule import Rule


def role_rules(roles: Mapping[str, Sequence[str]], where: str = "ringwall.toml") -> tuple[Rule, ...]:
    """``[roles]``: each role with the actions and groups it may do, on every resource."""
    return tuple(
        Rule(
            id=f"roles.{role}",
            role=role,
            actions=tuple(actions),
            sentence=f"Role {role} may {', '.join(actions)}.",
            where=where,
        )
        for role, actions in roles.items()
        if actions
    )


def service_rules(
    services: Mapping[str, Sequence[str]], trust_domain: str = "ringwall.internal", where: str = "ringwall.toml"
) -> tuple[Rule, ...]:
    """``[services]``: what each service may do, for itself and as the actor for a person who may do it too."""
    return tuple(
        Rule(
            id=f"services.{service}",
            service=f"spiffe://{trust_domain}/{service}",
            actions=tuple(actions),
            sentence=f"Service {service} may {', '.join(actions)}.",
            where=where,
        )
        for service, actions in services.items()
        if actions
    )


def mark_rule(action: str, *, role: str = "", where: str = "") -> Rule:
    """``@allow`` without an action: ``action`` is the mark's own name; anyone proven may, or who holds ``role``."""
    who = f"Role {role}" if role else "Anyone signed in"
    return Rule(id=f"marks.{action}", role=role, actions=(action,), sentence=f"{who} may {action}.", where=where)
