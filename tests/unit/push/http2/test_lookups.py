"""Names are looked up beside everything else, given up in time, and not asked for again and again."""

import socket
import threading
import time
from collections.abc import Sequence

import pytest
from shopbell.adapters.webpush.http2.channel import Address, Cut
from shopbell.adapters.webpush.http2.lookups import Lookups, look_up

THERE: Address = (socket.AF_INET, ("127.0.0.1", 443))
PATIENCE = 50


class Resolver:
    """Answers at once but for `slow` names, which wait until they are let go; counts who is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = threading.Event()

    def __call__(self, host: str, _port: int) -> Sequence[Address]:
        self.asked.append(host)
        if host.startswith("slow"):
            self.go_on.wait(60)
        return [] if host.startswith("nobody") else [THERE]


def settled(lookups: Lookups, host: str) -> Sequence[Address]:
    """What is known in the end."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = lookups.addresses(host, 443)
        if found is not None:
            return found
        time.sleep(0.001)
    raise AssertionError(f"nothing is known of {host}")


def test_a_name_is_known_a_little_later_and_asked_for_anew_each_time() -> None:
    resolver = Resolver()
    lookups = Lookups(resolver, 60_000)
    assert settled(lookups, "push.example") == settled(lookups, "push.example") == [THERE]
    assert resolver.asked == ["push.example"] * 2
    assert [lookups.waiting] == [False]


def test_a_name_that_leads_nowhere_is_remembered_for_a_while() -> None:
    resolver = Resolver()
    lookups = Lookups(resolver, 60_000)
    for _ in range(3):
        with pytest.raises(Cut, match="nowhere") as cut:
            settled(lookups, "nobody.example")
        assert cut.value.failure == "dns"
    assert resolver.asked == ["nobody.example"]


def test_a_slow_one_is_given_up_in_time_and_taken_when_it_is_known_after_all() -> None:
    resolver = Resolver()
    lookups = Lookups(resolver, PATIENCE)
    assert lookups.addresses("slow.example", 443) is None
    assert [lookups.waiting] == [True]
    with pytest.raises(Cut) as cut:
        settled(lookups, "slow.example")
    assert cut.value.failure == "timeout"
    assert [lookups.waiting] == [False]
    resolver.go_on.set()
    end = time.monotonic() + 60
    found: Sequence[Address] | None = None
    while found is None and time.monotonic() < end:
        try:
            found = lookups.addresses("slow.example", 443)
        except Cut:
            time.sleep(0.001)
    assert found == [THERE]
    assert resolver.asked == ["slow.example"]


def test_an_address_needs_no_looking_up() -> None:
    assert Lookups(look_up, PATIENCE).addresses("127.0.0.1", 443) == [(socket.AF_INET, ("127.0.0.1", 443))]


def test_names_that_strangers_make_up_do_not_fill_the_memory() -> None:
    lookups = Lookups(lambda _host, _port: [], 60_000)
    for number in range(1_500):
        with pytest.raises(Cut):
            settled(lookups, f"nobody{number}.example")
    assert len(lookups._asked) <= 1_001
