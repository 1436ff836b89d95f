"""The people who are there in development, and only there."""

from __future__ import annotations

from ringwall.authority.directory import Person
from ringwall.authority.people.directory import Directory
from ringwall.errors import Misconfigured

PEOPLE = (
    Person("ann", ("customer",), {"region": "eu"}, {"name": "Ann", "preferred_username": "ann"}),
    Person("sue", ("customer",), {"region": "us"}, {"name": "Sue", "preferred_username": "sue"}),
    Person("max", ("manager",), {"region": "eu"}, {"name": "Max", "preferred_username": "max"}),
)


def password(person: Person) -> str:
    """The password of a development person: easy on purpose, and worthless anywhere else."""
    return f"{person.sub}-dev"


async def populate(directory: Directory, *, development: bool) -> None:
    """Put the development people into a new directory. Raises ``Misconfigured`` outside development."""
    if not development:
        raise Misconfigured("the development people exist in development only")
    for person in PEOPLE:
        if directory.find(person.sub) is None:
            await directory.put(person, password(person), actor="development")
