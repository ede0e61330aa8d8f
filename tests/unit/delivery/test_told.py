"""What the gates rested on that were closed to a message stays where its end is kept, for whoever asks later."""

from shopbell.domain.clock import HOUR
from shopbell.domain.gates.minutes import unpack
from shopbell.domain.ids import VisitorId
from shopbell.domain.runs import Terms
from shopbell.domain.sends import SendRecord, Sent, mark_of

from tests.unit.app.chunks import send
from tests.unit.app.shop import NOON, STORE, Shop
from tests.unit.delivery.steps import deliver, greeting, visitor, work

ANN = VisitorId("ann")
CAPPED = {"count": 1, "within": "PT6H", "sent": 1}


def crowded() -> Shop:
    """Ann was sent something an hour ago."""
    shop = Shop()
    greeting(shop)
    visitor(shop, "ann", "a", "b")
    before = Sent(NOON - HOUR, mark_of("x", "y", 0), "x", 0, "promo")
    shop.sends.save(STORE, [(ANN, SendRecord((before,)))])
    return shop


def test_a_step_keeps_it_with_its_guard_once_however_many_devices_there_are() -> None:
    shop = crowded()
    deliver(shop, work(shop))
    (row,) = shop.world.dispatches.values()
    (said,) = row.told
    assert (said.gate, said.outcome, said.values["until"]) == ("frequency_cap", "deferred", "2026-03-02T17:00:00Z")
    caps = said.values["caps"]
    assert isinstance(caps, list)
    assert caps[0] == CAPPED


def test_a_chunk_keeps_it_in_its_ledger_for_those_who_were_held_back() -> None:
    shop = crowded()
    visitor(shop, "bob")
    run = shop.run(terms=Terms())
    (chunk,) = shop.page_all()
    send(shop, chunk)
    ledger = shop.progress.ledger(STORE, run.id, chunk.id)
    assert ledger is not None
    noted = unpack(ledger.told)
    assert {*noted} == {ANN}
    at, (said,) = noted[ANN]
    assert (at, said.gate, said.outcome) == (NOON, "frequency_cap", "skipped")


def test_where_nothing_was_closed_nothing_is_kept() -> None:
    shop = Shop()
    greeting(shop)
    visitor(shop)
    deliver(shop, work(shop))
    (row,) = shop.world.dispatches.values()
    assert row.told == ()
