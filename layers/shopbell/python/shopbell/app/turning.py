"""Change the row of a store though others change it too, and do what follows from it as it stands then."""

from collections.abc import Callable
from typing import Final

from shopbell.domain.errors import NotFound, Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.segments.refold import settings_of
from shopbell.domain.store import Store
from shopbell.ports import Stores

TRIES: Final = 5


def standing(stores: Stores, store: StoreId) -> Store:
    """NotFound if there is none."""
    row = stores.get(store)
    if row is None:
        raise NotFound(store)
    return row


def turned(stores: Stores, store: StoreId, change: Callable[[Store], Store]) -> Store:
    """What the change makes of the store as it stands; it is asked again where others were faster.

    So it changes what it is about and nothing that somebody else has written meanwhile. Unavailable: they go on to.
    """
    for _ in range(TRIES):
        row = standing(stores, store)
        changed = change(row)
        if changed == row or stores.save(changed, expected=row):
            return changed
    raise Unavailable("the store's settings kept changing")


def followed(stores: Stores, row: Store, follow: Callable[[Store], object]) -> None:
    """What follows from the store's settings, once more where others have changed them meanwhile.

    Whoever changes them follows after the write, so that of several the one that reads last follows what stands.
    """
    for _ in range(TRIES):
        follow(row)
        now = standing(stores, row.id)
        if settings_of(now) == settings_of(row):
            return
        row = now
    raise Unavailable("the store's settings kept changing")
