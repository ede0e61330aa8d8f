"""Which orders are counted for somebody is shown to them; when they are erased, the order stays nobody's."""

import pytest
from shopbell.app.reporting.claims import claim_of
from shopbell.domain.erasure import NOBODY, Person
from shopbell.domain.events import EventItem
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.ports.attribution import Row

from tests.contract.personal import personal
from tests.contract.samples import event
from tests.contract.test_personal_lift import counts_of
from tests.contract.worlds import Ports

WHO, OTHER = VisitorId("zoe-quill-77"), VisitorId("zoe")


def bought(store: StoreId, who: VisitorId, order: str) -> EventItem:
    told = event(f"{who}-{order}", type="purchase", visitor=who, properties={"order_id": order}, trusted=True)
    return EventItem(store, who, "-", 0, (told,))


@pytest.mark.parametrize("repeated", [True, False], ids=["told by both", "told by one"])
def test_a_claim_is_held_shown_and_forgotten(ports: Ports, store: StoreId, *, repeated: bool) -> None:
    counts, holdings, person = counts_of(ports), personal(ports).holdings, Person(store, (WHO,))
    ports.events.append([bought(store, WHO, "o/1"), bought(store, WHO, "o2"), bought(store, OTHER, "o2")])
    holder = OTHER if repeated else WHO
    assert counts.add(store, {claim_of("o/1"): Row(1, WHO.encode()), claim_of("o2"): Row(1, holder.encode())}, {})
    mine = 1 if repeated else 2
    assert len(list(holdings.held(person, "reports"))) == mine

    assert holdings.let_go(person, "reports") == mine
    assert holdings.let_go(person, "reports") == 0

    left = counts.rows(store, [claim_of("o/1"), claim_of("o2")])
    assert left[claim_of("o/1")].body.decode() == NOBODY
    assert left[claim_of("o2")].body.decode() == (OTHER if repeated else NOBODY)


def test_one_of_two_who_claim_at_once_is_refused_whole(ports: Ports, store: StoreId) -> None:
    counts = counts_of(ports)
    first, second = claim_of("o1"), claim_of("o2")
    assert counts.add(store, {first: Row(1, WHO.encode())}, {})
    assert not counts.add(store, {first: Row(1, OTHER.encode()), second: Row(1, OTHER.encode())}, {})
    assert {name: row.body.decode() for name, row in counts.rows(store, [first, second]).items()} == {first: WHO}
