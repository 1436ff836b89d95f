"""What ``ringwall.toml`` and the marks grant, as policies: roles, services, ``@allow`` and ``@allow(role=…)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringwall.policy.actions import action_scope
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.policy import Policy
from ringwall.policy.scope import ANYTHING, EqualTo, Within


def role_policies(roles: Mapping[str, Sequence[str]], where: str = "ringwall.toml") -> tuple[Policy, ...]:
    """``[roles]``: each role with the actions and groups it may do, on every resource."""
    return tuple(
        Policy(
            id=f"roles.{role}",
            principal=Within(EntityUid("Role", role)),
            action=action_scope(actions),
            annotations={"sentence": f"Role {role} may {', '.join(actions)}.", "where": where},
        )
        for role, actions in roles.items()
        if actions
    )


def service_policies(
    services: Mapping[str, Sequence[str]], trust_domain: str = "ringwall.internal", where: str = "ringwall.toml"
) -> tuple[Policy, ...]:
    """``[services]``: what each service may do, for itself and as the actor for a person who may do it too."""
    return tuple(
        Policy(
            id=f"services.{service}",
            principal=EqualTo(EntityUid("Service", f"spiffe://{trust_domain}/{service}")),
            action=action_scope(actions),
            annotations={"sentence": f"Service {service} may {', '.join(actions)}.", "where": where},
        )
        for service, actions in services.items()
        if actions
    )


def mark_policy(action: str, *, role: str = "", where: str = "") -> Policy:
    """``@allow`` without an action: ``action`` is the mark's own name; anyone proven may, or who holds ``role``."""
    who = f"Role {role}" if role else "Anyone signed in"
    return Policy(
        id=f"marks.{action}",
        principal=Within(EntityUid("Role", role)) if role else ANYTHING,
        action=action_scope([action]),
        annotations={"sentence": f"{who} may {action}.", **({"where": where} if where else {})},
    )
