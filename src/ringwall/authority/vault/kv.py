"""What happens to a versioned secret: the rules of Vault's KV version 2, as functions from entry to entry.

Nothing here does I/O. Times are microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ringwall.authority.vault import fields
from ringwall.authority.vault.call import Refused
from ringwall.store.kv import Config, Entry, Version

DEFAULT_VERSIONS = 10
MOST_VERSIONS = 100
"""The most that are kept of one secret, whatever was asked for: every access reads the marks of them all."""

MICRO = 1_000_000


def written(entry: Entry, config: Config, now: int, author: str) -> Entry:
    """With one more version; what is then too old is gone."""
    number = entry.current + 1
    version = Version(now, _expiry(entry, config, now), destroyed=False, author=author)
    versions = {**entry.versions, number: version}
    oldest = entry.oldest
    kept = min(max(entry.max_versions, config.max_versions) or DEFAULT_VERSIONS, MOST_VERSIONS)
    if number - oldest >= kept:
        oldest = number - kept + 1
        versions = {n: v for n, v in versions.items() if n >= oldest}
    created = now if entry.created is None else entry.created
    return replace(entry, current=number, oldest=oldest, created=created, updated=now, versions=versions)


def deleted(entry: Entry, numbers: Iterable[int], now: int) -> Entry:
    """With these versions marked as deleted; those that are already, or destroyed, stay as they are."""
    return _marked(entry, numbers, lambda v: v if is_deleted(v, now) else replace(v, deleted=now))


def undeleted(entry: Entry, config: Config, numbers: Iterable[int], now: int) -> Entry:
    """With these versions readable again, unless they were destroyed."""
    return _marked(entry, numbers, lambda v: replace(v, deleted=_expiry(entry, config, now)))


def destroyed(entry: Entry, numbers: Iterable[int]) -> Entry:
    """With the values of these versions gone for good."""
    return _marked(entry, numbers, lambda v: replace(v, destroyed=True))


def is_deleted(version: Version, now: int) -> bool:
    return version.deleted is not None and version.deleted <= now


def readable(version: Version, now: int) -> bool:
    """Whether its value may be given out."""
    return not version.destroyed and not is_deleted(version, now)


def check_cas(options: Mapping[str, Any], entry: Entry, config: Config) -> None:
    """Hold a write to the version that its writer saw. Raises ``Refused``."""
    if "cas" not in options:
        if config.cas_required or entry.cas_required:
            raise Refused(400, "check-and-set parameter required for this call")
        return
    try:
        seen = fields.integer(options["cas"])
    except ValueError:
        raise Refused(400, "error parsing check-and-set parameter") from None
    if seen != entry.current:
        raise Refused(400, "check-and-set parameter did not match the current version")


def merged(old: Any, patch: Any) -> Any:
    """A JSON merge patch applied (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(old) if isinstance(old, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _expiry(entry: Entry, config: Config, now: int) -> int | None:
    if config.delete_after < 0:
        return None
    spans = [span for span in (config.delete_after, entry.delete_after) if span > 0]
    return now + min(spans) * MICRO if spans else None


def _marked(entry: Entry, numbers: Iterable[int], change: Callable[[Version], Version]) -> Entry:
    versions = dict(entry.versions)
    for number in numbers:
        version = versions.get(number)
        if version is not None and not version.destroyed:
            versions[number] = change(version)
    return replace(entry, versions=versions)
