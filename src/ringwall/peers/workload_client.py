"""The client of the SPIFFE Workload API: our authority's, SPIRE's, or any other. A source for the keeper."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

from grpclib.client import Channel, UnaryStreamMethod
from grpclib.exceptions import GRPCError, StreamTerminatedError

from ringwall.errors import Misconfigured, Tampered, Unavailable
from ringwall.peers.spiffe import FETCH_X509_SVID, SECURITY_HEADER
from ringwall.peers.spiffe import workload_pb2 as pb
from ringwall.peers.x509_context import X509Context


class WorkloadClient:
    """Our identity, from the socket at ``address``: a path, or ``unix:///path`` as ``SPIFFE_ENDPOINT_SOCKET`` has it.

    Raises :class:`Misconfigured` for an address that is no Unix socket.
    """

    name = "certificate"
    revision = 0

    def __init__(self, address: str) -> None:
        self._path = _path(address)

    async def updates(self) -> AsyncGenerator[X509Context]:
        """A context at once, and another each time the authority pushes one, until the connection ends.

        Raises :class:`Unavailable` when nobody listens or nothing is issued to us, :class:`Tampered` or
        :class:`Invalid` when what came does not hold together.
        """
        channel = Channel(path=self._path)
        method = UnaryStreamMethod[pb.X509SVIDRequest, pb.X509SVIDResponse](
            channel, FETCH_X509_SVID, pb.X509SVIDRequest, pb.X509SVIDResponse
        )
        try:
            async with method.open(metadata={SECURITY_HEADER: "true"}) as stream:
                await stream.send_message(pb.X509SVIDRequest(), end=True)
                async for response in stream:
                    yield _context(response)
        except GRPCError as error:
            raise Unavailable(
                f"the authority gives us no certificate: {error.message or error.status.name.lower()}",
                hint="start the service in the directory of its ringwall.toml, or register its user at the authority",
            ) from error
        except (OSError, StreamTerminatedError) as error:
            raise Unavailable(
                f"no authority answers at {self._path}", hint="start it with: ringwall up", retry_after=1.0
            ) from error
        finally:
            channel.close()

    encode = staticmethod(X509Context.encode)
    decode = staticmethod(X509Context.decode)


def _path(address: str) -> str:
    parts = urlsplit(address)
    path = parts.path if parts.scheme == "unix" and not parts.netloc else address
    if not path.startswith("/"):
        raise Misconfigured(
            f"the workload socket {address!r} is no absolute path", hint='write it as "unix:///run/…/workload.sock"'
        )
    return path


def _context(response: pb.X509SVIDResponse) -> X509Context:
    if not response.svids:
        raise Tampered("the authority sent no identity")
    svid = response.svids[0]  # the standard's default identity
    context = X509Context.assemble(_split(svid.x509_svid), svid.x509_svid_key, _split(svid.bundle), tuple(response.crl))
    if str(context.spiffe_id) != svid.spiffe_id:
        raise Tampered("the authority sent a certificate of another identity than it said")
    return context


def _split(concatenated: bytes) -> tuple[bytes, ...]:
    """The certificates that stand one after the other, by the length that each states (X.690 section 8.1.3)."""
    parts = []
    while concatenated:
        head = concatenated[1] if len(concatenated) > 1 else 0
        octets = head & 0x7F if head & 0x80 else 0
        length = int.from_bytes(concatenated[2 : 2 + octets]) if octets else head
        end = 2 + octets + length
        if end > len(concatenated):
            raise Tampered("a certificate from the authority is cut short")
        parts.append(concatenated[:end])
        concatenated = concatenated[end:]
    return tuple(parts)
