"""A store and its keys: whose data it is and what each caller may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.domain.attribution.windows import CLICK_WINDOW
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VapidKeyId
from shopbell.domain.pauses import FOREVER, Pause, held
from shopbell.domain.policy import CAPS, QUIET_HOURS, Cap, Policy, QuietHours

KeyKind = Literal["pub", "srv", "mgmt"]
Role = Literal["viewer", "marketer", "admin"]
RevenueSource = Literal["any", "server"]
SHARDS: Final = (1, 64, 256)
"""Fixed when the store is created (ruling 23)."""


@dataclass(frozen=True, slots=True)
class VapidKey:
    """The public half; the private one is a SecureString (RFC 8292)."""

    id: VapidKeyId
    public_key: str
    """65 bytes, uncompressed point, base64url."""
    state: Literal["active", "retiring"]
    created_at: Instant
    request: str | None = None
    """`Idempotency-Key` of the call that made it."""


@dataclass(frozen=True, slots=True)
class Store:
    id: StoreId
    name: str
    shards: int
    created_at: Instant
    contact: str
    """`sub` of RFC 8292: how a push service reaches the people behind the store."""
    time_zone: str = "UTC"
    currency: str = "EUR"
    language: str = "en"
    origins: tuple[str, ...] = ()
    click_domains: tuple[str, ...] = ()
    revenue_source: RevenueSource = "any"
    affinity_half_life: Duration = 90 * DAY
    """After so long an interaction with a product weighs half (ruling 5)."""
    sending: Literal["on", "paused"] = "on"
    paused_at: Instant | None = None
    """Since when it sends nothing; None: it does."""
    pauses: tuple[Pause, ...] = ()
    """Those of the last two weeks that are over, oldest first."""
    prompt: Mapping[str, Json] = field(default_factory=dict)
    """What its pages are told of the permission prompt (`domain.prompts`); {}: as the script has it."""
    vapid_keys: tuple[VapidKey, ...] = ()
    caps: tuple[Cap, ...] = CAPS
    quiet_hours: QuietHours = QUIET_HOURS
    """Equal ends: there are none."""
    global_holdout_percent: int = 0
    consent_required: bool = False
    approve_over: int = 10_000
    """A campaign to more people than this is sent only by who says how many they expect."""
    approval: Literal["none", "second_person"] = "none"
    """Whether such a one waits until another key has agreed."""
    learning: Literal["off", "fill", "update"] = "off"
    """What product pages teach the catalogue (`domain.learning`)."""
    attribution: Duration = CLICK_WINDOW
    """How long after a click an order is the message's doing, where neither campaign nor scenario says."""
    keeps_interactions: bool = False
    """Whether everyone's sessions and interactions with products are folded: what is picked for them reads these."""
    day: tuple[float, ...] | None = None
    """Weight of each hour, 0 to 23, in the visits of its buyers, each on their own clock; of the latest night."""

    def held(self, begin: Instant, end: Instant) -> Duration:
        """For how long of that time it sent nothing; a pause that goes on counts up to `end`."""
        return held(self.stood, begin, end)

    @property
    def stood(self) -> tuple[Pause, ...]:
        """When it sent nothing; what goes on ends never."""
        return self.pauses if self.paused_at is None else (*self.pauses, (self.paused_at, FOREVER))

    @property
    def policy(self) -> Policy:
        """What the gates ask of it."""
        quiet = None if self.quiet_hours.start == self.quiet_hours.end else self.quiet_hours
        return Policy(self.caps, quiet, self.global_holdout_percent, self.consent_required)

    @property
    def link_origin(self) -> str | None:
        """What the shop's own links are resolved against; an origin may be a pattern, and no link begins with one."""
        return next((one for one in self.origins if "*" not in one), None)

    @property
    def active_vapid_key(self) -> VapidKey:
        return next(key for key in self.vapid_keys if key.state == "active")


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as stored: the hash, never the key."""

    store: StoreId
    digest: str
    kind: KeyKind
    role: Role | None
    created_at: Instant
    revoked: bool = False
    name: str | None = None
    """Whose it is, or what for."""
    expires_at: Instant | None = None
    """From then on it is dead: another has taken its place."""
    created_by: str | None = None
    """The key that made it, by the first characters of its hash."""
    line: str | None = None
    """The first of those that took each other's place, by the first characters of its hash; None: itself."""

    def alive(self, now: Instant) -> bool:
        """Whether it still opens anything."""
        return not self.revoked and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the store is read from the key alone."""

    store: StoreId
    kind: KeyKind
    role: Role | None = None
    key: str | None = None
    """Which key of the store, by the first characters of its hash."""
