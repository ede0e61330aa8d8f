"""End to end against a strict push service: what it accepts, what it reads, and every way in which it says no."""

import pytest
from shopbell.adapters.webpush.codec import Aes128GcmCodec
from shopbell.adapters.webpush.codec_pywebpush import PywebpushCodec
from shopbell.adapters.webpush.keys import generate
from shopbell.adapters.webpush.openssl import quickest
from shopbell.domain.clock import HOUR, SECOND
from shopbell.domain.push.outcome import (
    Accepted,
    Gone,
    KeyMismatch,
    Outcome,
    Redirected,
    Refused,
    Retry,
    TooLarge,
    outcome,
)
from shopbell.domain.push.payload import MAX_PLAINTEXT
from shopbell.domain.push.values import PushRequest
from shopbell.local.pushd.authority import Authority
from shopbell.local.pushd.faults import Trouble
from shopbell.local.pushd.personalities import PERSONALITIES, Reply
from shopbell.local.pushd.server import Server
from shopbell.ports import PushCodec

from tests.contract.push.conftest import NOW, Serve, Shop, shop_at


@pytest.mark.parametrize(
    "codec",
    [Aes128GcmCodec(), Aes128GcmCodec(quickest()), PywebpushCodec()],
    ids=["by cryptography", "the quickest here", "by pywebpush"],
)
@pytest.mark.parametrize("size", [1, 900, MAX_PLAINTEXT])
def test_a_message_is_accepted_and_read_as_it_was_written(shop: Shop, codec: PushCodec, size: int) -> None:
    shop.codec = codec
    text = b"x" * size
    assert shop.send([shop.subscribe()], text) == [Accepted()]
    (delivery,) = shop.server.service.deliveries
    assert delivery.plaintext == text
    assert (delivery.claims.audience, delivery.claims.expires) == (shop.origin, NOW + 12 * HOUR)
    assert not shop.server.service.unreadable


@pytest.mark.parametrize("host", PERSONALITIES)
def test_each_real_service_is_reached_under_its_own_name(server: Server, authority: Authority, host: str) -> None:
    shop = shop_at(server, authority, host)
    assert shop.send([shop.subscribe()]) == [Accepted()]
    (delivery,) = server.service.deliveries
    assert (delivery.posted.authority, delivery.claims.audience) == (host, f"https://{host}")


@pytest.mark.parametrize("host", [host for host in PERSONALITIES if not host.endswith("windows.com")])
def test_another_vapid_key_is_a_mismatch_in_the_words_of_each_service(
    server: Server, authority: Authority, host: str
) -> None:
    shop = shop_at(server, authority, host)
    (answer,) = shop.post(shop.requests([shop.subscribe()], pair=generate()))
    assert isinstance(outcome(answer, NOW), KeyMismatch)


def test_services_mixed_in_one_call_each_see_their_own_audience(server: Server, authority: Authority) -> None:
    shop = shop_at(server, authority, *PERSONALITIES)
    subscribed = [shop.subscribe(host) for host in [*PERSONALITIES] * 3]
    assert shop.send(subscribed) == [Accepted()] * len(subscribed)
    for delivery in server.service.deliveries:
        assert delivery.claims.audience == f"https://{delivery.posted.authority}"
    assert server.connections == len(PERSONALITIES)


def test_a_message_posted_twice_is_seen_as_a_duplicate(shop: Shop) -> None:
    subscribed = shop.subscribe()
    assert shop.send([subscribed, subscribed]) == [Accepted(), Accepted()]
    assert shop.server.service.duplicates() == 1


def test_a_dead_subscription_among_living_ones_is_the_only_one_gone(shop: Shop) -> None:
    dead, living, unknown = shop.subscribe(), shop.subscribe(), shop.subscribe()
    dead.gone = True
    unknown.endpoint = f"{shop.origin}/push/unknown"
    assert shop.send([dead, living, unknown]) == [Gone(410), Accepted(), Gone(404)]


