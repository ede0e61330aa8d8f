"""Scenarios in the fold: what is told of them, and what becomes of them when a visitor turns out to be known."""

from dataclasses import replace

from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Commit, Profile, revised
from shopbell.domain.rules.matching import Locale
from shopbell.domain.scenarios.engage import engage
from shopbell.domain.scenarios.live import live_plans
from shopbell.domain.scenarios.pending import Ran
from shopbell.domain.scenarios.plan import OnClock, OnSegment
from shopbell.domain.segments.joining import join
from shopbell.domain.segments.settle import Settled
from shopbell.runtime.observability import FIELDS

from tests.sim.step_world import ANNA, StepWorld
from tests.sim.test_steps import LAPTOP, PHONE, Deed, item
from tests.sim.worlds import STORE, compiled
from tests.unit.app.engaged import Lines
from tests.unit.scenarios.person import ANYBODY, CART, START, plan

CARTS = plan(CART, [HOUR], exit_on=frozenset({"purchase"}))
SEARCHERS = plan(CART, [HOUR], name="fly_mode:t2", audience={"event": "search"})


def world(*deeds: tuple[str, VisitorId]) -> StepWorld:
    made = StepWorld([CARTS, SEARCHERS], {}, START)
    for number, (kind, who) in enumerate(deeds):
        made.pass_time(made.now + MINUTE)
        made.report(item(Deed(60, kind, who), number, made.now))
        made.fold()
    return made


def test_what_did_not_go_on_is_told_with_its_reason_and_who_was_not_meant_is_only_counted() -> None:
    made = world(("cart_add", PHONE), ("purchase", PHONE))
    say = made.evaluate.engaging.say
    assert isinstance(say, Lines)
    told = {"store": STORE, "visitor": PHONE, "scenario": CARTS.scenario, "reason": "exited"}
    assert say.said == [("steps cancelled", told)]
    assert told.keys() <= FIELDS
    assert made.counts["steps_cancelled_exited"] == made.counts["instances_refused_audience"] == 1
    assert made.counts["instances_started"] == 1


def test_what_waits_for_a_visitor_waits_for_the_customer_that_they_turn_out_to_be() -> None:
    made = world(("cart_add", PHONE))
    made.identify(PHONE)
    made.fold()
    assert made.profile(PHONE).steps == ()
    assert not made.profile(PHONE).ran
    assert [step.key for step in made.profile(ANNA).steps] == ["e0"]
    made.fold([made.stream[0]])
    made.pass_time(START + DAY)
    assert [(work.visitor, work.step.key) for work in made.sent] == [(ANNA, "e0")]


def test_of_two_instances_that_meet_in_one_person_the_later_goes_on() -> None:
    made = world(("cart_add", PHONE), ("cart_add", LAPTOP))
    for who in (PHONE, LAPTOP):
        made.identify(who)
        made.fold()
    made.pass_time(START + DAY)
    assert [work.step.key for work in made.sent] == ["e1"]
    assert made.counts["steps_cancelled_superseded"] == 1


def test_what_was_queued_for_a_visitor_when_the_worker_died_goes_to_them_and_not_to_the_customer_too() -> None:
    made = world(("cart_add", PHONE))
    phone = made.profile(PHONE)
    dead = revised(phone, steps=(replace(phone.steps[0], due=made.now, state="queued"),), wake_at=made.now)
    made.world.profiles[STORE, PHONE] = dead
    made.identify(PHONE)
    made.fold()
    made.pass_time(START + DAY)
    assert {work.visitor for work in made.sent} == {PHONE}
    assert made.profile(ANNA).latest[CARTS.scenario].ended_at is not None


def test_an_event_that_comes_again_with_the_merge_starts_nothing_for_the_customer() -> None:
    made = StepWorld([plan(CART, [0], reentry="always")], {}, START)
    made.report(item(Deed(0, "cart_add"), 0, START))
    made.fold()
    made.identify(PHONE)
    made.fold([made.stream[0]])
    assert [(work.visitor, work.step.key) for work in made.sent] == [(PHONE, "e0")]


def test_what_ended_for_the_customer_does_not_come_back_when_the_alias_is_joined_once_more() -> None:
    made = world(("cart_add", PHONE))
    waiting = made.profile(PHONE)
    ended = {CARTS.scenario: (Ran(CARTS.scenario, "e0", made.now, ended_at=made.now, exited_at=made.now),)}
    customer = Profile(STORE, ANNA, version=1, rules_version=waiting.rules_version, ran=ended)
    for one, other in ((customer, waiting), (waiting, customer)):
        joined = join(one, other, made.evaluate.rulebook.of(STORE))
        assert [ran.exited_at for ran in joined.ran[CARTS.scenario]] == [made.now]
    assert join(customer, waiting, made.evaluate.rulebook.of(STORE)).steps == ()


def test_a_score_that_turns_counts_as_the_clock() -> None:
    at_risk, now = SegmentId("scenario-churn"), START
    churn = replace(plan(OnClock(), [0], name="churn", audience=ANYBODY), segment=at_risk)
    follow = plan(OnSegment(at_risk, "entered"), [0], audience=ANYBODY, recheck_audience=False)
    rules = compiled({str(at_risk): ANYBODY, str(follow.segment): ANYBODY})
    known = Profile(STORE, PHONE, version=1, rules_version=rules.version)
    inside = {at_risk: now, follow.segment: now - DAY}
    flips = (Flip(at_risk, 1, "entered", now, "statistic"),)
    settled = Settled(Commit(known, replace(known, memberships=inside), flips), flips)
    engaged = engage(settled, known, (), live_plans([churn, follow], Locale()), rules, now)
    assert engaged.settled.commit is not None
    assert [one.scenario for one in engaged.settled.commit.candidates] == ["churn"]
    assert [step.source_id for step in engaged.settled.commit.after.steps] == [follow.scenario]


def test_without_a_plan_that_is_concerned_the_very_decision_stands() -> None:
    rules = compiled({})
    known = Profile(STORE, PHONE, version=1, rules_version=rules.version)
    settled = Settled(Commit(known, replace(known, last_seen=START)))
    event = item(Deed(1, "page_view"), 0, START).events[0]
    for plans in ([], [CARTS]):
        assert engage(settled, known, [event], live_plans(plans, Locale()), rules, START).settled is settled
