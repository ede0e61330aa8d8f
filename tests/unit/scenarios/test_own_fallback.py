"""What a marketer has shown where an algorithm has nothing to say, in place of the chain that is built in."""

import pytest
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS

from tests.sim.worlds import STORE
from tests.unit.recommend.shop import Shop, deed, names, product, visitor

BOOT, LAMP = product("boot", "Outdoor"), product("lamp", "Home")


def picked(name: str, **given: Json) -> Selection:
    settings = ScenarioSettings(STORE, name, enabled=True, parameters=given)
    return SCENARIOS[name].plan(settings).steps[0].products


@pytest.mark.parametrize(
    ("given", "path"),
    [
        pytest.param(["top_sellers", "horoscope"], "parameters.fallback.1", id="no algorithm"),
        pytest.param(["top_sellers", "top_sellers"], "parameters.fallback.1", id="twice"),
        pytest.param([7], "parameters.fallback.0", id="a number"),
        pytest.param(["none"], "parameters.fallback.0", id="no product is no algorithm"),
        pytest.param("top_sellers", "parameters.fallback", id="not a list"),
        pytest.param([*"abcde"], "parameters.fallback", id="too many"),
    ],
)
def test_what_is_no_list_of_algorithms_is_refused_at_its_place(given: Json, path: str) -> None:
    with pytest.raises(Rejected) as refused:
        picked("birthday", fallback=given)
    assert [problem.path for problem in refused.value.problems] == [path]


def test_what_would_never_be_tried_is_refused() -> None:
    """New arrivals fall back to nothing by themselves."""
    with pytest.raises(Rejected, match=r"parameters\.fallback"):
        picked("new_arrivals", fallback=["top_sellers"])
    assert picked("new_arrivals", fallback=["top_sellers"], fallback_max_level=1).instead == ("top_sellers",)


def test_it_takes_the_place_of_a_scenarios_own_fallback_and_of_the_chain() -> None:
    assert (picked("churn").fallback, picked("churn").instead) == (("complementary", "top_sellers"), None)
    own = picked("churn", fallback=["last_visited", "spotlights"])
    assert (own.fallback, own.instead) == ((), ("last_visited", "spotlights"))
    assert picked("churn", fallback=[]).instead == ()


@pytest.mark.parametrize(
    ("instead", "level", "found"),
    [
        pytest.param(None, 3, ["boot"], id="built in: top sellers of the store"),
        pytest.param(("top_sellers",), 1, ["boot"], id="the first of the list"),
        pytest.param(
            ("last_purchased", "complementary", "top_sellers"), 3, ["boot"], id="the first with anything to say"
        ),
        pytest.param(("last_purchased",), 5, [], id="none of them: no product"),
        pytest.param((), 5, [], id="an empty list: no product"),
    ],
)
def test_of_somebody_who_is_unknown_the_list_is_tried_in_its_order(
    instead: tuple[str, ...] | None, level: int, found: list[str]
) -> None:
    shop = Shop()
    shop.stock([BOOT, LAMP], {"boot": 9, "lamp": 3})
    answer = shop.pick(visitor(), Selection("smart_offers", instead=instead))
    assert (answer.level, names(answer)) == (level, found)


def test_the_algorithm_itself_comes_first_and_of_one_session_it_speaks_too() -> None:
    shop = Shop()
    shop.stock([BOOT, LAMP], {"boot": 9, "lamp": 3})
    looked = visitor(deed("product_view", LAMP, 0.01))
    answer = shop.pick(looked, Selection("smart_offers", instead=("top_sellers",)))
    assert (answer.level, answer.picks[0].algorithm) == (0, "smart_offers")


def test_no_deeper_than_the_level_that_is_allowed() -> None:
    shop = Shop()
    shop.stock([BOOT, LAMP], {"boot": 9})
    wanted = Selection("smart_offers", instead=("last_purchased", "top_sellers"), fallback_max_level=1)
    assert shop.pick(visitor(), wanted).picks == ()
