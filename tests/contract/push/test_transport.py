"""The transport on its own: connections kept and few, names and certificates checked, nothing else reached."""

import time
from itertools import islice
from typing import Final

import pytest
from shopbell.adapters.webpush.transport import CONNECTIONS_PER_HOST, IN_FLIGHT, parse_connect_to
from shopbell.domain.push.outcome import Accepted, Retry
from shopbell.domain.push.values import PushRequest
from shopbell.local.pushd.authority import Authority
from shopbell.local.pushd.faults import Trouble

from tests.contract.push.conftest import Serve, Shop, limits_for, new_transport, shop_at

BODY: Final = b"body"


def test_200_pushes_share_one_http2_connection(shop: Shop) -> None:
    found = shop.send([shop.subscribe() for _ in range(200)])
    assert found == [Accepted()] * 200
    assert shop.server.connections == 1
    assert {posted.protocol for posted in shop.server.service.posts} == {"h2"}
    assert shop.server.service.duplicates() == 0


def test_the_connection_is_kept_from_call_to_call(shop: Shop) -> None:
    for _ in range(5):
        assert shop.send([shop.subscribe()]) == [Accepted()]
    assert shop.server.connections == 1


def test_after_the_service_hangs_up_it_connects_anew(shop: Shop) -> None:
    assert shop.send([shop.subscribe()]) == [Accepted()]
    shop.server.hang_up()
    # libcurl looks for dead connections once a second: until then a push may meet one, and come back later
    deadline = time.monotonic() + 10
    while (found := shop.send([shop.subscribe()])) != [Accepted()]:
        assert found == [Retry("reset")]
        assert time.monotonic() < deadline
    assert shop.server.connections == 2


def test_a_service_that_sends_a_connection_away_loses_and_doubles_nothing(shop: Shop) -> None:
    shop.server.service.expect(Trouble(delay_seconds=0.1, go_away=True))
    shop.server.service.expect(Trouble(delay_seconds=5), times=59)  # begun after it, and never answered there
    assert shop.send([shop.subscribe() for _ in range(60)]) == [Accepted()] * 60
    assert shop.server.connections == 2
    assert shop.server.service.duplicates() == 0


def test_a_service_without_http2_is_served_over_a_few_connections(serve: Serve, authority: Authority) -> None:
    with serve(["http/1.1"]) as server:
        shop = shop_at(server, authority)
        assert shop.send([shop.subscribe() for _ in range(60)]) == [Accepted()] * 60
        assert 1 <= server.connections <= CONNECTIONS_PER_HOST + 1  # one may have been to ask what is spoken
        assert {posted.protocol for posted in server.service.posts} == {"http/1.1"}


def test_plain_http_goes_only_to_the_admitted_origin(serve: Serve, authority: Authority) -> None:
    with serve(tls=False) as server:
        shop = shop_at(server, authority)
        assert shop.send([shop.subscribe()]) == [Accepted()]
        requests = shop.requests([shop.subscribe()])
        elsewhere = new_transport(limits_for(authority), frozenset({f"{server.origin}0"}))
        ((_, answer),) = elsewhere.post(requests)
        assert (answer.status, answer.failure) == (0, "refused")
        assert len(server.service.posts) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://fcm.googleapis.com/x",
        "ftp://127.0.0.1/x",
        "file:///etc/hostname",
        "gopher://127.0.0.1/x",
        "//127.0.0.1/x",
        "HTTPS://127.0.0.1/x",
        "",
        "https://127.0.0.1/\r\nx",
        "https://127.0.0.1/é",
        "https://[",
        "https://",
        "https://127.0.0.1:99999/x",
    ],
)
def test_what_is_no_https_address_is_refused_and_the_rest_goes_on(shop: Shop, url: str) -> None:
    (good,) = shop.requests([shop.subscribe()])
    answers = shop.post([PushRequest(url, {}, BODY), good, PushRequest(url, {}, BODY)])
    assert [(answer.status, answer.failure) for answer in answers] == [(0, "refused"), (201, None), (0, "refused")]


@pytest.mark.parametrize("value", ["a\r\nHost: evil.example", "a\nb", "a\0b", "é"])
def test_a_header_cannot_smuggle_another(shop: Shop, value: str) -> None:
    (good,) = shop.requests([shop.subscribe()])
    (answer,) = shop.post([PushRequest(good.url, {**good.headers, "Topic": value}, good.body)])
    assert answer.failure == "refused"
    assert not shop.server.service.posts


def test_a_proxy_of_the_environment_is_not_used(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert shop.send([shop.subscribe()]) == [Accepted()]


def test_a_reader_who_stops_leaves_a_transport_that_works(shop: Shop) -> None:
    requests = shop.requests([shop.subscribe() for _ in range(300)])
    assert len(list(islice(shop.transport.post(requests), 5))) == 5
    assert shop.send([shop.subscribe()]) == [Accepted()]


def test_two_calls_may_overlap(shop: Shop) -> None:
    one = shop.transport.post(shop.requests([shop.subscribe() for _ in range(30)]))
    two = shop.transport.post(shop.requests([shop.subscribe() for _ in range(30)]))
    answers = [pair for both in zip(one, two, strict=True) for pair in both]
    assert sorted(index for index, _ in answers) == sorted([*range(30), *range(30)])
    assert {answer.status for _, answer in answers} == {201}


def test_no_more_than_the_bound_are_under_way(shop: Shop) -> None:
    shop.server.service.expect(Trouble(delay_seconds=0.5), times=IN_FLIGHT)
    answers = shop.transport.post(shop.requests([shop.subscribe() for _ in range(IN_FLIGHT + 50)]))
    next(answers)
    assert len(shop.server.service.posts) <= IN_FLIGHT
    assert len(list(answers)) == IN_FLIGHT + 49


def test_no_requests_no_connection(shop: Shop) -> None:
    assert shop.post([]) == []
    assert shop.server.connections == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("jmt17.google.com:443=127.0.0.1:9443", ("jmt17.google.com:443:127.0.0.1:9443",)),
        (
            " a.example:443=127.0.0.1:1 ,b.example:443=127.0.0.1:2,",
            ("a.example:443:127.0.0.1:1", "b.example:443:127.0.0.1:2"),
        ),
    ],
)
def test_a_redirection_is_read_from_its_setting(text: str, expected: tuple[str, ...]) -> None:
    assert parse_connect_to(text) == expected


@pytest.mark.parametrize("text", ["a", "a=b", "a:443", "a:443=b", "a:443=b:x", "a:443:b:9", "a:443=b:9=c:1"])
def test_a_malformed_redirection_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not host:port=host:port"):
        parse_connect_to(text)
