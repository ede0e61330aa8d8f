"""The exchanges under way on one connection: how each begins, is answered, and ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.adapters.webpush.exchange import MAX_ANSWER
from shopbell.adapters.webpush.http2 import frames
from shopbell.adapters.webpush.http2.frames import Broken, frame
from shopbell.adapters.webpush.http2.peer import Peer
from shopbell.adapters.webpush.http2.reading import BadFields
from shopbell.adapters.webpush.http2.streams import Ended, Malformed, Stream, answered
from shopbell.adapters.webpush.http2.writing import Writer
from shopbell.domain.push.values import Failure

WINDOW: Final = 1 << 20
"""Octets of all answers together that may be under way to us."""

_FINAL: Final = 200


@dataclass(slots=True)
class Exchanges:
    """`outgoing` is what must be sent, `ended` what has come of them; the numbers are those of streams."""

    outgoing: bytearray
    peer: Peer = field(default_factory=Peer)
    writer: Writer = field(default_factory=Writer)
    ended: list[Ended] = field(default_factory=list)
    next: int = 1
    _streams: dict[int, Stream] = field(default_factory=dict)
    _held: dict[int, Stream] = field(default_factory=dict)
    _credit: int = WINDOW

    def __len__(self) -> int:
        return len(self._streams)

    def begin(self, key: int, authority: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """`key` comes back with the answer."""
        number, peer, size = self.next, self.peer, len(body)
        self.next = number + 2
        block = self.writer.block(authority, path, headers, size)
        out, length = self.outgoing, len(block)
        if size > peer.window or size > peer.initial_window or max(size, length) > peer.frame_size:
            out += peer.head(number, block)
            self._streams[number] = stream = Stream(key, peer.initial_window, body)
            self._pour(number, stream)
            return
        peer.window -= size
        self._streams[number] = Stream(key, peer.initial_window - size)
        out += frames.HEAD.pack(length >> 8, length & 0xFF, frames.HEADERS, frames.END_HEADERS, number)
        out += block
        out += frames.HEAD.pack(size >> 8, size & 0xFF, frames.DATA, frames.END_STREAM, number)
        out += body

    def _pour(self, number: int, stream: Stream) -> None:
        """As much of the body as the windows let through; the rest is held."""
        while stream.rest:
            room = min(self.peer.window, stream.window, self.peer.frame_size)
            if room <= 0:
                self._held[number] = stream
                return
            part, stream.rest = stream.rest[:room], stream.rest[room:]
            self.peer.window -= len(part)
            stream.window -= len(part)
            self.outgoing += frame(frames.DATA, 0 if stream.rest else frames.END_STREAM, number, part)
        self._held.pop(number, None)

    def widen(self, number: int, more: int) -> None:
        """WINDOW_UPDATE: of one stream, or of all where `number` is 0."""
        if number == 0:
            self.peer.window += more
            if self.peer.window > frames.MAX_WINDOW:
                raise Broken(frames.FLOW_CONTROL_ERROR, "a window of more than 31 bits")
        elif (stream := self._streams.get(number)) is not None:
            stream.window += more
            if stream.window > frames.MAX_WINDOW:
                self.reset(number, frames.FLOW_CONTROL_ERROR, "reset", "a window of more than 31 bits")
        self._pour_held()

    def shift(self, change: int) -> None:
        """The peer has changed the window that streams begin with: of those under way it moves too."""
        for stream in self._streams.values():
            stream.window += change
            if stream.window > frames.MAX_WINDOW:
                raise Broken(frames.FLOW_CONTROL_ERROR, "a window of more than 31 bits")
        self._pour_held()

    def _pour_held(self) -> None:
        for number, stream in list(self._held.items()):
            self._pour(number, stream)

    def answer(self, number: int, block: bytes, *, last: bool) -> None:
        """A whole header block has come: an interim answer, the answer, or what follows its body."""
        stream = self._streams.get(number)
        if stream is None:
            return  # it has ended before, and headers leave nothing behind that others would need
        try:
            _take(stream, block, last=last)
        except BadFields as fault:
            raise Broken(frames.COMPRESSION_ERROR, str(fault)) from None
        except Malformed as fault:
            self.reset(number, frames.PROTOCOL_ERROR, "reset", str(fault))
            return
        if last:
            self._finish(number)

    def data(self, number: int, flags: int, payload: bytes) -> None:
        """Part of an answer's body, of which 4 KB are read; padding counts for the window alone."""
        self._spend(len(payload))
        data = frames.unpadded(flags, payload)
        stream = self._streams.get(number)
        if stream is None:
            return
        if not stream.status:
            self.reset(number, frames.PROTOCOL_ERROR, "reset", "a body before its status")
            return
        room = MAX_ANSWER - len(stream.body)
        stream.body += data[:room]
        if len(data) > room:
            self.reset(number, frames.CANCEL, "too_large", "")
        elif flags & frames.END_STREAM:
            self._finish(number)

    def _spend(self, size: int) -> None:
        self._credit -= size
        if self._credit < 0:
            raise Broken(frames.FLOW_CONTROL_ERROR, "more than we allowed")
        if self._credit < WINDOW // 2:
            self.outgoing += frame(frames.WINDOW_UPDATE, 0, 0, frames.LONG.pack(WINDOW - self._credit))
            self._credit = WINDOW

    def was_reset(self, number: int, code: int) -> None:
        """By the peer; what it has refused, it has not looked at (RFC 9113 section 8.7)."""
        stream = self._streams.get(number)
        if stream is None:
            return
        if not stream.status and code in (frames.REFUSED_STREAM, frames.HTTP_1_1_REQUIRED):
            self._give_back(number)
        else:
            self.end(number, "reset", f"reset by the service, error {code}")

    def give_back(self, last: int) -> None:
        """GOAWAY: those after `last` were not looked at."""
        for number in [number for number in self._streams if number > last]:
            self._give_back(number)

    def _give_back(self, number: int) -> None:
        self._held.pop(number, None)
        self.ended.append((self._streams.pop(number).key, None))

    def cancel(self, key: int, failure: Failure) -> None:
        number = next((number for number, stream in self._streams.items() if stream.key == key), None)
        if number is not None:
            self.reset(number, frames.CANCEL, failure, "it took too long")

    def reset(self, number: int, code: int, failure: Failure, reason: str) -> None:
        """End it from our side, with what has come of it."""
        self.outgoing += frame(frames.RST_STREAM, 0, number, frames.LONG.pack(code))
        self.end(number, failure, reason)

    def _finish(self, number: int) -> None:
        """The answer is whole; if the body is not, nobody wants the rest of it (RFC 9113 section 8.1)."""
        if number in self._held:
            self.outgoing += frame(frames.RST_STREAM, 0, number, frames.LONG.pack(frames.CANCEL))
        self.end(number)

    def end(self, number: int, failure: Failure | None = None, reason: str = "") -> None:
        self._held.pop(number, None)
        stream = self._streams.pop(number)
        self.ended.append((stream.key, stream.answer(failure, reason)))

    def end_all(self, failure: Failure, reason: str) -> None:
        for number in list(self._streams):
            self.end(number, failure, reason)


def _take(stream: Stream, block: bytes, *, last: bool) -> None:
    if stream.status:
        if not last:
            raise Malformed("trailers that are not the end")
        return
    status, headers = answered(block)
    if status >= _FINAL:
        stream.status, stream.headers = status, headers
    elif last:
        raise Malformed("an interim answer that is the last")
