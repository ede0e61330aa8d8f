"""Campaigns, and what a store has set for its scenarios."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Item, keyed, n, s, text
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, equals
from shopbell.adapters.dynamo.keys.definitions import SCHEDULED, scheduled
from shopbell.adapters.dynamo.pages import Where, page, query
from shopbell.domain.campaigns import Campaign
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.ports import Page

UNREVISED: Final = Condition("attribute_not_exists(#revision)", {"#revision": "revision"})
"""Nothing there, or what an earlier release wrote."""


@dataclass(frozen=True, slots=True)
class DynamoCampaigns:
    dynamo: Dynamo
    table: str

    def get(self, store: StoreId, campaign: CampaignId) -> Campaign | None:
        row = self.dynamo.get(self.table, keys.campaign(store, campaign))
        return None if row is None else _campaign(row)

    def page(self, store: StoreId, cursor: str | None, limit: int) -> Page[Campaign]:
        """In the order of ids, the highest first: ids begin with their time, so the newest comes first."""
        after = cursors.position(cursor)
        start = None if after is None else keys.campaign(store, CampaignId(after))
        where = Where(store, "prefix", keys.CAMPAIGNS)
        rows = query(self.dynamo, self.table, where, start=start, limit=limit + 1, newest_first=True)
        return page(rows, limit, _campaign, lambda row: text(row, keys.SK).removeprefix(keys.CAMPAIGNS))

    def save(self, campaign: Campaign, *, expected: int | None) -> bool:
        row = {
            **keyed(keys.campaign(campaign.store, campaign.id)),
            **(keyed(scheduled(campaign.store)) if campaign.watched else {}),
            "revision": n(campaign.revision),
            "body": s(documents.dump(campaign).decode()),
        }
        unchanged = ABSENT if expected is None else equals("revision", n(expected))
        return self.dynamo.put(self.table, row, unchanged)

    def scheduled(self) -> Iterator[tuple[StoreId, CampaignId]]:
        where = Where.of_index("enabled", keys.ENABLED, SCHEDULED)
        for row in query(self.dynamo, self.table, where):
            yield StoreId(text(row, keys.PK)), CampaignId(text(row, keys.SK).removeprefix(keys.CAMPAIGNS))


@dataclass(frozen=True, slots=True)
class DynamoScenarios:
    dynamo: Dynamo
    table: str

    def get(self, store: StoreId, scenario: str) -> ScenarioSettings | None:
        row = self.dynamo.get(self.table, keys.scenario(store, scenario))
        return None if row is None else documents.scenario(text(row, "body"))

    def save(self, settings: ScenarioSettings, *, expected: int | None = None) -> bool:
        row = {
            **keyed(keys.scenario(settings.store, settings.name)),
            **(keyed(keys.enabled(settings.name, settings.store)) if settings.enabled else {}),
            "body": s(documents.dump(settings).decode()),
            **({"revision": n(settings.revision)} if settings.revision else {}),
        }
        unchanged = None if expected is None else equals("revision", n(expected)) if expected else UNREVISED
        return self.dynamo.put(self.table, row, unchanged)

    def enabled(self, scenario: str) -> Iterator[StoreId]:
        where = Where.of_index("enabled", keys.ENABLED, keys.enabled_partition(scenario))
        for row in query(self.dynamo, self.table, where):
            yield StoreId(text(row, keys.PK))


def _campaign(row: Item) -> Campaign:
    return documents.campaign(text(row, "body"))
