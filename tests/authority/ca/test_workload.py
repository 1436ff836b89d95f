"""The Workload API, asked by our own client and by an unmodified py-spiffe."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import grpclib.client
import pytest
import uvloop
from cryptography import x509
from grpclib.const import Status
from grpclib.exceptions import GRPCError
from tests.peers.realm import TurnedClock

from ringwall.authority.ca.attest import Attestor, by_directory
from ringwall.authority.ca.certificate_authority import CertificateAuthority, CertificateRecord
from ringwall.authority.ca.issuer import Issuer
from ringwall.authority.ca.profile import LeafIdentity
from ringwall.authority.ca.workload import WorkloadServer
from ringwall.errors import Misconfigured, RingwallError, Tampered, Unavailable
from ringwall.peers.identity import SpiffeId
from ringwall.peers.spiffe import FETCH_X509_SVID
from ringwall.peers.spiffe import workload_pb2 as pb
from ringwall.peers.workload_client import WorkloadClient, _split
from ringwall.peers.x509_context import X509Context


class Office:
    """A CA with its socket and its ledger."""

    def __init__(self, directory: Path, attest: Attestor, *, life: float = 3600, clock: TurnedClock | None = None):
        self.socket = directory / "workload.sock"
        self.ledger: list[CertificateRecord] = []
        self.saved: list[CertificateAuthority] = []
        self.full = False
        clock = clock or TurnedClock()
        authority = CertificateAuthority.create("ringwall.internal", clock.now())
        self.issuer = Issuer(authority, save=self._save, ledger=self._write, life=life, clock=clock)
        self.server = WorkloadServer(self.issuer, attest, self._profile, clock=clock)

    def _profile(self, name: str) -> LeafIdentity:
        return LeafIdentity(SpiffeId.of("ringwall.internal", name), ("localhost",))

    async def _write(self, record: CertificateRecord) -> None:
        await asyncio.sleep(0)
        if self.full:
            raise Unavailable("the disk is full")
        self.ledger.append(record)

    async def _save(self, authority: CertificateAuthority, record: CertificateRecord) -> None:
        self.saved.append(authority)
        self.ledger.append(record)


@contextlib.asynccontextmanager
async def open_office(directory: Path, attest: Attestor = lambda *_: "orders", **options) -> AsyncIterator[Office]:
    office = Office(directory, attest, **options)
    await office.server.start(office.socket)
    try:
        yield office
    finally:
        await office.server.stop()


async def first(office: Office) -> X509Context:
    async with contextlib.aclosing(WorkloadClient(str(office.socket)).updates()) as updates:
        return await anext(updates)


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest):
    def runner(work):
        async def bounded():
            async with asyncio.timeout(20):
                return await work

        if request.param == "uvloop":
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
                return loop.run(bounded())
        return asyncio.run(bounded())

    return runner


def test_a_process_is_given_its_identity(tmp_path: Path, run) -> None:
    seen = []

    def attest(pid: int, uid: int, gid: int) -> str:
        seen.append((pid, uid, gid))
        return "orders"

    async def work() -> None:
        async with open_office(tmp_path, attest) as office:
            assert stat.S_IMODE(office.socket.stat().st_mode) == 0o600
            context = await first(office)
            assert str(context.spiffe_id) == "spiffe://ringwall.internal/orders"
            assert context.bundle == office.issuer.bundle
            assert [record.serial for record in office.ledger] == [
                x509.load_der_x509_certificate(context.chain[0]).serial_number
            ]
        assert not office.socket.exists()

    run(work())
    assert set(seen) == {(os.getpid(), os.geteuid(), os.getegid())}, "the kernel told who asked"


def test_a_nobody_is_given_nothing(tmp_path: Path, run) -> None:
    async def work() -> None:
        async with open_office(tmp_path, lambda *_: None) as office:
            with pytest.raises(Unavailable, match="no identity issued"):
                await first(office)
            assert office.ledger == []

    run(work())


def test_what_the_ledger_did_not_take_is_not_handed_out(tmp_path: Path, run) -> None:
    async def work() -> None:
        async with open_office(tmp_path) as office:
            office.full = True
            with pytest.raises(Unavailable, match="no certificate can be issued now"):
                await first(office)

    run(work())


def test_renewal_is_pushed_at_half_life_and_the_old_certificate_still_lives(tmp_path: Path, run) -> None:
    async def work() -> None:
        async with open_office(tmp_path, life=4) as office:
            async with contextlib.aclosing(WorkloadClient(f"unix://{office.socket}").updates()) as updates:
                began = time.monotonic()
                old, new = await anext(updates), await anext(updates)
                assert time.monotonic() - began > 0.5
                assert time.time() < old.not_after
                assert not old.same_credentials(new)
                assert old.spiffe_id == new.spiffe_id

    run(work())


def test_withdrawal_is_pushed_at_once_without_a_new_certificate(tmp_path: Path, run) -> None:
    async def work() -> None:
        async with open_office(tmp_path) as office:
            async with contextlib.aclosing(WorkloadClient(str(office.socket)).updates()) as updates:
                before = await anext(updates)
                assert before.denied == frozenset()
                office.issuer.withdraw([4711])
                office.server.notify()
                after = await anext(updates)
                assert after.denied == {4711}
                assert after.same_credentials(before)

    run(work())


def test_the_deny_list_forgets_what_has_expired_by_itself(tmp_path: Path, run) -> None:
    async def work() -> None:
        clock = TurnedClock()
        office = Office(tmp_path, lambda *_: "orders", clock=clock)
        chain = (await office.issuer.issue(office._profile("orders"))).chain

        def listed() -> set[int]:
            return {entry.serial_number for entry in x509.load_der_x509_crl(office.issuer.crls_for(chain)[0])}

        office.issuer.withdraw([1])
        clock.ahead = 3700
        office.issuer.withdraw([2])
        assert listed() == {1, 2}
        clock.ahead = 7300
        office.issuer.withdraw([3])
        assert listed() == {2, 3}

    run(work())


def test_an_intermediate_that_ages_is_renewed_and_saved(tmp_path: Path, run) -> None:
    async def work() -> None:
        clock = TurnedClock()
        async with open_office(tmp_path, clock=clock) as office:
            async with contextlib.aclosing(WorkloadClient(str(office.socket)).updates()) as updates:
                before = await anext(updates)
                clock.ahead = 20 * 3600
                office.issuer.withdraw([4711])
                office.server.notify()
                after = await anext(updates)
                assert after.chain[1] != before.chain[1]
                assert after.denied == {4711}
                assert [record.purpose for record in office.ledger] == ["leaf", "intermediate", "leaf"]
                assert len(office.saved) == 1

    run(work())


def test_a_service_that_is_withdrawn_gets_no_renewal(tmp_path: Path, run) -> None:
    async def work() -> None:
        names = iter(["orders", None])
        async with open_office(tmp_path, lambda *_: next(names), life=2) as office:
            async with contextlib.aclosing(WorkloadClient(str(office.socket)).updates()) as updates:
                await anext(updates)
                with pytest.raises(Unavailable, match="no longer the service"):
                    await anext(updates)

    run(work())


def test_attack_request_without_the_security_header(tmp_path: Path, run) -> None:
    """A browser or proxy tricked into the socket cannot set it."""

    async def work() -> None:
        async with open_office(tmp_path) as office:
            channel = grpclib.client.Channel(path=str(office.socket))
            ask = grpclib.client.UnaryStreamMethod(channel, FETCH_X509_SVID, pb.X509SVIDRequest, pb.X509SVIDResponse)
            with pytest.raises(GRPCError) as refused:
                await ask(pb.X509SVIDRequest())
            assert refused.value.status is Status.INVALID_ARGUMENT
            channel.close()
            assert office.ledger == []

    run(work())


def test_the_jwt_profile_is_unimplemented(tmp_path: Path, run) -> None:
    async def work() -> None:
        async with open_office(tmp_path) as office:
            channel = grpclib.client.Channel(path=str(office.socket))
            ask = grpclib.client.UnaryUnaryMethod(
                channel, "/SpiffeWorkloadAPI/FetchJWTSVID", pb.X509SVIDRequest, pb.X509SVIDResponse
            )
            with pytest.raises(GRPCError) as refused:
                await ask(pb.X509SVIDRequest(), metadata={"workload.spiffe.io": "true"})
            assert refused.value.status is Status.UNIMPLEMENTED
            channel.close()

    run(work())


def test_a_stopped_authority_ends_the_stream_and_stops_at_once(tmp_path: Path, run) -> None:
    async def work() -> None:
        async with open_office(tmp_path) as office:
            async with contextlib.aclosing(WorkloadClient(str(office.socket)).updates()) as updates:
                await anext(updates)
                began = time.monotonic()
                await office.server.stop()
                assert time.monotonic() - began < 3
                with pytest.raises((Unavailable, StopAsyncIteration)):
                    async with asyncio.timeout(3):
                        await anext(updates)

    run(work())


def test_no_authority_is_said_in_one_line(tmp_path: Path) -> None:
    async def work() -> None:
        await anext(WorkloadClient(str(tmp_path / "none.sock")).updates())

    with pytest.raises(Unavailable, match="no authority answers"):
        asyncio.run(work())
    for address in ("tcp://127.0.0.1:1", "workload.sock", "", "unix://host/x"):
        with pytest.raises(Misconfigured, match="no absolute path"):
            WorkloadClient(address)


@pytest.mark.parametrize(
    "data", [b"\x30", b"\x30\x05\x00", b"\x30\x82", b"\x30\x82\xff\xff\x00", b"\x30\xff" + b"\xff" * 9]
)
def test_attack_certificates_cut_short(data: bytes) -> None:
    with pytest.raises(Tampered, match="cut short"):
        _split(data)


PY_SPIFFE = """
import threading
from spiffe import X509Source
from spiffe.workloadapi.workload_api_client import WorkloadApiClient
source = X509Source(timeout_in_seconds=10)
print(source.svid.spiffe_id, len(source.svid.cert_chain), len(source.bundles))
changed = threading.Event()
source.subscribe_for_updates(changed.set)
serial = source.svid.leaf.serial_number
assert changed.wait(10)
assert source.svid.leaf.serial_number != serial
source.close()
with WorkloadApiClient() as client:
    print(*(bundle.trust_domain.name for bundle in client.fetch_x509_bundles().bundles))
"""


def test_stranger_py_spiffe(tmp_path: Path) -> None:
    """Another project's client, in a process of its own, attested by its directory; it sees a rotation too."""
    service = tmp_path / "orders"
    service.mkdir()
    (service / "ringwall.toml").write_text('[service]\nname = "orders"\n')

    async def work() -> str:
        async with open_office(tmp_path, by_directory(tmp_path), life=3) as office:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", PY_SPIFFE, cwd=service,
                env={**os.environ, "SPIFFE_ENDPOINT_SOCKET": f"unix://{office.socket}"},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            async with asyncio.timeout(30):
                out, err = await process.communicate()
            assert process.returncode == 0, err.decode()
            return out.decode()

    said = asyncio.run(work()).splitlines()
    assert said[0] == "spiffe://ringwall.internal/orders 2 1"
    assert said[1] == "ringwall.internal"


def test_attack_damaged_answer_is_an_error() -> None:
    from ringwall.peers.workload_client import _context

    for response in (pb.X509SVIDResponse(), pb.X509SVIDResponse(svids=[pb.X509SVID(x509_svid=b"\x30\x00")])):
        with pytest.raises(RingwallError):
            _context(response)
