"""What a subscriber wants of their pushes over HTTP: topics, silence for a while, what they agreed to."""

from typing import Any

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.ids import subscription_id
from shopbell.domain.segments.facts import fold_subscriptions
from shopbell.domain.subscriptions import Consent, Subscription, SubscriptionFact

from tests.functions.http.test_subscriptions import FIREFOX, subscribe
from tests.functions.http.world import NOON, OURS, PUB, THEIR_PUB, Answered, Town

LATER = "2026-03-05T12:00:00Z"
AGREED = {"version": "2026-03", "at": "2026-03-01T12:00:00Z"}


def prefer(town: Town, key: str = PUB, **said: Any) -> Answered:
    return town.call("PATCH", "/v1/subscriptions", {"endpoint": FIREFOX, **said}, key=key)


def row(town: Town) -> Subscription:
    return town.world.subscriptions[OURS, subscription_id(FIREFOX)]


def fact(town: Town) -> SubscriptionFact:
    return fold_subscriptions({}, town.events_of("ann"))[subscription_id(FIREFOX)]


def test_what_is_said_stands_and_what_is_left_out_stays(town: Town) -> None:
    subscribe(town)
    assert prefer(town, topics=["sale", "news", "sale"]).json == {
        "subscription_id": subscription_id(FIREFOX),
        "topics": ["news", "sale"],
        "snooze_until": None,
        "consent": None,
    }
    assert prefer(town, snooze_until=LATER, consent=AGREED).json["topics"] == ["news", "sale"]
    assert (row(town).snooze_until, row(town).consent) == (NOON + 3 * DAY, Consent("2026-03", NOON - DAY))
    assert prefer(town).json["snooze_until"] == LATER


def test_null_and_an_empty_list_take_back(town: Town) -> None:
    subscribe(town)
    prefer(town, topics=["news"], snooze_until=LATER, consent=AGREED)
    prefer(town, topics=[], snooze_until=None, consent=None)
    assert (row(town).topics, row(town).snooze_until, row(town).consent) == ((), None, None)


def test_a_browser_that_reports_itself_again_wants_what_it_wanted(town: Town) -> None:
    subscribe(town)
    prefer(town, topics=["news"], snooze_until=LATER)
    town.clock.now += DAY
    subscribe(town, language="en")
    assert (row(town).topics, row(town).snooze_until) == (("news",), NOON + 3 * DAY)
    assert fact(town).topics == ("news",)


def test_the_fold_is_told_of_topics_and_it_is_no_new_subscription(town: Town) -> None:
    subscribe(town)
    town.clock.now += DAY
    prefer(town, topics=["news"])
    prefer(town, topics=["news"])
    prefer(town, snooze_until=LATER)
    told = sorted(town.events_of("ann"), key=lambda one: one.at)
    assert [one.type for one in told] == ["subscribed", "subscription_changed"]
    assert (fact(town).topics, fact(town).active, fact(town).began_at) == (("news",), True, NOON)
    town.call("DELETE", "/v1/subscriptions", {"endpoint": FIREFOX}, key=PUB)
    assert fact(town).active is False


@pytest.mark.parametrize("key", [PUB, THEIR_PUB], ids=["one that never was", "another store's"])
def test_nobody_chooses_for_a_subscription_that_is_not_theirs(town: Town, key: str) -> None:
    if key == THEIR_PUB:
        subscribe(town)
    assert prefer(town, key, topics=["news"]).status == 404
    assert all(not one.topics for one in town.world.subscriptions.values())


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"topics": [""]}, "topics.0"),
        ({"topics": ["x" * 65]}, "topics.0"),
        ({"topics": [str(number) for number in range(51)]}, "topics"),
        ({"topics": None}, "topics"),
        ({"snooze_until": "tomorrow"}, "snooze_until"),
        ({"consent": {"version": "1"}}, "consent.at"),
        ({"mute": True}, "mute"),
    ],
)
def test_a_wish_that_cannot_be_read_names_its_place(town: Town, said: dict[str, Any], path: str) -> None:
    subscribe(town)
    answer = prefer(town, **said)
    assert (answer.status, [where for where, _ in answer.faults]) == (422, [path])
