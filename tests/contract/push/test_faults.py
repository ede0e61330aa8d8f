"""Every fault at every service, met by our sender and by pywebpush."""

from typing import Final

import pytest
import requests
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush
from requests.adapters import HTTPAdapter
from shopbell.domain.clock import SECOND
from shopbell.domain.push.outcome import Accepted, Gone, Outcome, Redirected, Refused, Retry
from shopbell.local.host import now
from shopbell.local.pushd.authority import Authority
from shopbell.local.pushd.faults import Kind, Rule
from shopbell.local.pushd.personalities import PERSONALITIES
from shopbell.local.pushd.server import Server
from shopbell.local.pushd.service import Subscribed

from tests.contract.push.conftest import Shop, shop_at

KINDS: Final[dict[Kind, tuple[Rule, type[Outcome], int]]] = {
    "throttled": (Rule(kind="throttled", retry_after=30), Retry, 429),
    "unavailable": (Rule(kind="unavailable", retry_after=30), Retry, 503),
    "forbidden": (Rule(kind="forbidden"), Refused, 403),
    "gone": (Rule(kind="gone"), Gone, 410),
    "unknown": (Rule(kind="unknown"), Gone, 404),
    "redirect": (Rule(kind="redirect"), Redirected, 307),
    "slow": (Rule(kind="slow", delay_seconds=0.3), Accepted, 201),
    "huge": (Rule(kind="huge"), Accepted, 201),
    "reset": (Rule(kind="reset"), Retry, 0),
}


class ToLoopback(HTTPAdapter):
    """Another address, the same name and certificate."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.there = host, f"https://127.0.0.1:{port}"
        super().__init__()

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, server_hostname=self.host, assert_hostname=self.host, **kwargs)  # type: ignore[arg-type]

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        request.headers["Host"] = self.host
        request.url = (request.url or "").replace(f"https://{self.host}", self.there)
        return super().send(request, *args, **kwargs)  # type: ignore[arg-type]


def by_pywebpush(shop: Shop, authority: Authority, host: str, to: Subscribed, text: str = "hello") -> int:
    """The status; 0 when the connection broke."""
    try:
        return _webpush(shop, authority, host, to, text)
    except (WebPushException, requests.TooManyRedirects) as exc:
        return exc.response.status_code if exc.response is not None else 0
    except requests.ConnectionError:
        return 0


def _webpush(shop: Shop, authority: Authority, host: str, to: Subscribed, text: str) -> int:
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(authority.ca_file)
        session.mount(f"https://{host}", ToLoopback(host, shop.server.port))
        session.max_redirects = 0
        answer = webpush(
            {"endpoint": to.endpoint, "keys": to.receiver.to_json()},
            text,
            vapid_private_key=Vapid02.from_pem(shop.pair.private_pem),
            vapid_claims={"sub": "mailto:ops@shop.example"},
            ttl=600,
            requests_session=session,
        )
    return int(answer.status_code)


@pytest.mark.parametrize("host", PERSONALITIES)
def test_both_senders_are_accepted_and_read(server: Server, authority: Authority, host: str) -> None:
    # pywebpush signs for the true time, so both do
    server.service.clock = now
    shop = shop_at(server, authority, host)
    to = shop.subscribe()
    assert by_pywebpush(shop, authority, host, to, "from pywebpush") == 201
    (delivery,) = server.service.deliveries
    assert (delivery.plaintext, delivery.posted.protocol) == (b"from pywebpush", "http/1.1")
    assert not server.service.book.notes


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", PERSONALITIES)
def test_our_sender_knows_every_fault(server: Server, authority: Authority, host: str, kind: Kind) -> None:
    rule, expected, _ = KINDS[kind]
    shop = shop_at(server, authority, host)
    server.service.faults.put([rule])
    (found,) = shop.send([shop.subscribe()])
    assert isinstance(found, expected)
    if isinstance(found, Retry):
        assert found.after == (None if kind == "reset" else 30 * SECOND)
    assert server.service.faults.met == [1]
    assert len(server.service.book) == (expected is Accepted)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", PERSONALITIES)
def test_pywebpush_meets_every_fault(server: Server, authority: Authority, host: str, kind: Kind) -> None:
    rule, _, status = KINDS[kind]
    server.service.clock = now
    shop = shop_at(server, authority, host)
    server.service.faults.put([rule])
    expected = 406 if kind == "throttled" and "windows" in host else status
    assert by_pywebpush(shop, authority, host, shop.subscribe()) == expected
    assert server.service.faults.met == [1]


def test_a_fault_meets_the_share_and_the_services_that_were_named(server: Server, authority: Authority) -> None:
    shop = shop_at(server, authority, *PERSONALITIES)
    server.service.faults.put([Rule(kind="unavailable", services=("fcm", "wns"), share=0.5)])
    found = shop.send([shop.subscribe(host) for host in [*PERSONALITIES] * 50])
    broken = [host for host, one in zip([*PERSONALITIES] * 50, found, strict=True) if one != Accepted()]
    assert {*broken} == {host for host in PERSONALITIES if "google" in host or "windows" in host}
    assert 30 <= len(broken) <= 70
    assert server.service.faults.met == [len(broken)]


def test_who_is_gone_by_chance_stays_gone(shop: Shop) -> None:
    shop.server.service.faults.put([Rule(kind="gone", share=0.3)])
    people = [shop.subscribe() for _ in range(100)]
    first = shop.send(people)
    assert shop.send(people) == first
    assert 10 <= first.count(Gone(410)) <= 50


def test_only_the_named_subscription_meets_it_and_only_so_often(shop: Shop) -> None:
    people = [shop.subscribe() for _ in range(3)]
    shop.server.service.faults.put([Rule(kind="throttled", subscriptions=frozenset({people[1].id}), times=2)])
    rounds = [[one == Accepted() for one in shop.send(people)] for _ in range(3)]
    assert rounds == [[True, False, True], [True, False, True], [True, True, True]]


def test_a_rate_lets_so_many_pass_in_a_second(shop: Shop) -> None:
    at = [shop.server.service.clock()]
    shop.server.service.clock = lambda: at[0]
    shop.server.service.faults.put([Rule(kind="rate", per_second=10, retry_after=1)])
    people = [shop.subscribe() for _ in range(25)]
    assert shop.send(people).count(Accepted()) == 10
    at[0] += SECOND // 2
    found = shop.send(people)
    assert (found.count(Accepted()), found.count(Retry("throttled", SECOND))) == (5, 20)
