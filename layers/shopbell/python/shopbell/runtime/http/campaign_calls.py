"""Campaigns over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shopbell.app.management.campaigns.estimate import EstimateCampaign
from shopbell.app.management.campaigns.progress import ReadProgress
from shopbell.app.management.campaigns.report import ReadCampaigns, ReadReport
from shopbell.app.management.campaigns.send import SendCampaign, SteerCampaign
from shopbell.app.management.campaigns.trying import TestCampaign
from shopbell.app.management.campaigns.write import CreateCampaign, DiscardCampaign, EditCampaign
from shopbell.domain.campaigns import Campaign
from shopbell.domain.ids import CampaignId, StoreId, VisitorId
from shopbell.domain.incoming.campaigns import CampaignIn, CampaignPatchIn, CampaignTestIn
from shopbell.runtime.http import progress_answers as told
from shopbell.runtime.http import reading, shapes
from shopbell.runtime.http.answer import Answer, answer, nothing
from shopbell.runtime.http.management_answers import TestOut
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import Request

Turn = Callable[[StoreId, CampaignId, int | None], Campaign]


@dataclass(frozen=True, slots=True)
class CampaignCalls:
    read: ReadCampaigns
    create: CreateCampaign
    edit: EditCampaign
    discard: DiscardCampaign
    send: SendCampaign
    steer: SteerCampaign
    test: TestCampaign
    report: ReadReport
    estimate: EstimateCampaign
    progress: ReadProgress

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listCampaigns": self._list,
            "createCampaign": self._create,
            "getCampaign": lambda store, request: _shown(self.read.one(store, _id(request))),
            "editCampaign": self._edit,
            "discardCampaign": self._discard,
            "sendCampaign": self._send,
            "pauseCampaign": _turn(self.steer.pause),
            "resumeCampaign": _turn(self.steer.resume),
            "cancelCampaign": _turn(self.steer.cancel),
            "testCampaign": self._test,
            "estimateCampaign": lambda store, request: answer(told.estimate(self.estimate(store, _id(request)))),
            "getProgress": lambda store, request: answer(told.progress(self.progress(store, _id(request)))),
            "getReport": lambda store, request: answer(shapes.report(self.report(store, _id(request)))),
        }

    def _list(self, store: StoreId, request: Request) -> Answer:
        cursor, limit = request.query.get("cursor"), reading.limit_of(request)
        return reading.listed(self.read.list(store, cursor, limit), shapes.campaign)

    def _create(self, store: StoreId, request: Request) -> Answer:
        return _shown(self.create(store, reading.body(CampaignIn, request), idempotency_key(request)), 201)

    def _edit(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(CampaignPatchIn, request)
        return _shown(self.edit(store, _id(request), given, reading.expected_revision(request)))

    def _discard(self, store: StoreId, request: Request) -> Answer:
        self.discard(store, _id(request), reading.expected_revision(request))
        return nothing()

    def _send(self, store: StoreId, request: Request) -> Answer:
        expected = reading.expected_revision(request)
        return _shown(self.send(store, _id(request), idempotency_key(request), expected), 202)

    def _test(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(CampaignTestIn, request)
        tried = self.test(store, _id(request), [VisitorId(name) for name in given.visitor_ids], given.variant)
        return answer(TestOut(sent=list(tried.sent), unreachable=list(tried.unreachable)), 202)


def _turn(turn: Turn) -> Callable[[StoreId, Request], Answer]:
    return lambda store, request: _shown(turn(store, _id(request), reading.expected_revision(request)), 202)


def _shown(row: Campaign, status: int = 200) -> Answer:
    return reading.tagged(shapes.campaign(row), row.revision, status)


def _id(request: Request) -> CampaignId:
    return CampaignId(request.params["campaign_id"])
