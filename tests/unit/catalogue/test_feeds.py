"""Feeds taken in by a job: what differs is written and nothing else, and a feed cut short takes nothing out."""

import json
from dataclasses import replace
from typing import Any

import pytest
from shopbell.app.catalogue.stocking import Stocked
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId
from shopbell.domain.jobs import Job

from tests.unit.catalogue.works import NOW, STORE, Works


def line(name: str, **changes: Any) -> str:
    row = {
        "id": name,
        "title": name,
        "url": f"https://shop.example/{name}",
        "image_url": "https://shop.example/i.jpg",
        "price": 1_000,
        "currency": "EUR",
    }
    return json.dumps({**row, **changes}) + "\n"


def feed(count: int, **changes: Any) -> str:
    return "".join(line(f"p{number:05d}", **changes) for number in range(count))


def told(job: Job) -> dict[str, Json]:
    return {name: count for name, count in (job.result or {}).items() if count}


def test_what_is_right_is_stored_and_what_is_wrong_is_named() -> None:
    works = Works()
    job = works.load(line("a") + line("b", price=-1) + "x\n" + line("c"))

    assert (job.state, told(job)) == ("done", {"read": 4, "rejected": 2, "created": 2})
    assert [one.line for one in job.errors] == [2, 3]
    assert works.active() == ["a", "c"]


def test_a_write_of_ten_thousand_products_writes_those_that_differ_and_no_other() -> None:
    works = Works()
    works.load(line("p0"))
    first = works.get("p0")
    products = [replace(first, id=ProductId(f"p{number}")) for number in range(10_000)]
    packs = [products[start : start + 500] for start in range(0, 10_000, 500)]
    for pack in packs:
        works.stock(STORE, pack, "feed")
    written, news = works.stockroom.written, len(works.world.product_news)
    cheaper = {ProductId(f"p{number}") for number in range(0, 10_000, 1_000)}

    done = Stocked()
    for pack in packs:
        done += works.stock(STORE, [replace(one, price=900) if one.id in cheaper else one for one in pack], "feed")

    assert done == Stocked(unchanged=9_990, changed=10, price_changed=10)
    assert works.stockroom.written - written == 10
    assert len(works.world.product_news) - news == 10


def test_a_feed_that_says_what_is_known_writes_nothing() -> None:
    works = Works()
    works.load(feed(500))
    written = works.stockroom.written

    assert told(works.load(feed(500))) == {"read": 500, "unchanged": 500}
    assert works.stockroom.written == written


def test_a_job_that_is_cut_into_many_steps_takes_each_line_once() -> None:
    works = Works(pace=2_000)
    text = feed(1_700)
    job = works.load(text, mode="full")

    assert told(job) == {"read": 1_700, "created": 1_700}
    assert len(works.active()) == 1_700
    assert job.revision > 4
    assert works.uploads.read_bytes < 1.2 * len(text)


def test_what_a_partial_feed_leaves_out_stays() -> None:
    works = Works()
    works.load(feed(4))
    works.load(feed(1))

    assert len(works.active()) == 4


def test_what_a_full_feed_leaves_out_is_taken_out_of_sale_and_comes_back_with_the_next() -> None:
    works = Works()
    works.load(feed(4))
    works.now += 1
    job = works.load(feed(3), mode="full")
    assert (job.state, told(job)) == ("done", {"read": 3, "unchanged": 3, "deactivated": 1})
    assert works.active() == ["p00000", "p00001", "p00002"]

    works.now += 1
    assert told(works.load(feed(4), mode="full")) == {"read": 4, "unchanged": 3, "changed": 1}
    assert len(works.active()) == 4


def test_a_wrong_line_is_no_missing_product() -> None:
    works = Works()
    works.load(feed(3))
    works.now += 1
    job = works.load(feed(2) + line("p00002", price="a lot"), mode="full")

    assert told(job) == {"read": 3, "rejected": 1, "unchanged": 2}
    assert len(works.active()) == 3


@pytest.mark.parametrize("text", [feed(1), line("q"), '{"id": '], ids=["cut short", "another shop's", "broken"])
def test_a_feed_that_lacks_most_of_the_catalogue_takes_out_nothing(text: str) -> None:
    works = Works()
    works.load(feed(10))
    works.now += 1
    job = works.load(text, mode="full")

    assert (job.state, job.errors[-1].line) == ("failed", 0)
    assert "none was taken out of sale" in job.errors[-1].message
    assert len(works.active()) >= 10


def test_how_much_may_be_missing_is_asked_for() -> None:
    works = Works()
    works.load(feed(10))
    works.now += 1
    job = works.load(feed(1), mode="full", least_percent=10)

    assert (job.state, works.active()) == ("done", ["p00000"])


