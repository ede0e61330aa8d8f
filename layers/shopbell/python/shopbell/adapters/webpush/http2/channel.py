"""A TLS connection that never waits: it is asked again when its socket stirs."""

import errno
import os
import socket
import ssl
from collections.abc import Sequence
from typing import Any, Final, Literal

from shopbell.adapters.webpush.trust import Trust
from shopbell.domain.push.values import Failure

READ: Final = 1 << 18
PROTOCOLS: Final = ("h2", "http/1.1")

_RECORDS: Final = 1 << 16
_HUNG_UP: Final = "the service hung up"
_PENDING: Final = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY})


Address = tuple[int, tuple[Any, ...]]
"""Family, and what `connect` takes."""


class Cut(Exception):  # noqa: N818 - what has happened, as all of ours are named
    """The connection is no more, or never came to be."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure: Failure = failure


def context_of(trust: Trust) -> ssl.SSLContext:
    """TLS 1.2 or later, certificates and names checked; HTTP/2 wanted, HTTP/1.1 put up with.

    ValueError if the authorities are none.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    text = None if trust.text is None else trust.text.decode("ascii", "replace")
    try:
        context.load_verify_locations(trust.file, trust.directory, text)
    except ssl.SSLError:
        raise ValueError("the certificate authorities cannot be read") from None
    context.set_alpn_protocols(list(PROTOCOLS))
    return context


class Channel:
    """Tries the addresses in their order; `stage` says how far it is."""

    def __init__(self, addresses: Sequence[Address], name: str, context: ssl.SSLContext) -> None:
        """`name` is what the certificate must be for. Raises Cut."""
        self.stage: Literal["connecting", "greeting", "open"] = "connecting"
        self.closed = False
        """Whether the peer has ended its side: nothing more will come."""
        self._addresses = list(addresses)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self._unsent = b""
        self.socket = self._dial()

    @property
    def protocol(self) -> str | None:
        """What was agreed on, once it is open."""
        return self._tls.selected_alpn_protocol()

    @property
    def waits_to_write(self) -> bool:
        return self.stage == "connecting" or bool(self._unsent)

    def stir(self) -> bytes:
        """Do what can be done now; what the peer has said meanwhile. Raises Cut."""
        if self.stage == "connecting" and not self._connected():
            return b""
        if self._unsent:
            self._send()
        self._receive()
        if self.stage == "greeting":
            self._greet()
        said = self._said() if self.stage == "open" else b""
        if self.closed and not said:
            raise Cut(self._fault, _HUNG_UP)
        return said

    def write(self, data: bytes | bytearray) -> None:
        """Only while it is open. Raises Cut."""
        try:
            self._tls.write(data)
        except ssl.SSLError as fault:
            raise Cut("reset", fault.reason or _HUNG_UP) from None
        self._send()

    def close(self) -> None:
        self.socket.close()

    def _dial(self) -> socket.socket:
        """Begin with the next address; Cut if none is left."""
        reason = "no address"
        while self._addresses:
            family, address = self._addresses.pop(0)
            dialled = socket.socket(family, socket.SOCK_STREAM)
            dialled.setblocking(False)
            dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            code = dialled.connect_ex(address)
            if code in _PENDING:
                return dialled
            dialled.close()
            reason = os.strerror(code)
        raise Cut("connect", reason)

    def _connected(self) -> bool:
        code = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code and self._addresses:
            self.socket.close()
            self.socket = self._dial()
            return False
        if code:
            raise Cut("connect", os.strerror(code))
        self.stage = "greeting"
        return True

    def _greet(self) -> None:
        try:
            self._tls.do_handshake()
            self.stage = "open"
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as fault:
            raise Cut("tls", fault.reason or "no handshake") from None
        finally:
            self._send()

    @property
    def _fault(self) -> Failure:
        return "reset" if self.stage == "open" else "tls"

    def _receive(self) -> None:
        try:
            data = self.socket.recv(READ)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as fault:
            raise Cut(self._fault, fault.strerror or _HUNG_UP) from None
        if data:
            self._incoming.write(data)
        else:
            self.closed = True

    def _said(self) -> bytes:
        parts: list[bytes] = []
        try:
            while part := self._tls.read(_RECORDS):
                parts.append(part)
            self.closed = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as fault:
            if not parts:
                raise Cut("reset", fault.reason or _HUNG_UP) from None
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _send(self) -> None:
        """Where nothing can be sent any more, there may still be something to read: that tells how it ended."""
        data = self._unsent + self._outgoing.read() if self._unsent else self._outgoing.read()
        if not data:
            return
        try:
            sent = self.socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            sent = len(data)
        self._unsent = data[sent:]
