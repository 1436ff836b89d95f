"""Sets, which are all known before the query: no field of Django holds one that compares as Cedar's do."""

from __future__ import annotations

from collections.abc import Callable

from ringwall.on.django.rows.comparing import ask, equal, kind, settled, there
from ringwall.on.django.rows.predicate import ERROR, FALSE, Predicate, all_of, any_of
from ringwall.on.django.rows.related import Related
from ringwall.on.django.rows.value import Known, One, Term
from ringwall.policy.evaluation.operations import is_empty
from ringwall.policy.objects import operations
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.translation import Truth
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.value import Value


def contains(among: One, item: One, related: Related) -> Truth[Predicate]:
    """``among.contains(item)``."""
    if isinstance(among, Known) and isinstance(item, Known):
        return settled(lambda: operations.contains(among.value, item.value))
    members, its = members_of(among), kind(item)
    if members is None or its is None:
        return ERROR
    kinds = {kind(Known(member)) for member in members}
    if its in ("bool", "long") and {"bool", "long"} & (kinds - {its}):
        return ERROR
    if isinstance(item, Term):
        alike = tuple(Known(member) for member in members if kind(Known(member)) == its)
        if not alike:
            return Truth(FALSE, there(item, related))
        places = ", ".join(["{}"] * len(alike))
        return ask(f"{{}} IN ({places})", f"{{}} NOT IN ({places})", (item, *alike), related)
    each = [equal(Known(member), item, related) for member in members]
    return Truth(any_of(*(one.true for one in each)), all_of(there(item, related), *(one.false for one in each)))


def over_known(question: Callable[..., bool], *ones: One) -> Truth[Predicate]:
    """A question about whole sets. Of a column it is an error: no column is a set."""
    kinds = [kind(one) for one in ones]
    values = [one.value for one in ones if isinstance(one, Known)]
    return settled(lambda: question(*values)) if len(values) == len(kinds) else ERROR


def known_is_empty(among: object) -> bool:
    """``among.isEmpty()``."""
    return is_empty(cedar_value(among))


def members_of(one: One) -> tuple[Value, ...] | None:
    """The members of a known set; ``None`` for what is no set."""
    if kind(one) != "set" or not isinstance(one, Known):
        return None
    value = cedar_value(one.value)
    return value.members if isinstance(value, CedarSet) else None
