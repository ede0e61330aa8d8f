"""The law of a stream mapping: under any luck nothing is lost or reordered but to the destination."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import SECOND
from shopbell.local.mappings.doors import Outcome

from tests.sim.mappings.bench import Bench, settings
from tests.sim.mappings.world import BROKE, DONE, failures


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
