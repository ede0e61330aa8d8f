"""An audience that outgrew what was agreed to: the run waits for a second person, once, and nothing of it is lost."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.app.delivery.agreeing import SettleHeld
from shopbell.app.work import PlanWork
from shopbell.domain.campaigns import Approval, CampaignAudience, Schedule
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.membership import Member

from tests.unit.app.shop import NOON, STORE
from tests.unit.app.timed import NAME, QUARTER, Timed, at
from tests.unit.winners.trying import TEST, TWO, Fate, KilledError

START = at("2026-03-05T17:00:00Z")
ONCE, DAILY = Schedule(at=START), Schedule(cron="0 18 * * ? *")
WIDE, NARROW = SegmentId("wide"), SegmentId("narrow")
BOTH = CampaignAudience(include=(WIDE, NARROW))
AGREED = Approval("schedule", "ann", NOON, 8, "bob", NOON)


def crowded(sent: Schedule = ONCE, *, people: int = 8, **changes: Any) -> Timed:
    """More than five people want two who agree."""
    shop = Timed()
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], approval="second_person", approve_over=5)
    grow(shop, people)
    shop.schedule(sent, started_by="ann", **changes)
    return shop


def grow(shop: Timed, people: int) -> None:
    known = len(shop.world.profiles)
    shop.people(**{f"v{number}": "Europe/Berlin" for number in range(known, people)})


def agree(shop: Timed, *, tell: bool = True) -> None:
    """As `approve` does; who dies right after has told nobody."""
    row = shop.now_is
    assert row.approval is not None
    agreed = replace(row.approval, approved_by="bob", approved_at=shop.clock.now)
    assert shop.campaigns.save(replace(row, approval=agreed, revision=row.revision + 1), expected=row.revision)
    if tell and agreed.run_at is not None:
        assert shop.plan(PlanWork(STORE, NAME, agreed.run_at)).counts == {"runs_planned": 1}
    shop.work()


def given_up(shop: Timed) -> list[tuple[Instant, str | None]]:
    return [(run.scheduled_at, run.given_up) for run in shop.mine()]


@pytest.mark.parametrize(
    ("approval", "people", "goes"),
    [
        (None, 5, True),
        (None, 6, False),
        (replace(AGREED, approved_by=None), 6, False),
        (AGREED, 10, True),
        (AGREED, 11, False),
    ],
    ids=["nobody had to ask", "grown over what is free", "never agreed", "a quarter more", "more than a quarter"],
)
def test_what_outgrew_what_was_agreed_to_waits(approval: Approval | None, people: int, *, goes: bool) -> None:
    shop = crowded(people=people, approval=approval)
    assert shop.fire(START) == "campaigns_started"
    shop.work()

    assert len(shop.push.posts) == (people if goes else 0)
    assert len(shop.mine()) == goes
    told = shop.now_is.approval
    if not goes:
        assert told == Approval("schedule", "ann", START, people, run_at=START)
        assert shop.now_is.status == "sending"


def test_of_a_store_of_one_person_nothing_waits() -> None:
    shop = crowded()
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], approval="none")
    shop.fire(START)
    shop.work()
    assert len(shop.push.posts) == 8


def test_a_segment_that_was_widened_after_it_was_scheduled_is_counted_as_it_is_by_then() -> None:
    shop = crowded(audience=BOTH)
    shop.segment("wide", {"trait": "country", "op": "eq", "value": "DE"})
    for number in range(8):
        who = VisitorId(f"v{number}")
        shop.world.members.setdefault((STORE, WIDE), {})[who] = Member(who, NOON, reachable=True, version=1)
    assert shop.fire(START) == "campaigns_started"
    assert shop.now_is.approval is not None
    assert (shop.now_is.approval.recipients, shop.mine()) == (8, [])


def test_it_goes_once_somebody_agreed_and_all_get_it_once() -> None:
    shop = crowded()
    shop.fire(START)
    assert shop.fire(START) == "approval_awaited", "the schedule fires again"
    assert shop.plan(PlanWork(STORE, NAME, START)).counts == {"approval_awaited": 1}, "the message comes again"
    assert dict(shop.sweep(START + QUARTER).counts) == {"approval_awaited": 1}

    shop.clock.now = START + HOUR
    agree(shop)
    assert len(shop.push.posts) == 8
    assert shop.plan(PlanWork(STORE, NAME, START)).counts == {"runs_planned_before": 1}
    assert dict(shop.sweep(START + 2 * HOUR).counts) == {"approval_settled": 1}
    assert dict(shop.sweep(START + 3 * HOUR).counts) == {"nothing_due": 1}, "nobody looks after it any more"
    shop.work()
    assert len(shop.push.posts) == 8


def test_who_grew_while_it_was_sent_is_not_asked_about() -> None:
    shop = crowded(people=5)
    shop.fire(START)
    grow(shop, 20)
    assert shop.plan(PlanWork(STORE, NAME, START)).counts == {"runs_planned_before": 1}
    assert shop.now_is.approval is None


def test_an_agreement_of_which_nobody_was_told_is_found_by_the_schedule_of_all() -> None:
    shop = crowded()
    shop.fire(START)
    agree(shop, tell=False)
    assert shop.push.posts == []
    assert dict(shop.sweep(START + QUARTER).counts) == {"campaigns_started": 1}
    shop.work()
    assert len(shop.push.posts) == 8


@pytest.mark.parametrize(
    ("changes", "until"),
    [({}, START + 6 * HOUR), ({"ends_at": START + 2 * HOUR}, START + 2 * HOUR)],
    ids=["six hours", "its end"],
)
def test_to_which_nobody_agrees_in_time_is_given_up_by_name(changes: dict[str, Any], until: Instant) -> None:
    shop = crowded(**changes)
    shop.fire(START)
    assert dict(shop.sweep(until - 1).counts) == {"approval_awaited": 1}
    assert dict(shop.sweep(until).counts) == {"not_approved": 1}
    assert given_up(shop) == [(START, "not_approved")]
    assert shop.plan(PlanWork(STORE, NAME, START)).counts == {"given_up_before": 1}, "a late message"
    shop.work()
    assert shop.push.posts == []


def test_what_comes_daily_asks_once_and_again_only_when_it_grew_by_a_quarter_more() -> None:
    shop = crowded(DAILY, people=5)
    asked = []
    for day in range(12):
        when = START + day * DAY
        shop.clock.now = when
        grow(shop, 5 + day)
        shop.fire(when)
        shop.work()
        if len(shop.mine()) <= day:
            asked.append(day)
            agree(shop)
        shop.sweep(when + QUARTER)
        assert len(shop.mine()) == day + 1
    assert asked == [1, 3, 6, 9], "6, 8, 11 and 14 people"


def test_a_time_that_comes_while_one_waits_is_left_out_and_the_one_that_waits_goes() -> None:
    shop = crowded(Schedule(cron="0 * * * ? *"))
    assert shop.fire(START) == "campaigns_started"
    assert shop.fire(START + HOUR) == "skipped_overlapping"
    agree(shop)
    assert given_up(shop) == [(START, None), (START + HOUR, "skipped_overlapping")]
    assert len(shop.push.posts) == 8


def test_a_day_after_nobody_agreed_the_next_run_waits_anew() -> None:
    shop = crowded(DAILY)
    shop.fire(START)
    shop.sweep(START + 6 * HOUR)
    shop.fire(START + DAY)
    told = shop.now_is.approval
    assert told is not None
    assert (told.run_at, told.asked_by, given_up(shop)) == (START + DAY, "ann", [(START, "not_approved")])
    agree(shop)
    assert len(shop.push.posts) == 8


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(6))
def test_whoever_dies_while_asking_is_made_up_for(call: int, *, after: bool) -> None:
    shop = crowded()
    fate = Fate(call, after)
    campaigns, runs = fate.over(shop.campaigns), fate.over(shop.runs)
    again = replace(shop.ask_again, campaigns=campaigns, runs=runs)
    mortal = replace(shop.plan, campaigns=campaigns, launch=replace(shop.launch, runs=runs), held=again.begin)
    shop.clock.now = START
    try:
        mortal(PlanWork(STORE, NAME, START))
    except KilledError:
        shop.plan(PlanWork(STORE, NAME, START))
    shop.fire(START)
    assert (shop.mine(), shop.now_is.status) == ([], "sending")
    agree(shop)
    held = SettleHeld(campaigns, runs, shop.planning, shop.clock, lambda _, why: why)
    try:
        held(shop.now_is)
    except KilledError:
        shop.sweep(START + QUARTER)
    shop.work()
    assert len(shop.push.posts) == 8


def test_the_rest_waits_too_where_those_to_come_are_more_than_was_agreed_to() -> None:
    test = replace(TEST, after=HOUR)
    shop = crowded(people=5, variants=TWO, winner=test)
    shop.fire(START)
    shop.work()
    grow(shop, 9)
    counts = dict(shop.sweep(START + 2 * HOUR).counts)
    told = shop.now_is.approval
    assert (counts, told is not None and (told.part, told.recipients)) == ({"approval_asked": 1}, ("rest", 9))
    assert dict(shop.sweep(START + 3 * HOUR).counts) == {"approval_awaited": 1}
    before = len(shop.push.posts)
    agree_to_rest(shop)
    shop.sweep(START + 4 * HOUR)
    shop.work()
    assert len({post.url for post in shop.push.posts}) == len(shop.push.posts) > before


def agree_to_rest(shop: Timed) -> None:
    row = shop.now_is
    assert row.approval is not None
    agreed = replace(row.approval, approved_by="bob")
    assert shop.campaigns.save(replace(row, approval=agreed, revision=row.revision + 1), expected=row.revision)


def test_the_rest_gets_nothing_where_nobody_agreed_in_time() -> None:
    shop = crowded(people=5, variants=TWO, winner=replace(TEST, after=HOUR))
    shop.fire(START)
    shop.work()
    grow(shop, 9)
    shop.sweep(START + 2 * HOUR)
    before = len(shop.push.posts)
    assert dict(shop.sweep(START + 8 * HOUR + MINUTE).counts) == {"winner_not_approved": 1}
    shop.work()
    assert len(shop.push.posts) == before
    assert [run.given_up for run in shop.mine() if run.part] == ["not_approved"]


def ruled(people: int, approve_over: int = 5) -> Timed:
    """Sent at once to those of a rule, which is built by now."""
    rule = SegmentId("rule")
    audience = CampaignAudience(rule={"event": "search"}, rule_segment=rule)
    shop = crowded(people=people, schedule=None, status="sending", sent_at=NOON, audience=audience)
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], approve_over=approve_over)
    rows = [Member(VisitorId(f"v{number}"), NOON, reachable=True, version=1) for number in range(people)]
    shop.world.members[STORE, rule] = {row.visitor: row for row in rows}
    return shop


def test_of_what_is_sent_to_a_rule_too_many_wait_and_are_given_up_in_the_end() -> None:
    shop = ruled(6)
    work = PlanWork(STORE, NAME, NOON)
    assert shop.plan(work).counts == {"approval_asked": 1}
    told = shop.now_is.approval
    assert told == Approval("send", "ann", NOON, 6, run_at=NOON)
    assert shop.plan(work).counts == {"approval_awaited": 1}
    assert dict(shop.sweep(NOON + QUARTER).counts) == {"approval_awaited": 1}
    assert dict(shop.sweep(NOON + 6 * HOUR + MINUTE).counts) == {"not_approved": 1}
    assert dict(shop.sweep(NOON + 7 * HOUR).counts) == {"approval_settled": 1}
    assert (given_up(shop), shop.push.posts) == ([(NOON, "not_approved")], [])


def test_of_what_is_sent_to_a_rule_few_go_and_so_do_those_who_were_agreed_to() -> None:
    assert ruled(5).plan(PlanWork(STORE, NAME, NOON)).counts == {"runs_planned": 1}
    shop = ruled(6)
    shop.plan(PlanWork(STORE, NAME, NOON))
    agree(shop)
    assert [run.given_up for run in shop.mine()] == [None]
    beyond = replace(AGREED, recipients=3, at_most=6)
    assert beyond.covers(6), "to as many as it might be for all that was known"
    assert not beyond.covers(7)
