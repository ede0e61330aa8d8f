"""The use cases of scenarios over the ports of management."""

from shopbell.app.building import StartBuild
from shopbell.app.jobs import StartJob
from shopbell.app.management.named_lists import CheckLists
from shopbell.app.management.segments.rules import ReadRule
from shopbell.app.management.segments.survey import Survey
from shopbell.app.recommend import Supposing
from shopbell.app.scenarios.audiences import CheckAudience
from shopbell.app.scenarios.dryrun import DryRun
from shopbell.app.scenarios.dryrun_all import StartDryRun
from shopbell.app.scenarios.enable import EnableScenario
from shopbell.app.scenarios.following import KeepTrigger
from shopbell.app.scenarios.hidden import KeepSegment
from shopbell.app.scenarios.interactions import KeepInteractions
from shopbell.app.scenarios.judging import Judge
from shopbell.app.scenarios.keeping import KeepCalendar
from shopbell.app.scenarios.listing import ListScenarios
from shopbell.app.scenarios.newsreel import NewsReel
from shopbell.app.scenarios.pools import CheckPools
from shopbell.app.scenarios.prompt import SetPrompt
from shopbell.app.scenarios.triggers import CreateTrigger, DeleteTrigger, EditTrigger, ReadTriggers
from shopbell.app.scenarios.warnings import Warn
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.sampling import scaled
from shopbell.runtime.http.coupon_uses import promising
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.trial_calls import TrialCalls
from shopbell.runtime.http.trigger_calls import TriggerCalls


def enabling(ports: Ports, build: StartBuild, survey: Survey) -> EnableScenario:
    segment, audience = KeepSegment(ports.segments, build, ports.now), _audience(ports)
    return EnableScenario(
        stores=ports.stores,
        scenarios=ports.scenarios,
        segment=segment,
        audience=audience,
        interactions=interactions(ports, build),
        warn=_warn(ports, survey),
        prompt=SetPrompt(ports.stores, ports.scenarios, segment, audience),
        calendar=calendar(ports),
        now=ports.now,
    )


def calendar(ports: Ports) -> KeepCalendar:
    return KeepCalendar(ports.schedules, ports.scenarios, ports.runs, ports.now)


def listing(ports: Ports) -> ListScenarios:
    return ListScenarios(ports.stores, ports.scenarios, ports.triggers, ports.now)


def triggers(ports: Ports, build: StartBuild, survey: Survey) -> TriggerCalls:
    keep = KeepTrigger(
        ports.stores,
        ports.segments,
        KeepSegment(ports.segments, build, ports.now),
        _audience(ports),
        interactions(ports, build),
        _warn(ports, survey),
    )
    return TriggerCalls(
        ReadTriggers(ports.triggers),
        CreateTrigger(ports.triggers, keep, ports.random, ports.now),
        EditTrigger(ports.triggers, keep, ports.now),
        DeleteTrigger(ports.triggers, keep, ports.now),
    )


def trials(ports: Ports, survey: Survey) -> TrialCalls:
    goods = ports.goods
    judge = Judge(
        ports.messages.subscriptions,
        ports.messages.sends,
        goods.recommend,
        promising(ports),
        Supposing(goods.recommend),
    )
    news = NewsReel(goods.stockroom, ports.now)
    dry_run = DryRun(survey, ports.scenarios, ports.triggers, judge, ports.now, news)
    start = StartJob(ports.work.jobs, ports.queues.rebuild, ports.random, ports.now)
    return TrialCalls(dry_run, StartDryRun(dry_run, start))


def _audience(ports: Ports) -> CheckAudience:
    return CheckAudience(ports.segments, ReadRule(ports.listing.lists))


def interactions(ports: Ports, build: StartBuild) -> KeepInteractions:
    return KeepInteractions(ports.stores, ports.segments, ports.folding, build)


def _warn(ports: Ports, survey: Survey) -> Warn:
    def count(store: StoreId, rule: Json) -> int:
        found = survey(store, [rule])
        members = sum(row.truths[0] for row in found.rows)
        return scaled(members, len(found.rows), found.sample.size).value

    pools = CheckPools(ports.coupons.pools, ports.counters, ports.now)
    lists = CheckLists(ports.goods.tops, ports.now)
    return Warn(ports.goods.assortment, count, pools, lambda store: ports.segments.rules(store).statistics, lists)
