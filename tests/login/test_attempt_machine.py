"""However steps, attempts, answers and responses are mixed: only what belongs together ends in tokens."""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule, run_state_machine_as_test

from ringwall.errors import RingwallError
from ringwall.login.attempt import accept, receive, token_request
from ringwall.login.cookie import Cookies
from ringwall.login.pending import open_pending, seal_pending

_SERVICE = st.sampled_from((0, 1))
_SWAPPED = st.sampled_from((False, False, False, True))


class Attempts(RuleBasedStateMachine):
    """Two services with two keys, two providers, any number of attempts; an attacker who sees and mixes everything.

    Each rule goes the right way, with one thing or another swapped for what belongs elsewhere.
    """

    voices: ClassVar[Any] = ()
    now: ClassVar[float] = 0.0
    reached: ClassVar[dict[str, int]] = {}
    services = (Cookies("shop", secure=True), Cookies("orders", secure=True))
    keys = (b"s" * 32, b"o" * 32)

    cookies = Bundle("cookies")
    requests = Bundle("requests")

    @rule(target=cookies, voice=_SERVICE, service=_SERVICE)
    def start(self, voice: int, service: int) -> Any:
        _, pending = self.voices[voice].start()
        name = self.services[service].attempt(pending.state)
        return voice, service, name, seal_pending(pending, self.keys[service], name), pending

    @rule(
        target=requests,
        cookie=cookies,
        other=cookies,
        value=_SWAPPED,
        answer=_SWAPPED,
        iss=_SWAPPED,
        provider=_SWAPPED,
        service=_SWAPPED,
        late=_SWAPPED,
    )
    def come_back(self, cookie: Any, other: Any, **swapped: bool) -> Any:
        voice, sealed_by, name, _, pending = cookie
        service = sealed_by ^ swapped["service"]
        value, carried = (other if swapped["value"] else cookie)[3:]
        answered = (other if swapped["answer"] else cookie)[4]
        theirs = self.voices[voice ^ swapped["provider"]]
        said = self.voices[voice ^ swapped["iss"]].issuer
        now = self.now + (601 if swapped["late"] else 1)
        try:
            opened = open_pending(value, self.keys[service], name)
            query = theirs.answer(answered, iss=said)
            request = token_request(receive(opened, theirs.provider(), theirs.redirect_uri, query, now))
        except RingwallError:
            return multiple()
        assert opened == carried == pending == answered
        assert pending.issuer == theirs.issuer == said
        assert not swapped["late"]
        assert not swapped["service"]
        self.count("answered")
        return request, voice, pending

    @rule(request=requests, other=requests, nonce=_SWAPPED, signer=_SWAPPED, iss=_SWAPPED, aud=_SWAPPED, old=_SWAPPED)
    def redeem(self, request: Any, other: Any, **swapped: bool) -> None:
        asked, voice, pending = request
        signer = self.voices[voice ^ swapped["signer"]]
        nonce = (other if swapped["nonce"] else request)[2].nonce
        token = signer.id_token(
            nonce,
            iss=self.voices[voice ^ swapped["iss"]].issuer,
            aud="orders" if swapped["aud"] else "shop",
            exp=int(self.now) + (-3600 if swapped["old"] else 300),
        )
        try:
            tokens = accept(asked, 200, signer.response(token), self.voices[voice].keys(), self.now + 2)
        except RingwallError:
            return
        assert nonce == pending.nonce
        assert tokens.pending == pending
        assert tokens.identity.issuer == pending.issuer
        assert not any(swapped[name] for name in ("signer", "iss", "aud", "old"))
        self.count("accepted")

    def count(self, what: str) -> None:
        self.reached[what] = self.reached.get(what, 0) + 1


def test_no_mixture_of_steps_ever_yields_a_session(voice, stranger_voice, now):
    Attempts.voices, Attempts.now, Attempts.reached = (voice, stranger_voice), now, {}
    modest = settings(max_examples=40, stateful_step_count=40, deadline=None, derandomize=True)
    run_state_machine_as_test(Attempts, settings=modest)
    assert Attempts.reached.get("answered", 0) > 0
    assert Attempts.reached.get("accepted", 0) > 0
