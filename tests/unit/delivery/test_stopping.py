"""What a marketer stops while it is being sent is still within five seconds."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from shopbell.app.ends import Later
from shopbell.domain.clock import SECOND
from shopbell.domain.push.values import PushAnswer, PushRequest
from shopbell.domain.runs import FLUSH_EVERY, Run

from tests.unit.app.chunks import ends, one_chunk, send
from tests.unit.app.shop import NOON, STORE, Shop

Stop = Callable[[Shop, Run], None]


def pause(shop: Shop, run: Run) -> None:
    shop.runs.set_state(STORE, run.id, "paused")


def cancel(shop: Shop, run: Run) -> None:
    shop.runs.set_state(STORE, run.id, "cancelled")


def hold_the_store(shop: Shop, _: Run) -> None:
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], sending="paused")


@pytest.mark.parametrize("stop", [pause, cancel, hold_the_store])
def test_a_worker_in_the_middle_of_a_chunk_notices_within_five_seconds(stop: Stop) -> None:
    shop = Shop()
    run, chunk = one_chunk(shop, 500)
    stopped: list[int] = []

    def answer(_: PushRequest) -> PushAnswer:
        """A push takes 50 ms, so a round takes 2.5 s."""
        shop.clock.now += 50
        if not stopped and shop.clock.now >= NOON + 6 * SECOND:
            stop(shop, run)
            stopped.append(shop.clock.now)
        return PushAnswer(201)

    shop.push.answer = answer
    end = send(shop, chunk)
    assert isinstance(end, Later)
    assert shop.clock.now - stopped[0] <= 5 * SECOND
    posted = len(shop.push.posts)
    assert posted % FLUSH_EVERY == 0
    assert ends(shop, run, chunk).count("accepted") == posted
    again = send(shop, chunk)
    assert len(shop.push.posts) == posted
    if stop is cancel:
        assert ends(shop, run, chunk).count("skipped:cancelled") == 500 - posted
    else:
        assert isinstance(again, Later)
        assert again.reason == ("run_paused" if stop is pause else "sending_paused")


def test_what_was_held_goes_on_where_it_stopped() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop, 120)
    pause(shop, run)
    assert isinstance(send(shop, chunk), Later)
    shop.runs.set_state(STORE, run.id, "sending")
    send(shop, chunk)
    assert ends(shop, run, chunk) == ["accepted"] * 120
