"""A connection of ours and the strict server of the h2 library, with nothing but octets between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded
from h2.settings import SettingCodes, Settings
from hyperframe.frame import Frame
from shopbell.adapters.webpush.http2.connection import Connection
from shopbell.adapters.webpush.http2.streams import Ended

HEADERS: Final = {
    "Authorization": "vapid t=eyJ0eXAiOiJKV1Q,k=BCVxsr7N",
    "TTL": "86400",
    "Urgency": "normal",
    "Content-Type": "application/octet-stream",
    "Content-Encoding": "aes128gcm",
    "Topic": "a" * 32,
}
AUTHORITY: Final = "push.example.net"


@dataclass
class Asked:
    fields: list[tuple[str, str]]
    body: bytes = b""
    whole: bool = False


@dataclass
class Pair:
    """`asked` by stream is what the server has read; it raises where a request breaks the rules."""

    settings: Mapping[SettingCodes, int] = field(default_factory=dict)
    client: Connection = field(default_factory=Connection)
    server: H2Connection = field(default_factory=lambda: H2Connection(H2Configuration(client_side=False)))
    asked: dict[int, Asked] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    acknowledges: bool = True

    def __post_init__(self) -> None:
        self.server.local_settings = Settings(client=False, initial_values=dict(self.settings))
        self.server.initiate_connection()
        self.pump()

    def pump(self) -> list[Ended]:
        """Until neither has anything to say; what ended at the client."""
        ended: list[Ended] = []
        while True:
            sent, said = bytes(self.client.outgoing), b""
            self.client.outgoing.clear()
            for event in self.server.receive_data(sent):
                self._on(event)
            said = self.server.data_to_send()
            ended += self.client.receive(said)
            if not sent and not said:
                return ended

    def post(self, key: int, body: bytes = b"body", headers: Mapping[str, str] = HEADERS) -> int:
        """The number of its stream."""
        self.client.begin(key, AUTHORITY, f"/push/{key}", headers, body)
        return 2 * key + 1

    def answer(
        self, stream: int, status: int = 201, more: Iterable[tuple[str, str]] = (), body: bytes | None = None
    ) -> list[Ended]:
        self.server.send_headers(stream, [(":status", str(status)), *more], end_stream=body is None)
        if body is not None:
            self.server.send_data(stream, body, end_stream=True)
        return self.pump()

    def hears(self, *frames: Frame) -> list[Ended]:
        """As if the server had sent them, whatever h2 thinks of it."""
        return self.client.receive(b"".join(frame.serialize() for frame in frames))

    def _on(self, event: Event) -> None:
        self.events.append(event)
        match event:
            case RequestReceived(stream_id=int(stream), headers=found):
                self.asked[stream] = Asked([(bytes(n).decode(), bytes(v).decode()) for n, v in found or []])
            case DataReceived(stream_id=int(stream), data=data, flow_controlled_length=int(length)):
                self.asked[stream].body += data or b""
                if self.acknowledges:
                    self.server.acknowledge_received_data(length, stream)
            case StreamEnded(stream_id=int(stream)):
                self.asked[stream].whole = True
            case _:
                pass
