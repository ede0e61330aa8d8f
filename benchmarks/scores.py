"""How long the churn model takes to fit: 25,000 customers drawn from the model itself, the whole of them and one CPU.

python benchmarks/scores.py
"""

import sys
import time
from typing import Final

import numpy as np
from shopbell.adapters.fitting import ScipyFitting
from shopbell.domain.scores.buyers import Buyer
from shopbell.domain.scores.survival import Survival

CUSTOMERS: Final = 25_000
DAYS: Final = 450
TRUTH: Final = Survival(r=0.25, alpha=30.0, a=0.8, b=2.5)
RUNS: Final = 5
DAY: Final = 86_400_000


def drawn(count: int, seed: int) -> list[Buyer]:
    """Customers who order and leave as the model says, first seen in the first 90 days."""
    random = np.random.default_rng(seed)
    buyers: list[Buyer] = []
    for _ in range(count):
        first = int(random.integers(0, 90))
        rate, leaving = random.gamma(TRUTH.r, 1 / TRUTH.alpha), random.beta(TRUTH.a, TRUTH.b)
        at, days = float(first), [first]
        while (at := at + random.exponential(1 / max(rate, 1e-12))) < DAYS:
            days.append(int(at))
            if random.random() < leaving:
                break
        distinct = sorted(set(days))
        buyers.append(Buyer(distinct[0], distinct[-1], len(distinct), len(days), 0, 0, 0, distinct[-1] * DAY))
    return buyers


def main() -> int:
    buyers, now = drawn(CUSTOMERS, 1), DAYS * DAY
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        found = ScipyFitting().fit(buyers, now)
        taken.append(time.perf_counter() - started)
    print(f"{CUSTOMERS} customers, {sum(one.repeats > 0 for one in buyers)} of them came again")
    print(f"truth   {TRUTH}")
    print(f"fitted  {found}")
    print(f"seconds: best {min(taken):.2f}, worst {max(taken):.2f} of {RUNS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
