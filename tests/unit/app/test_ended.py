"""Whether a run has nothing left to send."""

import pytest
from shopbell.app.delivery.ended import KEEP, HasEnded
from shopbell.app.delivery.plan import run_id
from shopbell.domain.clock import MINUTE, Instant
from shopbell.domain.runs import RunState

from tests.unit.app.shop import STORE
from tests.unit.app.test_calendar_runs import NAME, TUESDAY, finish, fire, shop_in


def ended(state: RunState | None = None, *, at: Instant = TUESDAY, sent: bool = False) -> bool:
    shop = shop_in()
    fire(shop, TUESDAY)
    if sent:
        finish(shop)
    if state is not None:
        shop.runs.set_state(STORE, run_id(STORE, "scenario", NAME, TUESDAY), state)
    return HasEnded(shop.runs, shop.progress, shop.clock)(STORE, NAME, at)


@pytest.mark.parametrize("state", ["cancelled", "paused"])
def test_what_was_stopped_is_not_waited_for(state: RunState) -> None:
    assert ended(state)


def test_a_run_ends_with_its_last_message() -> None:
    assert not ended()
    assert ended(sent=True)


def test_what_was_not_planned_yet_may_come() -> None:
    assert not ended(at=TUESDAY + MINUTE)


def test_it_is_asked_again_after_some_seconds() -> None:
    shop = shop_in()
    fire(shop, TUESDAY)
    asked = HasEnded(shop.runs, shop.progress, shop.clock)
    assert not asked(STORE, NAME, TUESDAY)
    finish(shop)
    assert not asked(STORE, NAME, TUESDAY)
    shop.clock.now += KEEP
    assert asked(STORE, NAME, TUESDAY)
