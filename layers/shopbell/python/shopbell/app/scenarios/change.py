"""What a marketer sets for a scenario, read into settings that hold together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shopbell.app.links import NOWHERE, dead_link
from shopbell.domain.clock import parse_duration
from shopbell.domain.content import Content, Variant
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.row import Row
from shopbell.domain.scenarios.scenario import Scenario
from shopbell.domain.scenarios.settings import OwnAudience, ScenarioSettings, StepSettings
from shopbell.domain.store import Store

DELAYS = "steps"
"""The parameter that says when each message of a series goes."""


@dataclass(frozen=True, slots=True)
class StepChange:
    """One message of a series. What is None is as it is shipped."""

    delay: str | None = None
    content: Content | None = None
    enabled: bool = True
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioChange:
    """PUT: the whole of what the marketer sets. `content` None: the shipped words."""

    enabled: bool
    parameters: Mapping[str, Json] = field(default_factory=dict)
    content: Content | None = None
    steps: tuple[StepChange, ...] = ()
    audience: OwnAudience | None = None
    variants: tuple[Variant, ...] = ()


def settings_of(store: StoreId, scenario: Scenario, row: Row, change: ScenarioChange) -> ScenarioSettings:
    """Rejected names what does not fit together; each parameter for itself is judged when it is planned."""
    return ScenarioSettings(
        store=store,
        name=scenario.name,
        enabled=change.enabled,
        parameters=_with_delays(row, change),
        content=None if change.variants else change.content,
        variants=change.variants,
        segment=scenario.segment,
        steps=tuple(_said(one) for one in change.steps),
        audience=change.audience,
    )


def check_steps(change: ScenarioChange, plan: Plan, store: Store) -> None:
    """Rejected for a step that there is not, and for words of a scenario that is on whose link leads nowhere."""
    extra = [Problem(f"steps.{place}", "is one too many") for place in range(len(plan.steps), len(change.steps))]
    if extra:
        raise Rejected(extra)
    nowhere = [] if not change.enabled else list(_nowhere(change, plan, store))
    if nowhere:
        raise Rejected(nowhere)


def said_where(change: ScenarioChange, problem: Problem) -> Problem:
    """Delays that were given with the steps are at fault there."""
    whole = f"parameters.{DELAYS}"
    place = problem.path.removeprefix(f"{whole}.")
    if DELAYS in change.parameters or not problem.path.startswith(whole):
        return problem
    return Problem(DELAYS if place == whole else f"{DELAYS}.{place}.delay", problem.message)


def _nowhere(change: ScenarioChange, plan: Plan, store: Store) -> Iterator[Problem]:
    for place, step in enumerate(plan.steps):
        path = dead_link(step.content, step.variants, store) if step.enabled else None
        if path is not None:
            own = place < len(change.steps) and change.steps[place].content is not None
            yield Problem(f"steps.{place}.{path}" if own or place else path, NOWHERE)
            return


def _said(step: StepChange) -> StepSettings:
    return StepSettings(None if step.variants else step.content, step.enabled, step.variants)


def _with_delays(row: Row, change: ScenarioChange) -> Mapping[str, Json]:
    """Delays may stand with the steps or among the parameters, as `GET` shows them; both must say the same."""
    given = dict(change.parameters)
    if all(one.delay is None for one in change.steps):
        return given
    shipped = next((one.default for one in row.parameters if one.name == DELAYS), None)
    if not isinstance(shipped, tuple):
        raise Rejected.at("steps.0.delay", "is not known: this scenario has one message")
    delays = [_delay(shipped, place, one) for place, one in enumerate(change.steps)]
    stated = given.get(DELAYS)
    if stated is not None and not _same(stated, delays):
        raise Rejected.at(f"parameters.{DELAYS}", "says something else than the delays of `steps`")
    return {**given, DELAYS: delays}


def _delay(shipped: Sequence[str], place: int, step: StepChange) -> str:
    if step.delay is not None:
        return step.delay
    if place < len(shipped):
        return shipped[place]
    raise Rejected.at(f"steps.{place}.delay", "is required")


def _same(stated: Json, delays: Sequence[str]) -> bool:
    try:
        return isinstance(stated, Sequence) and [parse_duration(str(one)) for one in stated] == [
            parse_duration(one) for one in delays
        ]
    except ValueError:
        return False
