"""Services that cannot be reached or trusted: each failure has its name, and nothing is sent."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.trust import trusted
from shopbell.domain.push.outcome import Accepted
from shopbell.domain.push.values import Failure
from shopbell.local.pushd.authority import Authority, found_authority
from shopbell.local.pushd.server import Server

from tests.contract.push.conftest import Shop, limits_for, new_transport, shop_at


def test_a_certificate_of_an_unknown_authority_is_not_accepted(
    server: Server, authority: Authority, tmp_path: Path
) -> None:
    other = found_authority(tmp_path, ["fcm.googleapis.com"])
    shop = shop_at(server, authority)
    shop.transport = new_transport(limits_for(other))
    assert _failure(shop) == "tls"
    shop.transport = new_transport(Limits(trusted()))
    assert _failure(shop) == "tls"


def test_the_local_authority_is_added_to_the_systems(server: Server, authority: Authority) -> None:
    shop = shop_at(server, authority)
    shop.transport = new_transport(Limits(trusted(authority.ca_file)))
    assert shop.send([shop.subscribe()]) == [Accepted()]


def test_a_certificate_for_another_name_is_not_accepted(server: Server, authority: Authority) -> None:
    assert _failure(shop_at(server, authority, "android.googleapis.com")) == "tls"


def test_a_name_that_does_not_exist_is_a_dns_failure(server: Server, authority: Authority) -> None:
    shop = shop_at(server, authority, "fcm.googleapis.com")
    # a label longer than DNS knows: the resolver says no without asking anyone
    nowhere = f"fcm.googleapis.com:443:{'x' * 70}.invalid:443"
    shop.transport = new_transport(limits_for(authority, (nowhere,)))
    assert _failure(shop) == "dns"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_server_that_never_shakes_hands_times_out(server: Server, authority: Authority, silent: int) -> None:
    shop = shop_at(server, authority, "fcm.googleapis.com")
    there = f"fcm.googleapis.com:443:127.0.0.1:{silent}"
    shop.transport = new_transport(limits_for(authority, (there,), connect_timeout=200))
    assert _failure(shop) == "timeout"


def test_a_port_where_nobody_listens_is_a_connect_failure(server: Server, authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    shop = shop_at(server, authority, "fcm.googleapis.com")
    shop.transport = new_transport(limits_for(authority, (f"fcm.googleapis.com:443:127.0.0.1:{closed}",)))
    assert _failure(shop) == "connect"


def _failure(shop: Shop) -> Failure | None:
    (answer,) = shop.post(shop.requests([shop.subscribe()]))
    assert answer.status == 0
    return answer.failure
