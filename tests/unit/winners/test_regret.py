"""Run after run the better variant gets more people than an equal split would give it, whatever chance does."""

from random import Random

from shopbell.domain.thompson import FLOOR, weighed
from shopbell.domain.winner import Arm

RATES = {"calm": 0.03, "loud": 0.05}
RUNS, PEOPLE = 20, 1_000
SEEDS = 10


def gone(seed: int, rates: dict[str, float]) -> tuple[float, float]:
    """The share of all messages that were loud, and of those of the last run."""
    random, own = Random(seed), dict.fromkeys(rates, 1)  # noqa: S311 - the same people at every run
    sent, clicks, last = dict.fromkeys(rates, 0), dict.fromkeys(rates, 0), 0.0
    for _ in range(RUNS):
        arms = [Arm(name, sent[name], clicks=clicks[name]) for name in rates]
        found = weighed("clicks", arms, own, 0)
        shares = {row.variant: row.share for row in found.variants}
        last = shares["loud"]
        for name in random.choices(list(shares), list(shares.values()), k=PEOPLE):
            sent[name] += 1
            clicks[name] += random.random() < rates[name]
    return sent["loud"] / (RUNS * PEOPLE), last


def test_the_better_variant_gets_most_of_all_messages() -> None:
    found = [gone(seed, RATES) for seed in range(SEEDS)]
    assert sum(whole > 0.75 for whole, _ in found) >= SEEDS * 0.9
    assert all(whole > 0.6 for whole, _ in found), "an equal split gives it 0.5"
    assert sum(last > 0.9 for _, last in found) >= SEEDS * 0.9


def test_of_two_that_are_equal_neither_is_given_up() -> None:
    found = [gone(seed, dict.fromkeys(RATES, 0.04)) for seed in range(SEEDS)]
    assert all(FLOOR <= last <= 1 - FLOOR for _, last in found)
    assert 0.35 < sum(whole for whole, _ in found) / SEEDS < 0.65
