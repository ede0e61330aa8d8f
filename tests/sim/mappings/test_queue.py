"""The queue mapping under a virtual clock: batches, windows, partial failures, what comes back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import SECOND
from shopbell.local.mappings.doors import Outcome, Returned
from shopbell.local.mappings.queue import QueueReader
from shopbell.local.mappings.settings import QueueSettings

from tests.sim.mappings.world import BROKE, DONE, Consumer, Diary, MemoryQueue, VirtualClock, failures


def settings(**changes: object) -> QueueSettings:
    named = {"mapping": "m", "function": "f", "source": "q", **changes}
    return QueueSettings(**named)  # type: ignore[arg-type]


@dataclass
class Bench:
    """One reader with everything it touches."""

    settings: QueueSettings
    behave: Callable[[list[str]], Outcome] = lambda _: DONE
    clock: VirtualClock = field(default_factory=VirtualClock)
    diary: Diary = field(default_factory=Diary)

    def __post_init__(self) -> None:
        self.queue = MemoryQueue(self.clock)
        self.consumer = Consumer(self.behave)
        self.reader = QueueReader(self.settings, self.queue, self.consumer, self.diary, self.clock)

    def run_for(self, span: int) -> "Bench":
        end = self.clock() + span
        while self.clock() < end:
            match self.reader.gather():
                case int(again):
                    self.clock.reach(again)
                case batch:
                    self.reader.deliver(batch)
        return self


def test_messages_come_in_batches_and_are_deleted_when_done() -> None:
    bench = Bench(settings(batch_size=3))
    for n in range(7):
        bench.queue.send(f"m{n}")
    bench.run_for(SECOND)
    assert [len(call) for call in bench.consumer.calls] == [3, 3, 1]
    assert not bench.queue.bodies
    assert bench.diary.counts == {"done": 7}


def test_a_failed_batch_comes_back_after_the_visibility_timeout_and_not_before() -> None:
    answers: Iterator[Outcome] = iter([BROKE, DONE])
    bench = Bench(settings(), lambda _: next(answers))
    bench.queue.send("m")
    bench.run_for(29 * SECOND)
    assert bench.consumer.calls == [["m"]]
    bench.run_for(2 * SECOND)
    assert bench.consumer.calls == [["m"], ["m"]]
    assert not bench.queue.bodies


def test_a_partial_failure_deletes_the_others_and_brings_back_only_the_failed() -> None:
    answers = iter([failures("b"), DONE])
    bench = Bench(settings(partial=True), lambda _: next(answers))
    for name in "abc":
        bench.queue.send(name)
    bench.run_for(SECOND)
    assert set(bench.queue.bodies) == {"b"}
    bench.run_for(30 * SECOND)
    assert bench.consumer.calls == [["a", "b", "c"], ["b"]]


@pytest.mark.parametrize(
    "answer",
    [
        Returned(b"not json"),
        Returned(b'"text"'),
        Returned(b"[]"),
        Returned(b'{"batchItemFailures": "b"}'),
        failures(""),
        failures(None),
        failures("unknown"),
        failures(["b"]),
        Returned(b'{"batchItemFailures": [{"itemIdentifer": "b"}]}'),
        Returned(b'{"batchItemFailures": ["b"]}'),
        BROKE,
    ],
    ids=lambda answer: answer.payload.decode()[:40],
)
def test_a_bad_answer_leaves_the_whole_batch(answer: Outcome) -> None:
    bench = Bench(settings(partial=True), lambda _: answer)
    bench.queue.send("a")
    bench.queue.send("b")
    bench.run_for(SECOND)
    assert set(bench.queue.bodies) == {"a", "b"}
    assert bench.diary.counts == {"failed": 2}


@pytest.mark.parametrize(
    "payload",
    [b"", b"null", b"{}", b'{"batchItemFailures": []}', b'{"batchItemFailures": null}', b'{"other": 1}'],
    ids=lambda payload: payload.decode() or "empty",
)
def test_an_empty_answer_is_success(payload: bytes) -> None:
    bench = Bench(settings(partial=True), lambda _: Returned(payload))
    bench.queue.send("a")
    bench.run_for(SECOND)
    assert not bench.queue.bodies


def test_a_window_gathers_beyond_one_receive() -> None:
    bench = Bench(settings(batch_size=25, window=5 * SECOND))
    for n in range(12):
        bench.queue.send(f"m{n}")
    bench.run_for(4 * SECOND)
    assert bench.consumer.calls == []
    assert bench.reader.held == 12
    bench.run_for(2 * SECOND)
    assert [len(call) for call in bench.consumer.calls] == [12]


def test_a_full_batch_does_not_wait() -> None:
    bench = Bench(settings(batch_size=20, window=300 * SECOND))
    for n in range(20):
        bench.queue.send(f"m{n}")
    bench.run_for(SECOND)
    assert [len(call) for call in bench.consumer.calls] == [20]


def test_a_filtered_message_is_deleted_unseen_and_counted() -> None:
    bench = Bench(settings(filters=({"body": {"kind": ["wanted"]}},)))
    bench.queue.send("a", json.dumps({"kind": "wanted"}))
    bench.queue.send("b", json.dumps({"kind": "other"}))
    bench.queue.send("c", "no json")
    bench.run_for(SECOND)
    assert bench.consumer.calls == [["a"]]
    assert not bench.queue.bodies
    assert bench.diary.counts == {"filtered": 2, "done": 1}


@given(
    luck=st.lists(st.sampled_from(["ok", "broke", "first", "nonsense"]), max_size=30),
    count=st.integers(0, 30),
    size=st.integers(1, 10),
)
def test_every_message_is_done_once_the_function_lets_it(luck: list[str], count: int, size: int) -> None:
    draws = iter(luck)
    done: list[str] = []

    def behave(names: list[str]) -> Outcome:
        match next(draws, "ok"):
            case "broke":
                return BROKE
            case "nonsense":
                return Returned(b"[1]")
            case "first":
                done.extend(names[1:])
                return failures(names[0])
            case _:
                done.extend(names)
                return DONE

    bench = Bench(settings(partial=True, batch_size=size), behave)
    for n in range(count):
        bench.queue.send(f"m{n}")
    bench.run_for(len(luck) * 31 * SECOND + SECOND)
    assert sorted(done) == sorted(f"m{n}" for n in range(count))
    assert not bench.queue.bodies
