"""A store's own settings."""

import hashlib
from dataclasses import dataclass, fields, replace

import orjson

from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.stores import StorePatchIn
from shopbell.domain.store import Store
from shopbell.ports import Stores


@dataclass(frozen=True, slots=True)
class ReadStore:
    stores: Stores

    def __call__(self, store: StoreId) -> Store:
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        return row


@dataclass(frozen=True, slots=True)
class EditStore:
    stores: Stores

    def __call__(self, store: StoreId, given: StorePatchIn, expected: str | None = None) -> Store:
        """What is left out (or null) stays. `expected`: the mark of the store as it was read."""
        row = ReadStore(self.stores)(store)
        if expected is not None and expected != mark(row):
            raise Conflict("It was changed by somebody else in the meantime: read it again.", status=412)
        edited = replace(
            row,
            name=given.name or row.name,
            contact=given.contact or row.contact,
            time_zone=given.time_zone or row.time_zone,
            currency=given.currency or row.currency,
            language=given.language or row.language,
            origins=row.origins if given.origins is None else given.origins,
            click_domains=row.click_domains if given.click_domains is None else given.click_domains,
            revenue_source=given.revenue_source or row.revenue_source,
            sending=given.sending or row.sending,
            prompt=row.prompt if given.prompt is None else given.prompt,
        )
        if edited != row:
            self.stores.save(edited)
        return edited


def mark(store: Store) -> str:
    """Differs whenever anything of the store does."""
    return hashlib.sha256(orjson.dumps({one.name: getattr(store, one.name) for one in fields(store)})).hexdigest()[
        :16
    ]
