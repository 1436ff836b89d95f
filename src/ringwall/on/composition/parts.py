"""Every layer that ``ringwall.toml`` asks for, put together, once in each process."""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ringwall.audit import logs
from ringwall.audit.decisions import DecisionLog
from ringwall.clock import SYSTEM, Clock
from ringwall.keeper import Keeper, Snapshot
from ringwall.on.composition.admission import Admission
from ringwall.on.composition.authority_client import AuthorityClient
from ringwall.on.composition.certificate import CertificateSource
from ringwall.on.composition.exchange import Exchange
from ringwall.on.composition.issuer import KeysSource, PublishedKeys
from ringwall.on.composition.logins import KeptLogin, login_of
from ringwall.on.composition.logouts import Logouts
from ringwall.on.composition.peers import Peers
from ringwall.on.composition.recorder import AuditRecorder
from ringwall.on.composition.revocations import RevocationsSource
from ringwall.on.composition.secrets import Secrets
from ringwall.on.composition.verification import Verification
from ringwall.parts import DecisionPoint, Parts
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.rules.grant import role_policies, service_policies
from ringwall.settings import Settings

if TYPE_CHECKING:
    from ringwall.policy.bundle import Bundle


class Composition:
    """One service in this process. Nothing starts before first use."""

    def __init__(self, settings: Settings, clock: Clock = SYSTEM) -> None:
        logs.install()
        self.settings = settings
        self.keeper = keeper = Keeper(settings.state_directory, clock=clock)
        self.identity_snapshot = keeper.watch(CertificateSource(settings), max_age=math.inf)
        self.identity = identity = self.identity_snapshot.current
        authority = AuthorityClient(settings, identity)
        keys_source = KeysSource(settings)
        keys = keeper.watch(keys_source, max_age=settings.outage + 300.0)
        cutoffs = keeper.watch(RevocationsSource(authority.current, clock), max_age=settings.outage)
        verification = Verification(settings, keys, keys_source, cutoffs, clock)
        secrets = Secrets(settings, keeper, authority.current)
        peers = Peers(settings, identity, Exchange(keeper, authority.current, identity))
        self.decisions = DecisionLog(settings.state_directory / "audit")
        login = None
        if "public" in settings.service.listen:
            login = login_of(
                settings, keeper, identity, verification, secrets, Logouts(settings, cutoffs), self.decisions.event
            )
        self.parts = Parts(
            settings=settings,
            admission=Admission(verification, login, settings.trust_domain, clock),
            authorizer=Authorizer(
                (*role_policies(settings.roles), *service_policies(settings.services, settings.trust_domain))
            ),
            recorder=AuditRecorder(self.decisions),
            keeper=keeper,
            endpoints=None if login is None else KeptLogin(login, settings, keeper, authority),
            secret=secrets,
            peer=functools.cache(peers.sync),
            async_peer=functools.cache(peers.asynchronous),
            bundle=self._bundle(settings, authority, keys, keys_source, clock),
            elsewhere=self._elsewhere(settings, authority, secrets),
        )

    def _bundle(
        self,
        settings: Settings,
        authority: AuthorityClient,
        keys: Snapshot[PublishedKeys],
        keys_source: KeysSource,
        clock: Clock,
    ) -> Callable[[], Bundle] | None:
        if settings.policy is None or settings.policy.decision_point:
            return None
        if settings.policy.authority:
            from ringwall.on.composition.policies import PoliciesSource

            told = self.decisions.event
            source = PoliciesSource(settings, authority.current, keys, keys_source.refetch, told, clock)
            pushed = self.keeper.watch(source, max_age=settings.outage)
            return lambda: pushed.current().bundle
        from ringwall.on.composition.policy_files import PolicyFiles

        assert settings.policy.directory is not None
        files = PolicyFiles(
            settings.policy.directory, production=not settings.development, told=self.decisions.event, clock=clock
        )
        return self.keeper.watch(files, max_age=math.inf, first=files.read()).current

    def _elsewhere(self, settings: Settings, authority: AuthorityClient, secrets: Secrets) -> DecisionPoint | None:
        policy = settings.policy
        if policy is None or not policy.decision_point:
            return None
        from ringwall.on.composition.decision_point import remote_decisions

        bearer = secrets(policy.token).reveal if policy.token else None
        return remote_decisions(settings, policy.decision_point, self.keeper, authority.current, bearer)

    def stop(self) -> None:
        """Stop the keeper and finish the audit log."""
        self.keeper.stop()
        self.decisions.close()


_composed: dict[Path, Composition] = {}
_composing = threading.Lock()


def composition(settings: Settings) -> Composition:
    """The composition for the service of this ``ringwall.toml``: one in each process, made when first asked for."""
    with _composing:
        if settings.path not in _composed:
            _composed[settings.path] = Composition(settings)
        return _composed[settings.path]


def compose(settings: Settings) -> Parts:
    """The parts of a guard for the service whose ``ringwall.toml`` this is."""
    return composition(settings).parts