def _reply(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Trouble:
    return Trouble(reply=Reply(status, headers or {}, body))


TROUBLES: list[tuple[Trouble, Outcome]] = [
    (_reply(429, {"retry-after": "120"}), Retry("throttled", 120 * SECOND)),
    (_reply(429, {"retry-after": "Fri, 15 Jan 2027 09:00:00 GMT"}), Retry("throttled", HOUR)),
    (_reply(406, {"retry-after": "900"}), Retry("throttled", 900 * SECOND)),
    (_reply(503), Retry("unavailable")),
    (_reply(500, body=b"oops"), Retry("unavailable")),
    (_reply(413), TooLarge()),
    (_reply(403, body=b'{"reason":"BadJwtToken"}'), Refused(403, "BadJwtToken")),
    (_reply(410), Gone(410)),
    (Trouble(reset=True), Retry("reset")),
]


@pytest.mark.parametrize(("trouble", "expected"), TROUBLES, ids=lambda value: repr(value)[:70])
@pytest.mark.parametrize("protocol", ["h2", "http/1.1"])
def test_every_trouble_has_its_outcome(
    serve: Serve, authority: Authority, protocol: str, trouble: Trouble, expected: Outcome
) -> None:
    with serve([protocol]) as server:
        shop = shop_at(server, authority)
        server.service.expect(trouble)
        assert shop.send([shop.subscribe()]) == [expected]
        assert len(server.service.posts) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(shop: Shop, status: int) -> None:
    target = shop.subscribe()
    shop.server.service.expect(_reply(status, {"location": target.endpoint}))
    assert shop.send([shop.subscribe()]) == [Redirected(status)]
    assert len(shop.server.service.posts) == 1


def test_a_service_that_does_not_answer_times_out_and_the_others_are_not_held_up(
    server: Server, authority: Authority
) -> None:
    shop = shop_at(server, authority, timeout=3_000)
    server.service.expect(Trouble(delay_seconds=30))
    found = shop.send([shop.subscribe() for _ in range(20)])
    assert sorted(map(repr, found)) == sorted([repr(Retry("timeout")), *([repr(Accepted())] * 19)])
    assert shop.send([shop.subscribe()]) == [Accepted()]


@pytest.mark.parametrize("protocol", ["h2", "http/1.1"])
@pytest.mark.parametrize(("status", "expected"), [(201, Accepted), (400, Refused)])
def test_of_a_huge_answer_4_kb_are_read_and_the_status_counts(
    serve: Serve, authority: Authority, protocol: str, status: int, expected: type[Outcome]
) -> None:
    with serve([protocol]) as server:
        shop = shop_at(server, authority)
        server.service.expect(_reply(status, body=b"<" + b"x" * 5_000_000))
        (answer,) = shop.post(shop.requests([shop.subscribe()]))
        assert (answer.status, len(answer.reason), answer.failure) == (status, 4_096, "too_large")
        assert isinstance(outcome(answer, NOW), expected)
        assert shop.send([shop.subscribe()]) == [Accepted()]


def test_apples_rule_for_topics_is_met_and_would_be_noticed(server: Server, authority: Authority) -> None:
    shop = shop_at(server, authority, "web.push.apple.com")
    (request,) = shop.requests([shop.subscribe()])
    assert outcome(shop.post([request])[0], NOW) == Accepted()
    odd = PushRequest(request.url, {**request.headers, "Topic": "x" * 13}, request.body)
    assert outcome(shop.post([odd])[0], NOW) == Refused(400, "BadWebPushTopic")


@pytest.mark.parametrize(
    "changes",
    [{"TTL": ""}, {"TTL": "-1"}, {"Urgency": "now"}, {"Topic": "a b"}, {"Content-Encoding": "aesgcm"}],
    ids=str,
)
def test_the_service_would_notice_a_header_that_breaks_the_rules(shop: Shop, changes: dict[str, str]) -> None:
    (request,) = shop.requests([shop.subscribe()])
    spoilt = PushRequest(request.url, {**request.headers, **changes}, request.body)
    assert isinstance(outcome(shop.post([spoilt])[0], NOW), Refused)
    assert not shop.server.service.deliveries


def test_a_message_made_for_another_browser_would_be_noticed(shop: Shop) -> None:
    mine, other = shop.subscribe(), shop.subscribe()
    (to_mine,), (to_other,) = shop.requests([mine]), shop.requests([other])
    shop.post([PushRequest(to_mine.url, to_mine.headers, to_other.body)])
    assert len(shop.server.service.unreadable) == 1
    assert not shop.server.service.deliveries


def test_nothing_is_printed_on_the_way(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    (request,) = shop.requests([shop.subscribe()])
    shop.post([request])
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""
    assert repr(request) == "PushRequest()"
