"""Whoever begins to pay, or comes to the shop, while the push service puts a message off is not disturbed then."""

from collections.abc import Mapping

import pytest
from shopbell.domain.clock import parse_instant
from shopbell.domain.push.values import PushAnswer

from tests.sim.stories.stage import Stage
from tests.sim.stories.story import Story
from tests.unit.app.pushing import put_off

CART = {"event": "cart_add", "at": "2026-03-02T09:00:00Z", "properties": {"product_id": "boots", "quantity": 1}}
ORDER = {
    "event": "purchase",
    "at": "2026-02-23T10:30:00Z",
    "properties": {
        "order_id": "o1",
        "total": 1,
        "currency": "EUR",
        "items": [{"product_id": "boots", "quantity": 1}],
    },
}
PAGE = {"event": "page_view", "properties": {"url": "https://shop.example.com/"}}


@pytest.mark.parametrize(
    ("scenario", "trigger", "meanwhile", "at", "goes"),
    [
        pytest.param("abandoned_cart", CART, None, "10:40", "10:45", id="nothing happens"),
        pytest.param("abandoned_cart", CART, {"event": "checkout_start"}, "10:40", "11:00", id="a checkout begins"),
        pytest.param("order_follow_up", ORDER, PAGE, "10:40", "12:40", id="a visit begins"),
        pytest.param("order_follow_up", ORDER, PAGE, "09:59", "10:45", id="a visit before it"),
    ],
)
def test_what_is_on_its_way_asks_anew(
    scenario: str, trigger: Mapping[str, object], meanwhile: Mapping[str, object] | None, at: str, goes: str
) -> None:
    stage = _played(scenario, trigger, meanwhile, at)
    first, *_, last = stage.seen
    assert first.at == parse_instant("2026-03-02T10:30:00Z")[0]
    assert last.at == parse_instant(f"2026-03-02T{goes}:00Z")[0]
    assert stage.ends[scenario, "deferred:held"] == (goes != "10:45")


def _played(scenario: str, trigger: Mapping[str, object], meanwhile: Mapping[str, object] | None, at: str) -> Stage:
    """Until the service takes messages again it asks for a quarter of an hour."""
    happens = [{"at": "2026-02-22T08:00:00Z", "who": "anna", "subscribe": "a"}, {**trigger, "who": "anna"}]
    if meanwhile is not None:
        happens.append({**meanwhile, "at": f"2026-03-02T{at}:00Z", "who": "anna"})
    said = {
        "name": "busy",
        "covers": "SC14, SC9: stops and holds are checked on the event and at dispatch",
        "start": "2026-02-22T00:00:00Z",
        "until": "2026-03-02T20:00:00Z",
        "scenarios": {scenario: {}},
        "products": [{"id": "boots", "bundle": ["laces"]}, {"id": "laces"}],
        "happens": happens,
    }
    stage = Stage(Story.model_validate(said))
    back = parse_instant("2026-03-02T10:44:00Z")[0]
    stage.shop.push.answer = lambda _: PushAnswer(201) if stage.shop.clock.now >= back else put_off(900)
    stage.play()
    return stage
