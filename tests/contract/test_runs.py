"""Runs made once per firing, their checkpoints and ledgers, and counters that a replay cannot move."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from shopbell.domain.clock import DAY, HOUR, SECOND
from shopbell.domain.coupons import CouponTerms
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import PoolId, RunId, StoreId
from shopbell.domain.pauses import FOREVER, TURN_SLACK
from shopbell.domain.runs import ChunkLedger, Run, ShardProgress, Terms
from shopbell.domain.scenarios.ownclock import OwnClock
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.winner import Phase

from tests.contract.samples import DECISION, WEIGHED, names_of, run
from tests.contract.worlds import NOW, Ports

R1 = RunId("r1")


def test_a_run_comes_back_as_it_was_made(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    assert ports.runs.create(run(store))
    assert ports.runs.get(store, R1) == run(store)
    assert ports.runs.get(other_store, R1) is None


def test_a_second_firing_makes_no_second_run_whatever_it_calls_it(ports: Ports, store: StoreId) -> None:
    assert ports.runs.create(run(store))
    assert not ports.runs.create(run(store))
    assert not ports.runs.create(run(store, "r2"))
    assert ports.runs.get(store, RunId("r2")) is None
    assert ports.runs.create(run(store, "r2", NOW + 1))
    assert ports.runs.create(run(store, "r3", source_id="churn"))


def test_of_firings_side_by_side_one_makes_the_run(ports: Ports, store: StoreId) -> None:
    runs = [run(store, f"r{number}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ports.runs.create, runs)) == [False, False, False, True]


def test_the_runs_of_a_source_come_newest_first(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    for name, at in (("a", 2), ("b", 3), ("c", 1)):
        ports.runs.create(run(store, name, NOW + at))
    ports.runs.create(run(store, "d", source="campaign"))
    ports.runs.create(run(other_store, "e"))

    assert names_of(ports.runs.of_source(store, "scenario", "we_missed_you")) == ["b", "a", "c"]
    assert names_of(ports.runs.of_source(store, "campaign", "we_missed_you")) == ["d"]
    assert list(ports.runs.of_source(store, "test", "we_missed_you")) == []


def test_the_state_alone_changes(ports: Ports, store: StoreId) -> None:
    ports.runs.create(run(store))
    ports.runs.set_state(store, R1, "cancelled")

    expected: Run = replace(run(store), state="cancelled")
    assert ports.runs.get(store, R1) == expected
    assert list(ports.runs.of_source(store, "scenario", "we_missed_you")) == [expected]


def test_that_a_run_is_through_is_told_once(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    assert ports.runs.told_at(store, R1) is None
    with pytest.raises(NotFound):
        ports.runs.tell(store, R1, NOW)
    ports.runs.create(run(store))
    assert ports.runs.told_at(store, R1) is None
    for at in (NOW, NOW + 5):
        ports.runs.tell(store, R1, at)
    assert ports.runs.told_at(store, R1) == NOW
    assert ports.runs.told_at(other_store, R1) is None
    assert ports.runs.get(store, R1) == run(store)


def test_that_a_run_was_stopped_is_to_be_told_until_it_is(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    with pytest.raises(NotFound):
        ports.runs.stop(store, R1, 0, NOW)
    ports.runs.create(run(store))
    assert ports.runs.untold_stop(store, R1) is None
    for number, shift in enumerate((0, 0, SECOND)):
        ports.runs.stop(store, R1, shift, NOW + number)
        assert ports.runs.untold_stop(store, R1) == shift
    assert ports.runs.get(store, R1) == replace(run(store), state="paused", pauses=((NOW, FOREVER),))
    ports.runs.stop_told(store, R1, 0)
    assert (ports.runs.untold_stop(store, R1), ports.runs.untold_stop(other_store, R1)) == (SECOND, None)
    for _ in range(2):
        ports.runs.stop_told(store, R1, SECOND)
        assert ports.runs.untold_stop(store, R1) is None


def test_a_stop_pauses_what_is_being_sent_and_nothing_else(ports: Ports, store: StoreId) -> None:
    ports.runs.create(run(store))
    ports.runs.stop(store, R1, 0, NOW)
    ports.runs.set_state(store, R1, "sending", SECOND, (NOW, NOW + SECOND))
    ports.runs.stop(store, R1, SECOND, NOW + 2 * SECOND)
    found = ports.runs.get(store, R1)
    assert found is not None
    assert (found.state, found.shift) == ("paused", SECOND)
    assert found.pauses == ((NOW, NOW + SECOND), (NOW + 2 * SECOND, FOREVER))
    ports.runs.set_state(store, R1, "cancelled")
    ports.runs.stop(store, R1, SECOND, NOW + 3 * SECOND)
    assert ports.runs.get(store, R1) == replace(found, state="cancelled")


def test_what_workers_notice_is_kept_beside_it_with_when_last(ports: Ports, store: StoreId) -> None:
    ports.runs.create(run(store))
    for at in (NOW, NOW + 5):
        ports.runs.warn(store, R1, "throttled_by_chrome", at)
    ports.runs.warn(store, R1, "refused", NOW)

    found = ports.runs.get(store, R1)
    assert found is not None
    assert found.warnings == {"throttled_by_chrome": NOW + 5, "refused": NOW}
    with pytest.raises(NotFound):
        ports.runs.warn(store, RunId("none"), "refused", NOW)


def test_the_time_for_which_it_was_held_adds_up(ports: Ports, store: StoreId) -> None:
    ports.runs.create(run(store))
    ports.runs.set_state(store, R1, "sending", 40)
    ports.runs.set_state(store, R1, "sending", 2)
    assert ports.runs.get(store, R1) == replace(run(store), shift=42, ends_at=run(store).ends_at + 42)


def test_a_pause_counts_once_whoever_ends_it_again(ports: Ports, store: StoreId) -> None:
    ports.runs.create(run(store, pauses=((NOW - 9, NOW - 8),)))
    for _ in range(2):
        ports.runs.set_state(store, R1, "paused", pause=(NOW, FOREVER))
        found = ports.runs.get(store, R1)
        assert found is not None
        assert (found.state, found.shift, found.pauses) == ("paused", 0, ((NOW - 9, NOW - 8), (NOW, FOREVER)))
    for until in (NOW + 40, NOW + 90):
        ports.runs.set_state(store, R1, "sending", until - NOW, (NOW, until))
    ports.runs.set_state(store, R1, "sending", 2, (NOW + 50, NOW + 52))
    pauses = ((NOW - 9, NOW - 8), (NOW, NOW + 40), (NOW + 50, NOW + 52))
    assert ports.runs.get(store, R1) == replace(run(store), shift=42, ends_at=run(store).ends_at + 42, pauses=pauses)
    ports.runs.set_state(store, R1, "paused", pause=(NOW, FOREVER))
    held = ports.runs.get(store, R1)
    assert held is not None
    assert (held.state, held.shift, held.pauses) == ("paused", 42, pauses)
    with pytest.raises(NotFound):
        ports.runs.set_state(store, RunId("none"), "paused", pause=(NOW, FOREVER))


def test_turns_are_taken_one_after_another_and_what_nobody_took_is_gone(ports: Ports, store: StoreId) -> None:
    ports.runs.create(run(store))
    length = 30 * SECOND
    assert ports.runs.take_turn(store, R1, length, NOW) == 0
    assert ports.runs.take_turn(store, R1, length, NOW) == length - TURN_SLACK
    assert ports.runs.take_turn(store, R1, length, NOW + length - TURN_SLACK) == 0
    assert ports.runs.take_turn(store, R1, length, NOW + length) == length - TURN_SLACK
    later = NOW + HOUR
    assert ports.runs.take_turn(store, R1, SECOND, later) == 0
    assert ports.runs.take_turn(store, R1, length, later) == 0
    assert ports.runs.take_turn(store, R1, length, later) == length + SECOND - TURN_SLACK
    assert ports.runs.get(store, R1) == run(store)


def test_an_unknown_run_has_no_state_to_set(ports: Ports, store: StoreId) -> None:
    with pytest.raises(NotFound):
        ports.runs.set_state(store, R1, "paused")
    assert ports.runs.get(store, R1) is None


def test_shards_keep_their_last_checkpoint(ports: Ports, store: StoreId) -> None:
    begun = ShardProgress(7, 10, "cursor", done=False, skipped={"skipped:quiet_hours": 2})
    done = ShardProgress(7, 40, None, done=True)
    first = ShardProgress(0, 0, None, done=False)
    ports.progress.save_shard(store, R1, begun)
    ports.progress.save_shard(store, R1, first)
    assert ports.progress.shards(store, R1) == [first, begun]

    ports.progress.save_shard(store, R1, done)
    assert ports.progress.shards(store, R1) == [first, done]
    assert ports.progress.shards(store, RunId("r2")) == []


def test_ledgers_keep_their_last_codes(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    ledger = ChunkLedger("0-fcm-1", "fcm", bytes(500), errors=2, told=b"said", served=(7, 1_700_000_000_123))
    ledger = replace(ledger, accepted_at={1_700_000_100_000: 7, 1_700_001_000_000: 493})
    ports.progress.save_ledger(store, R1, ledger)
    later = replace(ledger, codes=bytes(range(250)) * 2, errors=0)
    ports.progress.save_ledger(store, R1, later)
    ports.progress.save_shard(store, R1, ShardProgress(0, 0, None, done=False))

    assert ports.progress.ledger(store, R1, "0-fcm-1") == later
    assert ports.progress.ledger(store, R1, "0-fcm-2") is None
    assert ports.progress.ledger(other_store, R1, "0-fcm-1") is None
    assert list(ports.progress.ledgers(store, R1)) == [later]


def test_many_ledgers_are_read_whole(ports: Ports, store: StoreId) -> None:
    ledgers = [ChunkLedger(f"{number:03d}", "apple", bytes(500)) for number in range(40)]
    for ledger in reversed(ledgers):
        ports.progress.save_ledger(store, R1, ledger)

    assert list(ports.progress.ledgers(store, R1)) == ledgers


def sequence(number: int) -> str:
    return f"{number:040d}"


def test_a_sequence_is_counted_once_and_none_below_it(ports: Ports, store: StoreId) -> None:
    def add(number: int) -> bool:
        return ports.counters.add(store, "segment:a", "shard-1", sequence(number), {"total": 2, "reachable": -1})

    assert ports.counters.position(store, "segment:a", "shard-1") is None
    assert [add(9), add(9), add(10), add(2)] == [True, False, True, False]
    assert ports.counters.position(store, "segment:a", "shard-1") == sequence(10)
    assert ports.counters.total(store, "segment:a") == {"total": 4, "reachable": -2}


def test_a_batch_that_changes_nothing_still_moves_the_position(ports: Ports, store: StoreId) -> None:
    assert ports.counters.add(store, "s", "shard-1", sequence(5), {})
    assert ports.counters.position(store, "s", "shard-1") == sequence(5)
    assert ports.counters.total(store, "s") == {}


def test_totals_are_exact_however_often_batches_are_replayed_side_by_side(ports: Ports, store: StoreId) -> None:
    batches = [(f"shard-{shard}", sequence(number)) for shard in range(3) for number in range(8)]
    chance = Random(7)  # noqa: S311 - which batches come again

    def count(shard: str) -> None:
        mine = [batch for batch in batches if batch[0] == shard]
        for place, (name, number) in enumerate(mine):
            ports.counters.add(store, "s", name, number, {"skipped:quiet_hours": 1})
            for _, again in chance.choices(mine[: place + 1], k=2):
                assert not ports.counters.add(store, "s", name, again, {"skipped:quiet_hours": 1})

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(count, sorted({shard for shard, _ in batches})))

    assert ports.counters.total(store, "s") == {"skipped:quiet_hours": len(batches)}


def test_subjects_and_stores_count_apart(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    ports.counters.add(store, "segment:a", "shard-1", sequence(1), {"total": 1})

    assert ports.counters.total(store, "segment:b") == {}
    assert ports.counters.total(other_store, "segment:a") == {}
    assert ports.counters.position(other_store, "segment:a", "shard-1") is None


def test_a_runs_terms_are_kept_whole(ports: Ports, store: StoreId) -> None:
    picks = Selection("smart_offers", 3, 2, {"category": "Boots"}, {"window": "P7D"}, 3, ("top_sellers",), None)
    picks = replace(picks, instead=("spotlights",))
    terms = Terms(step=2, message_class="triggered", priority=40, max_per_user=(2, DAY), latest=1_260, products=picks)
    terms = replace(
        terms, coupon=CouponTerms(PoolId("spring"), 7 * DAY, required=False, minimum=2_000, every=60 * DAY)
    )
    terms = replace(terms, own_clock=OwnClock(739_680, 1_080, NOW, DAY), phase=Phase(20, rest=True))
    ports.runs.create(run(store, terms=terms, decision=DECISION, weighed=WEIGHED))
    kept = ports.runs.get(store, R1)
    assert kept is not None
    assert (kept.terms, kept.decision, kept.weighed) == (terms, DECISION, WEIGHED)


def test_runs_of_one_day_are_told_apart_by_their_part(ports: Ports, store: StoreId) -> None:
    assert ports.runs.create(run(store, "a", part="0.7"))
    assert not ports.runs.create(run(store, "b", part="0.7"))
    assert ports.runs.create(run(store, "c", part="1.7"))
    assert sorted(map(str, names_of(ports.runs.of_source(store, "scenario", "we_missed_you")))) == ["a", "c"]
