"""Folding batches of the events stream: what is written, parked, retried and put on the queue, and in which order."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.unreliable import unreliable
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.app.evaluate import TRIES, Evaluate
from shopbell.app.poison import Unreadable
from shopbell.app.rulebook import Rulebook
from shopbell.app.work import DueWork, read_due
from shopbell.domain.clock import DAY, MINUTE, SECOND
from shopbell.domain.events import EventItem, Json
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Commit
from shopbell.domain.segments.definition import StoredRules

from tests.unit.app.shop import NOON, STORE, Shop

VIEWED: Json = {"event": "product_view"}
RECENT: Json = {"event": "product_view", "window": {"last": "P30D"}}


@dataclass(frozen=True)
class Committing(MemoryVisitors):
    """Visitors whose commits a test decides about."""

    decide: Callable[[Commit], bool]

    def commit(self, commit: Commit) -> bool:
        return self.decide(commit)


def view(shop: Shop, visitor: str, at: int | None = None) -> EventItem:
    return shop.event(visitor, "product_view", at, {"product_id": "boots"})


def test_an_event_makes_a_member_and_says_by_what() -> None:
    shop = Shop()
    shop.segment("viewers", VIEWED)
    done = shop.evaluate([view(shop, "ann")])
    assert shop.profile("ann") == {"viewers"}
    assert (done.failed, done.counts["entered_by_event"], done.counts["visitors"]) == (None, 1, 1)


def test_a_batch_that_comes_again_changes_nothing() -> None:
    shop = Shop()
    shop.segment("viewers", VIEWED)
    items = [view(shop, "ann"), view(shop, "bob")]
    shop.evaluate(items)
    before = dict(shop.world.profiles)
    assert "entered_by_event" not in shop.evaluate(items).counts
    assert shop.world.profiles == before


def test_a_rule_that_came_after_the_events_is_answered_from_the_log() -> None:
    shop = Shop()
    shop.fold(view(shop, "ann", NOON - DAY))
    shop.segment("viewers", VIEWED, state="building")
    assert shop.evaluate([shop.event("ann", "page_view")]).counts["upgraded"] == 1
    assert shop.profile("ann") == {"viewers"}
    assert [line.flip.cause for line in shop.log("ann")] == ["definition"]


def test_a_conflict_is_read_again_and_settles() -> None:
    shop = Shop()
    shop.segment("viewers", VIEWED)
    item, lost = view(shop, "ann"), [True, True]

    def overtaken(commit: Commit) -> bool:
        return shop.visitors.commit(commit) if not lost or not lost.pop() else False

    done = replace(shop.evaluate, visitors=Committing(shop.world, overtaken))([item])
    assert (done.failed, done.counts["conflicts"], shop.pauses) == (None, 2, [1, 2])
    assert shop.profile("ann") == {"viewers"}


def test_a_visitor_whom_everybody_writes_fails_the_record_after_eight_tries() -> None:
    shop = Shop()
    items = [view(shop, "ann"), view(shop, "bob")]
    done = replace(shop.evaluate, visitors=Committing(shop.world, lambda _: False))(items)
    assert (done.failed, done.counts["conflicts"]) == (0, TRIES - 1)


def test_nothing_is_emitted_for_what_was_not_committed() -> None:
    shop = Shop()
    shop.segment("recent", RECENT)
    item = view(shop, "ann", NOON - 30 * DAY + 20_000)
    replace(shop.evaluate, visitors=Committing(shop.world, lambda _: False))([item])
    assert shop.due.messages == []


def test_the_batch_comes_again_from_the_first_visitor_that_could_not_be_done() -> None:
    shop = Shop()
    shop.segment("viewers", VIEWED)
    items = [view(shop, "ann"), view(shop, "bob"), view(shop, "cleo")]

    def broken(commit: Commit) -> bool:
        return commit.after.visitor != "bob" and shop.visitors.commit(commit)

    done = replace(shop.evaluate, visitors=Committing(shop.world, broken))(items)
    assert (done.failed, done.counts["batch_cut_short"]) == (1, 1)
    assert (shop.profile("ann"), shop.profile("cleo")) == ({"viewers"}, set())


def test_visitors_taken_up_side_by_side_end_as_one_after_the_other() -> None:
    shop = Shop()
    shop.segment("viewers", VIEWED)
    names = [f"visitor-{number}" for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        done = replace(shop.evaluate, side_by_side=pool.map)([view(shop, name) for name in names])
    assert (done.failed, done.counts["visitors"], done.counts["entered_by_event"]) == (None, 60, 60)
    assert all(shop.profile(name) == {"viewers"} for name in names)


def test_what_can_never_pass_is_parked_without_a_word_of_its_content() -> None:
    shop = Shop()
    shop.segment("viewers", VIEWED)
    spoiled = shop.event("ann", "product_view", None, {"product_id": "boots"})
    poison = replace(spoiled, events=(replace(spoiled.events[0], at="secret"),))  # type: ignore[arg-type]
    good = view(shop, "ann", NOON - 1)
    done = shop.evaluate([poison, good])
    assert (done.failed, done.counts["parked"]) == (None, 1)
    assert shop.profile("ann") == {"viewers"}
    (message,) = shop.parked.take()
    assert message.body["item"] == poison.name
    assert "secret" not in str(message.body)


def test_an_item_that_does_not_decode_is_parked_with_its_place() -> None:
    shop = Shop()
    done = shop.evaluate([Unreadable(STORE, VisitorId("ann"), "-#1#0", "KeyError in text:12")])
    assert (done.failed, done.counts["parked"]) == (None, 1)
    assert shop.parked.take()[0].body == {
        "store": STORE,
        "visitor": "ann",
        "item": "-#1#0",
        "reason": "KeyError in text:12",
    }


def test_a_wake_up_within_75_seconds_is_put_on_the_queue_to_arrive_at_its_instant_or_after() -> None:
    shop = Shop()
    shop.segment("recent", RECENT)
    shop.fold(view(shop, "ann", NOON - 30 * DAY + 44_001))
    (message,) = shop.due.take()
    work = read_due(message.body)
    assert (work.at, message.delay) == (NOON + 44_001, 45)


def test_a_wake_up_that_is_far_is_left_to_the_index() -> None:
    shop = Shop()
    shop.segment("recent", RECENT)
    shop.fold(view(shop, "ann"))
    assert shop.due.take() == []


def test_a_queue_that_is_down_loses_no_wake_up() -> None:
    shop = Shop()
    shop.segment("recent", RECENT)
    down = unreliable(shop.due, random.Random(1), refused=1.0)  # noqa: S311
    done = replace(shop.evaluate, due=down)([view(shop, "ann", NOON - 30 * DAY + 20_000)])
    assert (done.failed, done.counts["wakes_left_to_the_index"]) == (None, 1)
    assert shop.wake().counts["visitors_due"] == 1


def test_the_clock_ends_a_membership_at_its_instant_and_not_before() -> None:
    shop = Shop()
    shop.segment("recent", RECENT)
    shop.fold(view(shop, "ann", NOON - 30 * DAY + 20 * SECOND))
    work = DueWork(STORE, (VisitorId("ann"),), NOON + 20 * SECOND)
    shop.clock.now = work.at - 1
    shop.due.take()
    assert shop.evaluate.wake(work).counts == {"woken_early": 1}
    assert (shop.profile("ann"), [message.delay for message in shop.due.take()]) == ({"recent"}, [1])
    shop.clock.now = work.at
    assert shop.evaluate.wake(work).counts["exited_by_clock"] == 1
    assert shop.profile("ann") == set()


def test_waking_a_visitor_for_whom_nothing_is_due_changes_nothing() -> None:
    shop = Shop()
    shop.segment("recent", RECENT)
    shop.fold(view(shop, "ann"))
    before = dict(shop.world.profiles)
    shop.evaluate.wake(DueWork(STORE, (VisitorId("ann"), VisitorId("nobody")), NOON))
    assert shop.world.profiles == before


def test_more_flips_than_a_transaction_holds_are_all_written() -> None:
    shop = Shop()
    for number in range(60):
        shop.segment(f"s{number:02d}", {"event": "product_view", "value": 1, "where": [_where(number)]})
    shop.fold(view(shop, "ann"))
    assert len(shop.profile("ann")) == 60
    assert len(shop.log("ann")) == 60
    assert sum("ann" in rows for rows in shop.world.members.values()) == 60


def _where(number: int) -> dict[str, str]:
    return {"field": "product_id", "op": "ne", "value": f"other{number}"}


def test_rules_are_read_again_only_when_their_version_has_changed() -> None:
    shop = Shop()
    reads: list[str] = []

    class Watched(MemorySegments):
        def rules(self, store: StoreId) -> StoredRules:
            reads.append("rules")
            return super().rules(store)

        def rules_version(self, store: StoreId) -> int:
            reads.append("version")
            return shop.segments.rules_version(store)

    shop.segment("viewers", VIEWED)
    run: Evaluate = replace(shop.evaluate, rulebook=Rulebook(Watched(shop.world), shop.stores))
    run([view(shop, "ann")])
    run([view(shop, "bob", NOON + MINUTE)])
    assert reads == ["rules", "version"]
    shop.segment("lookers", {"event": "page_view"})
    run([view(shop, "cleo")])
    assert reads == ["rules", "version", "version", "rules"]
