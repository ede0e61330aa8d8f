"""A shop in memory that plays a story: the clock jumps from one instant at which something is due to the next."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.adapters.memory.catalogue import MemoryStockroom
from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.delivery.posting import read_posting
from shopbell.app.ends import Done, End, Handed
from shopbell.app.scenarios.enable import ScenarioChange
from shopbell.app.tracking.identify import identified_item
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.refunds import NameReturned
from shopbell.app.tracking.subscribe import subscribed, unsubscribed
from shopbell.app.tracking.track import Batch, Track
from shopbell.app.work import DueWork, read_shard
from shopbell.domain.clock import MINUTE, Instant, format_instant, parse_instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, RunId, VisitorId, customer
from shopbell.domain.incoming.products import ProductIn
from shopbell.domain.incoming.variants import WordsIn
from shopbell.domain.profile import Alias
from shopbell.domain.push.token import MessageRef, TokenKey, open_token
from shopbell.domain.push.values import PushRequest
from shopbell.domain.runs import Chunk
from shopbell.domain.scenarios.ownschedule import OwnSchedule
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.store import Principal
from shopbell.local.schedules.expression import next_fire
from shopbell.ports import Message

from tests.sim.stories.campaigns import by_hand
from tests.sim.stories.coupons import fill_pools
from tests.sim.stories.shop import StoryShop
from tests.sim.stories.story import Happening, Story, whole_product
from tests.unit.app.shop import STORE

QUARTER: Final = 15 * MINUTE
FIVE: Final = 5 * MINUTE
CALENDARS: Final = frozenset({"new_arrivals", "top_sellers", "push_recommendation"})
"""Whatever fires by the store's own clock; the others' firings matter only once somebody waits for one."""
TOKEN_KEY: Final = TokenKey(1, bytes(32))
ROUNDS: Final = 1_000
"""Queues are empty long before; a story that goes round in circles ends here."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A push as a browser got it."""

    at: Instant
    who: str
    device: str
    scenario: str
    step: int
    payload: Mapping[str, Json]
    run: RunId
    picks: tuple[Pick, ...]
    urgency: str
    """What was picked last for whoever it went to."""


