"""SC4, Fly mode: the marketer's own rows, run by the same engine as the shipped ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NewType

from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.content import Content, Variant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.scenarios.audience import REACHABLE, every, no
from shopbell.domain.scenarios.parameters import Parameter, Values
from shopbell.domain.scenarios.plan import OnEvent, OnSegment, Plan, Trigger
from shopbell.domain.scenarios.planning import plan_of
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.settings import OwnAudience, ScenarioSettings
from shopbell.domain.scenarios.shared import NO_PRODUCT, Defaults, shared
from shopbell.domain.scenarios.turns import Until

TriggerId = NewType("TriggerId", str)
PREFIX: Final = "fly_mode:"
SEGMENT_TURNS: Final[Mapping[str, str]] = {"segment_entered": "entered", "segment_exited": "exited"}
SEGMENT_FIELD: Final = "segment_id"
SOON: Final[Duration] = 10 * MINUTE
"""A message that goes within it need not ask whether there was a purchase in between."""
PARAMETERS: Final[tuple[Parameter, ...]] = shared(
    Defaults(priority=40, ttl="PT12H", cooldown="P1D", algorithm=NO_PRODUCT)
)


@dataclass(frozen=True, slots=True)
class OwnTrigger:
    """One rule of fly mode: what happens, to whom it may happen, and what is then sent."""

    store: StoreId
    id: TriggerId
    name: str
    event: str
    content: Content
    created_at: Instant
    changed_at: Instant
    enabled: bool = False
    where: tuple[Json, ...] = ()
    """Conditions on the event, as given and validated."""
    nth: int | None = None
    """Only the first, second, … such event of a visitor's life; None: every one."""
    debounce: Duration = 0
    delay: Duration = 0
    until: Until | None = None
    """In place of `delay`: an instant that the event names."""
    key: str | None = None
    """Property whose value tells instances apart; None: each event is one."""
    audience: OwnAudience | None = None
    exit_on: tuple[str, ...] | None = None
    """None: a purchase, where the message waits for longer than ten minutes, or for an instant."""
    parameters: Mapping[str, Json] = field(default_factory=dict)
    """What all scenarios share: class, priority, cooldown, products and so on."""
    revision: int = 1
    variants: tuple[Variant, ...] = ()
    """Instead of one content; `content` is that of the first then."""

    @property
    def scenario(self) -> str:
        """Its name among the scenarios."""
        return f"{PREFIX}{self.id}"

    @property
    def segment(self) -> SegmentId:
        """Its hidden segment (ruling 19)."""
        return SegmentId(f"trigger-{self.id}")

    @property
    def exits(self) -> tuple[str, ...]:
        if self.exit_on is not None:
            return self.exit_on
        return ("purchase",) if self.until is not None or self.delay + self.debounce > SOON else ()

    def plan(self) -> Plan:
        """What the engine runs. Rejected for parameters that saving would have refused.

        An event is the n-th only at its moment: such a trigger does not ask again, when its message goes, who is in
        its audience.
        """
        plan = plan_of(self.scenario, self.segment, self._row, self._settings, {})
        delayed = replace(plan.steps[0], delay=self.delay, until=self.until)
        recheck = plan.recheck_audience and self.nth is None
        return replace(plan, steps=(delayed,), recheck_audience=recheck)

    @property
    def _row(self) -> Row:
        return Row(
            parameters=PARAMETERS,
            steps=(StepRow(self.content, None, options=lambda _: {"seed": "event"}),),
            audience=self._audience,
            trigger=self._trigger,
            exit_on=frozenset(self.exits),
        )

    @property
    def _settings(self) -> ScenarioSettings:
        return ScenarioSettings(
            self.store,
            self.scenario,
            self.enabled,
            self.parameters,
            segment=self.segment,
            revision=self.revision,
            variants=self.variants,
            audience=self.audience,
        )

    def _audience(self, _: Values, __: Beside) -> Json:
        """Asked on the state that the event itself made, so that the first event of a new visitor counts.

        Whoever entered a segment must still be in it when the message goes; whoever left it must not be back.
        """
        named = turned_segment(self.event, self.where)
        if named is not None:
            inside: Json = {"in_segment": named}
            return every(REACHABLE, inside if self.event == "segment_entered" else no(inside))
        if self.nth is None:
            return REACHABLE
        counted: Json = {"event": self.event, "where": list(self.where), "op": "eq", "value": self.nth}
        return every(REACHABLE, counted)

    def _trigger(self, _: Values) -> Trigger:
        named = turned_segment(self.event, self.where)
        match SEGMENT_TURNS.get(self.event):
            case "entered" if named is not None:
                return OnSegment(named, "entered")
            case "exited" if named is not None:
                return OnSegment(named, "exited")
            case _:
                where = tuple(Condition.model_validate(_listed(one)) for one in self.where)
                return OnEvent(self.event, where, self.key, apart=self.key is not None, debounce=self.debounce)


def turned_segment(event: str, where: Sequence[Json]) -> SegmentId | None:
    """The segment whose entry or exit it waits for: `{"field": "segment_id", "op": "eq", "value": …}` and no more."""
    match list(where):
        case [{"field": "segment_id", "op": "eq", "value": str(name)}] if event in SEGMENT_TURNS:
            return SegmentId(name)
        case _:
            return None


def trigger_of(scenario: str) -> TriggerId | None:
    """The trigger that a name among the scenarios means; None for a shipped scenario."""
    return TriggerId(scenario.removeprefix(PREFIX)) if scenario.startswith(PREFIX) else None


def _listed(condition: Json) -> Json:
    """Values of a list as the language wants them."""
    value = condition.get("value") if isinstance(condition, Mapping) else None
    if isinstance(condition, Mapping) and isinstance(value, Sequence) and not isinstance(value, str):
        return {**condition, "value": tuple(value)}
    return condition
