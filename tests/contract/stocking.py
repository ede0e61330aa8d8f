"""Products put where a test wants them, whatever stood there."""

from collections.abc import Sequence

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.versions import Change, Shelved

from tests.contract.worlds import NOW, Ports


def stock(ports: Ports, store: StoreId, products: Sequence[Product], at: Instant = NOW) -> None:
    """Put them there as they are, whatever stood there."""
    known = ports.shop.stockroom.standing(store, [one.id for one in products])
    changes = []
    for one in products:
        before = known.get(one.id)
        changes.append(Change(before, Shelved(one, max(at, before.revision + 1 if before else 0), at), at))
    assert all(ports.shop.stockroom.save(store, changes))
