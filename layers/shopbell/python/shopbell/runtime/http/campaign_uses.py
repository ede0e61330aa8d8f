"""The calls of campaigns over whatever ports they are given."""

from shopbell.app.building import StartBuild
from shopbell.app.delivery.lasting import Lasting
from shopbell.app.management.campaigns.approving import ApproveCampaign
from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.copying import DuplicateCampaign
from shopbell.app.management.campaigns.counting import CountMembers
from shopbell.app.management.campaigns.estimate import EstimateCampaign
from shopbell.app.management.campaigns.foretell import Foretell
from shopbell.app.management.campaigns.progress import ReadProgress
from shopbell.app.management.campaigns.report import ReadCampaigns, ReadReport
from shopbell.app.management.campaigns.scheduling import KeepSchedule, ScheduleCampaign
from shopbell.app.management.campaigns.seeing import SeeAudience
from shopbell.app.management.campaigns.send import SendCampaign
from shopbell.app.management.campaigns.starting import Admit
from shopbell.app.management.campaigns.steer import SteerCampaign
from shopbell.app.management.campaigns.texts import KeepTexts
from shopbell.app.management.campaigns.trying import TestCampaign
from shopbell.app.management.campaigns.write import CreateCampaign, DiscardCampaign, EditCampaign
from shopbell.app.management.segments.rules import ReadRule
from shopbell.app.management.segments.survey import Survey
from shopbell.app.webhooks.watching import WatchRuns
from shopbell.runtime.http.campaign_calls import CampaignCalls
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.scenario_uses import interactions


def campaigns(ports: Ports, build: StartBuild, survey: Survey) -> CampaignCalls:
    stored, runs, now = ports.campaigns, ports.runs, ports.now
    audience = KeepAudience(ports.segments, ReadRule(ports.listing.lists), build, now)
    texts = KeepTexts(ports.stores, ports.segments, interactions(ports, build))
    report, timed = reporting(ports), KeepSchedule(ports.schedules, ports.campaigns)
    foretell = Foretell(ports.stores, ports.messages.subscriptions, ports.messages.sends, now)
    see = SeeAudience(survey, CountMembers(ports.memberships, ports.counters, ports.side_by_side))
    estimate = EstimateCampaign(stored, see, ports.rates, foretell)
    admit = Admit(stored, ports.stores, estimate, now)
    send = SendCampaign(stored, ports.stores, runs, audience, ports.queues.plan, admit, now)
    schedule = ScheduleCampaign(stored, ports.stores, runs, audience, admit, timed, now)
    return CampaignCalls(
        read=ReadCampaigns(stored, report, audience, now),
        create=CreateCampaign(stored, texts, audience, ports.random, now),
        edit=EditCampaign(stored, texts, audience, now),
        discard=DiscardCampaign(stored, audience, now),
        duplicate=DuplicateCampaign(stored, texts, ports.random, now),
        send=send,
        schedule=schedule,
        approve=ApproveCampaign(stored, send, schedule, ports.keys.api, now),
        steer=SteerCampaign(stored, ports.stores, runs, audience, timed, now, _watching(ports).called_off),
        test=TestCampaign(stored, ports.stores, ports.visitors, runs, ports.queues.send_now, now),
        estimate=estimate,
        progress=ReadProgress(stored, ports.segments, runs, ports.progress, report, now),
        now=now,
    )


def _watching(ports: Ports) -> WatchRuns:
    return WatchRuns(ports.queues.plan, ports.now)


def reading(ports: Ports, build: StartBuild) -> ReadCampaigns:
    audience = KeepAudience(ports.segments, ReadRule(ports.listing.lists), build, ports.now)
    return ReadCampaigns(ports.campaigns, reporting(ports), audience, ports.now)


def reporting(ports: Ports) -> ReadReport:
    counted = (ports.counters, ports.missed, ports.messages.brought)
    steps_at, lasting = ports.messages.dispatches.accepted, Lasting(ports.stores, ports.now)
    return ReadReport(ports.campaigns, ports.runs, ports.progress, *counted, ports.now, steps_at, lasting)
