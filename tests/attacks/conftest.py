"""The authority's own fixtures, for the attacks on it."""

from __future__ import annotations

from tests.authority.conftest import settings, world
from tests.authority.pages.conftest import anyio_backend, authority, browser, open_browser
from tests.authority.vault.conftest import bank

__all__ = ["anyio_backend", "authority", "bank", "browser", "open_browser", "settings", "world"]
