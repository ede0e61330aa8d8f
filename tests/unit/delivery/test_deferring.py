"""A message that a gate puts off waits as a step of its visitor, and passes every gate again."""

from dataclasses import replace

from shopbell.app.delivery.posting import read_posting
from shopbell.app.ends import Done, Handed
from shopbell.app.nowwork import NowWork
from shopbell.app.work import DueWork
from shopbell.domain.clock import DAY, HOUR, Instant, parse_instant
from shopbell.domain.content import Content
from shopbell.domain.ids import VisitorId
from shopbell.domain.policy import CAPS
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.runs import Audience, Run, Terms
from shopbell.domain.scenarios.pending import PendingStep

from tests.unit.app.chunks import ends, one_chunk, send
from tests.unit.app.pushing import put_off
from tests.unit.app.shop import NOON, STORE, Shop
from tests.unit.delivery.steps import VISITED, deliver, greeting, reader, report, visitor, waiting, work

LATE: Instant = parse_instant("2026-03-02T23:00:00Z")[0]
MORNING: Instant = parse_instant("2026-03-03T08:00:00Z")[0]


def at_night() -> Shop:
    shop = Shop()
    shop.clock.now = LATE
    return shop


def resume(shop: Shop, name: str, step: PendingStep) -> None:
    """As the fold does at its instant: it leaves the visitor and goes on the queue."""
    before = shop.visitors.load(STORE, VisitorId(name))
    left = tuple(one for one in before.steps if one.id != step.id)
    shop.world.profiles[STORE, VisitorId(name)] = replace(before, steps=left, version=before.version + 1)
    shop.clock.now = step.due
    deliver(shop, NowWork(STORE, VisitorId(name), replace(step, state="queued")))


def campaign_report(shop: Shop, run: Run) -> dict[str, object]:
    """Of the one campaign that the runs in these tests are of."""
    found = reader(shop).over([run])
    return {"targeted": found.targeted, "accepted": found.accepted, "open": found.open, "deferred": found.deferred}


def test_a_step_in_quiet_hours_waits_for_the_morning_with_its_relevance_moved_along() -> None:
    shop = at_night()
    greeting(shop)
    visitor(shop)
    assert deliver(shop, work(shop)) == Done({"deferred:quiet_hours": 1, "steps_deferred": 1})
    (step,) = waiting(shop)
    assert (step.due, step.expires_at, step.state) == (MORNING, LATE + DAY + 9 * HOUR, "waiting")
    assert shop.visitors.load(STORE, VisitorId("ann")).wake_at == MORNING
    found = report(shop)
    assert (found.targeted, found.open, found.deferred, found.finished) == (1, 1, {"quiet_hours": 1}, False)


def test_in_the_morning_it_is_sent_by_its_own_run_and_the_numbers_add_up() -> None:
    shop = at_night()
    greeting(shop)
    visitor(shop)
    deliver(shop, work(shop))
    (step,) = waiting(shop)
    resume(shop, "ann", step)
    assert (len(shop.push.posts), len(shop.world.runs), waiting(shop)) == (1, 1, ())
    found = report(shop)
    assert (found.targeted, found.accepted, found.open, found.deferred) == (1, 1, 0, {"quiet_hours": 1})
    assert found.finished


def test_the_night_messages_repeat_neither_sends_nor_defers_again() -> None:
    shop = at_night()
    greeting(shop)
    visitor(shop)
    given = work(shop)
    deliver(shop, given)
    (step,) = waiting(shop)
    assert deliver(shop, given, 2) == Done({"steps_deferred_before": 1})
    resume(shop, "ann", step)
    assert deliver(shop, given, 3) == Done({"steps_done_before": 1})
    assert (len(shop.push.posts), waiting(shop)) == (1, ())


def test_whoever_left_the_audience_meanwhile_gets_nothing_in_the_morning() -> None:
    shop = at_night()
    greeting(shop)
    visitor(shop)
    deliver(shop, work(shop))
    (step,) = waiting(shop)
    profile = shop.visitors.load(STORE, VisitorId("ann"))
    shop.world.profiles[STORE, VisitorId("ann")] = replace(profile, memberships={})
    resume(shop, "ann", step)
    assert (shop.push.posts, report(shop).skipped) == ([], {"audience_left": 1})


def test_a_triggered_step_waits_for_its_cap_and_a_promotion_is_dropped() -> None:
    shop = Shop()
    greeting(shop)
    visitor(shop)
    deliver(shop, work(shop))
    deliver(shop, work(shop, key="signup-2"))
    (step,) = waiting(shop)
    assert step.due == NOON + CAPS[0].within
    greeting(shop, message_class="promo", revision=4)
    deliver(shop, work(shop, key="signup-3"))
    assert (len(waiting(shop)), report(shop).skipped) == (1, {"frequency_cap": 1})


