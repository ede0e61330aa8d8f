"""Whoever pauses, resumes or cancels and breaks off anywhere finishes it by doing the same again."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count, product
from typing import Any, Final

import pytest
from shopbell.adapters.memory.runs import MemoryRuns
from shopbell.app.delivery.plan import Launch, PlanCampaign
from shopbell.app.work import PlanWork
from shopbell.domain.clock import HOUR, MINUTE, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import CampaignId
from shopbell.domain.runs import Run
from shopbell.runtime.http.management_uses import management

from tests.functions.http.office import BUYERS, Office
from tests.functions.http.world import NOON, OURS

HELD: Final = ("campaigns", "runs", "segments", "schedules", "stores")
"""The ports that a campaign is steered through."""
WEEKLY: Final[Any] = {"schedule": {"cron": "0 18 ? * THU *"}}
STEPS: Final = (("pause",), ("cancel",), ("pause", "cancel"), ("pause", "resume", "pause"))


class Fuse:
    """Blows at the call of that number: before it is done, or after."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.late = False

    def __call__(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*given: Any, **named: Any) -> Any:
            if self.left is None:
                return call(*given, **named)
            self.left -= 1
            blows = self.left == 0
            if blows and not self.late:
                raise Unavailable("the table")
            found = call(*given, **named)
            if blows:
                raise Unavailable("the answer")
            return found

        return guarded


class Fragile:
    """A port of which every call goes through the fuse."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self.port, self.fuse = port, fuse

    def __getattr__(self, name: str) -> Any:
        return self.fuse(getattr(self.port, name))


class Breaking(Office):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.fuse = Fuse()
        ports = self.ports()
        fragile: dict[str, Any] = {name: Fragile(getattr(ports, name), self.fuse) for name in HELD}
        self.managing = management(replace(ports, **fragile))
        self.swap()

    def steer(self, name: str, what: str, breaks_at: int = 0, *, late: bool = False) -> bool:
        """Whether so many calls were made; what broke off is done again."""
        self.fuse.left, self.fuse.late = breaks_at or None, late
        status = self.manage("POST", f"/v1/campaigns/{name}/{what}").status
        blown, self.fuse.left = self.fuse.left is not None and self.fuse.left <= 0, None
        if status == 503:
            status = self.manage("POST", f"/v1/campaigns/{name}/{what}").status
        assert status == 202, what
        return blown

    def begin(self, name: str, at: Instant) -> Run:
        ports = self.ports()
        launch = Launch(ports.runs, self.rebuild)
        PlanCampaign(ports.stores, ports.campaigns, ports.segments, launch, self.clock)(
            PlanWork(OURS, CampaignId(name), at)
        )
        return MemoryRuns(self.world).of_source(OURS, "campaign", name)[0]

    @property
    def stands(self) -> tuple[Any, ...]:
        """All that steering writes."""
        world = self.world
        hidden = {row.id: row.state for row in world.segments.values() if row.hidden}
        return dict(world.campaigns), dict(world.runs), dict(world.schedules), hidden


def sent() -> tuple[Breaking, str]:
    office = Breaking()
    name = office.campaign()
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 202
    office.begin(name, NOON)
    return office, name


def built() -> tuple[Breaking, str]:
    """Of which the segment is still being built."""
    office = Breaking()
    name = office.campaign(audience={"rule": BUYERS})
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 202
    return office, name


def weekly() -> tuple[Breaking, str]:
    """With two runs of which the first is long over."""
    office = Breaking()
    name = office.campaign(**WEEKLY)
    assert office.manage("POST", f"/v1/campaigns/{name}/schedule").status == 202
    for _ in range(2):
        office.begin(name, office.clock.now)
        office.clock.now += 7 * 24 * HOUR
    office.begin(name, office.clock.now)
    return office, name


@pytest.mark.parametrize("make", [sent, built, weekly])
@pytest.mark.parametrize("steps", STEPS, ids="-".join)
def test_done_again_it_ends_as_if_it_had_run_whole(
    make: Callable[[], tuple[Breaking, str]], steps: tuple[str, ...]
) -> None:
    whole, name = make()
    for step in steps:
        whole.clock.now += MINUTE
        whole.steer(name, step)
    for place, late in product(range(len(steps)), (False, True)):
        for call in count(1):
            office, name = make()
            broke = False
            for number, step in enumerate(steps):
                office.clock.now += MINUTE
                broke |= office.steer(name, step, call if number == place else 0, late=late)
            assert office.stands == whole.stands, (place, call, late)
            if not broke:
                break
        assert call > 4, "there are some to break off at"


def test_a_pause_that_broke_off_stops_what_lived_then_however_late_it_is_done_again() -> None:
    for call in count(1):
        office, name = sent()
        office.fuse.left = call
        office.manage("POST", f"/v1/campaigns/{name}/pause")
        if office.fuse.left:
            break
        office.fuse.left = None
        office.clock.now += 30 * HOUR
        paused = office.world.campaigns[OURS, CampaignId(name)].paused_at
        again = office.manage("POST", f"/v1/campaigns/{name}/pause")
        assert again.status == 202
        (run,) = office.world.runs.values()
        assert (run.state == "paused") is (paused is not None), call  # not saved: it begins 30 hours later


@pytest.mark.parametrize("turned", ["pause", "resume", "cancel"])
def test_a_run_that_is_planned_as_its_campaign_is_turned_follows_it(turned: str) -> None:
    office = Breaking()
    name = office.campaign()
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 202
    if turned == "resume":
        office.steer(name, "pause")
    office.clock.now += MINUTE
    ports = office.ports()

    class Turning(Launch):
        def __call__(self, run: Run) -> bool:
            office.steer(name, turned)
            return Launch.__call__(self, run)

    plan = PlanCampaign(
        ports.stores, ports.campaigns, ports.segments, Turning(ports.runs, office.rebuild), office.clock
    )
    plan(PlanWork(OURS, CampaignId(name), NOON))
    (run,) = MemoryRuns(office.world).of_source(OURS, "campaign", name)
    assert run.state == {"pause": "paused", "resume": "sending", "cancel": "cancelled"}[turned]