@dataclass
class Stage:
    """Plays one story from its start to its end."""

    story: Story
    shop: StoryShop = field(default_factory=StoryShop)
    seen: list[Seen] = field(default_factory=list)
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(scenario, how it ended) to how often, pushes that were accepted left out."""
    later: list[tuple[Instant, Message, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shop.clock.now = parse_instant(self.story.start)[0]
        self.shop.world.stores[STORE] = self.story.set_up(self.shop.world.stores[STORE])
        self.track = Track(
            self.shop.events, self.shop.catalogue, self.shop.clock, None, NameReturned(self.shop.visitors)
        )
        self._put_products(self.story.products)
        fill_pools(self.shop.world, self.story)
        for name, rule in self.story.segments.items():
            self.shop.segment(name, rule)
        for name, parameters in self.story.scenarios.items():
            self._set(Happening(at=self.story.start, set=name, parameters=parameters))

    def play(self) -> None:
        for happening in sorted(self.story.happens, key=lambda one: one.instant):
            self._pass_until(happening.instant)
            self._happen(happening)
            self._settle()
        self._pass_until(parse_instant(self.story.until)[0])

    # time

    def _pass_until(self, end: Instant) -> None:
        while (at := min(self._due(), default=end)) < end:
            self.shop.clock.now = max(at, self.shop.clock.now)
            self._wake()
            self._schedules()
            self._settle()
        self.shop.clock.now = end
        self._wake()
        self._schedules()
        self._settle()

    def _due(self) -> Iterator[Instant]:
        """Instants after now at which something may be due: wake-ups, firings of schedules, deferred messages."""
        now, world = self.shop.clock.now, self.shop.world
        yield from (max(profile.wake_at, now + 1) for profile in world.profiles.values() if profile.wake_at)
        yield from (max(timer.due, now + 1) for timer in world.timers.values() if timer.due)
        candidates = [at for rows in world.candidates.values() for at, _, _ in rows]
        yield from (max(_boundary(at, FIVE), _boundary(now + 1, FIVE)) for at in candidates)
        yield from (max(at, now + 1) for at, _, _ in self.later)
        if any(row.enabled and row.name in CALENDARS for row in world.scenarios.values()):
            yield _boundary(now + 1, QUARTER)
        yield from (at for row in world.schedules.values() if (at := _fires(row, now)) is not None)

    def _wake(self) -> None:
        now = self.shop.clock.now
        due = [who for (_, who), one in self.shop.world.profiles.items() if one.wake_at and one.wake_at <= now]
        for who in [*due, *self.shop.timers_due]:
            self.shop.evaluate.wake(DueWork(STORE, (who,), now))

    def _schedules(self) -> None:
        now = self.shop.clock.now
        for name, row in SCENARIOS.items():
            if row.every is not None and now % row.every == 0:
                self.shop.run_scenario(name, now)
        for own in [one for one in self.shop.world.schedules.values() if _fires(one, now - 1) == now]:
            self.shop.run_scenario(own.scenario, now, STORE)
            if own.once:
                self.shop.world.schedules.pop((own.store, own.scenario))

    # what happens

    def _happen(self, what: Happening) -> None:
        if what.event is not None:
            self._event(what)
        elif what.subscribe is not None:
            self._subscribe(what)
        elif what.unsubscribe is not None:
            row = next(
                one
                for one in self.shop.world.subscriptions.values()
                if _device(one.endpoint) == f"{what.who}-{what.unsubscribe}"
            )
            self.shop.fold(system_item(STORE, unsubscribed(row, self.shop.clock.now, "left")))
        elif what.traits is not None:
            self._traits(what)
        elif what.set is not None:
            self._set(what)
        elif what.identify is not None:
            self._identify(what, customer(what.identify))
        elif not by_hand(self.shop, what):
            self._put_products(what.products)

    def _event(self, what: Happening) -> None:
        now = self.shop.clock.now
        said = {
            "id": what.id or f"{what.who}-{what.event}-{now}",
            "type": what.event,
            "visitor_id": what.who,
            "occurred_at": what.occurred_at or format_instant(now),
            "properties": dict(what.properties),
        }
        caller = Principal(STORE, "srv" if what.server or what.backfill else "pub")
        before = {key: set(items) for key, items in self.shop.world.events.items()}
        done = self.track(caller, Batch([said], what.backfill))
        assert not done.rejected, done.rejected
        for key, items in self.shop.world.events.items():
            fresh = [item for name, item in items.items() if name not in before.get(key, set())]
            if fresh:
                self.shop.fold(*fresh)

    def _subscribe(self, what: Happening) -> None:
        row = self.shop.register(_who(what), "fcm", what.subscribe or "a")
        row = replace(row, time_zone=what.time_zone, language=what.language, topics=what.topics)
        row = replace(row, snooze_until=what.silent)
        self.shop.subscriptions.put(row, None)
        self.shop.fold(system_item(STORE, subscribed(row, self.shop.clock.now)))

    def _traits(self, what: Happening) -> None:
        now, who = self.shop.clock.now, VisitorId(_who(what))
        event = Event(
            EventId(f"{who}-traits-{now}"), "traits_changed", who, now, now, what.traits or {}, trusted=True
        )
        self.shop.fold(system_item(STORE, event))

    def _identify(self, what: Happening, whose: VisitorId) -> None:
        who, now = VisitorId(_who(what)), self.shop.clock.now
        self.shop.aliases.link(STORE, who, Alias(whose, now))
        self.shop.fold(identified_item(STORE, who, whose, now))

    def _set(self, what: Happening) -> None:
        said = WordsIn.model_validate({"variants": what.variants or None}).said
        parameters = dict(what.parameters)
        change = ScenarioChange(
            enabled=what.enabled, parameters=parameters, content=said[0], variants=said[1], audience=what.own
        )
        self.shop.enable(STORE, what.set or "", change)
        self.shop.drain_builds()
        self._settle()

    def _put_products(self, products: tuple[Mapping[str, Json], ...]) -> None:
        if products:
            given = [ProductIn.model_validate(whole_product(one)).product for one in products]
            StockUp(MemoryStockroom(self.shop.world), self.shop.clock)(STORE, given, "api")

    # queues

    def _settle(self) -> None:
        """Until no queue holds anything that is due."""
        for _ in range(ROUNDS):
            if not self._round():
                return
        raise AssertionError(f"{self.story.name}: the queues do not become empty")

    def _round(self) -> bool:
        moved = self.shop.hear()  # the wake-ups themselves are watched
        self.shop.drain_builds()
        for message in self.shop.audience_queue.take():
            moved = True
            self.shop.page(read_shard(message.body), Handed(), self.shop.left)
        now = self.shop.clock.now
        ready = [row for row in self.later if row[0] <= now]
        self.later = [row for row in self.later if row[0] > now]
        fresh = [*self.shop.chunks.take(), *self.shop.send_now_queue.take()]
        for message, receives in [*((one, 1) for one in fresh), *((one, times) for _, one, times in ready)]:
            moved = True
            self._send(message, receives)
        return moved

    def _send(self, message: Message, receives: int) -> None:
        work, before = read_posting(message.body), len(self.shop.push.posts)
        end: End = self.shop.posting(work, Handed(receives), self.shop.left)
        for post in self.shop.push.posts[before:]:
            self._note(post)
        if not isinstance(end, Done):
            self.later.append((self.shop.clock.now + end.wait, message, receives + 1))
            return
        source = self._source(work.run) if isinstance(work, Chunk) else work.step.source_id
        ends = {how: number for how, number in end.counts.items() if how.partition(":")[0] in {"skipped", "deferred"}}
        self.ends.update({(source.partition(":")[0], how): number for how, number in ends.items()})

    def _source(self, name: RunId) -> str:
        run = self.shop.runs.get(STORE, name)
        assert run is not None
        return run.source_id

    def _note(self, post: PushRequest) -> None:
        payload = json.loads(post.body)
        ref = open_token(payload["notification"]["data"]["message"], [TOKEN_KEY], self.shop.clock.now)
        assert isinstance(ref, MessageRef), ref
        source = self._source(ref.run).partition(":")[0]
        who, _, device = post.url.rsplit("/", 1)[1].rpartition("-")
        urgent = post.headers["Urgency"]
        picks = self.shop.select.picked.get(self._person(who), ())
        self.seen.append(Seen(self.shop.clock.now, who, device, source, ref.step, payload, ref.run, picks, urgent))

    def _person(self, who: str) -> str:
        alias = self.shop.visitors.load(STORE, VisitorId(who)).alias
        return who if alias is None else alias.customer

    def skipped(self, scenario: str) -> Counter[str]:
        """Everything that ended without a push, by reason: in chunks, while planning, and in the fold."""
        found = Counter({how.partition(":")[2]: n for (name, how), n in self.ends.items() if name == scenario})
        for (store, run), rows in self.shop.world.run_shards.items():
            row = self.shop.runs.get(store, run)
            if row is not None and row.source_id == scenario:
                for shard in rows.values():
                    found.update(shard.skipped)
        return found + self.shop.told(scenario)


def _fires(schedule: OwnSchedule, after: Instant) -> Instant | None:
    return next_fire(schedule.expression, schedule.zone, after)


def _boundary(at: Instant, every: int) -> Instant:
    return -(-at // every) * every


def _who(what: Happening) -> str:
    assert what.who is not None, "a story that says what happened says to whom"
    return what.who


def _device(endpoint: str) -> str:
    return endpoint.rsplit("/", 1)[1]
