"""A guest who says who they are between two tries of a message keeps the code of the first."""

from shopbell.adapters.memory.coupons import MemoryCoupons
from shopbell.domain.clock import parse_instant
from shopbell.domain.ids import PoolId
from shopbell.domain.push.values import PushAnswer

from tests.sim.stories.stage import Stage
from tests.sim.stories.story import Story
from tests.unit.app.pushing import put_off
from tests.unit.app.shop import STORE

SAID = {
    "name": "login between two tries",
    "covers": "coupons: one code for a visitor and a message; a customer's id is who they are (ruling 17)",
    "start": "2026-03-01T00:00:00Z",
    "until": "2026-03-06T00:00:00Z",
    "scenarios": {"birthday": {"coupon_pool": "save", "coupon_required": True}},
    "products": [{"id": "boots"}],
    "pools": {"save": {"codes": ["C1", "C2"]}},
    "happens": [
        {"at": "2026-03-01T08:00:00Z", "who": "anna", "subscribe": "a"},
        {"at": "2026-03-01T08:01:00Z", "who": "anna", "traits": {"birthday": "1990-03-05"}},
        {"at": "2026-03-05T10:10:00Z", "who": "anna", "identify": "c1"},
    ],
}


def test_the_second_try_says_the_code_of_the_first() -> None:
    stage = Stage(Story.model_validate(SAID))
    back = parse_instant("2026-03-05T10:20:00Z")[0]
    stage.shop.push.answer = lambda _: PushAnswer(201) if stage.shop.clock.now >= back else put_off(600)
    stage.play()
    said = [seen.payload["notification"] for seen in stage.seen]
    codes = {str(one["body"]).rpartition(" ")[2] for one in said if isinstance(one, dict)}
    assert len(said) > 1
    (code,) = codes
    stored = MemoryCoupons(stage.shop.world).page(STORE, PoolId("save"), None, 10).items
    assert {one.code: one.state for one in stored} == {code: "assigned", ({"C1", "C2"} - codes).pop(): "free"}
