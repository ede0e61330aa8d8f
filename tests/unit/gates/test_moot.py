"""Gates that are open to everybody of a run are not asked, and nothing is answered otherwise for it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.gates import GATES, Moment, Sending, about, left_to_ask, verdict
from shopbell.domain.gates.moment import nothing_missing
from shopbell.domain.ids import SegmentId
from shopbell.domain.policy import CAPS, QUIET_HOURS, Policy
from shopbell.domain.runs import Audience
from shopbell.domain.scenarios.ownclock import OwnClock
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.sends import EMPTY
from shopbell.domain.subscriptions import Consent

from tests.unit.gates.moments import ANN, MOMENT, NOON, ROW, STORE, TRIGGERED, sent

VIP, OUT = SegmentId("vip"), SegmentId("out")
NIGHT = NOON + 11 * HOUR
STEP = PendingStep("campaign", "c9", "r9/s1", 0, NOON + HOUR // 2, NOON, NOON + DAY)
RIVAL = PendingStep("scenario", "carts", "i7", 0, NOON + HOUR // 4, NOON, NOON + DAY)
RAN = Ran("we_missed_you", "i1", NOON - HOUR, sent=1)
SENDINGS = st.builds(
    lambda base, changes: replace(base, **changes),
    st.sampled_from([TRIGGERED, Sending(), Sending(respect_caps=True, respect_quiet_hours=True, priority=10)]),
    st.fixed_dictionaries(
        {},
        optional={
            "source": st.sampled_from(["campaign", "scenario", "test"]),
            "key": st.sampled_from([None, "i1", "i2"]),
            "message_class": st.sampled_from(["promo", "triggered", "transactional"]),
            "priority": st.sampled_from([0, 10, 50]),
            "topic": st.sampled_from([None, "news", "sale"]),
            "holdout_percent": st.sampled_from([0, 50, 100]),
            "recheck_audience": st.booleans(),
            "reentry": st.sampled_from(["always", "never", "after"]),
            "cooldown": st.sampled_from([0, DAY]),
            "max_per_user": st.sampled_from([None, (1, DAY)]),
            "expires_at": st.sampled_from([None, NOON - 1, NOON, NOON + 12 * HOUR]),
            "due": st.sampled_from([None, NOON - DAY]),
            "latest": st.sampled_from([None, 11 * 60, 20 * 60]),
            "best_hour": st.booleans(),
            "own_clock": st.sampled_from([None, OwnClock(739_000, 600, 0, HOUR), OwnClock(739_677, 900, 0, HOUR)]),
        },
    ),
)
OF_ALL = st.fixed_dictionaries(
    {
        "sending": SENDINGS,
        "now": st.sampled_from([NOON, NIGHT]),
        "policy": st.sampled_from(
            [Policy(), Policy(CAPS), Policy(CAPS, QUIET_HOURS), Policy((), QUIET_HOURS, 50, consent_required=True)]
        ),
        "audience": st.sampled_from(
            [Audience(), Audience((VIP,)), Audience((), (OUT,)), Audience((VIP,), (OUT,), candidates="carts")]
        ),
        "priorities": st.sampled_from([{}, {"carts": 40}, {"carts": 5}]),
        "upcoming": st.sampled_from([lambda *_: (), lambda *_: (RIVAL,)]),
        "paused": st.booleans(),
        "best_hour": st.sampled_from([lambda *_: None, lambda *_: 18]),
        "no_coupon": st.sampled_from([nothing_missing, lambda: None, lambda: "empty"]),
    }
)
PEOPLE = st.sampled_from([MOMENT.profile, None]).flatmap(
    lambda profile: (
        st.none()
        if profile is None
        else st.builds(
            lambda members, steps, ran: replace(profile, memberships=members, steps=steps, ran=ran),
            st.sampled_from([{}, {VIP: 1}, {VIP: 1, OUT: 1}]),
            st.sampled_from([(), (STEP,), (RIVAL, STEP)]),
            st.sampled_from(
                [{}, {"we_missed_you": (RAN,)}, {"we_missed_you": (replace(RAN, busy_until=NOON + HOUR),)}]
            ),
        )
    )
)
ROWS = st.sampled_from(
    [
        ROW,
        None,
        replace(ROW, state="parked"),
        replace(ROW, topics=("news",), consent=Consent("1", 0)),
        replace(ROW, snooze_until=NOON + DAY),
        replace(ROW, state="key_mismatch", refused_at=NOON),
    ]
)
RECORDS = st.sampled_from(
    [EMPTY, sent(HOUR), sent(HOUR, source="we_missed_you"), sent(*(n * HOUR for n in range(1, 40)))]
)


@settings(max_examples=600)
@given(OF_ALL, ROWS, PEOPLE, RECORDS, st.booleans(), st.booleans())
def test_no_answer_is_another(of_all, row, profile, record, content, repeated) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    general = Moment(Audience(), None, None, lambda: content)
    general = about(general, **of_all)

    at = about(general, subscription=row, profile=profile, record=record, repeated=repeated)

    assert verdict(at, left_to_ask(general)) == verdict(at)
    assert at == replace(general, subscription=row, profile=profile, record=record, repeated=repeated)


def test_of_a_plain_broadcast_a_few_gates_are_left() -> None:
    general = Moment(
        Audience(),
        None,
        None,
        lambda: True,
        sending=Sending(priority=10, respect_caps=True, respect_quiet_hours=True),
        policy=Policy(CAPS, QUIET_HOURS),
        now=NOON,
    )

    assert [gate.name for gate in left_to_ask(general)] == [
        "suppressed",
        "unsubscribed",
        "key_mismatch",
        "snoozed",
        "no_content",
        "dormant",
        "frequency_cap",
        "quiet_hours",
        "duplicate",
    ]
    assert about(general, subscription=ROW).who == (STORE, ANN)


@pytest.mark.parametrize("gate", [gate.name for gate in GATES])
def test_every_gate_is_asked_where_it_may_be_closed(gate: str) -> None:
    general = Moment(
        Audience((VIP,), (OUT,), candidates="carts"),
        None,
        None,
        lambda: True,
        sending=replace(
            TRIGGERED,
            topic="news",
            holdout_percent=1,
            reentry="after",
            cooldown=1,
            max_per_user=(1, DAY),
            expires_at=NOON,
            best_hour=True,
            own_clock=OwnClock(739_000, 600, 0, HOUR),
        ),
        policy=Policy(CAPS, QUIET_HOURS, 1, consent_required=True),
        now=NOON,
        priorities={"carts": 99},
        paused=True,
        no_coupon=lambda: None,
    )

    assert gate in {one.name for one in left_to_ask(general)}
