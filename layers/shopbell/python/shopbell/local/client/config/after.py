"""What a store will hold once a plan is carried out, as far as that can be known before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.local.client.config.kinds import CAMPAIGNS, SCENARIOS, SEGMENTS, TRIGGERS, Body, Kind
from shopbell.local.client.config.live import Key, Live
from shopbell.local.client.config.plan import Change
from shopbell.local.client.config.references import named

_ACTIVE: Final = {
    SEGMENTS.section: ("state", "active"),
    CAMPAIGNS.section: ("state", "scheduled"),
    SCENARIOS.section: ("enabled", True),
    TRIGGERS.section: ("enabled", True),
}
"""What a thing says that lives: it needs the segments that it names to be active."""


@dataclass(frozen=True, slots=True)
class Thing:
    """`change` None: it stays as it is."""

    kind: Kind
    name: str
    body: Body
    change: Change | None

    @property
    def lives(self) -> bool:
        field, value = _ACTIVE.get(self.kind.section, ("", True))
        return bool(field) and self.body.get(field) == value

    def names(self, segments: Collection[str]) -> bool:
        """Whether it names one of these."""
        return not set(segments).isdisjoint(named(self.body).values())


def after(live: Live, changes: Sequence[Change]) -> Mapping[Key, Thing]:
    """By section and name; without what is put away."""
    things = {
        key: Thing(item.kind, item.name, item.body, None) for key, item in {**live.shipped, **live.items}.items()
    }
    for one in changes:
        if one.live is not None:
            things.pop((one.kind.section, one.live.name), None)
        if one.action != "archive":
            things[one.kind.section, one.name] = Thing(one.kind, one.name, one.body, one)
    return things
