"""Where services are in development: each that runs writes down its addresses, and its peers look there first."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ringwall.settings import PeerSettings, Settings
from ringwall.snapshot_file import write_atomically

FILE = "address.json"


def announce(settings: Settings, *, public: str, internal: str) -> None:
    """Write down where this service listens: URLs, empty for a listener that it does not have."""
    facts = {"public": public, "internal": internal, "pid": os.getpid()}
    write_atomically(settings.state_directory / FILE, json.dumps(facts).encode())


def whereabouts(settings: Settings, peer: PeerSettings) -> str:
    """The URL at which ``peer`` listens now.

    In production, what ``ringwall.toml`` says. In development its own word comes first, so that the configuration can
    name the hosts of production and still run on one machine. Who answers there is checked by certificate in any case.
    """
    if not settings.development:
        return peer.url
    return found(settings.home, peer.service).get("internal") or peer.url


def found(home: Path, service: str) -> dict[str, str]:
    """What ``service`` last wrote down under ``home``; empty when it never did."""
    try:
        facts = json.loads((home / ".ringwall" / "services" / service / FILE).read_text())
        return {name: str(value) for name, value in facts.items()}
    except (OSError, ValueError, AttributeError):
        return {}
