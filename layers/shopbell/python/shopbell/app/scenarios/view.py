"""A scenario as a marketer sees it: what can be set, what is set, and when it runs next."""

from dataclasses import dataclass

from shopbell.domain.clock import Instant
from shopbell.domain.content import Content
from shopbell.domain.ids import SegmentId
from shopbell.domain.scenarios.parameters import Parameter, Values, effective
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import Scenario


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """`available` False: this release cannot run it yet. `values` hold the defaults where nothing was set."""

    name: str
    title: str
    available: bool
    enabled: bool
    parameters: tuple[Parameter, ...] = ()
    values: Values | None = None
    content: Content | None = None
    """What is sent: the store's words, else the shipped ones."""
    segment: SegmentId | None = None
    next_run_at: Instant | None = None
    warnings: tuple[str, ...] = ()


def view(row: Scenario, settings: ScenarioSettings | None, now: Instant) -> ScenarioView:
    enabled = settings is not None and settings.enabled
    if row.row is None:
        return ScenarioView(row.name, row.title, available=False, enabled=False)
    return ScenarioView(
        name=row.name,
        title=row.title,
        available=True,
        enabled=enabled,
        parameters=row.row.parameters,
        values=effective(row.row.parameters, settings.parameters if settings else {}),
        content=(settings.content if settings else None) or row.row.steps[0].content,
        segment=settings.segment if settings else None,
        next_run_at=row.next_run(now) if enabled else None,
    )
