"""Who is told that a run is through: the webhooks that want it by then, whoever did when it began."""

from dataclasses import replace

import pytest
from shopbell.app.ends import Done
from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import MINUTE
from shopbell.domain.webhooks.hook import CAMPAIGN_FINISHED

from tests.unit.app.shop import STORE
from tests.unit.app.timed import NAME
from tests.unit.webhooks.ending import at_noon, ending

TOLD, WAITS, UNWANTED = Done({"finish_told": 1}), Done({"finish_waits": 1}), Done({"finish_unwanted": 1})
AT = at_noon(1)


def test_what_no_webhook_wants_is_looked_at_seldom_and_told_nobody() -> None:
    shop = ending("ann", hooks=("segment.entered",))
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    assert shop.look() == [WAITS]
    assert shop.planning.messages[0].delay == 300
    shop.work()
    assert shop.look(5 * MINUTE) == [UNWANTED]
    assert (shop.heard(), shop.planning.messages) == ([], [])


@pytest.mark.parametrize("webhook", ["is there", "is made while it runs"])
def test_whoever_is_enabled_when_it_is_through_is_told_also_if_not_when_it_was_looked_at(webhook: str) -> None:
    shop = ending("ann")
    (hook,) = shop.hooked.hooks.all(STORE)
    if webhook == "is there":
        shop.hooked.hooks.save(replace(hook, enabled=False, revision=2), expected=1)
    else:
        shop.hooked.hooks.delete(STORE, hook.id, expected=hook.revision)
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    assert [shop.look(), shop.look(5 * MINUTE)] == [[WAITS], [WAITS]]
    stored = shop.hooked.hooks.get(STORE, hook.id)
    shop.hooked.hooks.save(replace(hook, revision=3), expected=stored.revision if stored else None)
    shop.work()
    assert shop.look(5 * MINUTE) == [TOLD]
    assert [one.event for one in shop.heard()] == [CAMPAIGN_FINISHED]


def test_what_was_called_off_before_its_time_is_told_whoever_is_enabled_by_then() -> None:
    shop = ending("ann", hooks=("alarm",))
    shop.schedule(Schedule(at=AT))
    shop.steer.cancel(STORE, NAME)
    shop.works(CAMPAIGN_FINISHED, name="wh_2")
    assert shop.look() == [TOLD]
    shop.works("campaign.finished", name="wh_2")
    assert shop.look() == []


def test_the_webhook_that_wanted_it_may_be_gone_by_then() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    (hook,) = shop.hooked.hooks.all(STORE)
    assert shop.hooked.hooks.delete(STORE, hook.id, expected=hook.revision)
    assert shop.look() == [WAITS]
    shop.work()
    assert shop.look(5 * MINUTE) == [UNWANTED]
