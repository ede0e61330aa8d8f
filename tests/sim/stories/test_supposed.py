"""What a dry run says of a change that is only supposed is what comes once it is made."""

from collections.abc import Mapping
from typing import Final

import pytest
from shopbell.app.scenarios.dryrun import Trial
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId
from shopbell.domain.scenarios.tidings import Supposed

from tests.sim.stories.stage import Stage
from tests.sim.stories.story import Story
from tests.sim.stories.test_foretold import LoggedShop, dry_run
from tests.unit.app.shop import STORE

BOOTS: Final = ProductId("boots")
NOW: Final = "2026-03-03T12:00:00Z"


def _does(who: str, event: str, minute: int, **said: Json) -> dict[str, Json]:
    return {"at": f"2026-03-02T09:{minute:02d}:00Z", "who": who, "event": event, "properties": said}


ORDER: Final[dict[str, Json]] = {
    "order_id": "o1",
    "total": 1000,
    "currency": "EUR",
    "items": [{"product_id": "boots", "quantity": 1, "price": 1000}],
}
SUBSCRIBED: Final[list[dict[str, Json]]] = [
    {"at": "2026-03-02T09:00:00Z", "who": who, "subscribe": "a"} for who in ("anna", "ben", "cleo", "dora")
]
HAPPENS: Final[list[dict[str, Json]]] = [
    *SUBSCRIBED,
    *(_does(who, "product_view", 1, product_id="boots") for who in ("anna", "ben", "emil")),
    _does("ben", "purchase", 2, **ORDER),
    _does("cleo", "product_view", 3, product_id="pans"),
    _does("dora", "wishlist_add", 4, product_id="boots"),
    _does("cleo", "stock_alert", 5, product_id="pans"),
    _does("dora", "product_view", 6, product_id="pans"),
]
SHELF: Final[list[dict[str, Json]]] = [{"id": "boots"}, {"id": "pans", "stock": 0}]


def staged(scenario: str, change: Mapping[str, Json] | None = None, **parameters: Json) -> Stage:
    """Played up to NOW, or a day on with that change made then."""
    made: list[Json] = [] if change is None else [{"at": NOW, "products": [dict(change)]}]
    said = {
        "name": "supposed",
        "covers": "SC7, SC8",
        "start": "2026-03-02T08:00:00Z",
        "until": NOW if change is None else "2026-03-04T12:00:00Z",
        "products": SHELF,
        "scenarios": {scenario: parameters},
        "happens": [*HAPPENS, *made],
    }
    stage = Stage(Story.model_validate(said), LoggedShop())
    stage.play()
    return stage


def told(trial: Trial) -> list[tuple[str, int, str]]:
    return sorted((one.visitor, one.at, one.title) for one in trial.messages)


CHANGES: Final = [
    pytest.param("price_drop", Supposed(BOOTS, price=700), {"id": "boots", "price": 700}, 2, id="cheaper"),
    pytest.param("price_drop", Supposed(BOOTS, price=950), {"id": "boots", "price": 950}, 0, id="too little"),
    pytest.param("price_drop", Supposed(BOOTS, price=1_200), {"id": "boots", "price": 1_200}, 0, id="dearer"),
    pytest.param("back_in_stock", Supposed(ProductId("pans"), in_stock=True), {"id": "pans"}, 2, id="back"),
    pytest.param("back_in_stock", Supposed(BOOTS, in_stock=True), {"id": "boots"}, 0, id="never gone"),
]


@pytest.mark.parametrize(("scenario", "supposed", "change", "people"), CHANGES)
def test_what_is_supposed_is_what_comes(
    scenario: str, supposed: Supposed, change: Mapping[str, Json], people: int
) -> None:
    stage = staged(scenario)
    before = dict(stage.shop.world.products)
    trial = dry_run(stage.shop)(STORE, scenario, None, supposed)

    came = staged(scenario, change).seen

    assert told(trial) == sorted((one.who, one.at, _title(one.payload)) for one in came)
    assert len(came) == people
    assert [one.picks[0].product.price for one in trial.messages] == [one.picks[0].product.price for one in came]
    assert (trial.since, stage.shop.world.products) == (stage.shop.clock.now - 1, before)


def test_a_scenario_that_is_off_is_tried_out_as_if_it_had_been_on() -> None:
    stage = staged("birthday")
    trial = dry_run(stage.shop)(STORE, "price_drop", None, Supposed(BOOTS, price=700))
    assert {one.visitor for one in trial.messages} == {"anna", "dora"}
    assert {held.gate: sorted(held.visitors) for held in trial.would_not}["audience"] == ["emil"]


@pytest.mark.parametrize(
    ("scenario", "supposed", "path"),
    [
        pytest.param("price_drop", Supposed(BOOTS, in_stock=True), "price", id="stock for a price"),
        pytest.param("back_in_stock", Supposed(BOOTS, price=5), "in_stock", id="a price for stock"),
        pytest.param("price_drop", Supposed(ProductId("socks"), price=5), "product_id", id="no such product"),
        pytest.param("birthday", Supposed(BOOTS, price=5), "product_id", id="what waits for no product"),
    ],
)
def test_what_cannot_be_supposed(scenario: str, supposed: Supposed, path: str) -> None:
    with pytest.raises(Rejected) as refused:
        dry_run(staged(scenario).shop)(STORE, scenario, None, supposed)
    assert [one.path for one in refused.value.problems] == [path]


def _title(payload: Mapping[str, Json]) -> str:
    notification = payload["notification"]
    assert isinstance(notification, dict)
    return str(notification["title"])
