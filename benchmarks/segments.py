"""Events folded and evaluated per CPU-second, from stored bytes to stored bytes, with 50 live segments.

python -m benchmarks.segments
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.settle import settle

from benchmarks.segment_load import Load, prepare, rule, ruleset_of, run
from benchmarks.segment_rivals import (
    Counts,
    RuleEngine,
    Rules,
    asked_anew,
    counts,
    in_rule_engine,
    interpreted,
)

ROUNDS: Final = 5


def measure(name: str, past: tuple[int, int], ruleset: Ruleset, batch: int = 1) -> float:
    """Median over the rounds, printed with the range; CPU seconds an event."""
    work = prepare(past, ruleset)
    rounds = [run(work, batch) for _ in range(ROUNDS)]
    costs = sorted(spent for spent, _ in rounds)
    sizes = [len(body.p) + len(body.l) + len(body.v) for _, body in work.stored]
    _say(name, costs, f"{rounds[0][1]:5.1f} segments looked at  {statistics.median(sizes):6,.0f} bytes stored")
    return statistics.median(costs)


def _say(name: str, costs: Sequence[float], more: str = "") -> None:
    middle = statistics.median(costs)
    span = f"{min(costs) * 1e6:,.0f} to {max(costs) * 1e6:,.0f}"
    print(f"{name:<58} {1 / middle:>8,.0f} events/CPU-s  {middle * 1e6:8,.1f} us ({span})  {more}")


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of one visitor: all that happened until then, and what each way to decide is given."""

    events: Sequence[Event]
    now: Instant
    known: Counts
    numbers: Mapping[str, int]
    members: frozenset[SegmentId]


def _moments(work: Load, rules: Rules, engine: RuleEngine) -> list[Moment]:
    """Of ten visitors; `members` as decided here, through bytes after each event."""
    moments: list[Moment] = []
    for (start, _), coming, past in zip(work.stored[:10], work.events, work.past, strict=False):
        profile, behind = start, list(past)
        for event in coming:
            behind.append(event)
            settled = settle(profile, [event], work.ruleset, event.at)
            if settled.commit is not None:
                profile = settled.commit.after.with_version(profile.version + 1)
            known = counts(rules, behind, event.at)
            members = frozenset(profile.memberships)
            moments.append(Moment(tuple(behind), event.at, known, engine.numbers(known), members))
    return moments


def against_others(ruleset: Ruleset) -> None:
    """Interleaved, in one process. Ours folds, decides and stores; the others only decide."""
    work = prepare((20, 500), ruleset)
    rules = {SegmentId(f"segment-{n:04}"): parse_rule(rule(n)) for n in range(len(ruleset.order))}
    engine = in_rule_engine(rules)
    moments = _moments(work, rules, engine)
    ways: Mapping[str, Callable[[Moment], set[SegmentId]]] = {
        "an interpreted tree, counts handed to it": lambda moment: interpreted(rules, moment.known),
        "rule-engine, counts handed to it": lambda moment: engine.members(moment.numbers),
        "every leaf asked anew of all events": lambda moment: asked_anew(rules, moment.events, moment.now),
    }
    costs: dict[str, list[float]] = {"ours, from stored bytes to stored bytes": [], **{name: [] for name in ways}}
    for _ in range(ROUNDS):
        costs["ours, from stored bytes to stored bytes"].append(run(work, 1)[0])
        for name, decide in ways.items():
            started = time.process_time()
            decided = [decide(moment) for moment in moments]
            costs[name].append((time.process_time() - started) / len(moments))
            assert decided == [moment.members for moment in moments], name
    for name, spent in costs.items():
        _say(name, spent)


def main() -> None:
    fifty = ruleset_of(50)
    measure("50 segments, 20 to 500 past events, one by one", (20, 500), fifty)
    measure("50 segments, 20 to 500 past events, in batches of 10", (20, 500), fifty, batch=10)
    short = measure("50 segments, 20 past events", (20, 20), fifty)
    long = measure("50 segments, 5,000 past events", (5_000, 5_000), fifty)
    print(f"history of 5,000 against 20: x {long / short:.2f}")
    many = measure("500 segments, 450 of them about other events", (20, 500), ruleset_of(50, 450))
    few = measure("50 segments again", (20, 500), fifty)
    print(f"500 segments against 50: x {many / few:.2f}")
    against_others(fifty)


if __name__ == "__main__":
    main()
