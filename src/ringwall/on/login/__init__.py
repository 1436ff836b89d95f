"""Browser logins over the network: the login pages, and the sessions behind their cookies."""

from __future__ import annotations

from ringwall.on.login.door import Login
from ringwall.on.login.records import Keeping
from ringwall.on.login.relying import OtherProvider, OwnAuthority, Relying

__all__ = ["Keeping", "Login", "OtherProvider", "OwnAuthority", "Relying"]