@pytest.mark.parametrize("wrong", ["x\n", '{"id": 7}\n', b"\xff\n"], ids=["broken", "a number", "no text"])
def test_lines_that_do_not_say_what_they_are_of_may_be_those_that_are_missing(wrong: str | bytes) -> None:
    works = Works()
    works.load(feed(10))
    works.now += 1
    lines = wrong if isinstance(wrong, bytes) else wrong.encode()
    job = works.load(feed(9).encode() + lines, mode="full")

    assert job.state == "failed"
    assert "1 lines do not say which product" in job.errors[-1].message
    assert len(works.active()) == 10
    assert works.load(feed(10).encode() + lines, mode="full").state == "done"


def test_what_was_whole_before_a_file_breaks_off_is_stored() -> None:
    works = Works()
    job = works.load(feed(3) + "x" * 2_000_000)

    assert (job.state, told(job), job.errors[0].line) == ("failed", {"read": 3, "created": 3}, 4)
    assert len(works.active()) == 3


def test_what_the_shop_changed_or_deleted_since_the_feed_was_given_stays() -> None:
    works = Works()
    works.load(feed(3))
    job = works.give(feed(3, price=5))
    works.now += 10
    works.stock(STORE, [replace(works.get("p00000"), in_stock=False)], "api")
    works.stock.remove(STORE, ProductId("p00001"))
    works.now += 10

    assert told(works.work(job)) == {"read": 3, "changed": 1, "price_changed": 1, "kept": 2}
    assert (works.get("p00000").in_stock, works.get("p00000").price) == (False, 1_000)
    assert works.active() == ["p00000", "p00002"]


def test_an_older_feed_that_is_worked_off_later_changes_nothing_that_a_newer_full_one_said() -> None:
    works = Works()
    works.load(feed(10))
    old = works.give(feed(6, price=5), mode="full")
    works.now += 10
    new = works.give(line("p00000", price=7) + feed(10)[len(line("p00000")) :], mode="full")
    assert works.work(new).state == "done"
    works.now += 10
    job = works.work(old)

    assert (job.state, told(job)) == ("failed", {})
    assert "a full feed that was given later" in job.errors[0].message
    assert (works.get("p00000").price, works.get("p00001").price, len(works.active())) == (7, 1_000, 10)


def test_what_an_older_feed_wrote_late_the_newer_one_still_changes() -> None:
    works = Works()
    works.load(feed(2))
    old = works.give(feed(2, price=5))
    works.now += 10
    new = works.give(feed(2, price=7))
    works.now += 10
    works.work(old)
    works.work(new)

    assert works.get("p00000").price == 7


def test_a_file_that_breaks_off_keeps_what_came_before_and_takes_out_nothing() -> None:
    works = Works()
    works.load(feed(5))
    works.now += 1
    job = works.load("<rss><channel><item><id>p00000</id>", format="google_xml", mode="full")

    assert (job.state, job.errors[0].message.startswith("the file is no XML")) == ("failed", True)
    assert len(works.active()) == 5


def test_what_somebody_changed_since_the_feed_was_given_stays_on_sale() -> None:
    works = Works()
    works.load(feed(4))
    late = replace(works.get("p00003"), price=1)
    works.now = NOW + 50
    works.stock(STORE, [late], "api")
    works.now = NOW + 40
    works.load(feed(3), mode="full")

    assert works.get("p00003").active


@pytest.mark.parametrize("between", [1, 600])
def test_of_two_lines_of_one_product_the_first_stands_and_no_load_changes_it_again(between: int) -> None:
    works = Works(pace=2_000)
    text = line("a", price=1, in_stock=False) + feed(between) + line("a", price=2)
    works.load(text)
    news = len(works.world.product_news)
    job = works.load(text, mode="full")

    assert works.get("a").price == 1
    assert told(job) == {"read": between + 2, "rejected": 1, "unchanged": between + 1}
    assert job.errors[0].line == between + 2
    assert len(works.world.product_news) == news


def test_a_right_line_behind_a_wrong_one_of_the_same_product_stands() -> None:
    works = Works()
    works.load(line("a", price=-1) + line("a", price=2))

    assert works.get("a").price == 2


def test_what_the_feed_says_of_an_older_product_leaves_its_age() -> None:
    works = Works()
    works.load(line("a"))
    works.now += 1_000_000
    works.load(line("a", price=5))

    assert works.get("a").created_at is not None
    assert (works.get("a").created_at or 0) < NOW + 1_000


@pytest.mark.parametrize(("prices", "warned"), [(("50.00", "50"), 1), (("50.00", "49.00"), 0), (("50", "49"), 0)])
def test_prices_in_two_units_in_one_file_are_pointed_at(prices: tuple[str, ...], warned: int) -> None:
    rows = [f"p{price},Boot,https://s.example/b,https://s.example/b.jpg,{price}" for price in prices]
    job = Works().load("\n".join(["id,title,url,image_url,price", *rows]), format="csv")

    assert (job.state, len(job.errors)) == ("done", warned)
    assert all("bare numbers, so in minor units" in one.message for one in job.errors)
