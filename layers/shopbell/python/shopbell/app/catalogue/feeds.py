"""Feed files: put somewhere, and given to a job that takes them in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.app.jobs import StartJob
from shopbell.domain.clock import MINUTE, Duration
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.feeds import FeedIn
from shopbell.domain.jobs import Job
from shopbell.ports import RandomBytes, Stores, Uploads

LOAD_FEED: Final = "load_feed"
URL_LASTS: Final[Duration] = 15 * MINUTE
MAX_BYTES: Final = 1024**3


def upload_name(store: StoreId, upload: str) -> str:
    return f"uploads/{store}/{upload}"


@dataclass(frozen=True, slots=True)
class OpenUpload:
    uploads: Uploads
    random: RandomBytes

    def __call__(self, store: StoreId) -> tuple[str, str]:
        """A name for what is going to be put there, and where it may be PUT within 15 minutes."""
        upload = self.random(16).hex()
        return upload, self.uploads.url(upload_name(store, upload), URL_LASTS)


@dataclass(frozen=True, slots=True)
class StartFeed:
    stores: Stores
    uploads: Uploads
    start: StartJob

    def __call__(self, store: StoreId, given: FeedIn, by: str | None = None) -> Job:
        """NotFound for an upload to which nothing was put yet."""
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        upload = given.upload_id or self._kept(store, given.data or "")
        size = self.uploads.size(upload_name(store, upload))
        if size is None:
            raise NotFound(upload)
        if size > MAX_BYTES:
            raise Conflict(f"A feed may have {MAX_BYTES} bytes, this one has {size}.", status=413)
        asked: Mapping[str, Json] = {
            "upload": upload,
            "format": given.format,
            "mode": given.mode,
            "least_percent": given.least_percent,
            "currency": row.currency,
            "bytes": size,
        }
        return self.start(store, LOAD_FEED, asked, by)

    def _kept(self, store: StoreId, data: str) -> str:
        sent = data.encode()
        upload = hashlib.sha256(sent).hexdigest()[:32]
        self.uploads.put(upload_name(store, upload), sent)
        return upload
