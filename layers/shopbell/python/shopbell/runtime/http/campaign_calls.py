"""Campaigns over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shopbell.app.management.campaigns.approving import ApproveCampaign
from shopbell.app.management.campaigns.copying import DuplicateCampaign
from shopbell.app.management.campaigns.estimate import EstimateCampaign
from shopbell.app.management.campaigns.progress import ReadProgress
from shopbell.app.management.campaigns.report import ReadCampaigns
from shopbell.app.management.campaigns.scheduling import ScheduleCampaign
from shopbell.app.management.campaigns.send import SendCampaign
from shopbell.app.management.campaigns.starting import Asked, digest_of
from shopbell.app.management.campaigns.steer import SteerCampaign
from shopbell.app.management.campaigns.trying import TestCampaign
from shopbell.app.management.campaigns.write import CreateCampaign, DiscardCampaign, EditCampaign
from shopbell.domain.campaigns import Action, Campaign
from shopbell.domain.clock import Clock
from shopbell.domain.ids import CampaignId, StoreId, VisitorId
from shopbell.domain.incoming.campaigns import CampaignIn, CampaignPatchIn, CampaignTestIn
from shopbell.domain.incoming.schedules import CampaignScheduleIn, CampaignSendIn
from shopbell.runtime.http import progress_answers as told
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer, nothing
from shopbell.runtime.http.campaign_answers import TestOut
from shopbell.runtime.http.campaign_shapes import campaign
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import Request

Turn = Callable[[StoreId, CampaignId, int | None], Campaign]


@dataclass(frozen=True, slots=True)
class CampaignCalls:
    read: ReadCampaigns
    create: CreateCampaign
    edit: EditCampaign
    discard: DiscardCampaign
    duplicate: DuplicateCampaign
    send: SendCampaign
    schedule: ScheduleCampaign
    approve: ApproveCampaign
    steer: SteerCampaign
    test: TestCampaign
    estimate: EstimateCampaign
    progress: ReadProgress
    now: Clock

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listCampaigns": self._list,
            "createCampaign": self._create,
            "getCampaign": lambda store, request: self._shown(self.read.one(store, _id(request))),
            "editCampaign": self._edit,
            "discardCampaign": self._discard,
            "duplicateCampaign": self._duplicate,
            "sendCampaign": self._send,
            "scheduleCampaign": self._schedule,
            "unscheduleCampaign": self._turn(self.schedule.back),
            "approveCampaign": self._approve,
            "pauseCampaign": self._turn(self.steer.pause),
            "resumeCampaign": self._turn(self.steer.resume),
            "cancelCampaign": self._turn(self.steer.cancel),
            "testCampaign": self._test,
            "estimateCampaign": lambda store, request: answer(told.estimate(self.estimate(store, _id(request)))),
            "getProgress": lambda store, request: answer(told.progress(self.progress(store, _id(request)))),
        }

    def _list(self, store: StoreId, request: Request) -> Answer:
        cursor, limit, now = reading.cursor_of(request), reading.limit_of(request), self.now()
        return reading.listed(request, self.read.list(store, cursor, limit), lambda row: campaign(row, now))

    def _create(self, store: StoreId, request: Request) -> Answer:
        return self._shown(self.create(store, reading.body(CampaignIn, request), idempotency_key(request)), 201)

    def _edit(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(CampaignPatchIn, request)
        return self._shown(self.edit(store, _id(request), given, reading.expected_revision(request)))

    def _discard(self, store: StoreId, request: Request) -> Answer:
        self.discard(store, _id(request), reading.expected_revision(request))
        return nothing()

    def _duplicate(self, store: StoreId, request: Request) -> Answer:
        return self._shown(self.duplicate(store, _id(request), idempotency_key(request)), 201)

    def _send(self, store: StoreId, request: Request) -> Answer:
        given = reading.maybe_body(CampaignSendIn, request)
        return self._shown(self.send(store, _id(request), _asked("send", given, request)), 202)

    def _schedule(self, store: StoreId, request: Request) -> Answer:
        given = reading.maybe_body(CampaignScheduleIn, request)
        return self._shown(self.schedule(store, _id(request), given, _asked("schedule", given, request)), 202)

    def _approve(self, store: StoreId, request: Request) -> Answer:
        by, expected = reading.caller(request), reading.expected_revision(request)
        return self._shown(self.approve(store, _id(request), by, expected), 202)

    def _test(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(CampaignTestIn, request)
        visitors = [VisitorId(name) for name in given.visitor_ids]
        tried = self.test(store, _id(request), visitors, given.variant, idempotency_key(request))
        return answer(TestOut(sent=list(tried.sent), unreachable=list(tried.unreachable)), 202)

    def _turn(self, turn: Turn) -> Callable[[StoreId, Request], Answer]:
        return lambda store, request: self._shown(turn(store, _id(request), reading.expected_revision(request)), 202)

    def _shown(self, row: Campaign, status: int = 200) -> Answer:
        return reading.tagged(campaign(row, self.now()), row.revision, status)


def _asked(action: Action, given: CampaignSendIn | CampaignScheduleIn, request: Request) -> Asked:
    return Asked(
        action,
        digest_of(action, given.model_dump_json()),
        idempotency_key(request),
        reading.caller(request),
        given.expected_audience,
        reading.expected_revision(request),
    )


def _id(request: Request) -> CampaignId:
    return CampaignId(request.params["campaign_id"])
