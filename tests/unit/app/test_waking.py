"""What `wake` puts on the queue: never early, in chunks of one store and second, and nothing of what is far."""

from hypothesis import given
from hypothesis import strategies as st
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.app import waking
from shopbell.app.waking import MAX_DELAY, WakeDue
from shopbell.app.work import MAX_DUE, read_due
from shopbell.domain.clock import DAY, MINUTE, SECOND
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VisitorId

from tests.unit.app.shop import NOON, STORE, Shop

RECENT: Json = {"event": "page_view", "window": {"last": "P30D"}}
OFFSETS = st.lists(st.tuples(st.sampled_from(["s1", "s2"]), st.integers(-DAY, 75 * SECOND)), max_size=80)


@given(OFFSETS)
def test_everybody_comes_once_at_their_instant_or_less_than_a_second_and_a_bit_after(
    offsets: list[tuple[str, int]],
) -> None:
    wakes = [(StoreId(store), VisitorId(f"v{n}"), NOON + offset) for n, (store, offset) in enumerate(offsets)]
    came: dict[str, int] = {}
    for message in waking.messages(wakes, NOON):
        work = read_due(message.body)
        assert len(work.visitors) <= MAX_DUE
        assert message.group == work.store
        arrives = NOON + message.delay * SECOND
        assert arrives >= work.at or message.delay == MAX_DELAY
        came.update(dict.fromkeys(work.visitors, arrives))
    assert len(came) == len(wakes)
    for _, visitor, at in wakes:
        assert max(at, NOON) <= came[visitor] < max(at, NOON) + 2 * SECOND


def test_each_minute_takes_what_is_due_within_75_seconds_and_leaves_the_rest() -> None:
    shop = Shop()
    shop.segment("recent", RECENT)
    for visitor, offset in (("soon", 70 * SECOND), ("later", 80 * SECOND), ("past", -DAY)):
        shop.clock.now = NOON - 2 * DAY
        shop.visit(visitor, NOON - 30 * DAY + offset)
    shop.clock.now = NOON
    shop.due.take()
    counts = shop.wake().counts
    found = {who for message in shop.due.take() for who in read_due(message.body).visitors}
    assert found == {"soon", "past"}
    assert (counts["visitors_due"], counts["visitors_overdue"]) == (2, 1)


def test_an_empty_index_says_so() -> None:
    shop = Shop()
    assert WakeDue(shop.wake.index, MemoryQueue(), shop.clock)().counts == {"nothing_due": 1}


def test_a_delay_is_rounded_up_and_never_negative() -> None:
    assert [waking.delay(NOON + ahead, NOON) for ahead in (-MINUTE, 0, 1, 1_000, 1_001, DAY)] == [0, 0, 1, 1, 2, 900]


def test_a_wake_up_is_read_again_until_it_was_done() -> None:
    shop = Shop()
    shop.segment("recent", RECENT)
    shop.visit("ann", NOON - 30 * DAY + 10 * SECOND)
    shop.due.take()
    assert shop.wake().counts["visitors_due"] == 1
    assert shop.wake().counts["visitors_due"] == 1
    shop.clock.now = NOON + 10 * SECOND
    for message in shop.due.take():
        shop.evaluate.wake(read_due(message.body))
    assert shop.wake().counts == {"nothing_due": 1}
    assert STORE in shop.world.stores
