"""Stores and keys, the catalogue, campaigns and scenario settings."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import orjson
import pytest
from shopbell.adapters.dynamo import documents
from shopbell.domain.campaigns import Approval, Campaign, Schedule
from shopbell.domain.clock import HOUR
from shopbell.domain.ids import CampaignId, SegmentId, StoreId, VapidKeyId
from shopbell.domain.policy import CAPS, QUIET_HOURS, Cap, Policy, QuietHours
from shopbell.domain.runs import Terms
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.scenarios.settings import OwnAudience, ScenarioSettings, StepSettings
from shopbell.domain.store import Key, Store, VapidKey
from shopbell.domain.winner import Weighing, WinnerTest

from tests.contract.samples import CONTENT, DECISION, campaign, names_of
from tests.contract.worlds import NOW, Ports

WINNER = WinnerTest("revenue", 20, HOUR, "best")


def shop(store: StoreId) -> Store:
    return Store(
        store,
        "Shöes & co",
        64,
        NOW,
        "mailto:post@shop.example",
        origins=("https://shop.example",),
        prompt={"title": "News?", "backoff": [3, 7], "ios_coach": False},
        vapid_keys=(VapidKey(VapidKeyId("v1"), "BPub", "active", NOW),),
        caps=(Cap(3, HOUR),),
        quiet_hours=QuietHours(60, 120),
        global_holdout_percent=7,
        consent_required=True,
    )


def test_a_store_is_created_once_and_saved_after(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    row = shop(store)
    assert not ports.stores.save(row, expected=row)
    assert ports.stores.save(row, expected=None)
    assert not ports.stores.save(replace(row, name="x"), expected=None)
    assert ports.stores.get(store) == row

    assert ports.stores.save(replace(row, sending="paused"), expected=row)
    assert ports.stores.get(store) == replace(row, sending="paused")
    assert ports.stores.get(other_store) is None


def test_of_two_who_read_the_same_store_one_saves(ports: Ports, store: StoreId) -> None:
    row = shop(store)
    ports.stores.save(row, expected=None)
    paused = replace(row, sending="paused", paused_at=NOW)
    with ThreadPoolExecutor(2) as pool:
        rows = [paused, replace(row, name="Renamed")]
        won = list(pool.map(lambda one: ports.stores.save(one, expected=row), rows))

    assert sorted(won) == [False, True]
    assert ports.stores.get(store) == rows[won.index(True)]


def test_a_key_is_found_in_its_store_alone_and_keeps_when_it_was_used(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    key = Key(store, "d" * 64, "mgmt", "admin", NOW, line="e" * 8)
    ports.stores.save(shop(store), expected=None)
    ports.stores.add_key(key)
    ports.stores.used(key, NOW)
    ports.stores.used(key, NOW + 1)
    revoked = replace(key, revoked=True)
    assert ports.callers.keys.turned(store, 0, [(key, revoked)])

    assert ports.stores.key(store, key.digest) == revoked
    assert ports.stores.key(other_store, key.digest) is None
    assert ports.stores.key(store, "e" * 64) is None


def test_noting_the_use_of_a_key_that_is_gone_makes_none(ports: Ports, store: StoreId) -> None:
    ports.stores.used(Key(store, "f" * 64, "pub", None, NOW), NOW)

    assert ports.stores.key(store, "f" * 64) is None


def test_a_campaign_wants_the_revision_that_was_read(ports: Ports, store: StoreId) -> None:
    first = campaign(store)
    second = replace(first, status="sending", sent_at=NOW, revision=2)

    assert ports.campaigns.save(first, expected=None)
    assert not ports.campaigns.save(first, expected=None)
    assert ports.campaigns.save(second, expected=1)
    assert not ports.campaigns.save(replace(second, name="x"), expected=1)
    assert ports.campaigns.get(store, first.id) == second


def test_of_two_senders_of_one_campaign_one_wins(ports: Ports, store: StoreId) -> None:
    ports.campaigns.save(campaign(store), expected=None)
    sending = campaign(store, status="sending", revision=2)
    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(lambda row: ports.campaigns.save(row, expected=1), [sending] * 4))

    assert sorted(won) == [False, False, False, True]


def test_what_is_scheduled_is_found_over_all_stores_until_it_is_not(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    first, theirs = campaign(store, status="scheduled"), campaign(other_store, "c2", status="scheduled")
    for row in (first, theirs, campaign(store, "c3")):
        ports.campaigns.save(row, expected=None)
    ours = {store, other_store}
    assert {row for row in ports.campaigns.scheduled() if row[0] in ours} == {(store, "c1"), (other_store, "c2")}
    ports.campaigns.save(replace(first, status="paused", revision=2), expected=1)
    assert [row for row in ports.campaigns.scheduled() if row[0] in ours] == [(other_store, "c2")]


def test_what_waits_for_its_winner_is_found_until_that_is_decided(ports: Ports, store: StoreId) -> None:
    def found() -> list[str]:
        return sorted(name for owner, name in ports.campaigns.scheduled() if owner == store)

    trying = campaign(store, status="sending", winner=WINNER)
    for row in (trying, campaign(store, "c2", status="sending"), campaign(store, "c3", winner=WINNER)):
        ports.campaigns.save(row, expected=None)
    assert found() == ["c1"]
    ports.campaigns.save(replace(trying, status="paused", revision=2), expected=1)
    assert found() == []
    ports.campaigns.save(replace(trying, revision=3), expected=2)
    assert found() == ["c1"]
    ports.campaigns.save(replace(trying, decision=DECISION, revision=4), expected=3)
    assert found() == []


def test_what_is_sending_without_a_run_is_found_until_that_is_seen(ports: Ports, store: StoreId) -> None:
    sent = campaign(store, status="sending", sent_at=NOW, unplanned=True)
    ports.campaigns.save(sent, expected=None)
    assert [name for owner, name in ports.campaigns.scheduled() if owner == store] == ["c1"]
    assert ports.campaigns.save(replace(sent, unplanned=False), expected=sent.revision), "it stays that revision"
    assert [name for owner, name in ports.campaigns.scheduled() if owner == store] == []


def test_what_a_campaign_waits_for_comes_back(ports: Ports, store: StoreId) -> None:
    made = campaign(
        store,
        schedule=Schedule(cron="0 18 ? * THU *", time_zone="Europe/Berlin", best_hour=True),
        ends_at=NOW + HOUR,
        since=NOW,
        approval=Approval("schedule", "abcd", NOW, 12_345, "efgh", NOW),
        winner=WINNER,
        weighing=Weighing("orders"),
        decision=DECISION,
        terms=Terms(max_per_user=(2, HOUR), products=Selection("top_sellers", filters={"brand": ["A"]})),
    )
    ports.campaigns.save(made, expected=None)
    assert ports.campaigns.get(store, made.id) == made


def test_campaigns_are_paged_newest_first_and_go_on_after_inserts(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    for name in ("c1", "c3", "c2", "c4", "c5"):
        ports.campaigns.save(campaign(store, name), expected=None)
    ports.campaigns.save(campaign(other_store, "c9"), expected=None)

    first = ports.campaigns.page(store, None, 2)
    ports.campaigns.save(campaign(store, "c6"), expected=None)
    rest = ports.campaigns.page(store, first.cursor, 9)

    shown: list[Campaign] = [*first.items, *rest.items]
    assert names_of(shown) == ["c5", "c4", "c3", "c2", "c1"]
    assert rest.cursor is None
    assert ports.campaigns.get(other_store, CampaignId("c1")) is None


@pytest.mark.parametrize("content", [None, CONTENT], ids=["shipped words", "own words"])
def test_scenario_settings_come_back(ports: Ports, store: StoreId, content: object) -> None:
    settings = ScenarioSettings(store, "churn", enabled=True, parameters={"days": 30, "x": None})
    settings = replace(settings, content=content, segment=SegmentId("h1"))  # type: ignore[arg-type]
    ports.scenarios.save(settings)

    assert ports.scenarios.get(store, "churn") == settings
    assert ports.scenarios.get(store, "birthday") is None


def test_of_two_who_read_the_same_settings_one_saves(ports: Ports, store: StoreId) -> None:
    first = ScenarioSettings(store, "churn", enabled=False, revision=1)
    assert ports.scenarios.save(first, expected=0)
    assert not ports.scenarios.save(replace(first, enabled=True), expected=0)
    assert ports.scenarios.save(replace(first, revision=2), expected=1)
    assert not ports.scenarios.save(replace(first, enabled=True, revision=2), expected=1)
    assert ports.scenarios.get(store, "churn") == replace(first, revision=2)
    assert ports.scenarios.save(replace(first, enabled=True, revision=7))


def test_what_was_written_without_a_revision_is_the_first(ports: Ports, store: StoreId) -> None:
    ports.scenarios.save(ScenarioSettings(store, "churn", enabled=True))
    assert ports.scenarios.save(ScenarioSettings(store, "churn", enabled=False, revision=1), expected=0)


def test_words_of_each_step_and_an_audience_come_back(ports: Ports, store: StoreId) -> None:
    settings = ScenarioSettings(
        store,
        "churn",
        enabled=True,
        revision=1,
        steps=(StepSettings(CONTENT), StepSettings(enabled=False)),
        audience=OwnAudience((SegmentId("vip"),), {"event": "purchase"}, (SegmentId("staff"),)),
    )
    ports.scenarios.save(settings)
    assert ports.scenarios.get(store, "churn") == settings


def test_only_stores_that_have_it_on_are_enabled(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    scenario = f"churn-{store}"
    ports.scenarios.save(ScenarioSettings(store, scenario, enabled=True))
    ports.scenarios.save(ScenarioSettings(other_store, scenario, enabled=True))
    ports.scenarios.save(ScenarioSettings(store, f"birthday-{store}", enabled=False))
    assert set(ports.scenarios.enabled(scenario)) == {store, other_store}

    ports.scenarios.save(ScenarioSettings(store, scenario, enabled=False))

    assert list(ports.scenarios.enabled(scenario)) == [other_store]
    assert list(ports.scenarios.enabled(f"birthday-{store}")) == []


def test_a_store_written_before_there_were_limits_has_the_usual_ones(store: StoreId) -> None:
    limits = {"caps", "quiet_hours", "global_holdout_percent", "consent_required"}
    old = {name: value for name, value in orjson.loads(documents.dump(shop(store))).items() if name not in limits}

    read = documents.store(orjson.dumps(old))
    assert read.policy == Policy(CAPS, QUIET_HOURS, 0, consent_required=False)
    assert read.vapid_keys == shop(store).vapid_keys
