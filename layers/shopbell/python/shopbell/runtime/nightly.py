"""The wiring of `nightly`, and what the scheduler hands to it: numpy and scipy are imported by it alone."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from shopbell.adapters.dynamo.aliases import DynamoAliases
from shopbell.adapters.dynamo.counters import DynamoCounters
from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.dynamo.memberships import DynamoMemberships
from shopbell.adapters.dynamo.nightly import DynamoStatistics, DynamoStoreList, DynamoSurveys
from shopbell.adapters.dynamo.run_progress import DynamoRunProgress
from shopbell.adapters.dynamo.segments import DynamoSegments
from shopbell.adapters.fitting import ScipyFitting
from shopbell.app.building import StartBuild
from shopbell.app.evaluate import Evaluate
from shopbell.app.management.segments.history import ReadHistory
from shopbell.app.nightly.audit import Audit
from shopbell.app.nightly.recount import Recount
from shopbell.app.nightly.reports import RecountReports
from shopbell.app.nightly.run import Nightly, StartNight, Walk
from shopbell.app.nightly.scoring import Score
from shopbell.app.nightly.survey import Survey
from shopbell.app.nightly.work import Step
from shopbell.app.rollup import RollUpNightly
from shopbell.app.rulebook import Rulebook
from shopbell.domain.ids import StoreId
from shopbell.runtime import clients, clock, folding, picking, schedules, settings
from shopbell.runtime.counting import reports
from shopbell.runtime.observability import Report

Found = settings.NightlySettings
Shards = Callable[[StoreId], int]


@cache
def start() -> StartNight:
    found = settings.read(Found)
    every = DynamoStoreList(clients.dynamo(), found.config_table)
    return StartNight(every, clients.stores(found.config_table), clients.queue(found.nightly_queue_url))


@cache
def nightly() -> Nightly:
    found = settings.read(Found)
    stores = clients.stores(found.config_table)
    progress = DynamoRunProgress(clients.dynamo(), found.runs_table, clock.now)
    return Nightly(stores, progress, clients.queue(found.nightly_queue_url), _walks(found, folding.evaluate(found)))


def run(event: Mapping[str, Any], begin: StartNight, report: Report) -> dict[str, int]:
    """What the schedule fires: raises UnfilledTimeError or ValueError for an event without its nominal time."""
    at = schedules.scheduled_at(event)
    counts = dict(begin(at))
    report.count(counts)
    report.say("the night begins", at=at, outcomes=counts)
    return counts


def _walks(found: Found, evaluate: Evaluate) -> Mapping[Step, Walk]:
    """`evaluate` brings up to date whom the pass finds behind."""
    dynamo, stores = clients.dynamo(), clients.stores(found.config_table)
    shards = clients.shards_of(stores)
    segments = DynamoSegments(dynamo, found.config_table)
    memberships = DynamoMemberships(dynamo, found.members_table, clients.NO_TABLE, shards)
    statistics = DynamoStatistics(dynamo, found.config_table)
    rulebook, visitors = Rulebook(segments, stores), evaluate.visitors
    progress = DynamoRunProgress(dynamo, found.runs_table, clock.now)
    build = StartBuild(stores, segments, progress, clients.queue(found.rebuild_queue_url))
    surveys = DynamoSurveys(dynamo, found.runs_table)
    counters = DynamoCounters(dynamo, found.runs_table)
    history = ReadHistory(stores, segments, counters, clock.now)
    events = DynamoEvents(dynamo, found.events_table)
    waits = (history, clock.now, clock.let_streams_pass)
    sound = clients.tell(found.config_table, found.webhook_queue_url).alarm
    aliases = DynamoAliases(dynamo, found.visitors_table, shards)
    return {
        "survey": Survey(segments, memberships, visitors, surveys, statistics, ScipyFitting(), build),
        "score": Score(
            segments, memberships, visitors, statistics, rulebook, evaluate.touch, evaluate.engaging, clock.now
        ),
        "audit": Audit(segments, visitors, memberships, aliases, events, rulebook, clock.now),
        "recount": Recount(segments, memberships, counters, progress, *waits, sound),
        "reports": RecountReports(visitors, events, reports(found, stores), clock.now),
        "tops": RollUpNightly(picking.roll_up(found.runs_table, found.catalogue_table, shards), clock.now),
    }
