"""A world that fails, as tests of use cases need it: refused before, or done and the answer lost."""

from random import Random

import pytest
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.unreliable import unreliable
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.ports import Events

from tests.contract.samples import ANN, event_item

SHOP = StoreId("0123456789")


def events(*, refused: float, lost: float) -> tuple[Events, MemoryEvents]:
    inner = MemoryEvents(MemoryWorld())
    port: Events = inner
    return unreliable(port, Random(1), refused=refused, lost=lost), inner  # noqa: S311 - no secret


def test_a_refused_call_did_nothing() -> None:
    port, inner = events(refused=1, lost=0)

    with pytest.raises(Unavailable):
        port.append([event_item(SHOP, "e1")])
    assert list(inner.of(SHOP, ANN)) == []


def test_a_lost_answer_was_done() -> None:
    port, inner = events(refused=0, lost=1)

    with pytest.raises(Unavailable):
        port.append([event_item(SHOP, "e1")])
    assert list(inner.of(SHOP, ANN)) == [event_item(SHOP, "e1")]


def test_repeating_until_it_is_acknowledged_leaves_one_copy() -> None:
    port, inner = events(refused=0.3, lost=0.3)

    def append(name: str) -> None:
        for _ in range(200):
            try:
                port.append([event_item(SHOP, name)])
            except Unavailable:
                continue
            return
        raise AssertionError

    for number in range(50):
        append(f"e{number}")

    assert len(list(inner.of(SHOP, ANN))) == 50
