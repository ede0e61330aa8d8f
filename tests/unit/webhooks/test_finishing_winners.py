"""A campaign that tries its variants first is told of once: at the end of the rest, or where there is no rest."""

from dataclasses import dataclass, replace

import pytest
from shopbell.app.ends import Done
from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.webhooks.hook import CAMPAIGN_FINISHED

from tests.unit.app.shop import STORE
from tests.unit.app.timed import NAME
from tests.unit.webhooks.ending import Ending
from tests.unit.winners.trying import START, TEST, TWO, Trying

TOLD = Done({"finish_told": 1})


@dataclass
class TryingEnding(Trying, Ending):
    """A campaign that looks for its winner, and a webhook that hears when it is through."""


@pytest.fixture
def shop() -> TryingEnding:
    """Its test was sent, and nobody was told of it."""
    made = TryingEnding(shards=2)
    for number in range(60):
        made.subscribe(f"v{number:03d}")
    made.works(CAMPAIGN_FINISHED)
    made.schedule(Schedule(at=START), variants=TWO, winner=TEST)
    made.begin()
    assert made.look(HOUR) == []
    return made


def test_the_end_of_the_rest_is_that_of_the_campaign_with_all_its_messages(shop: TryingEnding) -> None:
    tested = len(shop.push.posts)
    shop.decide()
    assert shop.look() == [TOLD]
    (told,) = shop.heard()
    assert shop.rest is not None
    assert (told.data["run_id"], told.data["outcome"]) == (shop.rest.id, "sent")
    assert told.data["counts"]["accepted"] == 60 > tested  # type: ignore[index,call-overload]
    assert told.data["started_at"] == told.data["scheduled_at"]


def test_a_test_that_is_called_off_has_no_rest_to_wait_for(shop: TryingEnding) -> None:
    tested = len(shop.push.posts)
    shop.steer.cancel(STORE, NAME)
    assert shop.look(MINUTE) == [TOLD]
    (told,) = shop.heard()
    assert told.data["outcome"] == "cancelled"
    assert told.data["counts"]["accepted"] == tested  # type: ignore[index,call-overload]


def test_a_rest_that_nothing_is_sent_to_is_told_of_with_why(shop: TryingEnding) -> None:
    shop.world.campaigns[STORE, NAME] = replace(shop.now_is, ends_at=START + 2 * HOUR)
    shop.decide()
    shop.sweep(START + DAY + HOUR)
    assert TOLD in shop.look()
    (told,) = shop.heard()
    assert (told.data["outcome"], told.data["reason"]) == ("given_up", "ended")
