"""What the nightly pass keeps: every store is listed, statistics move the rules, pages of a walk come together."""

from collections.abc import Mapping
from dataclasses import replace

from shopbell.adapters.dynamo.nightly import DynamoStatistics, DynamoStoreList, DynamoSurveys
from shopbell.adapters.dynamo.runs import DynamoRuns
from shopbell.adapters.dynamo.stores import DynamoStores
from shopbell.adapters.memory.configuration import MemoryStores
from shopbell.adapters.memory.nightly import MemoryStatistics, MemoryStoreList, MemorySurveys
from shopbell.domain.clock import DAY
from shopbell.domain.ids import StoreId
from shopbell.domain.scores.ledgers import BUYERS, buyers_segment
from shopbell.domain.scores.rfm import RfmEdges
from shopbell.domain.scores.statistics import StoreStatistics
from shopbell.domain.scores.survival import Survival
from shopbell.ports.nightly import Statistics, StoreList, Surveys

from tests.contract.test_definitions import shop
from tests.contract.worlds import NOW, Ports


def night(ports: Ports) -> tuple[StoreList, Statistics, Surveys]:
    """Over the same tables as the ports."""
    if isinstance(ports.stores, DynamoStores) and isinstance(ports.runs, DynamoRuns):
        dynamo, config = ports.stores.dynamo, ports.stores.table
        return (
            DynamoStoreList(dynamo, config),
            DynamoStatistics(dynamo, config),
            DynamoSurveys(dynamo, ports.runs.table),
        )
    assert isinstance(ports.stores, MemoryStores)
    return MemoryStoreList(ports.stores.world), MemoryStatistics(ports.stores.world), MemorySurveys()


def known(store: StoreId, **values: float) -> StoreStatistics:
    found = StoreStatistics(
        store, NOW, 3, 120, gap_spread=(0.5, 1.75), rfm=RfmEdges((-4, -3, -2, -1), (1, 1, 2, 3), (10, 20, 30.5, 40))
    )
    fitted = replace(found, survival=Survival(0.2, 31.5, 0.8, 2.4), fitted_at=NOW - DAY)
    return replace(fitted, **values)  # type: ignore[arg-type]


def rules_of(ports: Ports, store: StoreId) -> tuple[int, Mapping[str, float]]:
    rules = ports.segments.rules(store)
    return rules.version, rules.statistics


def test_every_store_is_listed_from_its_founding_on(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    every, _, _ = night(ports)
    for name in (store, other_store):
        ports.stores.save(shop(name), expected=None)
        assert ports.stores.save(replace(shop(name), name="Renamed"), expected=shop(name))

    assert {store, other_store} <= set(every.every())


def test_statistics_come_back_as_they_were_saved(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    _, statistics, _ = night(ports)
    row = known(store, aov=1_234.5, spend_p90=9_000.0, repeat_gap_median=30 * DAY, long_gap=60 * DAY)

    assert statistics.get(store) is None
    assert statistics.save(row)
    assert statistics.get(store) == row
    assert statistics.get(other_store) is None


def test_the_stores_day_is_told_with_the_store_and_outlives_its_settings(ports: Ports, store: StoreId) -> None:
    _, statistics, _ = night(ports)
    ports.stores.save(shop(store), expected=None)
    day = tuple(hour / 8 for hour in range(24))

    assert statistics.save(replace(known(store), day=day))
    found = ports.stores.get(store)
    assert found == replace(shop(store), day=day)
    assert ports.stores.save(replace(found, name="Renamed", day=None), expected=replace(found, day=None))
    assert ports.stores.get(store) == replace(shop(store), name="Renamed", day=day)
    known_then = statistics.get(store)
    assert known_then is not None
    assert known_then.day == day


def test_moved_values_make_the_next_version_of_the_rules_and_others_none(ports: Ports, store: StoreId) -> None:
    _, statistics, _ = night(ports)
    assert ports.segments.save(buyers_segment(store, NOW, there=False), expected=None)
    version, values = rules_of(ports, store)
    assert values == {}

    assert statistics.save(known(store, aov=1_000.0))
    assert rules_of(ports, store) == (version + 1, {"aov": 1_000.0})
    assert ports.segments.rules_version(store) == version + 1
    assert statistics.save(replace(known(store, aov=1_000.0), at=NOW + DAY))
    assert rules_of(ports, store) == (version + 1, {"aov": 1_000.0})
    assert [rule.segment for rule in ports.segments.rules(store).rules] == [BUYERS]


def test_a_store_that_never_had_rules_gets_its_first_with_the_statistics(ports: Ports, store: StoreId) -> None:
    _, statistics, _ = night(ports)

    assert statistics.save(known(store, aov=1_000.0))
    assert rules_of(ports, store) == (1, {"aov": 1_000.0})


def test_a_segment_that_is_saved_later_leaves_the_statistics_where_they_are(ports: Ports, store: StoreId) -> None:
    _, statistics, _ = night(ports)
    assert statistics.save(known(store, aov=1_000.0))
    assert ports.segments.save(buyers_segment(store, NOW, there=False), expected=None)

    assert rules_of(ports, store) == (2, {"aov": 1_000.0})


def test_pages_of_a_walk_come_together_and_a_repeat_replaces_its_own(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    _, _, surveys = night(ports)
    surveys.put(store, NOW, "001#a", b"one")
    surveys.put(store, NOW, "000#b", b"two")
    surveys.put(store, NOW, "001#a", b"three")
    surveys.put(store, NOW + DAY, "000#b", b"another night")
    surveys.put(other_store, NOW, "000#b", b"another store")

    assert list(surveys.all(store, NOW)) == [b"two", b"three"]
