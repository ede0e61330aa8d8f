"""A name that nobody knows, or knows late, holds up only who is sent there."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from shopbell.adapters.webpush.http2.channel import Address
from shopbell.adapters.webpush.http2.lookups import look_up
from shopbell.adapters.webpush.http2.transport import Http2Transport
from shopbell.local.pushd.authority import Authority
from shopbell.local.pushd.server import Server

from tests.contract.push.conftest import CHOSEN, Shop, limits_for, shop_at

GOOD, BAD = 40, 10


@pytest.fixture
def hung() -> Iterator[threading.Event]:
    """Until it is set, names that begin with `slow` are being looked up."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def shop(server: Server, authority: Authority, hung: threading.Event) -> Shop:
    if CHOSEN[-1] is not Http2Transport:
        pytest.skip("libcurl looks names up by itself")

    def resolver(host: str, port: int) -> Sequence[Address]:
        if host.startswith("slow"):
            hung.wait(60)
        return [] if host.endswith("push.apple.com") and host != "web.push.apple.com" else look_up(host, port)

    made = shop_at(server, authority, "web.push.apple.com")
    there = (f"web.push.apple.com:443:localhost:{server.port}",)
    made.transport = Http2Transport(limits_for(authority, there, connect_timeout=1_000), look_up=resolver)
    return made


@pytest.mark.parametrize(("made_up", "failure"), [("slow", "timeout"), ("nobody", "dns")])
@pytest.mark.parametrize("first", [True, False], ids=["before the others", "after the others"])
def test_posts_to_names_that_lead_nowhere_hold_no_other_up(
    shop: Shop, made_up: str, failure: str, first: bool
) -> None:
    good = shop.requests([shop.subscribe() for _ in range(GOOD)])
    bad = [replace(good[0], url=f"https://{made_up}{number}.push.apple.com/x") for number in range(BAD)]
    requests = [*bad, *good] if first else [*good, *bad]
    order = [(requests[index] in bad, answer) for index, answer in shop.transport.post(requests)]
    assert len(order) == GOOD + BAD
    assert [answer.status for is_bad, answer in order if not is_bad] == [201] * GOOD
    assert {answer.failure for is_bad, answer in order if is_bad} == {failure}
    if failure == "timeout":
        assert [is_bad for is_bad, _ in order] == [False] * GOOD + [True] * BAD
