"""Set the permission prompt: what the pages are told, and the hidden segment of those who are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shopbell.app.management.changes import check_revision
from shopbell.app.scenarios.audiences import CheckAudience
from shopbell.app.scenarios.change import ScenarioChange
from shopbell.app.scenarios.hidden import TRIES, KeepSegment, Wanted
from shopbell.app.scenarios.view import ScenarioView
from shopbell.app.turning import turned
from shopbell.domain.errors import Conflict, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.prompts.prompt import PARAMETERS, audience, told
from shopbell.domain.scenarios.parameters import effective
from shopbell.domain.scenarios.scenario import Scenario
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.store import Store
from shopbell.ports import Scenarios, Stores

NO_KEY = "the store has no VAPID key: nobody can subscribe"


@dataclass(frozen=True, slots=True)
class SetPrompt:
    """The settings come first; whoever repeats a call that broke off finishes it."""

    stores: Stores
    scenarios: Scenarios
    segment: KeepSegment
    audience: CheckAudience

    def __call__(
        self, store: Store, scenario: Scenario, change: ScenarioChange, expected: int | None = None
    ) -> ScenarioView:
        """Rejected names what is wrong; Conflict: 412, or it is being changed all the time."""
        for _ in range(TRIES):
            before = self.scenarios.get(store.id, scenario.name)
            stands = before.revision if before else 0
            check_revision(stands, expected)
            settings = self._checked(store.id, scenario, change, stands + 1)
            if self.scenarios.save(settings, expected=stands):
                self._follow(store.id, scenario)
                return replace(seen(scenario, settings), warnings=_warnings(store, settings))
        raise Conflict(f"{scenario.name} is being changed by someone else")

    def _checked(self, store: StoreId, scenario: Scenario, change: ScenarioChange, revision: int) -> ScenarioSettings:
        if change.steps:
            raise Rejected.at("steps", "is not known: the prompt sends no message")
        if change.content is not None or change.variants:
            field = "variants" if change.variants else "content"
            raise Rejected.at(field, "is not known: its texts are parameters")
        effective(PARAMETERS, change.parameters)
        asked = audience(change.audience)
        if asked is not None:
            self.audience(store, change.audience, asked[1], live=change.enabled)
        return ScenarioSettings(
            store=store,
            name=scenario.name,
            enabled=change.enabled,
            parameters=dict(change.parameters),
            segment=scenario.segment,
            revision=revision,
            audience=change.audience,
        )

    def _follow(self, store: StoreId, scenario: Scenario) -> None:
        """Segment and pages as the settings that stand say, though others change them meanwhile."""
        for _ in range(TRIES):
            settings = self.scenarios.get(store, scenario.name)
            if settings is None:
                return
            asked = audience(settings.audience)
            rule = None if asked is None else asked[1]
            live = settings.enabled and asked is not None
            if asked is None:
                self.segment.archive(store, scenario.segment)
            else:
                self.segment(store, Wanted(scenario.segment, scenario.title, scenario.name, rule, live))
            values = effective(PARAMETERS, settings.parameters)
            facts = told(values, enabled=settings.enabled, ask=asked[0] if asked else None)
            self._tell(store, facts)
            if self.scenarios.get(store, scenario.name) == settings:
                return
        raise Conflict(f"{scenario.name} is being changed by someone else")

    def _tell(self, store: StoreId, facts: Mapping[str, Json]) -> None:
        """Whatever else is changed of the store at the same time stays."""
        turned(self.stores, store, lambda row: row if row.prompt == facts else replace(row, prompt=facts))


def seen(scenario: Scenario, settings: ScenarioSettings | None) -> ScenarioView:
    """On until somebody switches it off: a shop that includes the script wants subscribers."""
    given = {} if settings is None else settings.parameters
    return ScenarioView(
        name=scenario.name,
        title=scenario.title,
        available=True,
        enabled=settings is None or settings.enabled,
        parameters=PARAMETERS,
        values=effective(PARAMETERS, given),
        audience=None if settings is None else settings.audience,
        segment=None if settings is None or audience(settings.audience) is None else settings.segment,
        revision=0 if settings is None else settings.revision,
        own_parameters=tuple(sorted(given)),
    )


def _warnings(store: Store, settings: ScenarioSettings) -> tuple[str, ...]:
    return (NO_KEY,) if settings.enabled and not store.vapid_keys else ()
