"""The management calls over whatever ports they are given: DynamoDB and SQS in Lambda, memory in tests."""

from collections.abc import Mapping
from functools import cache, partial

from shopbell.app.building import StartBuild
from shopbell.app.delivery.ended import HasEnded
from shopbell.app.jobs import StartJob, WatchJobs
from shopbell.app.management.campaigns.weighing import WeighVariants
from shopbell.app.management.drawn import DrawNext
from shopbell.app.management.explain import ReadExplanation
from shopbell.app.management.lacking import Lacking
from shopbell.app.management.lists import shards_of
from shopbell.app.management.product_lists import ProductLists
from shopbell.app.management.prompts import ReadPromptReport
from shopbell.app.management.recorded import ReadRecorded
from shopbell.app.management.render import RenderMessage
from shopbell.app.management.segments.history import ReadHistory
from shopbell.app.management.segments.impact import WeighEdit
from shopbell.app.management.segments.members import ReadMembers, StartExport
from shopbell.app.management.segments.past import ReadPast, RestoreVersion
from shopbell.app.management.segments.preview import PreviewSegment
from shopbell.app.management.segments.read import ReadSegments
from shopbell.app.management.segments.rules import ReadRule
from shopbell.app.management.segments.suggesting import SuggestSegments
from shopbell.app.management.segments.survey import Survey
from shopbell.app.management.segments.switch import ActivateSegment, PauseSegment
from shopbell.app.management.segments.write import ArchiveSegment, CreateSegment, EditSegment
from shopbell.app.management.store import EditStore, ReadStore
from shopbell.app.management.usage import FindUsage
from shopbell.app.reporting.reading_lift import ReadLift
from shopbell.app.reporting.series import ReadSeries
from shopbell.app.rulebook import Rulebook
from shopbell.app.scenarios.own import own_plans
from shopbell.app.scenarios.plans import Plans
from shopbell.app.scenarios.report import ReadScenarioReport
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.plan import Plan
from shopbell.runtime.http.audit_calls import AuditCalls
from shopbell.runtime.http.campaign_uses import campaigns, reading, reporting
from shopbell.runtime.http.checklist_calls import ChecklistCalls
from shopbell.runtime.http.coupon_uses import coupons, promising
from shopbell.runtime.http.key_calls import KeyCalls
from shopbell.runtime.http.life_calls import LifeCalls
from shopbell.runtime.http.limiting import Limiter
from shopbell.runtime.http.list_uses import lists
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.management_routes import Management
from shopbell.runtime.http.once import CallOnce
from shopbell.runtime.http.overview_calls import OverviewCalls
from shopbell.runtime.http.product_list_calls import ProductListCalls
from shopbell.runtime.http.product_uses import feeds, lists_named, products
from shopbell.runtime.http.prompt_calls import PromptCalls
from shopbell.runtime.http.render_calls import RenderCalls
from shopbell.runtime.http.report_calls import ReportCalls
from shopbell.runtime.http.scenario_uses import calendar, enabling, listing, trials, triggers
from shopbell.runtime.http.segment_calls import SegmentCalls
from shopbell.runtime.http.segment_report_calls import SegmentReportCalls
from shopbell.runtime.http.store_calls import StoreCalls
from shopbell.runtime.http.survey_calls import SurveyCalls
from shopbell.runtime.http.vapid_calls import VapidCalls
from shopbell.runtime.http.visitor_calls import VisitorCalls
from shopbell.runtime.http.visitor_uses import known
from shopbell.runtime.http.webhook_calls import WebhookCalls


def management(ports: Ports) -> Management:
    build = StartBuild(ports.stores, ports.segments, ports.progress, ports.queues.rebuild)
    shown = ports.stores, ports.visitors, ports.messages, ports.goods.recommend
    return Management(
        _segments(ports, build),
        campaigns(ports, build, _sampling(ports)),
        _store(ports, build),
        _survey(ports),
        _life(ports, build),
        lists(ports),
        KeyCalls.over(ports.keys.api, ports.keys.secrets, ports.keys.once, ports.random, ports.now),
        products(ports),
        feeds(ports),
        ProductListCalls(ProductLists(ports.goods.tops, ports.goods.catalogue, ports.segments)),
        triggers(ports, build, _sampling(ports)),
        trials(ports, _sampling(ports)),
        RenderCalls(RenderMessage(*shown, lists_named(ports), ports.now)),
        PromptCalls(ReadPromptReport(ports.stores, ports.counters, ports.now)),
        _reports(ports),
        coupons(ports),
        VapidCalls.over(ports),
        AuditCalls.over(ports),
        ChecklistCalls.over(ports, _sampling(ports), reporting(ports)),
        VisitorCalls.over(ports),
        OverviewCalls.over(ports),
        SegmentReportCalls.over(ports),
        Limiter(ports.keys.calls, ports.keys.limit, ports.now),
        WebhookCalls.over(ports),
        CallOnce(ports.keys.once, ports.random, ports.now),
    )


