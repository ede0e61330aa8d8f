"""Who uses a segment: campaigns, scenarios and segments that would be changed with it, webhooks told of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.app.management.campaigns.texts import named_segments
from shopbell.app.management.segments.rules import refers, uses
from shopbell.domain.campaigns import Campaign
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.scenarios.fly import trigger_of
from shopbell.domain.segments.definition import Segment
from shopbell.domain.segments.users import User
from shopbell.domain.webhooks.hook import Webhook
from shopbell.ports import Page

_PAGE: Final = 100
_PENDING: Final = frozenset({"scheduled", "sending", "paused"})


Usage = Mapping[SegmentId, tuple[User, ...]]


@dataclass(frozen=True, slots=True)
class FindUsage:
    campaigns: Callable[[StoreId, str | None, int], Page[Campaign]]
    """Page by page, each as it is by now: `app.management.campaigns.report.ReadCampaigns.list`."""
    hooks: Callable[[StoreId], Sequence[Webhook]]

    def __call__(self, store: StoreId, segments: Sequence[Segment]) -> Usage:
        """Every segment that anybody names, with those who do; hidden segments speak for their owner."""
        found: dict[SegmentId, dict[tuple[str, str], User]] = {}
        for name, user in [*self._of_campaigns(store), *_of_segments(segments), *self._of_hooks(store)]:
            found.setdefault(name, {})[user.kind, user.id] = user
        return {name: tuple(users.values()) for name, users in found.items()}

    def _of_campaigns(self, store: StoreId) -> Iterator[tuple[SegmentId, User]]:
        for campaign in self._all(store):
            user = User("campaign", campaign.id, campaign.name, campaign.status, campaign.status in _PENDING)
            audience, named = campaign.audience, named_segments(campaign.content_by)
            for name in {*audience.include, *audience.exclude, *refers(audience.rule), *named}:
                yield name, user

    def _all(self, store: StoreId) -> Iterator[Campaign]:
        cursor: str | None = None
        while True:
            page = self.campaigns(store, cursor, _PAGE)
            yield from page.items
            if page.cursor is None:
                return
            cursor = page.cursor

    def _of_hooks(self, store: StoreId) -> Iterator[tuple[SegmentId, User]]:
        """By their ids alone: what they are called and where they lead is for admins."""
        for hook in self.hooks(store):
            for name in hook.segments:
                yield name, User("webhook", hook.id, hook.id, "active" if hook.enabled else "disabled", holds=False)


def _of_segments(segments: Sequence[Segment]) -> Iterator[tuple[SegmentId, User]]:
    for row in segments:
        if row.state == "archived" or (row.hidden and row.scenario is None):
            continue
        user = speaking(row, holds=row.live)
        for name in uses(row):
            yield name, user


def speaking(row: Segment, *, holds: bool) -> User:
    """A segment as a user of others; one of a scenario or a trigger speaks for that, by the id of its calls."""
    if row.scenario is None:
        return User("segment", row.id, row.name, row.state, holds)
    trigger = trigger_of(row.scenario)
    kind: Literal["scenario", "trigger"] = "scenario" if trigger is None else "trigger"
    return User(kind, trigger or row.scenario, row.name, row.state, holds)
