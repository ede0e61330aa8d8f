"""Hostile addresses that got into the table all the same: sending passes over each, and dials none of them."""

import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from shopbell.adapters.webpush.codec import Aes128GcmCodec
from shopbell.adapters.webpush.transport import CurlTransport
from shopbell.adapters.webpush.vapid import SigningKey, VapidSigner
from shopbell.app.delivery.send import Send
from shopbell.app.ends import Handed
from shopbell.domain.ids import VisitorId, subscription_id
from shopbell.domain.push.endpoints import allow
from shopbell.domain.runs import Chunk, Recipient
from shopbell.domain.subscriptions import Subscription
from shopbell.local.pushd.authority import Authority
from shopbell.local.pushd.server import Server
from shopbell.ports import PushTransport

from tests.contract.push.conftest import CHOSEN, NOW, limits_for, new_transport, shop_at
from tests.dialling import dialled
from tests.unit.app.chunks import ends
from tests.unit.app.shop import Shop

TABLE: Final = Path(__file__).parents[2] / "unit" / "push" / "hostile_endpoints.json"
URLS: Final = sorted({url for urls in json.loads(TABLE.read_text()).values() for url in urls})


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """Where libcurl is led with everything but the push service: no audit event tells what it dials."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.setblocking(False)
        yield listening


def transport_to(server: Server, authority: Authority, trap: socket.socket) -> PushTransport:
    by_c = CHOSEN[-1] is CurlTransport
    here, elsewhere = f"127.0.0.1:{server.port}", f"127.0.0.1:{trap.getsockname()[1]}"
    led = (f"{here}:{here}", f"::{elsewhere}") if by_c else ()
    return new_transport(limits_for(authority, led), frozenset({server.origin}))


def sender(shop: Shop, server: Server, transport: PushTransport, key: SigningKey) -> Send:
    signer = VapidSigner()
    post = replace(
        shop.send.post,
        codec=Aes128GcmCodec(),
        transport=transport,
        sign=lambda _store, origin, _key, _now: signer.authorization(origin, key, NOW),
    )
    return replace(shop.send, post=post, desks=replace(shop.send.desks, allowed=allow([server.origin])))


def stored(shop: Shop, place: int, url: str, like: Subscription) -> Recipient:
    """As it came by no way of ours."""
    row = replace(like, visitor=VisitorId(f"v{place:03d}"), endpoint=url, id=subscription_id(url))
    shop.subscriptions.put(row, None)
    return Recipient(row.visitor, row.id)


def test_of_200_hostile_addresses_and_one_push_service_the_push_service_alone_is_dialled(
    server: Server, authority: Authority, trap: socket.socket
) -> None:
    assert len(URLS) >= 200
    shop, far = Shop(), shop_at(server, authority)
    friend = far.subscribe()
    keys = friend.receiver.keys
    like = replace(shop.register("like"), p256dh=keys.p256dh, auth=keys.auth)
    people = [stored(shop, place, url, like) for place, url in enumerate([*URLS, friend.endpoint])]
    run = shop.run()
    chunk = Chunk(run.store, run.id, "000-000000-test", "fcm", tuple(people))
    key = SigningKey(far.pair.private_pem, "mailto:ops@shop.example")
    send = sender(shop, server, transport_to(server, authority, trap), key)

    with dialled() as heard:
        send(chunk, Handed(), shop.left)

    assert Counter(ends(shop, run, chunk)) == {"skipped:endpoint_refused": len(URLS), "accepted": 1}
    assert ends(shop, run, chunk)[-1] == "accepted"
    assert {address for _, address in heard} <= {("127.0.0.1", server.port)}
    with pytest.raises(BlockingIOError):
        trap.accept()
    assert len(server.service.posts) == 1


def test_the_guard_and_the_trap_would_notice(server: Server, authority: Authority, trap: socket.socket) -> None:
    far = shop_at(server, authority)
    (request,) = far.requests([far.subscribe()])
    url = f"https://127.0.0.1:{trap.getsockname()[1]}/x"
    led = (f"::127.0.0.1:{trap.getsockname()[1]}",) if CHOSEN[-1] is CurlTransport else ()
    transport = new_transport(limits_for(authority, led, timeout=500))

    with dialled() as heard:
        list(transport.post([replace(request, url=url)]))

    trap.accept()[0].close()
    assert CHOSEN[-1] is CurlTransport or ("socket.connect", ("127.0.0.1", trap.getsockname()[1])) in heard