def _reports(ports: Ports) -> ReportCalls:
    campaign = reporting(ports)
    scenario = ReadScenarioReport(campaign, ports.triggers)
    counts, weigh = ports.messages.brought, WeighVariants(campaign, ports.stores)
    return ReportCalls(campaign, scenario, ReadSeries(ports.stores, counts, ports.now), ReadLift(counts), weigh)


def _usage(ports: Ports, build: StartBuild) -> FindUsage:
    return FindUsage(reading(ports, build).list, ports.webhooks.hooks.all)


def _segments(ports: Ports, build: StartBuild) -> SegmentCalls:
    segments, now = ports.segments, ports.now
    usage, rule = _usage(ports, build), ReadRule(ports.listing.lists)
    return SegmentCalls(
        read=_read(ports, build),
        create=CreateSegment(segments, rule, ports.random, now),
        edit=EditSegment(segments, rule, build, now),
        archive=ArchiveSegment(segments, usage, build, now),
        activate=ActivateSegment(segments, rule, ports.stores, ports.visitors, build, now),
        pause=PauseSegment(segments, now),
    )


def _store(ports: Ports, build: StartBuild) -> StoreCalls:
    return StoreCalls(
        scenarios=listing(ports),
        enable=enabling(ports, build, _sampling(ports)),
        visitor=known(ports),
        read=ReadStore(ports.stores),
        edit=EditStore(ports.stores, ports.segments, ports.folding, build, calendar(ports).moved, ports.now),
        explain=_explaining(ports),
    )


def _explaining(ports: Ports) -> ReadExplanation:
    def plans(store: StoreId) -> Mapping[str, Plan]:
        """As they are set now: whoever has just changed one asks why."""
        own = own_plans(ports.triggers)
        return Plans(ports.scenarios, ports.segments, ports.stores, ports.now, own)(store)

    return ReadExplanation(
        ports.stores,
        ports.visitors,
        ports.messages,
        ports.campaigns,
        plans,
        ports.triggers,
        ports.goods.recommend,
        Lacking(_sampling(ports)),
        ReadRecorded(ports.messages.dispatches, ports.runs, ports.progress),
        ports.now,
        promising(ports),
        HasEnded(ports.runs, ports.progress, ports.now),
        DrawNext(ports.memberships, ports.messages.subscriptions, ports.now),
        WeighVariants(reporting(ports), ports.stores),
    )


def _survey(ports: Ports) -> SurveyCalls:
    survey, rule = _sampling(ports), ReadRule(ports.listing.lists)
    return SurveyCalls(PreviewSegment(survey, rule), WeighEdit(survey, rule), SuggestSegments(survey))


def _sampling(ports: Ports) -> Survey:
    stored = ports.stores, ports.segments, ports.visitors, ports.events, ports.aliases
    return Survey(*stored, Rulebook(ports.segments, ports.stores), ports.side_by_side, ports.now)


def _read(ports: Ports, build: StartBuild) -> ReadSegments:
    shards, usage = cache(partial(shards_of, ports.stores)), _usage(ports, build)
    history = ReadHistory(ports.stores, ports.segments, ports.counters, ports.now)
    return ReadSegments(ports.segments, shards, ports.counters, ports.memberships, usage, history)


def _life(ports: Ports, build: StartBuild) -> LifeCalls:
    segments, read = ports.segments, _read(ports, build)
    edit = EditSegment(segments, ReadRule(ports.listing.lists), build, ports.now)
    start = StartJob(ports.work.jobs, ports.queues.rebuild, ports.random, ports.now)
    return LifeCalls(
        read=read,
        members=ReadMembers(read, segments, ports.visitors, Rulebook(segments, ports.stores), ports.now),
        export=StartExport(segments, ports.counters, start),
        past=ReadPast(segments, ports.past),
        restore=RestoreVersion(segments, ports.past, edit),
        history=read.history,
        jobs=WatchJobs(ports.work.jobs, ports.work.files, ports.now),
    )
