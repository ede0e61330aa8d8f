"""Feeds and uploads over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shopbell.app.catalogue.feeds import OpenUpload, StartFeed
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.feeds import MAX_BODY, FeedIn
from shopbell.runtime.http import product_answers as out
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.life_answers import JobStartedOut
from shopbell.runtime.http.request import Request


@dataclass(frozen=True, slots=True)
class FeedCalls:
    upload: OpenUpload
    start: StartFeed

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"openUpload": self._upload, "loadFeed": self._load}

    def _upload(self, store: StoreId, _: Request) -> Answer:
        name, url = self.upload(store)
        return answer(out.UploadOut(upload_id=name, url=url), 201, headers={"cache-control": "no-store"})

    def _load(self, store: StoreId, request: Request) -> Answer:
        given = validated(FeedIn, request.json(MAX_BODY))
        return answer(JobStartedOut(job_id=self.start(store, given, reading.caller(request)).id), 202)
