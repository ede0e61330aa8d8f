"""A broadcast to ten million on paper: how long, how many posts, what it costs, with every assumption printed.

python -m benchmarks.scale [--people N] [--pushes-per-cpu-second N]
"""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Final

from shopbell.domain.push.rates import CAPS, Rates
from shopbell.domain.runs import CHUNK_SIZE, FLUSH_EVERY
from shopbell.domain.subscriptions import PushService

from benchmarks.scale_model import Assumed, Came, play, totals

RAISED: Final[Mapping[PushService, int]] = {
    "fcm": 40_000,
    "apple": 4_000,
    "wns": 2_000,
    "mozilla": 4_000,
    "other": 500,
}
RAISED_WORKERS: Final = 100
PEOPLE: Final = 10_000_000
PER_CPU_SECOND: Final = 2_000
GIGABYTES: Final = 1769 / 1024
ROW: Final = 700
"""Bytes of a subscription's row."""
ON_THE_WIRE: Final = 1_600
"""Bytes out for a push, headers and TLS with it."""
GONE: Final = 0.01
PRICES: Final = {
    "GB-s": 13.3334e-6,
    "invocation": 0.20e-6,
    "SQS call": 0.40e-6,
    "read unit": 0.125e-6,
    "write unit": 0.625e-6,
    "GB out": 0.09,
}
"""US dollars, list prices of us-east-1 for arm64 and on-demand tables; not looked up at run time."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--pushes-per-cpu-second", type=float, default=PER_CPU_SECOND)
    asked = parser.parse_args()
    plain = Assumed(people=asked.people, cpu=1 / asked.pushes_per_cpu_second, down=None)
    raised = replace(plain, rates=Rates(RAISED, RAISED_WORKERS))
    print(f"{asked.people:,} people, {plain.failures:.0%} of all posts fail, {plain.kill:.1%} of invocations die")
    print(f"one push: {plain.cpu * 1e6:.0f} µs of a whole CPU; 50 at once: {plain.round_trip * 1e3:.0f} ms")
    print(f"planning: {plain.planned_per_second:,.0f} people a second\n")
    outage = "the same, FCM down for an hour after the first minute"
    for name, assumed in (
        (f"caps and workers as they come ({Rates().workers} of each queue)", plain),
        (outage, replace(plain, down="fcm")),
        (f"raised caps, {RAISED_WORKERS} workers of each queue", raised),
        (outage, replace(raised, down="fcm")),
    ):
        tell(name, assumed)


def tell(name: str, assumed: Assumed) -> None:
    found = play(assumed)
    print(f"== {name}")
    for service, came in found.items():
        print(f"  {service:8} {line(came, assumed.rates.caps.get(service, CAPS[service]))}")
    sums = totals(found)
    print(f"  over after {minutes(max(came.ended for came in found.values()))}; {sums['posts']:,} posts")
    print(f"  missing {sums['missing']}, dead letters {sums['dead']}, killed {sums['killed']}, ", end="")
    print(f"posted again at most {sums['again']:,} = {sums['again'] / max(sums['killed'], 1):.0f} for each kill")
    parts = costs(found, assumed)
    print(f"  ${sum(parts.values()):.2f}: " + ", ".join(f"{part} {cost:.2f}" for part, cost in parts.items()))
    print(f"  with caps respected (one write for each): ${sum(parts.values()) + written(assumed.people):.2f}\n")


def line(came: Came, cap: int) -> str:
    return (
        f"cap {cap:>6,}/s  {minutes(came.ended):>9}  {came.posts:>10,} posts  {came.invocations:>7,} invocations  "
        f"{came.busy:>9,.0f} s busy  a chunk handed out {came.most_receives} times at most"
    )


def costs(found: Mapping[PushService, Came], assumed: Assumed) -> dict[str, float]:
    """Dollars. Planning pages through the rows; each post reads a profile and a row, all strongly consistent."""
    sums, busy = totals(found), sum(came.busy for came in found.values())
    planning = assumed.people / assumed.planned_per_second * Rates().workers
    chunks = ceil(assumed.people / CHUNK_SIZE)
    read = assumed.people * ROW / 4_096 + 2 * sums["posts"]
    kept = sums["posts"] / FLUSH_EVERY + 4 * GONE * assumed.people
    calls = chunks + 2 * sums["receives"]
    return {
        "Lambda": (busy + planning) * GIGABYTES * PRICES["GB-s"] + sums["invocations"] * PRICES["invocation"],
        "SQS": calls * PRICES["SQS call"],
        "reads": read * PRICES["read unit"],
        "ledgers and the gone": kept * PRICES["write unit"],
        "bytes out": sums["posts"] * ON_THE_WIRE / 1e9 * PRICES["GB out"],
    }


def written(people: int) -> float:
    return people * PRICES["write unit"]


def minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"


if __name__ == "__main__":
    main()
