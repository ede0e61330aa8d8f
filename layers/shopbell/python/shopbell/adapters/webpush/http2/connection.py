"""One connection of HTTP/2 (RFC 9113) without its socket: requests become octets, octets become answers."""

from collections.abc import Callable, Mapping
from typing import Final

from shopbell.adapters.webpush.http2 import frames
from shopbell.adapters.webpush.http2.exchanges import Exchanges
from shopbell.adapters.webpush.http2.frames import Broken, frame
from shopbell.adapters.webpush.http2.opening import MAX_BLOCK, START
from shopbell.adapters.webpush.http2.streams import Ended
from shopbell.domain.push.values import Failure

LAST_STREAM: Final = 1 << 30
"""No stream begins after it: numbers are never used again."""

_PRIORITY_LENGTH: Final = 5

Handler = Callable[[int, int, bytes], None]
"""(flags, stream, payload)."""


class Connection:
    """`outgoing` is what must be sent. Once `draining` it takes no more requests, but may still bring answers."""

    def __init__(self) -> None:
        self.outgoing = bytearray(START)
        self.draining = False
        self.http1_wanted = False
        self._exchanges = Exchanges(self.outgoing)
        self._rest = b""
        self._block: tuple[int, int, bytes] | None = None
        # by kind, which are numbered from 0 in this order
        self._handlers: tuple[Handler, ...] = (
            *(self._on_data, self._on_headers, self._on_priority, self._on_reset, self._on_settings),
            *(self._on_promise, self._on_ping, self._on_goaway, self._on_window, self._on_continuation),
        )

    @property
    def busy(self) -> int:
        return len(self._exchanges)

    @property
    def settled(self) -> bool:
        """Whether the peer has said its settings."""
        return self._exchanges.peer.settled

    @property
    def room(self) -> int:
        """How many requests it takes now; none before it is settled."""
        own = self._exchanges
        if self.draining or not self.settled or own.next > LAST_STREAM:
            return 0
        return own.peer.max_streams - len(own)

    def begin(self, key: int, authority: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """`key` comes back with the answer. Only while there is `room`."""
        self._exchanges.begin(key, authority, path, headers, body)

    def receive(self, data: bytes) -> list[Ended]:
        """What ended by it. After Broken the connection is done for, and `outgoing` says so to the peer."""
        buffer, place = self._rest + data if self._rest else data, 0
        end = len(buffer)
        try:
            while end - place >= frames.HEAD_LENGTH:
                high, low, kind, flags, number = frames.HEAD.unpack_from(buffer, place)
                start, size = place + frames.HEAD_LENGTH, high << 8 | low
                if start + size > end and size <= frames.DEFAULT_FRAME:
                    break
                place = start + size
                self._take(kind, flags, number & frames.STREAM_BITS, buffer[start:place])
        except Broken as fault:
            self.draining = True
            self.outgoing += frame(frames.GOAWAY, 0, 0, frames.PAIR.pack(0, fault.code))
            raise
        self._rest = buffer[place:]
        return self._ended()

    def cancel(self, key: int, failure: Failure) -> list[Ended]:
        """End one exchange from our side; its answer, as far as it has come."""
        self._exchanges.cancel(key, failure)
        return self._ended()

    def lost(self, reason: str) -> list[Ended]:
        """The connection is gone: what was under way ends, and nobody knows how."""
        self.draining = True
        self._exchanges.end_all("reset", reason)
        return self._ended()

    def _ended(self) -> list[Ended]:
        ended, self._exchanges.ended = self._exchanges.ended, []
        return ended

    def _take(self, kind: int, flags: int, number: int, payload: bytes) -> None:
        if len(payload) > frames.DEFAULT_FRAME:
            raise Broken(frames.FRAME_SIZE_ERROR, "a frame larger than we allow")
        if self._block is not None and kind != frames.CONTINUATION:
            raise Broken(frames.PROTOCOL_ERROR, "a header block with something else within it")
        if not self.settled and (kind != frames.SETTINGS or flags & frames.ACK):
            raise Broken(frames.PROTOCOL_ERROR, "something else before the settings")
        if kind < len(self._handlers):  # frames of unknown kinds are to be ignored
            self._handlers[kind](flags, number, payload)

    def _check_ours(self, number: int) -> None:
        """Broken for a stream that we have not begun."""
        if not number & 1 or number >= self._exchanges.next:
            raise Broken(frames.PROTOCOL_ERROR, "a stream that never was")

    def _on_headers(self, flags: int, number: int, payload: bytes) -> None:
        self._check_ours(number)
        payload = frames.unpadded(flags, payload)
        if flags & frames.WITH_PRIORITY:
            if len(payload) < _PRIORITY_LENGTH:
                raise Broken(frames.FRAME_SIZE_ERROR, "a priority cut off")
            payload = payload[_PRIORITY_LENGTH:]
        if flags & frames.END_HEADERS:
            self._exchanges.answer(number, payload, last=bool(flags & frames.END_STREAM))
        else:
            self._block = (number, flags, payload)

    def _on_continuation(self, flags: int, number: int, payload: bytes) -> None:
        if self._block is None or self._block[0] != number:
            raise Broken(frames.PROTOCOL_ERROR, "the continuation of nothing")
        _, begun, before = self._block
        if len(before) + len(payload) > MAX_BLOCK or not payload:
            raise Broken(frames.ENHANCE_YOUR_CALM, "headers without end")
        self._block = (number, begun, before + payload)
        if flags & frames.END_HEADERS:
            self._block = None
            self._exchanges.answer(number, before + payload, last=bool(begun & frames.END_STREAM))

    def _on_data(self, flags: int, number: int, payload: bytes) -> None:
        self._check_ours(number)
        self._exchanges.data(number, flags, payload)

    def _on_priority(self, _: int, number: int, payload: bytes) -> None:
        frames.sized(payload, _PRIORITY_LENGTH)
        if not number:
            raise Broken(frames.PROTOCOL_ERROR, "the priority of no stream")

    def _on_reset(self, _: int, number: int, payload: bytes) -> None:
        (code,) = frames.LONG.unpack(frames.sized(payload, frames.LONG.size))
        self._check_ours(number)
        self._heed(code)
        self._exchanges.was_reset(number, code)

    def _heed(self, code: int) -> None:
        if code == frames.HTTP_1_1_REQUIRED:
            self.http1_wanted = self.draining = True

    def _on_settings(self, flags: int, number: int, payload: bytes) -> None:
        if number:
            raise Broken(frames.PROTOCOL_ERROR, "settings of a stream")
        if flags & frames.ACK:
            frames.sized(payload, 0)
            return
        own = self._exchanges
        before = own.peer.initial_window
        table = own.peer.settle(payload)
        if table is not None:
            own.writer.resize(table)
        # before any body that the new settings let through: to the peer they hold from here on
        self.outgoing += frame(frames.SETTINGS, frames.ACK, 0)
        own.shift(own.peer.initial_window - before)

    def _on_promise(self, _flags: int, _number: int, _payload: bytes) -> None:
        raise Broken(frames.PROTOCOL_ERROR, "a promise that we have forbidden")

    def _on_ping(self, flags: int, number: int, payload: bytes) -> None:
        if number:
            raise Broken(frames.PROTOCOL_ERROR, "the ping of a stream")
        frames.sized(payload, 8)
        if not flags & frames.ACK:
            self.outgoing += frame(frames.PING, frames.ACK, 0, payload)

    def _on_goaway(self, _: int, number: int, payload: bytes) -> None:
        if number:
            raise Broken(frames.PROTOCOL_ERROR, "a stream cannot go away")
        if len(payload) < frames.PAIR.size:
            raise Broken(frames.FRAME_SIZE_ERROR, "a farewell cut off")
        self.draining = True
        last, code = frames.PAIR.unpack_from(payload)
        self._heed(code)
        self._exchanges.give_back(last & frames.STREAM_BITS)

    def _on_window(self, _: int, number: int, payload: bytes) -> None:
        more = frames.LONG.unpack(frames.sized(payload, frames.LONG.size))[0] & frames.STREAM_BITS
        if number:
            self._check_ours(number)
        if not more:
            raise Broken(frames.PROTOCOL_ERROR, "a window that grows by nothing")
        self._exchanges.widen(number, more)
