"""The stream mapping under a virtual clock: what AWS documents, row by row."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, MINUTE, SECOND
from shopbell.local.mappings.doors import Outcome
from shopbell.local.mappings.stream import FIRST_BACKOFF, POLL

from tests.sim.mappings.bench import Bench, settings
from tests.sim.mappings.world import BROKE, DONE, failures, record


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
