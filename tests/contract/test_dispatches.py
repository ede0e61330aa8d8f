"""A step on its way: held by one at a time, and counted exactly once when it ends."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from shopbell.domain.dispatch import Dispatch, counted
from shopbell.domain.gates import Told
from shopbell.domain.ids import RunId, StoreId, SubscriptionId
from shopbell.domain.quarters import QUARTER, quarter_of
from shopbell.domain.variants import counted_as

from tests.contract.samples import ANN, BEN
from tests.contract.worlds import NOW, Ports

R1 = RunId("r1")


def fresh(store: StoreId, **changes: object) -> Dispatch:
    devices = (SubscriptionId("s1"), SubscriptionId("s2"))
    told = (Told("quiet_hours", "deferred", {"start": "22:00", "caps": [{"count": 1}], "topic": None}),)
    made = Dispatch(store, BEN, "step", R1, "posting", NOW + 5, devices, b"\x01\x00", errors=2, told=told)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_it_comes_back_as_it_was_saved_under_the_next_version(ports: Ports, store: StoreId) -> None:
    assert ports.dispatches.get(store, BEN, "step") is None
    assert ports.dispatches.save(fresh(store))
    assert ports.dispatches.get(store, BEN, "step") == replace(fresh(store), version=1)
    assert ports.dispatches.get(store, ANN, "step") is None
    assert ports.dispatches.get(store, BEN, "other") is None


def test_without_devices_it_is_kept_too(ports: Ports, store: StoreId) -> None:
    assert ports.dispatches.save(fresh(store, devices=(), codes=b""))
    found = ports.dispatches.get(store, BEN, "step")
    assert found is not None
    assert (found.devices, found.codes) == ((), b"")


def test_who_read_another_version_writes_nothing_and_counts_nothing(ports: Ports, store: StoreId) -> None:
    assert ports.dispatches.save(fresh(store))
    assert not ports.dispatches.save(fresh(store, state="done"), {"accepted": 2})
    assert not ports.dispatches.save(fresh(store, state="done", version=7), {"accepted": 2})
    assert ports.counters.total(store, counted(R1)) == {}


def test_its_end_and_the_counts_of_its_run_are_one(ports: Ports, store: StoreId) -> None:
    assert ports.dispatches.save(fresh(store))
    ended = fresh(store, state="done", version=1)
    with ThreadPoolExecutor(4) as pool:
        wins = list(pool.map(lambda _: ports.dispatches.save(ended, {"accepted": 1, "skipped:quiet": 2}), range(4)))
    assert wins.count(True) == 1
    assert ports.counters.total(store, counted(R1)) == {"accepted": 1, "skipped:quiet": 2}
    other = replace(fresh(store), visitor=ANN)
    assert ports.dispatches.save(other, {"accepted": 1})
    assert ports.counters.total(store, counted(R1)) == {"accepted": 2, "skipped:quiet": 2}


def test_what_was_accepted_stands_in_its_quarter_of_an_hour_and_only_once(ports: Ports, store: StoreId) -> None:
    assert ports.dispatches.accepted(store, RunId("r1")) == {}
    began = quarter_of(NOW)
    ends = {"accepted": 2, counted_as("accepted", "A"): 1, "skipped:expired": 5}
    assert ports.dispatches.save(fresh(store), ends, began + 1)
    assert not ports.dispatches.save(fresh(store), {"accepted": 2}, began)
    assert ports.dispatches.save(fresh(store, version=1), {"retired": 1}, began + 2)
    assert ports.dispatches.save(fresh(store, version=2), {"accepted": 1}, began + QUARTER)
    run = fresh(store).run
    assert ports.dispatches.accepted(store, run) == {began: 3, began + QUARTER: 1}
    assert ports.counters.total(store, counted(run))["accepted"] == 3
