"""What came in of late: newest first, each store its own, and until when somebody watches."""

from shopbell.domain.ids import StoreId
from shopbell.domain.lately import Lately

from tests.contract.worlds import NOW, Ports


def test_what_was_noted_comes_back_newest_first(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    first = (Lately(NOW, '{"id":"1"}'), Lately(NOW, '"x"', "", "must be an object"))
    second = (Lately(NOW + 1, '{"id":"2"}', "type", "is wrong"),)
    ports.callers.lately.add(store, "a", first)
    ports.callers.lately.add(store, "b", second)
    ports.callers.lately.add(other_store, "c", second)
    assert list(ports.callers.lately.newest(store, 10)) == [*second, *first]
    assert list(ports.callers.lately.newest(store, 2)) == [*second, first[0]]


def test_it_is_known_until_when_somebody_watches(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    assert ports.callers.lately.watched_until(store) == 0
    ports.callers.lately.watch(store, NOW)
    ports.callers.lately.watch(store, NOW + 5)
    assert ports.callers.lately.watched_until(store) == NOW + 5
    assert ports.callers.lately.watched_until(other_store) == 0
