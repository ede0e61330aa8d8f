"""The gates of a send: each closes for its reason, in a fixed order."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.content import Content
from shopbell.domain.gates import GATES, Moment, Sending, closed, over
from shopbell.domain.ids import RunId, SegmentId, StoreId, SubscriptionId, VapidKeyId, VisitorId
from shopbell.domain.outcomes import CODES
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience, Run, RunState
from shopbell.domain.subscriptions import Subscription

STORE, ANN = StoreId("store00001"), VisitorId("ann")
VIP, BANNED = SegmentId("vip"), SegmentId("banned")
ROW = Subscription(
    STORE, ANN, SubscriptionId("s"), "fcm", "https://fcm.googleapis.com/x", b"", b"", VapidKeyId("k1"), 0, 0
)
MEMBER = Profile(STORE, ANN, version=1, memberships={VIP: 0})
STRANGER = Profile(STORE, ANN, version=1)
OPEN = Moment(Audience(), ROW, MEMBER, lambda: True)


def test_a_message_passes_when_nothing_speaks_against_it() -> None:
    assert closed(OPEN) is None
    assert closed(replace(OPEN, profile=None)) is None


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        pytest.param(replace(OPEN, subscription=None), "skipped:unsubscribed", id="gone"),
        pytest.param(replace(OPEN, subscription=replace(ROW, state="parked")), "skipped:unsubscribed", id="parked"),
        pytest.param(
            replace(OPEN, subscription=replace(ROW, state="key_mismatch")), "failed:key_mismatch", id="another key"
        ),
        pytest.param(
            replace(OPEN, audience=Audience(include=(VIP,), candidates="x"), profile=STRANGER),
            "skipped:exited",
            id="came back",
        ),
        pytest.param(
            replace(OPEN, audience=Audience(include=(VIP,)), profile=STRANGER), "skipped:audience_left", id="left"
        ),
        pytest.param(
            replace(OPEN, audience=Audience(include=(VIP,)), profile=None), "skipped:audience_left", id="erased"
        ),
        pytest.param(replace(OPEN, audience=Audience(exclude=(VIP,))), "skipped:audience_left", id="excluded"),
        pytest.param(
            replace(OPEN, audience=Audience(include=(VIP,), exclude=(VIP,))),
            "skipped:audience_left",
            id="exclude wins",
        ),
        pytest.param(
            replace(OPEN, subscription=replace(ROW, topics=("news",)), sending=Sending(topic="sale")),
            "skipped:topic_off",
            id="another topic",
        ),
        pytest.param(
            replace(OPEN, subscription=replace(ROW, snooze_until=1)), "skipped:snoozed", id="silence was asked for"
        ),
        pytest.param(replace(OPEN, has_content=lambda: False), "skipped:no_content", id="nothing to say"),
        pytest.param(replace(OPEN, repeated=True), "skipped:duplicate", id="twice"),
    ],
)
def test_each_gate_closes_for_its_reason(moment: Moment, outcome: str) -> None:
    assert closed(moment) == outcome


@pytest.mark.parametrize(
    "moment",
    [
        replace(OPEN, subscription=replace(ROW, topics=("news",)), sending=Sending(topic="news")),
        replace(OPEN, subscription=replace(ROW, topics=("news",))),
        replace(OPEN, sending=Sending(topic="sale")),
        replace(OPEN, subscription=replace(ROW, topics=("news",)), sending=Sending(topic="sale", source="test")),
        replace(OPEN, subscription=replace(ROW, snooze_until=1), now=1),
        replace(OPEN, subscription=replace(ROW, snooze_until=1), sending=Sending(message_class="transactional")),
    ],
    ids=["the topic", "about none", "no topics chosen", "a test", "silence is over", "transactional in silence"],
)
def test_a_subscribers_wishes_keep_nothing_else_back(moment: Moment) -> None:
    assert closed(moment) is None


def test_membership_of_one_of_several_is_enough() -> None:
    assert closed(replace(OPEN, audience=Audience(include=(BANNED, VIP)))) is None


def test_the_first_closed_gate_gives_the_reason_and_nothing_is_rendered_for_it() -> None:
    def rendered() -> bool:
        raise AssertionError("a message was rendered for somebody who is not there")

    assert closed(replace(OPEN, subscription=None, has_content=rendered, repeated=True)) == "skipped:unsubscribed"


def test_every_gate_has_a_code_and_they_stand_in_the_order_of_their_codes() -> None:
    beside = {"expired", "key_mismatch", "snoozed", "best_hour", "no_coupon", "local_time", "held"}
    names = [gate.name for gate in GATES if gate.name not in beside]
    skips = [CODES[f"skipped:{name}"] for name in names]
    assert skips == sorted(skips)


@pytest.mark.parametrize(
    ("state", "age", "outcome"),
    [
        ("sending", 0, None),
        ("paused", 0, None),
        ("cancelled", 0, "skipped:cancelled"),
        ("sending", DAY - 1, None),
        ("sending", DAY, "skipped:expired"),
        ("cancelled", DAY, "skipped:cancelled"),
    ],
)
def test_a_run_is_over_when_it_was_cancelled_or_its_time_is(state: RunState, age: int, outcome: str | None) -> None:
    run = Run(STORE, RunId("r"), "campaign", "c", 0, 0, DAY, 1, Audience(), Content("a", "b", "/"), state=state)
    assert over(run, age) == outcome
