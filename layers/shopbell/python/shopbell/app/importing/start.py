"""Take an import: the pair of keys that it was made with, the file, and a job for it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.app.catalogue.feeds import MAX_BYTES, upload_name
from shopbell.app.jobs import StartJob
from shopbell.app.management.vapid import KeepVapidKey
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VapidKeyId
from shopbell.domain.incoming.imports import ImportIn, VapidPairIn
from shopbell.domain.jobs import Job
from shopbell.ports import Stores, Uploads

IMPORT_SUBSCRIPTIONS: Final = "import_subscriptions"

PairOf = Callable[[bytes], tuple[bytes, str]]
"""A private key, PEM or 32 bytes, to (PEM, public key in base64url); ValueError, which never repeats it."""


@dataclass(frozen=True, slots=True)
class StartImport:
    stores: Stores
    uploads: Uploads
    keep: KeepVapidKey
    pair_of: PairOf
    start: StartJob

    def __call__(self, store: StoreId, given: ImportIn, by: str | None = None) -> tuple[Job, VapidKeyId]:
        """The private key goes to the secrets alone. The same pair again is the same key.

        Raises Rejected for two keys that are no pair, NotFound for an upload to which nothing was put yet.
        """
        if self.stores.get(store) is None:
            raise NotFound(store)
        private = self._private(given.vapid)
        upload = given.upload_id or self._kept(store, given.data or "")
        size = self.uploads.size(upload_name(store, upload))
        if size is None:
            raise NotFound(upload)
        if size > MAX_BYTES:
            raise Conflict(f"An import may have {MAX_BYTES} bytes, this one has {size}.", status=413)
        key = self.keep(store, private, given.vapid.public).id
        asked: Mapping[str, Json] = {"upload": upload, "format": given.format, "vapid_key_id": key, "bytes": size}
        return self.start(store, IMPORT_SUBSCRIPTIONS, asked, by), key

    def _private(self, given: VapidPairIn) -> bytes:
        """As PEM."""
        try:
            private, public = self.pair_of(given.private_bytes)
        except ValueError as exc:
            raise Rejected.at("vapid.private_key", str(exc)) from None
        if public != given.public:
            raise Rejected.at("vapid.private_key", "does not belong to the public key")
        return private

    def _kept(self, store: StoreId, data: str) -> str:
        sent = data.encode()
        upload = hashlib.sha256(sent).hexdigest()[:32]
        self.uploads.put(upload_name(store, upload), sent)
        return upload