def test_a_campaign_in_quiet_hours_waits_for_each_of_its_people() -> None:
    shop = at_night()
    run, chunk = one_chunk(shop, 2)
    assert send(shop, chunk) == Done({"deferred:quiet_hours": 2, "chunks_done": 1})
    assert (ends(shop, run, chunk), shop.push.posts) == (["deferred:quiet_hours"] * 2, [])
    (step,) = waiting(shop, "v000")
    assert (step.source, step.source_id, step.run, step.due) == ("campaign", "spring", run.id, MORNING)
    for name in ("v000", "v001"):
        resume(shop, name, waiting(shop, name)[0])
    assert shop.push.by_url.total() == len(shop.push.by_url) == 2
    assert len({post.headers["Topic"] for post in shop.push.posts}) == 1
    assert campaign_report(shop, run) == {"targeted": 2, "accepted": 2, "open": 0, "deferred": {"quiet_hours": 2}}


def test_a_worker_that_dies_before_it_noted_so_is_followed_by_one_that_defers_nobody_twice() -> None:
    shop = at_night()
    run, chunk = one_chunk(shop)
    send(shop, chunk)
    shop.world.run_ledgers.clear()
    shop.clock.now = MORNING
    send(shop, chunk)
    assert (ends(shop, run, chunk), shop.push.posts) == (["deferred:quiet_hours"], [])
    assert len(waiting(shop, "v000")) == 1


def test_each_device_of_a_person_waits_for_itself_and_none_is_posted_to_twice() -> None:
    shop = at_night()
    run = shop.run()
    devices = [shop.subscribe("ann", device=name) for name in "ab"]
    send(shop, shop.chunk(run, *(("ann", device) for device in devices)))
    steps = waiting(shop)
    assert len(steps) == 2
    for step in steps:
        resume(shop, "ann", step)
    assert sorted(shop.push.by_url.values()) == [1, 1]
    assert len(shop.sends.of(STORE, [VisitorId("ann")])[VisitorId("ann")].sent) == 1


def test_what_keeps_to_no_hours_and_no_caps_goes_at_night_and_leaves_no_record() -> None:
    shop = at_night()
    run = shop.run(terms=Terms(respect_caps=False, respect_quiet_hours=False))
    send(shop, shop.chunk(run, ("ann", shop.subscribe("ann"))))
    assert (len(shop.push.posts), shop.world.sends) == (1, {})


def test_a_second_campaign_within_the_cap_is_dropped_for_those_who_had_the_first() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop, 2)
    send(shop, chunk)
    shop.clock.now += HOUR
    late = shop.run(content=Content("Again", "x", "/"))
    same = [(one.visitor, one.subscription) for one in chunk.recipients]
    more = shop.chunk(late, *same, ("new", shop.subscribe("new")))
    send(shop, more)
    assert ends(shop, run, chunk) == ["accepted"] * 2
    assert ends(shop, late, more) == ["skipped:frequency_cap"] * 2 + ["accepted"]


def test_a_message_that_is_tried_again_does_not_stand_in_its_own_way() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop)
    shop.push.answer = lambda _: put_off(1)
    send(shop, chunk)
    shop.push.answer = lambda _: PushAnswer(201)
    shop.clock.now += HOUR
    send(shop, chunk, Handed(2, HOUR))
    assert ends(shop, run, chunk) == ["accepted"]


def test_an_excluded_person_is_not_asked_to_wait() -> None:
    shop = at_night()
    shop.segment(VISITED, {"event": "page_view"})
    run, chunk = one_chunk(shop, audience=Audience(exclude=(VISITED,)))
    shop.visit("v000")
    send(shop, chunk)
    assert (ends(shop, run, chunk), waiting(shop, "v000")) == (["skipped:audience_left"], ())


def test_the_fold_hands_out_in_the_morning_what_the_night_put_off() -> None:
    """Of a scenario the stories under tests/sim tell the same."""
    shop = at_night()
    run, chunk = one_chunk(shop)
    send(shop, chunk)
    for _ in range(3):
        shop.clock.now = MORNING
        shop.evaluate.wake(DueWork(STORE, (VisitorId("v000"),), shop.clock.now))
        for message in shop.send_now_queue.take():
            shop.posting(read_posting(message.body), Handed(), shop.left)
    assert (len(shop.push.posts), waiting(shop, "v000")) == (1, ())
    assert campaign_report(shop, run) == {"targeted": 1, "accepted": 1, "open": 0, "deferred": {"quiet_hours": 1}}
