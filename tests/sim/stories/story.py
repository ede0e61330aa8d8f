"""A story as JSON tells it: what a store has, what happens when, and which pushes and skips come of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from shopbell.domain.clock import Instant, parse_instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.policy import QuietHours
from shopbell.domain.scenarios.settings import OwnAudience
from shopbell.domain.store import Store

CASES: Final = Path(__file__).parent / "cases"


def _instant(text: str) -> str:
    parse_instant(text)
    return text


Moment = Annotated[str, AfterValidator(_instant)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Happening(_Strict):
    """One thing at one instant. Exactly one of `event`, `subscribe`, `unsubscribe`, `traits`, `set`,
    `products`, `identify`, `trigger`, `campaign`, `cancel` and `prompt` is there.

    `event`: its type, with `properties`; `occurred_at` when it differs; `backfill`; `server`: sent by the
    shop's server. `subscribe`: the device, with `time_zone`, `language`, `topics` and `snooze_until`. `set`: a
    scenario, with `enabled`, `parameters` and the `variants` of its first message. `identify`: the customer who
    the visitor turns out to be. `trigger`: as POST /v1/triggers takes it.
    `campaign`: as POST /v1/campaigns takes it, sent at once; its name is its id, by which `cancel` calls it off.
    `prompt`: what a page is answered that asks to show it, on `page`: `shown`, or why not. `audience`: of a `set`.
    """

    at: Moment
    who: str | None = None
    event: str | None = None
    properties: Mapping[str, JsonValue] = Field(default_factory=dict)
    occurred_at: Moment | None = None
    id: str | None = None
    backfill: bool = False
    server: bool = False
    subscribe: str | None = None
    unsubscribe: str | None = None
    time_zone: str | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    snooze_until: Moment | None = None
    traits: Mapping[str, JsonValue] | None = None
    set: str | None = None
    enabled: bool = True
    parameters: Mapping[str, JsonValue] = Field(default_factory=dict)
    variants: tuple[Mapping[str, JsonValue], ...] = ()
    products: tuple[Mapping[str, JsonValue], ...] = ()
    identify: str | None = None
    trigger: Mapping[str, JsonValue] | None = None
    campaign: Mapping[str, JsonValue] | None = None
    cancel: str | None = None
    prompt: str | None = None
    page: str | None = None
    audience: Mapping[str, tuple[SegmentId, ...]] | None = None

    @property
    def own(self) -> OwnAudience | None:
        return None if self.audience is None else OwnAudience(**self.audience)

    @property
    def instant(self) -> Instant:
        return parse_instant(self.at)[0]

    @property
    def silent(self) -> Instant | None:
        return None if self.snooze_until is None else parse_instant(self.snooze_until)[0]


class Push(_Strict):
    """One that must come, at this instant up to `within` seconds later. What is None is not looked at."""

    at: Moment
    who: str
    scenario: str
    step: int = 0
    within: int = 0
    product: str | None = None
    products: tuple[str, ...] | None = None
    reason: str | None = None
    title: str | None = None
    body: str | None = None
    ends: str | None = None
    """What the body ends with."""
    lang: str | None = None
    device: str | None = None
    urgency: str | None = None

    @property
    def instant(self) -> Instant:
        return parse_instant(self.at)[0]


class Pool(_Strict):
    """Codes to give away."""

    codes: tuple[str, ...] = ()
    discount: str = "10 %"
    expires_at: Moment | None = None


class Skip(_Strict):
    """How often a scenario was ended by one gate, over the whole story."""

    scenario: str
    gate: str
    count: int = 1


class Story(_Strict):
    """`pushes` are all that come, in any order; `skips` are those that must be counted (others may be)."""

    name: str
    covers: str
    start: Moment
    until: Moment
    time_zone: str = "UTC"
    language: str = "en"
    """Of the store."""
    consent_required: bool = False
    quiet_hours: tuple[int, int] | None = None
    """Minutes of the day, equal for none; None: as a new store has them."""
    capped: bool = True
    segments: Mapping[str, JsonValue] = Field(default_factory=dict)
    """Id to rule; active from the start."""
    products: tuple[Mapping[str, JsonValue], ...] = ()
    scenarios: Mapping[str, Mapping[str, JsonValue]] = Field(default_factory=dict)
    """On from the start, with these parameters."""
    happens: tuple[Happening, ...] = ()
    pushes: tuple[Push, ...] = ()
    skips: tuple[Skip, ...] = ()
    pools: Mapping[str, Pool] = Field(default_factory=dict)
    stock: Mapping[str, tuple[int, int]] = Field(default_factory=dict)
    """Of a pool, how many codes visitors have by the end, and how many orders came with one."""
    reports: Mapping[str, Mapping[str, JsonValue]] = Field(default_factory=dict)
    """By scenario, or `fly_mode:<id>`, with ids from 0000000000000001 on: what its report says, as far as named."""

    def set_up(self, store: Store) -> Store:
        """The store as the story has it."""
        hours = store.quiet_hours if self.quiet_hours is None else QuietHours(*self.quiet_hours)
        return replace(
            store,
            time_zone=self.time_zone,
            language=self.language,
            consent_required=self.consent_required,
            quiet_hours=hours,
            caps=store.caps if self.capped else (),
        )


def whole_product(product: Mapping[str, Json]) -> dict[str, Json]:
    """With what a story need not say of each product."""
    name = str(product["id"])
    defaults: dict[str, Json] = {
        "title": name.title(),
        "url": f"https://shop.example.com/{name}",
        "image_url": f"https://shop.example.com/{name}.jpg",
        "price": 1_000,
        "currency": "EUR",
    }
    return {**defaults, **product}


def stories() -> list[tuple[str, Story]]:
    """Every story with the name of its file; a file holds a list of them."""
    found: list[tuple[str, Story]] = []
    for path in sorted(CASES.glob("*.json")):
        for row in json.loads(path.read_text()):
            story = Story.model_validate(row)
            found.append((f"{path.stem}: {story.name}", story))
    return found
