"""The BG/NBD model: how likely a buyer with such a past still buys.

Source: P. Fader, B. Hardie, K. Lee, "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model,
Marketing Science 24 (2), 2005. While alive a buyer orders at a rate of their own (gamma over buyers: `r`, `alpha` in
days); after each repeat order they may leave for good, with a probability of their own (beta: `a`, `b`).
"""

import math
from dataclasses import dataclass
from typing import Final

HORIZON: Final = 90
"""Days that the churn score looks ahead."""
LARGEST: Final = 700.0
"""Beyond this the exponential function overflows; the odds are then as good as infinite."""
POLE: Final = 1e-6
"""At a = 1 and a + b + x = 1 the expected orders are a limit: so far beside it the difference is not seen."""
EXACT: Final = 1e-12
TERMS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Survival:
    """The four parameters, fitted for a store; all above 0."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, repeats: int, span: int, age: int) -> float:
        """P(alive) of x repeat orders, the last `span` days after the first of `age` days ago. 1 without a repeat."""
        if repeats <= 0:
            return 1.0
        log_odds = math.log(self.a / (self.b + repeats - 1)) + (self.r + repeats) * math.log(
            (self.alpha + age) / (self.alpha + span)
        )
        return 1.0 / (1.0 + math.exp(min(log_odds, LARGEST)))

    def churn(self, repeats: int, span: int, age: int, horizon: int = HORIZON) -> float:
        """P(no order within the next `horizon` days), 0 to 1."""
        quiet: float = ((self.alpha + age) / (self.alpha + age + horizon)) ** (self.r + repeats)
        return 1.0 - self.alive(repeats, span, age) * (1.0 - quiet)

    def orders(self, repeats: int, span: int, age: int, days: int) -> float:
        """How many days with an order to expect within the next `days` (equation 10 of the paper).

        Its hypergeometric function is turned by Euler's transformation (DLMF 15.8.1): the series then converges fast.
        """
        a = self.a if abs(self.a - 1.0) > POLE else 1.0 + POLE
        most = a + self.b + repeats - 1.0
        most = most if abs(most) > POLE else POLE
        z = days / (self.alpha + age + days)
        left: float = (1.0 - z) ** (a - 1.0) * _series(a + self.b - 1.0 - self.r, a - 1.0, most, z)
        if not math.isfinite(left):
            # a store whose buyers all leave alike has huge a and b, for which only the untransformed one is small
            left = (1.0 - z) ** (self.r + repeats) * _series(self.r + repeats, self.b + repeats, most, z)
        return max(most / (a - 1.0) * (1.0 - left), 0.0) * self.alive(repeats, span, age)


def _series(a: float, b: float, c: float, z: float) -> float:
    """Gauss's 2F1(a, b; c; z) for 0 <= z < 1 (DLMF 15.2.1)."""
    term = total = 1.0
    for n in range(TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z
        total += term
        if abs(term) <= EXACT * abs(total):
            break
    return total
