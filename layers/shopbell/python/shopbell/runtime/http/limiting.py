"""Who calls too often waits, and everybody hears how much is left (draft-ietf-httpapi-ratelimit-headers-10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.domain.clock import SECOND, Clock
from shopbell.domain.errors import Unavailable
from shopbell.domain.limits import Limit, Standing
from shopbell.domain.store import Principal
from shopbell.ports import CallCounts
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.problem import problem

POLICY: Final = "ratelimit-policy"
LEFT: Final = "ratelimit"
UNKNOWN: Final = "calls_not_counted"


@dataclass(frozen=True, slots=True)
class Allowance:
    """`refusal`: the answer in place of the one that was asked for. `headers` and `counts` go to either."""

    refusal: Answer | None
    headers: Mapping[str, str]
    counts: Mapping[str, int] = field(default_factory=dict)

    def on(self, answer: Answer) -> Answer:
        headers, counts = {**answer.headers, **self.headers}, {**answer.counts, **self.counts}
        return replace(answer, headers=headers, counts=counts)


@dataclass(frozen=True, slots=True)
class Limiter:
    """Counts the calls of a key. While nobody can count, each passes: a limit protects, it guards nothing."""

    counts: CallCounts
    limit: Limit
    now: Clock

    def __call__(self, caller: Principal) -> Allowance:
        now, told = self.now(), {POLICY: policy(self.limit)}
        window = self.limit.began(now)
        try:
            used = self.counts.count(caller.store, caller.key or "", window, window + 2 * self.limit.window)
        except Unavailable:
            return Allowance(None, told, {UNKNOWN: 1})
        standing = self.limit.standing(used, now)
        headers = {**told, LEFT: f'"{self.limit.name}";r={standing.remaining};t={standing.seconds}'}
        if standing.passed:
            return Allowance(_refusal(self.limit, standing), headers, {"calls_over_limit": 1})
        return Allowance(None, headers)


def policy(limit: Limit) -> str:
    """Of one limit, as `RateLimit-Policy` says it."""
    return f'"{limit.name}";q={limit.quota};w={limit.window // SECOND}'


def gateway(requests_per_second: str) -> Mapping[str, str]:
    """What API Gateway lets through of all callers together; it counts for itself, so what is left is not known."""
    if not requests_per_second:
        return {}
    return {POLICY: policy(Limit("gateway", int(requests_per_second), SECOND))}


def over(limit: Limit, seconds: int) -> str:
    """What a caller is told who has passed it."""
    window = limit.window // SECOND
    return f"This key has made its {limit.quota} calls of these {window} s; the next window begins in {seconds} s."


def _refusal(limit: Limit, standing: Standing) -> Answer:
    answer = problem(429, over(limit, standing.seconds))
    return replace(answer, headers={**answer.headers, "retry-after": str(standing.seconds)})
