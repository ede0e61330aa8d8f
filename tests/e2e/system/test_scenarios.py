"""Scenarios that a birthday, time alone or an event starts, from what a visitor did to what their desktop shows."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from shopbell.domain.clock import Instant

from tests.e2e.browsers.chromium import Chromium
from tests.e2e.browsers.desktop import Desktop, Shown
from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.firefox import Firefox
from tests.e2e.system.api import Shop
from tests.e2e.system.machine import Machine
from tests.e2e.system.shopfront import Shopfront
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.browser]

AWAY: Final = {"not": {"event": "page_view", "window": {"last": "P1D"}}}
"""Turns by the clock, to the millisecond, so that a test can choose when."""
NIGHT: Final = {"quiet_hours": {"start": "22:00", "end": "08:00"}}
NICE: Final = "nice_to_meet_you"
CART: Final = "abandoned_cart"
CART_STEPS: Final = ["PT10M", "PT10M40S", "PT10M45S", "PT10M50S"]
"""The first at once for a cart that was left ten minutes ago."""
FITTING: Final = {
    "name": "An hour before a fitting",
    "event": "fitting_booked",
    "delay": {"until": "event.starts_at", "offset": "-PT1H"},
    "content": {"title": "Your fitting is in an hour", "body": "See you soon.", "url": "/"},
}
SOON: Final = timedelta(seconds=20)
"""Time enough for what was just written to be known before the moment comes."""


def enable(shop: Shop, name: str, parameters: dict[str, Any], **given: object) -> Any:
    """What it warns of."""
    body = {"enabled": True, "parameters": parameters, **given}
    return shop.marketer.ok("PUT", f"/v1/scenarios/{name}", body)["warnings"]


def report(shop: Shop, name: str) -> Any:
    return shop.marketer.ok("GET", f"/v1/scenarios/{name}/report")


def reported(shop: Shop, name: str, shown: int) -> Any:
    """Once so many were shown."""
    what = f"the report of {name} to count {shown} shown"
    return eventually(lambda: (now := report(shop, name))["shown"] == shown and now, what)


def explained(shop: Shop, visitor: str, name: str) -> Any:
    return shop.marketer.ok("GET", f"/v1/visitors/{visitor}/explain?scenario={name}")


def not_passed(explanation: Any) -> list[str]:
    return [one["gate"] for one in explanation["now"]["gates"] if one["outcome"] != "passed"]


def tell(shop: Shop, visitor: str, traits: dict[str, Any]) -> None:
    shop.server.ok("PATCH", f"/v1/visitors/{visitor}", {"traits": traits})


def happened(shop: Shop, visitor: str, event: str, at: datetime, **properties: object) -> None:
    """As the shop's server reports it, now or long after."""
    row = {
        "id": f"{event}-{at.timestamp()}",
        "type": event,
        "visitor_id": visitor,
        "occurred_at": at.isoformat(timespec="milliseconds"),
        "properties": properties,
    }
    assert shop.server.ok("POST", "/v1/events", {"events": [row]})["accepted"] == 1


def visited(shop: Shop, visitor: str, at: datetime) -> None:
    happened(shop, visitor, "page_view", at, url="https://shop.example/")


def bought(shop: Shop, visitor: str, at: datetime, product: str, **more: object) -> None:
    items = [{"product_id": product, "quantity": 1, "price": 9_900}]
    order = f"o-{at.timestamp()}"
    happened(shop, visitor, "purchase", at, order_id=order, total=9_900, currency="EUR", items=items, **more)


def popped_up(shopfront: Shopfront, browser: Browser) -> str:
    """The code of the pop-up that stands on the shop's pages once its message was clicked."""

    def look() -> str | None:
        browser.open(f"{shopfront.url}/quiet.html")
        found = browser.evaluate("(document.querySelector('#shopbell-popup-code') || {}).textContent || ''")
        return str(found) or None

    return str(eventually(look, "the pop-up", seconds=120))


def pool(shop: Shop, name: str, *codes: str) -> None:
    shop.marketer.ok("POST", "/v1/coupon-pools", {"id": name, "name": name.title()})
    shop.marketer.ok("POST", f"/v1/coupon-pools/{name}/codes", {"codes": codes})


def redeemed(shop: Shop, name: str) -> int:
    return int(shop.marketer.ok("GET", f"/v1/coupon-pools/{name}")["redeemed"])


def booked(shop: Shop, visitor: str, starts_at: datetime) -> None:
    happened(shop, visitor, "fitting_booked", datetime.now(UTC), starts_at=starts_at.isoformat(timespec="seconds"))


def left_behind(shop: Shop, visitor: str, product: str, ago: timedelta = timedelta(minutes=40)) -> None:
    """Put in the cart so long ago, and nothing done for half an hour after it."""
    then = datetime.now(UTC) - ago
    happened(shop, visitor, "cart_add", then, product_id=product, quantity=1, price=9_900)


def as_its_only_origin(shop: Shop, shopfront: Shopfront) -> None:
    """The links of shipped words are paths of the shop."""
    shop.marketer.ok("PATCH", "/v1/store", {"origins": [shopfront.url]})


