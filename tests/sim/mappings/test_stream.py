"""The stream mapping under a virtual clock: what AWS documents, row by row, and the law behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, MINUTE, SECOND, Instant
from shopbell.local.mappings.doors import Outcome
from shopbell.local.mappings.settings import StreamSettings
from shopbell.local.mappings.stream import FIRST_BACKOFF, POLL, ShardReader

from tests.sim.mappings.world import (
    BROKE,
    DONE,
    Diary,
    Function,
    Lost,
    MemoryShard,
    VirtualClock,
    failures,
    record,
)


def settings(**changes: object) -> StreamSettings:
    named = {"mapping": "m", "function": "f", "source": "s", **changes}
    return StreamSettings(**named)  # type: ignore[arg-type]


@dataclass
class Bench:
    """One reader with everything it touches."""

    settings: StreamSettings
    behave: Callable[[list[int]], Outcome] = lambda _: DONE
    clock: VirtualClock = field(default_factory=VirtualClock)
    shard: MemoryShard = field(default_factory=MemoryShard)
    lost: Lost = field(default_factory=Lost)
    diary: Diary = field(default_factory=Diary)
    lane: int = 0

    def __post_init__(self) -> None:
        self.function = Function(self.behave, clock=self.clock)
        self.reader = ShardReader(
            self.settings, self.shard, self.function, self.lost, self.diary, self.clock, self.lane
        )

    def write(self, *order: int, at: Instant | None = None) -> None:
        self.shard.add(record(number, self.clock() if at is None else at) for number in order)

    def run(self, until_idle: int = 10_000) -> "Bench":
        for _ in range(until_idle):
            due = self.reader.step()
            if self.reader.idle:
                return self
            self.clock.reach(due)
        raise AssertionError(f"never idle: {self.function.calls[-5:]}")

    def run_for(self, span: int) -> "Bench":
        end = self.clock() + span
        while self.clock() < end:
            self.clock.reach(self.reader.step())
        return self


def poison(*bad: int) -> Callable[[list[int]], Outcome]:
    return lambda batch: BROKE if set(batch) & set(bad) else DONE


def reporting(*bad: int) -> Callable[[list[int]], Outcome]:
    return lambda batch: failures(*(f"{n:020d}" for n in batch if n in bad))


def test_records_come_in_order_in_batches_of_at_most_the_batch_size() -> None:
    bench = Bench(settings(batch_size=3))
    bench.write(*range(8))
    assert bench.run().function.calls == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert bench.diary.counts == {"done": 8}


def test_without_a_window_a_lone_record_is_delivered_at_once() -> None:
    bench = Bench(settings())
    began = bench.clock()
    bench.write(1)
    bench.run()
    assert bench.function.at == [began]


def test_an_empty_stream_is_asked_again_after_the_poll_interval() -> None:
    bench = Bench(settings())
    assert bench.reader.step() == bench.clock() + POLL


def test_a_window_gathers_until_it_has_passed() -> None:
    bench = Bench(settings(window=5 * SECOND))
    began = bench.clock()
    bench.write(1)
    bench.run_for(2 * SECOND)
    bench.write(2)
    bench.run()
    assert bench.function.calls == [[1, 2]]
    assert began + 5 * SECOND <= bench.function.at[0] <= began + 5 * SECOND + POLL


def test_a_full_batch_does_not_wait_for_its_window() -> None:
    bench = Bench(settings(window=300 * SECOND, batch_size=2))
    began = bench.clock()
    bench.write(1, 2)
    bench.run()
    assert bench.function.at == [began]


def test_a_payload_above_six_megabytes_is_cut() -> None:
    bench = Bench(settings())
    bench.shard.add(record(n, bench.clock(), size=3_000_000) for n in range(5))
    assert [len(call) for call in bench.run().function.calls] == [2, 2, 1]


def test_bisect_isolates_a_poison_record_and_all_others_pass() -> None:
    bench = Bench(settings(bisect=True, retries=1), poison(5))
    bench.write(*range(8))
    bench.run()
    assert bench.lost.numbers == [5]
    assert bench.diary.counts["done"] == 7
    assert bench.lost.told[0].condition == "RetryAttemptsExhausted"
    assert bench.function.calls.count([5]) == 2  # the first and one retry: splitting used none


def test_retries_run_out_and_the_whole_batch_is_given_up() -> None:
    bench = Bench(settings(retries=2), poison(1))
    bench.write(0, 1, 2)
    bench.write(3, at=bench.clock() + 1)
    bench.run()
    assert [len(call) for call in bench.function.calls] == [4, 4, 4]
    assert bench.lost.numbers == [0, 1, 2, 3]
    assert bench.lost.told[0].attempts == 3


def test_no_retries_means_one_attempt() -> None:
    bench = Bench(settings(retries=0), poison(0))
    bench.write(0)
    assert bench.run().function.calls == [[0]]
    assert bench.lost.numbers == [0]


def test_retries_back_off_by_doubling() -> None:
    bench = Bench(settings(retries=3), poison(0))
    bench.write(0)
    bench.run()
    gaps = [b - a for a, b in zip(bench.function.at, bench.function.at[1:], strict=False)]
    assert gaps == [FIRST_BACKOFF, 2 * FIRST_BACKOFF, 4 * FIRST_BACKOFF]


def test_a_failing_batch_blocks_what_comes_after_it() -> None:
    bench = Bench(settings(batch_size=1, retries=3), poison(0))
    bench.write(0, 1)
    bench.run()
    assert bench.function.calls == [[0], [0], [0], [0], [1]]


def test_a_partial_failure_goes_on_from_the_lowest_failed_record() -> None:
    answers: Iterator[Outcome] = iter([failures(f"{5:020d}", f"{3:020d}"), DONE])
    bench = Bench(settings(partial=True, retries=0), lambda _: next(answers))
    bench.write(*range(8))
    assert bench.run().function.calls == [list(range(8)), [3, 4, 5, 6, 7]]
    assert bench.diary.counts["done"] == 8


def test_progress_restores_the_retries() -> None:
    answers: Iterator[Outcome] = iter([failures(f"{1:020d}"), BROKE, DONE])
    bench = Bench(settings(partial=True, retries=1), lambda _: next(answers))
    bench.write(0, 1, 2)
    assert bench.run().function.calls == [[0, 1, 2], [1, 2], [1, 2]]
    assert not bench.lost.told


def test_a_reported_poison_record_is_isolated_by_bisect() -> None:
    bench = Bench(settings(partial=True, bisect=True, retries=1), reporting(2))
    bench.write(*range(6))
    bench.run()
    assert bench.lost.numbers == [2]
    assert bench.diary.counts["done"] == 5


@pytest.mark.parametrize("name", ["", None, "unknown", 7], ids=str)
def test_a_bad_item_identifier_fails_the_whole_batch(name: object) -> None:
    answers = iter([failures(f"{1:020d}", name), DONE])
    bench = Bench(settings(partial=True), lambda _: next(answers))
    bench.write(0, 1, 2)
    assert bench.run().function.calls == [[0, 1, 2], [0, 1, 2]]


def test_reported_failures_count_only_where_they_are_asked_for() -> None:
    bench = Bench(settings(partial=False), reporting(0))
    bench.write(0)
    assert bench.run().function.calls == [[0]]
    assert bench.diary.counts == {"done": 1}


def test_records_older_than_the_limit_are_given_up_untried() -> None:
    bench = Bench(settings(max_age=MINUTE))
    bench.write(0, 1, at=bench.clock() - 2 * MINUTE)
    bench.write(2)
    bench.run()
    assert bench.function.calls == [[2]]
    assert bench.lost.numbers == [0, 1]
    assert bench.lost.told[0].condition == "RecordAgeExceeded"


def test_endless_retries_end_with_the_age_of_the_record() -> None:
    bench = Bench(settings(retries=None, max_age=MINUTE), poison(0))
    bench.write(0)
    bench.run()
    assert bench.lost.told[0].condition == "RecordAgeExceeded"
    assert bench.clock() - bench.function.at[0] > MINUTE - 1


def test_without_limits_a_record_is_tried_for_a_day() -> None:
    bench = Bench(settings(), poison(0))
    bench.write(0)
    bench.run()
    assert bench.function.at[-1] - bench.function.at[0] > DAY - 2 * MINUTE
    assert bench.lost.numbers == [0]


def test_filtered_records_reach_neither_function_nor_destination_and_are_counted() -> None:
    bench = Bench(settings(filters=({"eventName": ["INSERT"]},)))
    bench.shard.add(record(n, bench.clock(), name=name) for n, name in enumerate(["INSERT", "MODIFY", "REMOVE"]))
    bench.run()
    assert bench.function.calls == [[0]]
    assert bench.diary.counts == {"filtered": 2, "done": 1}


@given(
    keys=st.lists(st.sampled_from("abcdef"), max_size=60),
    lanes=st.integers(1, 5),
)
def test_lanes_share_out_every_record_once_and_keep_the_order_of_a_key(keys: list[str], lanes: int) -> None:
    given_to: list[list[int]] = []
    for lane in range(lanes):
        bench = Bench(settings(lanes=lanes, batch_size=7), lane=lane)
        bench.shard.add(record(n, bench.clock(), key=key) for n, key in enumerate(keys))
        bench.run()
        given_to.append([n for call in bench.function.calls for n in call])
    assert sorted(n for lane_ in given_to for n in lane_) == list(range(len(keys)))
    for key in set(keys):
        wanted = [n for n, one in enumerate(keys) if one == key]
        assert any([n for n in lane_ if keys[n] == key] == wanted for lane_ in given_to)


@dataclass
class Fickle:
    """A handler that fails by luck, and always on `bad` records; `done` is what it let through."""

    bad: frozenset[int]
    partial: bool
    luck: Iterator[str]
    done: list[int] = field(default_factory=list)

    def __call__(self, batch: list[int]) -> Outcome:
        chance = next(self.luck, "ok")
        wrong = [number for number in batch if number in self.bad]
        if chance == "broke" or (wrong and not self.partial):
            return BROKE
        if chance == "nonsense" and self.partial:
            return failures("unknown")
        if wrong or (chance == "report" and self.partial):
            first = wrong[0] if wrong else batch[-1]
            self.done.extend(number for number in batch if number < first)
            return failures(f"{first:020d}")
        self.done.extend(batch)
        return DONE


@given(
    count=st.integers(0, 25),
    bad=st.frozensets(st.integers(0, 24), max_size=4),
    luck=st.lists(st.sampled_from(["ok", "broke", "report", "nonsense"]), max_size=40),
    partial=st.booleans(),
    chosen=st.fixed_dictionaries(
        {
            "batch_size": st.integers(1, 10),
            "retries": st.integers(0, 3),
            "bisect": st.booleans(),
            "window": st.sampled_from([0, SECOND]),
        }
    ),
)
def test_no_record_is_lost_or_reordered_but_to_the_destination(
    count: int, bad: frozenset[int], luck: list[str], partial: bool, chosen: dict[str, object]
) -> None:
    """Whatever the function answers: each record is done or given up, and first successes follow the order."""
    fickle = Fickle(bad, partial, iter(luck))
    bench = Bench(settings(partial=partial, **chosen), fickle)
    bench.write(*range(count))
    bench.run()
    assert sorted(fickle.done + bench.lost.numbers) == list(range(count))
    assert fickle.done == sorted(fickle.done)
    assert bench.lost.numbers == sorted(bench.lost.numbers)
    assert bench.diary.counts["done"] == len(fickle.done)
    assert bench.diary.counts["given_up"] == len(bench.lost.numbers)
