"""A scenario as a marketer sees it: what can be set, what is set, and when it runs next."""

from dataclasses import dataclass, replace

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.content import Content, Variant
from shopbell.domain.ids import SegmentId
from shopbell.domain.scenarios.calendar import following
from shopbell.domain.scenarios.parameters import Parameter, Values, effective
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.scenarios.settings import OwnAudience, ScenarioSettings
from shopbell.domain.scenarios.table import Scenario
from shopbell.domain.segments.zones import named
from shopbell.domain.store import Store


@dataclass(frozen=True, slots=True)
class StepView:
    """One message of the series, `delay` after its start."""

    delay: Duration
    enabled: bool
    content: Content
    """What is sent: the store's words, else the shipped ones."""
    variants: tuple[Variant, ...] = ()
    """Instead of one content; `content` is that of the first then."""
    own: bool = True
    """Whether these are the store's words; else they are the shipped ones."""


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
    """Of the first step."""
    variants: tuple[Variant, ...] = ()
    steps: tuple[StepView, ...] = ()
    audience: OwnAudience | None = None
    segment: SegmentId | None = None
    next_run_at: Instant | None = None
    revision: int = 0
    warnings: tuple[str, ...] = ()
    own_parameters: tuple[str, ...] = ()
    """Those that the store has set; the others are as shipped."""


def view(scenario: Scenario, settings: ScenarioSettings | None, store: Store, now: Instant) -> ScenarioView:
    if scenario.row is None:
        return ScenarioView(scenario.name, scenario.title, available=False, enabled=False)
    stands = settings or ScenarioSettings(store.id, scenario.name, enabled=False)
    plan = scenario.plan(stands)
    steps = tuple(replace(one, own=_spoken(stands, place)) for place, one in enumerate(steps_of(plan)))
    return ScenarioView(
        name=scenario.name,
        title=scenario.title,
        available=True,
        enabled=stands.enabled,
        parameters=scenario.row.parameters,
        values=effective(scenario.row.parameters, stands.parameters),
        content=steps[0].content,
        variants=steps[0].variants,
        steps=steps,
        audience=stands.audience,
        segment=stands.segment,
        next_run_at=_next_run(scenario, plan, store, now) if stands.enabled else None,
        revision=stands.revision,
        own_parameters=tuple(sorted(stands.parameters)),
    )


def of_own_rules(scenario: Scenario, *, on: bool) -> ScenarioView:
    """Fly mode: on as long as any of its rules is; it has no settings of its own."""
    return ScenarioView(scenario.name, scenario.title, available=True, enabled=on)


def _spoken(stands: ScenarioSettings, place: int) -> bool:
    own = stands.step(place)
    return own.content is not None or bool(own.variants)


def _next_run(scenario: Scenario, plan: Plan, store: Store, now: Instant) -> Instant | None:
    """The next nominal instant of a calendar; else the next firing of the schedule."""
    if isinstance(plan.trigger, OnCalendar):
        return following(plan.trigger, named(store.time_zone), now)
    return scenario.next_run(now)


def steps_of(plan: Plan) -> tuple[StepView, ...]:
    return tuple(StepView(step.delay, step.enabled, step.content, step.variants) for step in plan.steps)
