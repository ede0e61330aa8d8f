"""The management calls carried out, each behind its least role."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, cast

from shopbell.domain.errors import Forbidden, ShopbellError
from shopbell.domain.ids import StoreId
from shopbell.domain.store import KeyKind, Principal, Role
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.audit_calls import AuditCalls
from shopbell.runtime.http.auditing import Handle, fetches, twin_of, writes
from shopbell.runtime.http.campaign_calls import CampaignCalls
from shopbell.runtime.http.checklist_calls import ChecklistCalls
from shopbell.runtime.http.coupon_calls import CouponCalls
from shopbell.runtime.http.feed_calls import FeedCalls
from shopbell.runtime.http.key_calls import KeyCalls
from shopbell.runtime.http.life_calls import LifeCalls
from shopbell.runtime.http.limiting import Limiter
from shopbell.runtime.http.list_calls import ListCalls
from shopbell.runtime.http.management_operations import OPERATIONS
from shopbell.runtime.http.once import HEADER, CallOnce
from shopbell.runtime.http.operation import ROLES, Managed, Operation, Route, admitted_role
from shopbell.runtime.http.overview_calls import OverviewCalls
from shopbell.runtime.http.problem import refused
from shopbell.runtime.http.product_calls import ProductCalls
from shopbell.runtime.http.product_list_calls import ProductListCalls
from shopbell.runtime.http.prompt_calls import PromptCalls
from shopbell.runtime.http.render_calls import RenderCalls
from shopbell.runtime.http.report_calls import ReportCalls
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.segment_calls import SegmentCalls
from shopbell.runtime.http.segment_report_calls import SegmentReportCalls
from shopbell.runtime.http.store_calls import StoreCalls
from shopbell.runtime.http.survey_calls import SurveyCalls
from shopbell.runtime.http.trial_calls import TrialCalls
from shopbell.runtime.http.trigger_calls import TriggerCalls
from shopbell.runtime.http.vapid_calls import VapidCalls
from shopbell.runtime.http.visitor_calls import VisitorCalls
from shopbell.runtime.http.webhook_calls import WebhookCalls

_NO_KEY: Final = (
    "Send a management key of this store as `Authorization: Bearer sb_mgmt_…`; this one is missing or unknown."
)

Carry = Callable[[Principal, Request], Answer]


@dataclass(frozen=True, slots=True)
class Management:
    """All management calls behind one check of who calls."""

    segments: SegmentCalls
    campaigns: CampaignCalls
    store: StoreCalls
    survey: SurveyCalls
    life: LifeCalls
    lists: ListCalls
    keys: KeyCalls
    products: ProductCalls
    feeds: FeedCalls
    product_lists: ProductListCalls
    triggers: TriggerCalls
    trials: TrialCalls
    rendering: RenderCalls
    prompts: PromptCalls
    reports: ReportCalls
    coupons: CouponCalls
    vapid: VapidCalls
    audit: AuditCalls
    checklist: ChecklistCalls
    visitors: VisitorCalls
    overview: OverviewCalls
    segment_report: SegmentReportCalls
    limiter: Limiter
    webhooks: WebhookCalls
    once: CallOnce

    def routes(self) -> Sequence[Route]:
        """KeyError for an operation that nobody carries out."""
        handles: Mapping[str, Handle] = {
            **self.segments.handles,
            **self.campaigns.handles,
            **self.store.handles,
            **self.survey.handles,
            **self.lists.handles,
            **self.life.handles,
            **self.keys.handles,
            **self.products.handles,
            **self.feeds.handles,
            **self.product_lists.handles,
            **self.triggers.handles,
            **self.trials.handles,
            **self.rendering.handles,
            **self.prompts.handles,
            **self.reports.handles,
            **self.coupons.handles,
            **self.vapid.handles,
            **self.audit.handles,
            **self.checklist.handles,
            **self.visitors.handles,
            **self.overview.handles,
            **self.segment_report.handles,
            **self.webhooks.handles,
        }
        return [Route(one, self._guarded(one, self._carried(one, handles))) for one in OPERATIONS]

    def _carried(self, operation: Operation, handles: Mapping[str, Handle]) -> Carry:
        handle = reading.strict(operation, handles[operation.id])
        if fetches(operation):
            return partial(self.audit.auditing.fetch, operation, handle)
        once = HEADER in operation.takes
        if once and not writes(operation):
            return partial(self.once, operation, lambda caller, request: handle(caller.store, request))
        if not writes(operation):
            return lambda caller, request: handle(caller.store, request)
        name = twin_of(operation, OPERATIONS)
        twin = self.keys.twins.get(operation.id) or (handles[name] if name else None)
        audited = partial(self.audit.auditing.run, operation, handle, twin)
        return partial(self.once, operation, audited) if once else audited

    def _guarded(self, operation: Operation, carry: Carry) -> Callable[[Request], Answer]:
        wanted: Role = operation.access.role if isinstance(operation.access, Managed) else "admin"

        def guarded(request: Request) -> Answer:
            caller = principal(request)
            if caller.kind != "mgmt":
                raise Forbidden(f"This call takes a management key (sb_mgmt_), not sb_{caller.kind}_.")
            allowance = self.limiter(caller)
            try:
                answer = allowance.refusal or admitted(caller, request)
            except ShopbellError as exc:
                answer = refused(exc)
            return allowance.on(answer)

        def admitted(caller: Principal, request: Request) -> Answer:
            if not admitted_role(caller.role, wanted):
                raise Forbidden(f"This call takes a key of role {wanted}; this one is {caller.role}.")
            answer = carry(caller, request)
            return replace(answer, counts={**answer.counts, f"{wanted}_calls": 1})

        return guarded


def principal(request: Request) -> Principal:
    """What the authorizer found; 401 when it found nothing."""
    given = request.authorizer
    store, kind, role = given.get("store"), given.get("kind"), given.get("role")
    if not store or kind not in {"pub", "srv", "mgmt"}:
        raise Forbidden(_NO_KEY, status=401)
    return Principal(
        StoreId(store), cast("KeyKind", kind), cast("Role", role) if role in ROLES else None, given.get("key")
    )
