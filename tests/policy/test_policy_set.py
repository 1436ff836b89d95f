"""A set of policies: each id once, and templates that decide through their links alone."""

from __future__ import annotations

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import Link, PolicySet
from ringwall.policy.scope import EqualTo, Slot

ANN = EntityUid("User", "ann")
STATIC, OTHER = Policy("static"), Policy("other")
TEMPLATE = Policy("template", principal=EqualTo(Slot("principal")))
LINK = Link("template", "linked", {"principal": ANN})


def test_policies_and_templates_are_sorted_and_links_decide_after_what_stands() -> None:
    made = PolicySet.of([TEMPLATE, STATIC, OTHER], [LINK])
    assert (made.static, made.templates, made.links) == ((STATIC, OTHER), (TEMPLATE,), (LINK,))
    assert made.policies == (STATIC, OTHER, Policy("linked", principal=EqualTo(ANN)))
    assert PolicySet.of(iter([STATIC]), iter([])).policies == (STATIC,)
    assert PolicySet().policies == ()


@pytest.mark.parametrize(
    ("policies", "links", "message", "hint"),
    [
        ([STATIC, STATIC], [], "two policies have the id static", "each @id stands once in a set"),
        ([TEMPLATE, TEMPLATE], [], "two policies have the id template", "each @id stands once in a set"),
        ([STATIC, TEMPLATE], [Link("template", "static", {"principal": ANN})], "two policies have the id static",
         "each @id stands once in a set"),
        ([TEMPLATE], [LINK, LINK], "two policies have the id linked", "each @id stands once in a set"),
        ([STATIC], [LINK], "link linked names the template template, which is not in the set", ""),
        ([STATIC], [Link("static", "a", {})], "link a names the template static, which is not in the set", ""),
        ([TEMPLATE], [Link("template", "a", {})],
         "template template has the slots ?principal, and none came", "fill each slot"),
    ],
)  # fmt: skip
def test_a_bad_set_is_refused(policies: list[Policy], links: list[Link], message: str, hint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        PolicySet.of(policies, links)
    assert (caught.value.message, caught.value.hint) == (message, hint)