def stock(shop: Shop, shopfront: Shopfront, *names: str) -> None:
    products = [
        {
            "id": name,
            "title": name.replace("-", " ").title(),
            "url": f"{shopfront.url}/product.html?id={name}",
            "image_url": f"{shopfront.url}/{name}.jpg",
            "price": 9_900,
            "currency": "EUR",
            "categories": ["Outdoor/Boots"],
        }
        for name in names
    ]
    shop.server.ok("PUT", "/v1/products", {"products": products})


def noon_zone(now: datetime) -> str:
    """Where it is about noon, far from midnight and from quiet hours; the signs of these names are turned round."""
    return f"Etc/GMT{now.hour - 12:+d}"


def fired(machine: Machine, desktop: Desktop, title: str, at: Instant | None = None) -> list[Shown]:
    """What the schedules bring to the desktop, now or as if it were that moment."""

    def look() -> list[Shown]:
        machine.fire(at)
        return desktop.shown(title)

    return eventually(look, f"{title!r} on the desktop")


def ticked(machine: Machine, desktop: Desktop, title: str) -> list[Shown]:
    """What a wake-up brings to the desktop, as soon as its moment has come."""

    def look() -> list[Shown]:
        machine.session.tick(int(datetime.now(UTC).timestamp() * 1_000))
        return desktop.shown(title)

    return eventually(look, f"{title!r} on the desktop", seconds=180, every=2)


def test_a_birthday_is_greeted_at_the_hour_that_was_chosen_on_the_visitor_s_own_clock(
    machine: Machine, shop: Shop, shopfront: Shopfront, browser: Browser, desktop: Desktop
) -> None:
    desktop.clear()
    shop.marketer.ok("PATCH", "/v1/store", NIGHT)
    as_its_only_origin(shop, shopfront)
    visitor = shopfront.subscribe(browser, quietly=True)
    now = datetime.now(UTC)
    zone, minute = noon_zone(now), now.replace(second=0, microsecond=0) + timedelta(minutes=5)
    there = minute.astimezone(ZoneInfo(zone))
    parameters = {"send_at": f"{there:%H:%M}", "latest": "23:00"}
    warned = enable(shop, "birthday", parameters, audience={"rule": AWAY})
    assert any("birthday is known" in one for one in warned)
    machine.settle()
    away = datetime.now(UTC) + SOON
    visited(shop, visitor, away - timedelta(days=1))
    tell(shop, visitor, {"birthday": f"{there:%m-%d}", "time_zone": zone, "custom": {"first_name": "Ada"}})
    eventually(lambda: datetime.now(UTC) > away + timedelta(seconds=1), "the visitor to be away for a day")
    machine.fire(int(minute.timestamp() * 1_000) - 1)
    assert report(shop, "birthday")["targeted"] == 0
    (shown,) = fired(machine, desktop, "Happy birthday, Ada!", at=int(minute.timestamp() * 1_000))
    assert "All the best from everyone at Test shop." in shown.body
    totals = reported(shop, "birthday", 1)
    assert (totals["targeted"], totals["accepted"], totals["skipped"]) == (1, 1, {})
    why = explained(shop, visitor, "birthday")
    (hours,) = [one for one in why["now"]["gates"] if one["gate"] == "quiet_hours"]
    assert (hours["outcome"], hours["values"]["time_zone"]) == ("passed", zone)
    assert not_passed(why) == ["cooldown"]


def test_a_customer_who_stays_away_is_won_back_as_a_customer_with_what_the_dry_run_picks(
    machine: Machine, shop: Shop, shopfront: Shopfront, firefox: Firefox, desktop: Desktop
) -> None:
    desktop.clear()
    as_its_only_origin(shop, shopfront)
    stock(shop, shopfront, "hiking-boot", "city-boot", "snow-boot", "rain-boot", "sea-boot", "moon-boot")
    everything = {"n_days": 60, "send_time": "immediate", "exclude_shown": "PT0S"}
    enable(shop, "we_missed_you", everything)
    assert enable(shop, "churn", everything) == []
    visitor = shopfront.subscribe(firefox, quietly=True)
    machine.settle()
    away = datetime.now(UTC) + SOON
    bought(shop, visitor, away - timedelta(days=75), "hiking-boot")
    visited(shop, visitor, away - timedelta(days=60))
    eventually(lambda: datetime.now(UTC) > away + timedelta(seconds=1), "the sixty days to be over")
    (shown,) = fired(machine, desktop, "It has been a while")
    totals = reported(shop, "churn", 1)
    assert (totals["targeted"], totals["accepted"], totals["skipped"]) == (1, 1, {})
    assert report(shop, "we_missed_you")["targeted"] == 0
    (found,) = shop.marketer.ok("POST", "/v1/scenarios/churn/dry-run", {})["would_get"]["sample"]
    assert (found["visitor_id"], found["title"], found["body"]) == (visitor, shown.title, shown.body)
    (pick,) = found["products"]
    assert pick["title"] in shown.body
    assert pick["product_id"] != "hiking-boot"
    other = shop.marketer.ok("POST", "/v1/scenarios/we_missed_you/dry-run", {})
    assert (other["would_get"]["sample"], other["would_not"][0]["sample"]) == ([], [visitor])
    assert not_passed(explained(shop, visitor, "churn")) == []  # the second message, in ten days
    visited(shop, visitor, datetime.now(UTC))
    eventually(
        lambda: {"cooldown", "audience_left"} <= set(not_passed(explained(shop, visitor, "churn"))),
        "the visit to end the series",
    )


