"""A set of policies: static ones, templates, and the links that fill them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Link:
    """A template's id, the id of the policy that it becomes, and what fills its slots."""

    template: str
    id: str
    values: Mapping[str, EntityUid] = field(hash=False)


@dataclass(frozen=True, slots=True)
class PolicySet:
    """An immutable set. ``static`` decide as they stand; ``templates`` decide through ``links`` alone."""

    static: tuple[Policy, ...] = ()
    templates: tuple[Policy, ...] = ()
    links: tuple[Link, ...] = ()

    @classmethod
    def of(cls, policies: Iterable[Policy], links: Iterable[Link] = ()) -> PolicySet:
        """Sort policies from templates. Raises ``Misconfigured`` for an id that stands twice, and for a bad link."""
        each, links = tuple(policies), tuple(links)
        made = cls(
            tuple(policy for policy in each if not policy.slots),
            tuple(policy for policy in each if policy.slots),
            links,
        )
        seen: set[str] = set()
        for id_ in (*(policy.id for policy in each), *(link.id for link in links)):
            if id_ in seen:
                raise Misconfigured(f"two policies have the id {id_}", hint="each @id stands once in a set")
            seen.add(id_)
        made.linked()
        return made

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Everything that decides: the static policies, then the linked ones."""
        return self.static + self.linked()

    def linked(self) -> tuple[Policy, ...]:
        """The policies that the links make. Raises ``Misconfigured`` for one without its template."""
        by_id = {template.id: template for template in self.templates}
        for link in self.links:
            if link.template not in by_id:
                raise Misconfigured(f"link {link.id} names the template {link.template}, which is not in the set")
        return tuple(by_id[link.template].linked(link.id, link.values) for link in self.links)
