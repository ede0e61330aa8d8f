"""Fits the churn model to a store's buyers by maximum likelihood, with numpy and scipy.

Source: Fader, Hardie, Lee 2005 (see `domain.scores.survival`), equation 6. Imported by the nightly function alone,
whose layer holds both libraries.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

from shopbell.domain.scores.buyers import Buyer
from shopbell.domain.scores.survival import Survival

Column = NDArray[np.float64]
START: Final = (0.25, 0.3, 0.8, 2.5)
"""r, alpha over the longest age, a, b: the order of magnitude that published fits have."""
BOUND: Final = 12.0
"""Of the parameters' logarithms: far beyond any sensible value, and far from overflow."""
PENALTY: Final = 1e-6
"""Times the sum of squared logarithms, per buyer: keeps a flat likelihood from running away."""


class ScipyFitting:
    """The port `Fitting`."""

    def fit(self, buyers: Iterable[Buyer], now: int) -> Survival | None:
        """The parameters that make these pasts most likely; None where the likelihood has no top."""
        return fit(Counter((one.repeats, one.span, one.age(now)) for one in buyers))


def fit(counts: Counter[tuple[int, int, int]]) -> Survival | None:
    """From (x, t_x, T) in days to how many buyers have them: many share one, so that a million fit as fast."""
    if not counts:
        return None
    table = np.array([[*past, count] for past, count in counts.items()], dtype=np.float64)
    x, span, age, weight = table.T
    scale = max(float(age.max()), 1.0)
    begin = np.log(np.array(START))
    found: Any = minimize(
        _loss,
        begin,
        args=(x, span / scale, age / scale, weight / weight.sum()),
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * len(START),
    )
    r, alpha, a, b = (float(value) for value in np.exp(found.x))
    if not np.isfinite([r, alpha, a, b, found.fun]).all():
        return None
    return Survival(r, alpha * scale, a, b)


def _loss(logs: Column, x: Column, span: Column, age: Column, weight: Column) -> float:
    """Minus the mean log-likelihood: ln A1 + ln A2 + ln(A3 + [x > 0] A4) of the paper's appendix."""
    r, alpha, a, b = np.exp(logs)
    rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    leaving = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    stayed = -(r + x) * np.log(alpha + age)
    again = np.maximum(x, 1.0)
    left = np.where(x > 0, np.log(a) - np.log(b + again - 1.0) - (r + x) * np.log(alpha + span), -np.inf)
    likelihood = rate + leaving + np.logaddexp(stayed, left)
    return float(-(weight * likelihood).sum() + PENALTY * (logs**2).sum())
