"""What a pick reads, and how rarely: lists and products are kept, what is picked is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shopbell.adapters.memory.catalogue import MemoryCatalogue, MemoryStockroom
from shopbell.adapters.memory.demand import MemoryTops
from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.kept import MAX_ENTRIES, Kept
from shopbell.app.recommend import Recommend
from shopbell.app.shelves import LISTS_KEPT, Shelves
from shopbell.app.tracking.products import PutProducts
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.store import Principal

from tests.unit.recommend.shop import NOW, STORE, Shop, product, visitor

BOOTS = [product(f"boot{number}", "Outdoor/Boots") for number in range(6)]


@dataclass
class Counting:
    """A catalogue that says what was read of it."""

    inner: MemoryCatalogue
    reads: list[int] = field(default_factory=list)

    def get_many(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Product]:
        self.reads.append(len(products))
        return self.inner.get_many(store, products)


def test_the_second_visitor_costs_the_read_of_what_is_picked_and_no_more() -> None:
    shop = Shop()
    shop.stock(BOOTS, {"boot1": 2, "boot2": 1})
    catalogue, now = Counting(MemoryCatalogue(shop.world)), [NOW]
    shelves = Shelves(MemoryTops(shop.world), catalogue, lambda _: False, lambda: now[0])
    recommend, selection = Recommend(shelves), Selection("top_sellers", count=2)
    for _ in range(3):
        recommend(STORE, visitor(), selection, now=NOW)
    assert catalogue.reads == [6, 2, 2, 2]

    now[0] += LISTS_KEPT
    recommend(STORE, visitor(), selection, now=NOW)
    assert catalogue.reads[4:] == [6, 2]


def test_what_is_kept_is_read_again_when_it_is_old_and_what_is_not_there_is_remembered() -> None:
    now, asked = [NOW], list[list[int]]()

    def load(keys: list[int]) -> Mapping[int, str]:
        asked.append(keys)
        return {key: str(key) for key in keys if key % 2}

    kept: Kept[int, str] = Kept(10, lambda: now[0])
    assert kept.many([1, 2, 3, 1], load) == {1: "1", 3: "3"}
    now[0] += 9
    assert kept.many([3, 4], load) == {3: "3"}
    now[0] += 1
    assert kept.many([2, 4], load) == {}
    assert asked == [[1, 2, 3], [4], [2]]
    kept.forget()
    kept.many([4], load)
    assert asked[-1] == [4]


def test_no_more_is_kept_than_a_bound() -> None:
    kept: Kept[int, int] = Kept(10, lambda: NOW)
    asked = list[int]()

    def load(keys: list[int]) -> Mapping[int, int]:
        asked.extend(keys)
        return {key: key for key in keys}

    kept.many(range(MAX_ENTRIES + 1), load)
    asked.clear()
    kept.many([0, MAX_ENTRIES], load)
    assert asked == [0]


def test_a_product_that_is_imported_again_is_as_old_as_it_was() -> None:
    shop, now = Shop(), [NOW]
    put = PutProducts(StockUp(MemoryStockroom(shop.world), lambda: now[0]))
    fresh = replace(BOOTS[0], created_at=None)
    caller = Principal(STORE.id, "srv")
    put(caller, [fresh])
    now[0] += 30 * DAY
    put(caller, [replace(fresh, price=1)])

    kept = MemoryCatalogue(shop.world).get_many(STORE.id, [fresh.id])[fresh.id]
    assert (kept.created_at, kept.price) == (NOW, 1)
