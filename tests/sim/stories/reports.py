"""What the reports of a story's scenarios must add up to, whatever happened in it."""

from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.app.management.campaigns.report import ReadReport
from shopbell.domain.reports import Report

from tests.sim.stories.stage import Stage
from tests.unit.app.shop import STORE


def check_reports(stage: Stage) -> None:
    """Every message that was planned has one end, or it is open; and what is open really waits for somebody."""
    shop = stage.shop
    counters = MemoryCounters(shop.world)
    read = ReadReport(
        shop.campaigns, shop.runs, shop.progress, counters, counters, MemoryReportCounts(shop.world), shop.clock
    )
    for source in sorted({*stage.story.reports, *(run.source_id for run in shop.world.runs.values())}):
        runs = shop.runs.of_source(STORE, "scenario", source)
        found = read.over(runs, [(STORE, source)])
        told = _told(found)
        wanted = stage.story.reports.get(source, {})
        assert {name: told[name] for name in wanted} == wanted
        ends = found.accepted + found.retired + sum(found.failed.values()) + sum(found.skipped.values())
        assert found.targeted == ends + found.open
        assert found.open == _waiting(stage, source), (source, found)
        if all(run.variants for run in runs):
            assert sum(one.accepted for one in found.by_variant.values()) == found.accepted


def _waiting(stage: Stage, source: str) -> int:
    """Messages that their run put off, of those who still wait for them."""
    profiles = stage.shop.world.profiles.values()
    steps = [step for profile in profiles for step in profile.steps if step.source_id == source]
    return sum(step.messages for step in steps if step.run is not None)


def _told(found: Report) -> dict[str, object]:
    return {
        "targeted": found.targeted,
        "accepted": found.accepted,
        "open": found.open,
        "skipped": dict(found.skipped),
        "deferred": dict(found.deferred),
        "by_variant": {name: one.accepted for name, one in found.by_variant.items()},
    }
