"""The vault's policies, by name."""

from __future__ import annotations

from dataclasses import dataclass

from ringwall.store.contract import Reader, Transaction


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy as it was written. ``modified`` is in microseconds since 1970."""

    name: str
    text: str
    version: int
    modified: int


def put(tx: Transaction, name: str, text: str, now: int) -> None:
    """Write a policy, or the next version of it."""
    tx.run(
        "insert into vault_policy (name, text, version, modified) values (?, ?, 1, ?) on conflict (name) do update set"
        " text = excluded.text, version = vault_policy.version + 1, modified = excluded.modified",
        *(name, text, now),
    )


def get(reader: Reader, name: str) -> PolicyRow | None:
    """The policy of this name."""
    row = reader.one("select name, text, version, modified from vault_policy where name = ?", name)
    return None if row is None else PolicyRow(*row)


def names(reader: Reader) -> list[str]:
    """The name of every policy."""
    return [name for (name,) in reader.all("select name from vault_policy order by name")]


def remove(tx: Transaction, name: str) -> None:
    """Forget a policy. Tokens that name it lose what it allowed."""
    tx.run("delete from vault_policy where name = ?", name)