def test_who_signs_up_gets_one_message_after_the_other_until_they_buy(
    machine: Machine, shop: Shop, shopfront: Shopfront, chromium: Chromium, desktop: Desktop
) -> None:
    desktop.clear()
    as_its_only_origin(shop, shopfront)
    stock(shop, shopfront, "hiking-boot", "city-boot")
    enable(shop, NICE, {"steps": ["PT0S", "PT10S", "PT1H"]})
    shop.marketer.ok("POST", "/v1/triggers", {**FITTING, "enabled": True})
    visitor = shopfront.subscribe(chromium, quietly=True)
    happened(shop, visitor, "product_view", datetime.now(UTC), product_id="city-boot")
    machine.settle()  # so that the audience is built, and the view is known when the first message goes
    happened(shop, visitor, "signup", datetime.now(UTC))
    (first,) = eventually(lambda: desktop.shown("Nice to meet you!"), "the first message, at once")
    assert "You had a look at City Boot" in first.body
    assert "deferred" not in {one["outcome"] for one in explained(shop, visitor, NICE)["now"]["gates"]}
    (second,) = eventually(lambda: desktop.shown("We have picked something for you"), "the second, by its wake-up")
    assert "Hiking Boot" in second.body
    totals = reported(shop, NICE, 2)
    assert (totals["targeted"], totals["accepted"], totals["open"]) == (2, 2, 0)
    booked(shop, visitor, datetime.now(UTC) + timedelta(hours=1, seconds=10))
    eventually(lambda: desktop.shown("Your fitting is in an hour"), "the moment that it named", seconds=120)
    why = explained(shop, visitor, NICE)
    assert not_passed(why) == []
    bought(shop, visitor, datetime.now(UTC), "city-boot")
    eventually(lambda: "audience_left" in not_passed(explained(shop, visitor, NICE)), "the order to end the series")
    sent, ended = why["recorded"], explained(shop, visitor, NICE)["recorded"]
    assert (sent["step"], sent["state"], sent["outcomes"]) == (2, "done", ["accepted"])
    assert (ended["step"], ended["state"]) == (3, "cancelled")
    now = report(shop, NICE)
    assert (now["accepted"], now["open"]) == (2, 0)


@pytest.mark.timeout(600)
def test_a_cart_that_is_left_behind_is_brought_back_step_by_step_up_to_a_code_unless_there_is_an_order(
    machine: Machine, shop: Shop, shopfront: Shopfront, chromium: Chromium, firefox: Firefox, desktop: Desktop
) -> None:
    desktop.clear()
    as_its_only_origin(shop, shopfront)
    stock(shop, shopfront, "hiking-boot", "city-boot", "snow-boot")
    pool(shop, "carts", "BOOTS-10", "BOOTS-11")
    enable(shop, CART, {"steps": CART_STEPS, "coupon_pool": "carts"})
    stays, buys = shopfront.subscribe(chromium, quietly=True), shopfront.subscribe(firefox, quietly=True)
    machine.settle()
    left_behind(shop, buys, "city-boot", timedelta(minutes=37))
    left_behind(shop, stays, "hiking-boot")
    (first,) = ticked(machine, desktop, "You left something behind")
    assert "Hiking Boot is waiting" in first.body
    assert not_passed(explained(shop, buys, CART)) == []
    bought(shop, buys, datetime.now(UTC), "city-boot")
    (second,) = ticked(machine, desktop, "Still in your cart")
    assert "Hiking Boot is still" in second.body
    (third,) = ticked(machine, desktop, "Not quite right?")
    assert any(name in third.body for name in ("City Boot", "Snow Boot"))
    (fourth,) = ticked(machine, desktop, "A gift for your cart")
    assert "Hiking Boot" in fourth.body
    assert "BOOTS" not in f"{fourth.title} {fourth.body}"
    totals = reported(shop, CART, 4)
    assert (totals["accepted"], totals["open"]) == (4, 0)
    assert len(desktop.shown("You left something behind")) == 1
    (code,) = shop.marketer.ok("GET", "/v1/coupon-pools/carts/codes?state=assigned")["items"]
    assert code["visitor_id"] == stays
    desktop.press(fourth)
    assert popped_up(shopfront, chromium) == code["code"]
    bought(shop, stays, datetime.now(UTC), "hiking-boot", coupon=code["code"].lower())
    eventually(lambda: redeemed(shop, "carts") == 1, "the order to redeem the code")
    assert "audience_left" in not_passed(explained(shop, buys, CART))
