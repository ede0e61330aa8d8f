"""Faults that are switched on while it runs: which POSTs meet them, and what they are answered."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from shopbell.domain.clock import SECOND, Instant
from shopbell.domain.subscriptions import PushService as Service
from shopbell.local.pushd.personalities import GONE, UNKNOWN, Personality, Reply

Kind = Literal[
    "throttled", "rate", "unavailable", "forbidden", "gone", "unknown", "reset", "slow", "redirect", "huge"
]
_LASTING: Final[frozenset[Kind]] = frozenset({"gone", "unknown"})
_STATUS: Final[Mapping[Kind, int]] = {"unavailable": 503, "forbidden": 403, "gone": GONE, "unknown": UNKNOWN}
_HUGE: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a POST meets: wait, then break the connection, or give this reply, or (neither) serve as usual.

    `go_away` (HTTP/2 only) serves this one as the last of its connection: what the client has begun after it is
    not looked at (RFC 9113 section 6.8). `padding` is added to the body of what is served as usual.
    """

    delay_seconds: float = 0
    reset: bool = False
    go_away: bool = False
    reply: Reply | None = None
    padding: int = 0


class Rule(BaseModel):
    """One fault, as a control call gives it.

    Of the POSTs to `services` (none: all) and `subscriptions` (ids; none: all) the `share` meets it, `times` at
    most. `status` and `retry_after` (seconds) replace those of the service. `rate` lets `per_second` pass at each
    service and throttles the others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    services: tuple[Service, ...] = ()
    subscriptions: frozenset[str] = frozenset()
    share: Annotated[float, Field(gt=0, le=1)] = 1
    times: Annotated[int, Field(ge=1)] | None = None
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    retry_after: Annotated[int, Field(ge=0, le=604_800)] | None = None
    delay_seconds: Annotated[float, Field(ge=0, le=600)] = 0
    per_second: Annotated[float, Field(gt=0)] = 100


@dataclass(slots=True)
class _Bucket:
    """What may still pass in this moment: a second's worth at most."""

    tokens: float
    at: Instant

    def take(self, per_second: float, now: Instant) -> bool:
        self.tokens = min(max(per_second, 1), self.tokens + per_second * (now - self.at) / SECOND)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class Faults:
    """The rules in force; the first that a POST meets counts. The same seed and order meet the same faults."""

    seed: int = 0
    rules: tuple[Rule, ...] = ()
    met: list[int] = field(default_factory=list)
    """How often each rule was met."""
    _random: Random = field(init=False)
    _buckets: dict[tuple[int, Service], _Bucket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.put(self.rules)

    def put(self, rules: Sequence[Rule]) -> None:
        """These instead of all before; chance begins anew."""
        self.rules, self.met = tuple(rules), [0] * len(rules)
        self._random, self._buckets = Random(self.seed), {}  # noqa: S311 - faults are to come again, not to be secret

    def meet(self, voice: Personality, subscription: str, origin: str, now: Instant) -> Trouble | None:
        for number, rule in enumerate(self.rules):
            if self._hits(number, rule, voice.service, subscription, now):
                self.met[number] += 1
                return trouble_of(rule, voice, origin)
        return None

    def _hits(self, number: int, rule: Rule, service: Service, subscription: str, now: Instant) -> bool:
        if (rule.services and service not in rule.services) or self.met[number] == rule.times:
            return False
        if rule.subscriptions and subscription not in rule.subscriptions:
            return False
        if rule.kind == "rate":
            bucket = self._buckets.setdefault((number, service), _Bucket(max(rule.per_second, 1), now))
            return not bucket.take(rule.per_second, now)
        # whoever is gone stays gone: drawn for the subscription, not for the POST
        lot = _lot(self.seed, subscription) if rule.kind in _LASTING else self._random.random()
        return lot < rule.share


def trouble_of(rule: Rule, voice: Personality, origin: str) -> Trouble:
    """The fault in the words of the service."""
    match rule.kind:
        case "slow":
            return Trouble(rule.delay_seconds)
        case "reset":
            return Trouble(rule.delay_seconds, reset=True)
        case "huge":
            return Trouble(rule.delay_seconds, padding=_HUGE)
        case "redirect":
            return Trouble(rule.delay_seconds, reply=Reply(rule.status or 307, {"location": f"{origin}/elsewhere"}))
        case _:
            status = rule.status or _STATUS.get(rule.kind, voice.throttle)
            return Trouble(rule.delay_seconds, reply=voice.turn_away(status, rule.retry_after))


def _lot(seed: int, subscription: str) -> float:
    digest = hashlib.sha256(f"{seed} {subscription}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
