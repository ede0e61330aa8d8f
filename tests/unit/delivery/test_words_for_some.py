"""Other words for some of a campaign's people: by the category they like best of those named, or by segment."""

import json
from dataclasses import replace

import pytest
from shopbell.app.delivery.wording import Wording
from shopbell.domain.addressing import LEAST, is_deep, place_of
from shopbell.domain.clock import DAY
from shopbell.domain.content import Content, ContentBy, ForSome
from shopbell.domain.ids import SegmentId
from shopbell.domain.profile import Profile
from shopbell.domain.visits.interactions import affinities

from tests.unit.app.chunks import send
from tests.unit.app.shop import STORE, Shop
from tests.unit.recommend.shop import deed, product, visitor

BOOT, TENT, LAMP = (
    product("boot", "Outdoor/Boots"),
    product("tent", "Outdoor/Tents"),
    product("lamp", "Home/Lamps"),
)


def by(*names: str, kind: str = "category") -> ContentBy:
    texts = tuple(ForSome(name, Content(name, "x", "/")) for name in names)
    return ContentBy(kind, texts)  # type: ignore[arg-type]


def chosen(who: Profile, *names: str) -> str | None:
    place = place_of(by(*names), who, 90 * DAY)
    return None if place is None else names[place]


def views(boots: int, tents: int, lamps: int = 0) -> Profile:
    counts = ((BOOT, boots), (TENT, tents), (LAMP, lamps))
    return visitor(
        *(deed("product_view", one, 5 + n / 100) for one, number in counts for n in range(number)),
    )


@pytest.mark.parametrize(
    ("who", "names", "place"),
    [
        (views(5, 1), ("Outdoor/Tents", "Outdoor/Boots"), "Outdoor/Boots"),
        (views(1, 5), ("Outdoor/Tents", "Outdoor/Boots"), "Outdoor/Tents"),
        (views(1, 3), ("Home", "Outdoor"), "Outdoor"),
        (views(20, 0, 1), ("Home/Lamps",), None),
        (views(8, 0, 2), ("Home/Lamps",), "Home/Lamps"),
        (views(0, 0), ("Outdoor",), None),
        (views(3, 0), ("Outdoor/Boot",), None),
    ],
    ids=["best", "best by what they did", "with what lies below", "too little", "enough", "stranger", "no prefix"],
)
def test_the_category_that_a_visitor_likes_best_of_those_named_if_enough(
    who: Profile, names: tuple[str, ...], place: str | None
) -> None:
    assert chosen(who, *names) == place


def test_the_last_visit_adds_nothing_to_what_a_visitor_likes() -> None:
    lamps = [deed("product_view", LAMP, 2 + n / 1000) for n in range(14)]
    boots = [deed("product_view", BOOT, 0.01 + n / 1000) for n in range(2)]
    who = visitor(*lamps, *boots)
    assert affinities(who.interactions, "category")["Outdoor/Boots"] < LEAST
    assert chosen(who, "Outdoor/Boots") is None


@pytest.mark.parametrize("names", [("Outdoor/Boots", "Outdoor/Tents"), ("Outdoor/Tents", "Outdoor/Boots")])
def test_of_two_that_are_liked_alike_the_first_named_stands(names: tuple[str, ...]) -> None:
    who = visitor(deed("product_view", BOOT, 5), deed("product_view", TENT, 5))
    assert chosen(who, *names) == names[0]


@pytest.mark.parametrize(("inside", "place"), [((), None), (("new",), 1), (("new", "vip"), 0)])
def test_the_first_of_the_segments_that_a_visitor_is_in(inside: tuple[str, ...], place: int | None) -> None:
    who = replace(visitor(), memberships={SegmentId(name): 0 for name in inside})
    assert place_of(by("vip", "new", kind="segment"), who, DAY) == place


@pytest.mark.parametrize(
    ("path", "deep"), [("Outdoor", False), ("Outdoor/Boots", False), ("Outdoor/Boots/Red", True)]
)
def test_interest_is_told_apart_to_the_second_level(path: str, *, deep: bool) -> None:
    assert is_deep(path) is deep


def test_each_gets_the_words_that_are_theirs_and_all_others_the_default() -> None:
    shop = Shop()
    shop.segment("regulars", {"event": "page_view"})
    for who in ("ann", "ben"):
        shop.subscribe(who)
    shop.visit("ann")
    run = shop.run(content=Content("For all", "x", "/"))
    shop.world.runs[STORE, run.id] = replace(run, content_by=by("regulars", kind="segment"))
    for chunk in shop.page_all():
        send(shop, chunk)
    titles = {post.url[-5:-2]: json.loads(post.body)["notification"]["title"] for post in shop.push.posts}
    assert titles == {"ann": "regulars", "ben": "For all"}


def test_of_whom_there_is_no_profile_the_default_is_written() -> None:
    shop = Shop()
    run = replace(shop.run(), content_by=by("Outdoor"))
    place, composer = Wording.of(run, shop.world.stores[STORE])(None)
    assert (place, composer.names("Hello")) == (0, True)
