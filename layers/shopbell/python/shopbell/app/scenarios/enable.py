"""Set a scenario for a store: its parameters, its words, and whether it is on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from shopbell.app.links import NOWHERE, leads_nowhere
from shopbell.app.scenarios.view import ScenarioView, view
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.content import Content
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.calendar import since
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS, Scenario, Winback
from shopbell.domain.segments.definition import Segment
from shopbell.domain.store import Store
from shopbell.ports import Scenarios, Segments, Stores

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class ScenarioChange:
    """PUT: the whole of what the marketer sets. `content` None: the shipped words."""

    enabled: bool
    parameters: Mapping[str, Json] = field(default_factory=dict)
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class EnableScenario:
    """PUT /v1/scenarios/{name}: saves the settings, keeps the hidden segment in step and starts its build.

    The visitors who are over the line already enter by `definition` and are sent nothing: only who crosses it
    from now on is (`include_existing` false).
    """

    stores: Stores
    scenarios: Scenarios
    segments: Segments
    build: Callable[[StoreId], object]
    """`app.building.StartBuild`."""
    now: Clock

    def __call__(self, store_id: StoreId, name: str, change: ScenarioChange) -> ScenarioView:
        """NotFound: no such scenario. Rejected: a parameter or link is wrong. Conflict: cannot be run yet."""
        row, store = SCENARIOS.get(name), self.stores.get(store_id)
        if row is None or store is None:
            raise NotFound(name)
        if row.built is None:
            raise Conflict(f"{name} is not available yet")
        settings = ScenarioSettings(
            store_id, name, change.enabled, dict(change.parameters), change.content, row.segment
        )
        settings = replace(settings, since=since(row.plan, self.scenarios.get(store_id, name), settings, self.now()))
        rule = row.plan(settings).audience
        if change.enabled and leads_nowhere(change.content or row.built.content, store):
            raise Rejected.at("content.url", NOWHERE)
        # Off goes first and on goes last: no candidate is made while the settings say that none is wanted
        if not change.enabled:
            self.scenarios.save(settings)
        segment = self._keep_segment(store_id, row, rule, live=change.enabled)
        if change.enabled:
            self.scenarios.save(settings)
        if segment is not None and segment.state == "building":
            self.build(store_id)
        return replace(view(row, settings, self.now()), warnings=_warnings(store, row.built, change))

    def _keep_segment(self, store: StoreId, row: Scenario, rule: Json, *, live: bool) -> Segment | None:
        """As it stands afterwards; None: there never was one and none is wanted."""
        for _ in range(_TRIES):
            stored = self.segments.get(store, row.segment)
            if stored is None and not live:
                return None
            wanted = _wanted(stored, store, row, rule, live=live, now=self.now())
            if wanted == stored or self.segments.save(wanted, expected=stored.revision if stored else None):
                return wanted
        raise Conflict(f"the segment of {row.name} is being changed by someone else")


def _wanted(
    stored: Segment | None, store: StoreId, row: Scenario, rule: Json, *, live: bool, now: Instant
) -> Segment:
    """The hidden segment as it must be: a new version when the rule differs, building when it was not live."""
    if stored is None:
        return Segment(
            store=store,
            id=row.segment,
            name=row.title,
            rule=rule,
            state="building",
            version=1,
            revision=1,
            created_at=now,
            last_changed_at=now,
            hidden=True,
            scenario=row.name,
        )
    edited = stored.rule != rule
    if not live:
        return stored if stored.state == "paused" else _changed(stored, now, state="paused")
    if not edited and stored.live:
        return stored
    return replace(
        _changed(stored, now, state="building"), rule=rule, version=stored.version + edited, build_percent=None
    )


def _changed(stored: Segment, now: Instant, *, state: Literal["paused", "building"]) -> Segment:
    return replace(stored, state=state, revision=stored.revision + 1, last_changed_at=now)


def _warnings(store: Store, built: Winback, change: ScenarioChange) -> tuple[str, ...]:
    """What keeps it from being sent though it is switched on, or from being switched on."""
    found = {
        "sending is paused for this store": change.enabled and store.sending == "paused",
        "the store has no VAPID key": change.enabled and not store.vapid_keys,
        "the link is relative and the store has no origin": leads_nowhere(change.content or built.content, store),
    }
    return tuple(text for text, holds in found.items() if holds)
