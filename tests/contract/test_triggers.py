"""A marketer's own triggers: what is saved comes back, of two who write one is told, deleted is gone."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import HOUR
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.scenarios.fly import OwnTrigger, TriggerId
from shopbell.domain.scenarios.settings import OwnAudience
from shopbell.domain.scenarios.turns import Until

from tests.contract.samples import CONTENT
from tests.contract.worlds import NOW, Ports

ONE = TriggerId("one")


def trigger(store: StoreId, name: TriggerId = ONE) -> OwnTrigger:
    return OwnTrigger(store, name, "Looked twice", "product_view", CONTENT, NOW, NOW)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({}, id="as little as there can be"),
        pytest.param(
            {
                "where": ({"field": "brand", "op": "in", "value": ["a", "b"]},),
                "nth": 2,
                "debounce": HOUR,
                "delay": 2 * HOUR,
                "key": "product_id",
                "audience": OwnAudience((SegmentId("vip"),), {"event": "purchase"}, (SegmentId("staff"),)),
                "exit_on": ("purchase", "cart_add"),
                "parameters": {"priority": 5, "filters": {"brand": ["a"]}},
                "enabled": True,
            },
            id="with everything",
        ),
        pytest.param({"exit_on": ()}, id="ended by nothing"),
        pytest.param({"until": Until("visit.starts_at", -2 * HOUR)}, id="before an instant that the event names"),
    ],
)
def test_what_is_saved_comes_back(ports: Ports, store: StoreId, row: dict[str, object]) -> None:
    saved = replace(trigger(store), **row)  # type: ignore[arg-type]
    assert ports.triggers.save(saved, expected=None)
    assert ports.triggers.get(store, ONE) == saved
    assert ports.triggers.get(store, TriggerId("two")) is None


def test_all_of_a_store_are_listed_by_id_and_none_of_another(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    for name in ("b", "a"):
        ports.triggers.save(trigger(store, TriggerId(name)), expected=None)
    ports.triggers.save(trigger(other_store), expected=None)
    assert [row.id for row in ports.triggers.all(store)] == ["a", "b"]


def test_of_two_who_write_one_is_told(ports: Ports, store: StoreId) -> None:
    assert ports.triggers.save(trigger(store), expected=None)
    second = replace(trigger(store), name="second", revision=2)
    assert not ports.triggers.save(second, expected=None)
    assert ports.triggers.save(second, expected=1)
    assert not ports.triggers.save(replace(second, name="third"), expected=1)
    assert ports.triggers.get(store, ONE) == second


def test_it_is_deleted_as_it_was_read_and_once(ports: Ports, store: StoreId) -> None:
    ports.triggers.save(trigger(store), expected=None)
    assert not ports.triggers.delete(store, ONE, expected=2)
    assert ports.triggers.get(store, ONE) is not None
    assert [ports.triggers.delete(store, ONE, expected=1) for _ in range(2)] == [True, False]
    assert ports.triggers.get(store, ONE) is None
    assert list(ports.triggers.all(store)) == []
