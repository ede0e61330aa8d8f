"""A push service on loopback for each test, and a store that sends to it by the real codec, signer and transport."""

from base64 import urlsafe_b64decode
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final, Protocol

import pytest
from shopbell.adapters.webpush.codec import Aes128GcmCodec
from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.http2.transport import Http2Transport
from shopbell.adapters.webpush.keys import VapidPair, generate
from shopbell.adapters.webpush.transport import CurlTransport
from shopbell.adapters.webpush.trust import Trust
from shopbell.adapters.webpush.vapid import SigningKey, VapidSigner
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.push.endpoints import allow, parse_endpoint
from shopbell.domain.push.headers import message_headers, topic_of
from shopbell.domain.push.outcome import Outcome, outcome
from shopbell.domain.push.values import PushAnswer, PushRequest
from shopbell.local.pushd.authority import Authority, found_authority
from shopbell.local.pushd.personalities import PERSONALITIES
from shopbell.local.pushd.server import Server, serving
from shopbell.local.pushd.service import PushService, Subscribed
from shopbell.ports import PushCodec, PushTransport

NOW: Final[Instant] = 1_800_000_000_000


CHOSEN: Final[list[type[CurlTransport] | type[Http2Transport]]] = []
"""The kind of transport that the test at hand is run with, last."""


@pytest.fixture(autouse=True, params=[CurlTransport, Http2Transport], ids=lambda kind: kind.__name__)
def transport_kind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every promise is held by both."""
    CHOSEN.append(request.param)
    yield
    CHOSEN.pop()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return found_authority(tmp_path_factory.mktemp("authority"), list(PERSONALITIES))


class Serve(Protocol):
    """Start a push service that speaks these protocols; `tls=False` for plain HTTP/1.1."""

    def __call__(
        self, protocols: Sequence[str] = ("h2", "http/1.1"), *, tls: bool = True
    ) -> AbstractContextManager[Server]: ...


@pytest.fixture
def serve(authority: Authority) -> Serve:
    def start(protocols: Sequence[str] = ("h2", "http/1.1"), *, tls: bool = True) -> AbstractContextManager[Server]:
        return serving(PushService(lambda: NOW), authority.context(protocols) if tls else None)

    return start


@pytest.fixture
def server(serve: Serve) -> Iterator[Server]:
    with serve() as started:
        yield started


@dataclass
class Shop:
    """What a sender is made of; `origin` is where its subscriptions live."""

    server: Server
    origin: str
    transport: PushTransport
    codec: PushCodec = field(default_factory=Aes128GcmCodec)
    pair: VapidPair = field(default_factory=generate)
    signer: VapidSigner = field(default_factory=VapidSigner)

    def subscribe(self, host: str | None = None) -> Subscribed:
        origin = self.origin if host is None else f"https://{host}"
        return self.server.service.subscribe(origin, urlsafe_b64decode(self.pair.public_key + "="))

    def requests(
        self, to: Sequence[Subscribed], text: bytes = b"hello", pair: VapidPair | None = None
    ) -> list[PushRequest]:
        """One request to each, made as the product makes it."""
        key = SigningKey((pair or self.pair).private_pem, "mailto:ops@shop.example")
        bodies = self.codec.encrypt([text] * len(to), [one.receiver.keys for one in to])
        endpoints = [parse_endpoint(one.endpoint, allow([self.origin])) for one in to]
        headers = [
            message_headers(self.signer.authorization(one.origin, key, NOW), DAY, "normal", topic_of("run"))
            for one in endpoints
        ]
        return [
            PushRequest(endpoint.url, head, body)
            for endpoint, head, body in zip(endpoints, headers, bodies, strict=True)
            if isinstance(body, bytes)
        ]

    def post(self, requests: Sequence[PushRequest]) -> list[PushAnswer]:
        """Answers in the order of the requests: exactly one for each."""
        answers = list(self.transport.post(requests))
        assert sorted(index for index, _ in answers) == list(range(len(requests)))
        return [answer for _, answer in sorted(answers, key=lambda pair: pair[0])]

    def send(self, to: Sequence[Subscribed], text: bytes = b"hello") -> list[Outcome]:
        return [outcome(answer, NOW) for answer in self.post(self.requests(to, text))]


def limits_for(
    authority: Authority, connect_to: tuple[str, ...] = (), *, connect_timeout: int = 2_000, timeout: int = 10_000
) -> Limits:
    trust = Trust(file=str(authority.ca_file))
    return Limits(trust, connect_to, connect_timeout=connect_timeout, timeout=timeout)


def new_transport(limits: Limits, plain_origins: frozenset[str] = frozenset()) -> PushTransport:
    """Of the kind that the test is run with."""
    return CHOSEN[-1](limits, plain_origins)


def shop_at(server: Server, authority: Authority, *hosts: str, timeout: int = 10_000) -> Shop:
    """A shop whose subscriptions are at the server itself, or at hosts that are redirected to it."""
    redirected = tuple(f"{host}:443:127.0.0.1:{server.port}" for host in hosts)
    transport = new_transport(limits_for(authority, redirected, timeout=timeout), frozenset({server.origin}))
    return Shop(server, f"https://{hosts[0]}" if hosts else server.origin, transport)


@pytest.fixture
def shop(server: Server, authority: Authority) -> Shop:
    return shop_at(server, authority)
