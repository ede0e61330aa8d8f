"""Both transports against servers that the world runs: what they are sent arrives, what they answer is understood."""

from pathlib import Path

import pytest
from shopbell.adapters.webpush.http2.transport import Http2Transport
from shopbell.domain.push.outcome import Accepted, Gone, Outcome, Redirected, Refused, Retry, outcome
from shopbell.domain.push.values import PushAnswer, PushRequest
from shopbell.local.pushd.authority import Authority
from shopbell.ports import PushTransport

from tests.contract.push.conftest import CHOSEN, NOW, limits_for, new_transport
from tests.contract.push.real_servers import nghttpd, nginx

HEADERS = {
    "Authorization": f"vapid t={'x' * 220},k={'y' * 87}",
    "TTL": "86400",
    "Urgency": "normal",
    "Content-Type": "application/octet-stream",
    "Content-Encoding": "aes128gcm",
    "Topic": "a" * 32,
}


@pytest.fixture
def only_ours() -> None:
    """Libcurl posts before it has heard a server's limits, and takes what is refused for that as failed."""
    if CHOSEN[-1] is not Http2Transport:
        pytest.skip("libcurl does not promise it")


def requests(port: int, number: int, path: str = "push") -> list[PushRequest]:
    """To addresses of their own, with bodies of every size from nothing to the largest."""
    return [
        PushRequest(f"https://127.0.0.1:{port}/{path}/{place}", HEADERS, f"{place:06}".encode() * (place % 683))
        for place in range(number)
    ]


def post(authority: Authority, *rounds: list[PushRequest]) -> list[PushAnswer]:
    """One round after another through one transport; exactly one answer to each request, in their order."""
    transport: PushTransport = new_transport(limits_for(authority))
    found: list[PushAnswer] = []
    for said in rounds:
        answers = dict(transport.post(said))
        assert sorted(answers) == list(range(len(said)))
        found += [answers[place] for place in range(len(said))]
    return found


@pytest.mark.parametrize("more", ["", "http2_chunk_size 1k; ssl_protocols TLSv1.2;"])
def test_nginx_takes_them_all(tmp_path: Path, authority: Authority, more: str) -> None:
    with nginx(tmp_path, authority, more) as port:
        found = post(authority, requests(port, 400), requests(port, 30), requests(port, 1))
        assert {(answer.status, answer.failure) for answer in found} == {(201, None)}


@pytest.mark.parametrize(
    "more",
    [
        "keepalive_requests 40;",
        "http2_max_concurrent_streams 3;",
        "http2_body_preread_size 0;",
        "ssl_buffer_size 4k; keepalive_requests 7; http2_max_concurrent_streams 5;",
    ],
)
def test_of_a_server_with_narrow_limits_ours_waits_to_hear_them(
    tmp_path: Path,
    authority: Authority,
    more: str,
    only_ours: None,  # noqa: ARG001 - asked for its skip
) -> None:
    test_nginx_takes_them_all(tmp_path, authority, more)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("gone", Gone(410)),
        ("nowhere", Gone(404)),
        ("later", Retry("throttled", 120_000)),
        ("broken", Retry("unavailable")),
        ("moved", Redirected(307)),
        ("said", Refused(400, "BadTopic")),
    ],
)
def test_nginx_says_no_and_is_understood(tmp_path: Path, authority: Authority, path: str, expected: Outcome) -> None:
    with nginx(tmp_path, authority) as port:
        found = post(authority, [*requests(port, 60, path), *requests(port, 60)])
        assert [outcome(answer, NOW) for answer in found] == [expected] * 60 + [Accepted()] * 60


def test_nginx_cuts_an_exchange_short_and_the_others_are_taken(tmp_path: Path, authority: Authority) -> None:
    with nginx(tmp_path, authority) as port:
        found = post(authority, requests(port, 1, "cut"), requests(port, 60))
        assert [outcome(answer, NOW) for answer in found] == [Retry("reset")] + [Accepted()] * 60


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--padding=255", "--trailer=x-sum: 1"),
        ("--header-table-size=0", "--encoder-header-table-size=4096"),
        ("--header-table-size=100",),
        ("--window-bits=8", "--connection-window-bits=16"),
    ],
    ids=lambda options: " ".join(options) or "as it is",
)
def test_nghttpd_gets_every_body_whole(tmp_path: Path, authority: Authority, options: tuple[str, ...]) -> None:
    with nghttpd(tmp_path, authority, *options) as port:
        said = requests(port, 700)
        found = post(authority, said, said[600:])
        assert [answer.status for answer in found] == [200] * 800
        assert [answer.reason.encode() for answer in found] == [one.body for one in [*said, *said[600:]]]


def test_nghttpd_with_two_streams_at_once_gets_every_body_from_ours(
    tmp_path: Path,
    authority: Authority,
    only_ours: None,  # noqa: ARG001 - asked for its skip
) -> None:
    test_nghttpd_gets_every_body_whole(tmp_path, authority, ("--max-concurrent-streams=2",))
