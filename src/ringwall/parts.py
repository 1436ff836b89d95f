"""What a guard is composed of: each layer by the one question that it answers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ringwall.caller import Caller

if TYPE_CHECKING:
    from ringwall.current import Visit
    from ringwall.decision import Decision
    from ringwall.keeper import Keeper
    from ringwall.login.web import WebRequest, WebResponse
    from ringwall.policy.authorizer import Authorizer
    from ringwall.policy.bundle import Bundle
    from ringwall.policy.objects.context import Context
    from ringwall.secret import Secret
    from ringwall.settings import Settings

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Credentials(NamedTuple):
    """What a request brought to prove who calls. A bearer token decides alone: cookies beside it are not passed on.

    ``certificate`` is the client's leaf certificate in DER, as the TLS layer verified it.
    """

    bearer: str | None = None
    cookies: Mapping[str, str] = _NOTHING
    certificate: bytes | None = None


class Admitted(NamedTuple):
    """Who was proven, and the access token that goes along when this caller's request is carried on to a peer."""

    caller: Caller
    bearer: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """The proof is not in memory yet. ``find`` makes the coroutine that gets it, to be run on the keeper's loop."""

    find: Callable[[], Coroutine[Any, Any, Admitted | None]]


class Admission(Protocol):
    """Turns credentials into a caller, from memory alone."""

    def admit(self, credentials: Credentials) -> Admitted | Wait | None:
        """The caller, or nobody. Raises ``Unauthenticated`` for a proof that does not hold, and ``Unavailable``."""
        ...


class Recorder(Protocol):
    """Writes decisions down."""

    def decision(self, decision: Decision, caller: Caller | None, request: Visit) -> Future[None] | None:
        """Record it. For a denial, the result is done once it is durable. Raises ``Unavailable`` when it cannot be."""
        ...


class DecisionPoint(Protocol):
    """Decides elsewhere what marks with an action ask. Raises ``Unavailable`` where no answer came in time."""

    def decide(
        self, caller: Caller, action: str, resource: object | None = None, *, role: str | None, context: Context
    ) -> Decision:
        """For threads: it waits. Raises ``Misconfigured`` on an event loop, which it would block."""
        ...

    async def adecide(
        self, caller: Caller, action: str, resource: object | None = None, *, role: str | None, context: Context
    ) -> Decision:
        """For coroutines."""
        ...


class Endpoints(Protocol):
    """The pages of a login, answered by us before the application: ``/login``, ``/callback``, ``/logout``."""

    @property
    def paths(self) -> frozenset[str]: ...

    async def handle(self, request: WebRequest) -> WebResponse: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """The layers that a guard composes. ``endpoints`` is ``None`` where nobody logs in with a browser.

    ``bundle`` gives the Cedar policies that are in force now, where ``[policy]`` asks for any; it raises
    ``Unavailable`` when they are too old. ``elsewhere`` is the decision point that is asked instead, if any.
    """

    settings: Settings
    admission: Admission
    authorizer: Authorizer
    recorder: Recorder
    keeper: Keeper
    endpoints: Endpoints | None
    secret: Callable[[str], Secret[str]]
    peer: Callable[[str], Any]
    async_peer: Callable[[str], Any]
    bundle: Callable[[], Bundle] | None = None
    elsewhere: DecisionPoint | None = None
