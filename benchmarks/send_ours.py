"""Our sender in a process of its own: python -m benchmarks.send_ours SENDER LOAD PUSHES AUTHORITY PORT.

In rounds of 50, as `send` does it: check the address, encrypt, sign, post, and turn each answer into an outcome.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shopbell.adapters.webpush.codec import Aes128GcmCodec
from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.http2.transport import Http2Transport
from shopbell.adapters.webpush.openssl import quickest
from shopbell.adapters.webpush.transport import CurlTransport
from shopbell.adapters.webpush.trust import Trust
from shopbell.adapters.webpush.vapid import SigningKey, VapidSigner
from shopbell.domain.clock import DAY
from shopbell.domain.push.endpoints import AllowedHosts, allow, parse_endpoint
from shopbell.domain.push.headers import bounded_ttl, message_headers, topic_of
from shopbell.domain.push.outcome import Accepted, outcome
from shopbell.domain.push.values import PushRequest, ReceiverKeys
from shopbell.domain.runs import FLUSH_EVERY
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import PushTransport

from benchmarks.peers.in_python import Result, result, spent, warm_up
from benchmarks.send_load import NOW, SUBJECT, Load, stored, vapid_private
from benchmarks.send_words import Writer

TOPIC: Final = topic_of("run")

Write = Callable[[int, Subscription], bytes]
"""(place, subscription) to the payload."""


@dataclass(frozen=True, slots=True)
class Sender:
    subscriptions: Sequence[Subscription]
    transport: PushTransport
    write: Write
    allowed: AllowedHosts
    key: SigningKey
    codec: Aes128GcmCodec
    signer: VapidSigner

    def send(self, pushes: int) -> int:
        """How many were accepted."""
        return sum(
            self._round(range(start, min(start + FLUSH_EVERY, pushes))) for start in range(0, pushes, FLUSH_EVERY)
        )

    def _round(self, places: range) -> int:
        to = [self.subscriptions[place % len(self.subscriptions)] for place in places]
        plaintexts = [self.write(place, one) for place, one in zip(places, to, strict=True)]
        bodies = self.codec.encrypt(plaintexts, [ReceiverKeys(one.p256dh, one.auth) for one in to])
        requests = [self._request(one, body) for one, body in zip(to, bodies, strict=True) if isinstance(body, bytes)]
        return sum(outcome(answer, NOW) == Accepted() for _, answer in self.transport.post(requests))

    def _request(self, to: Subscription, body: bytes) -> PushRequest:
        endpoint = parse_endpoint(to.endpoint, self.allowed)
        ttl = bounded_ttl(DAY, now=NOW, ends_at=NOW + DAY)
        authorization = self.signer.authorization(endpoint.origin, self.key, NOW)
        return PushRequest(endpoint.url, message_headers(authorization, ttl, "normal", TOPIC), body)


def sender(name: str, load: Load, authority: str) -> Sender:
    """`name`: the transport, and `+liquid` where the message is rendered for each."""
    kind, _, liquid = name.partition("+")
    subscriptions = stored(load)
    origin = "/".join(subscriptions[0].endpoint.split("/", 3)[:3])
    payloads = [text.encode() for text in load["payloads"]]
    write: Write = Writer.new(origin) if liquid else lambda place, _: payloads[place % len(payloads)]
    return Sender(
        subscriptions,
        TRANSPORTS[kind](Limits(Trust(file=authority))),
        write,
        allow([origin]),
        SigningKey(vapid_private(load), SUBJECT),
        Aes128GcmCodec(quickest()),
        VapidSigner(),
    )


TRANSPORTS: Final[dict[str, Callable[[Limits], PushTransport]]] = {"http2": Http2Transport, "curl": CurlTransport}


def main(name: str, load: Path, pushes: int, authority: str) -> Result:
    own = sender(name, json.loads(load.read_text()), authority)
    own.send(warm_up(pushes))
    start = spent()
    accepted = own.send(pushes)
    return result(spent() - start, pushes, accepted)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
