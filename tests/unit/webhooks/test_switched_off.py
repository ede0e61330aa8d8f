"""What waits for a webhook that rests, because its receiver asks for that or because its owner switched it off."""

from dataclasses import replace

import pytest
from shopbell.app.ends import Done, Handed
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND
from shopbell.ports.webhooks import HookAnswer

from tests.unit.app.hooking import Hooked, line, webhook
from tests.unit.app.shop import NOON

RESTS = Done({"later_webhook_paused": 1})


@pytest.mark.parametrize(("asked", "rest"), [("120", 2 * MINUTE), ("1800", 15 * MINUTE), ("1", 10 * SECOND)])
def test_the_webhook_rests_for_as_long_as_its_receiver_asks_within_its_bounds(asked: str, rest: int) -> None:
    hooked = Hooked()
    hooked.add(webhook())
    told, other = *hooked.flip(line("ann")), *hooked.flip(line("bob"))
    hooked.receiver.answer = lambda _: HookAnswer(429, headers={"retry-after": asked})
    hooked.deliver(told, Handed())
    hooked.queue.take()
    assert hooked.deliveries().paused_until == NOON + rest
    hooked.shop.clock.now += rest - 1
    assert hooked.attempt(other, 200) == RESTS
    assert len(hooked.receiver.posts) == 1


def test_what_waits_for_one_that_is_switched_off_comes_as_it_is_on_again_or_is_given_up() -> None:
    hooked = Hooked()
    hook = hooked.add(webhook())
    told, other = *hooked.flip(line("ann")), *hooked.flip(line("bob"))
    hooked.hooks.save(replace(hook, enabled=False, revision=2), expected=1)
    hooked.shop.clock.now += HOUR
    assert hooked.attempt(told, 200) == Done({"later_webhook_off": 1})
    told, wait = hooked.put_back()
    assert wait == 15 * MINUTE
    hooked.shop.clock.now = NOON + DAY
    assert hooked.attempt(other, 200) == Done({"webhook_given_up": 1})
    assert (hooked.deliveries().given_up, hooked.receiver.posts) == (1, [])
    hooked.shop.clock.now -= HOUR
    hooked.hooks.save(replace(hook, revision=3), expected=2)
    assert hooked.attempt(told, 200) == Done({"webhook_delivered": 1})
