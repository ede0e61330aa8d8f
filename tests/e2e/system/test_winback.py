"""We missed you: the clock takes a visitor into the audience, the schedule sends, a visit in time stops it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from tests.e2e.browsers.desktop import Desktop
from tests.e2e.browsers.driver import Browser
from tests.e2e.system.api import Shop
from tests.e2e.system.machine import Machine
from tests.e2e.system.shopfront import Shopfront
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.browser]

DAYS: Final = 30


def enable(shop: Shop, shopfront: Shopfront) -> None:
    shop.marketer.ok(
        "PUT",
        "/v1/scenarios/we_missed_you",
        {
            "enabled": True,
            "parameters": {"n_days": DAYS, "send_time": "immediate", "steps": ["PT0S"]},
            "content": {"title": "We missed you", "body": "Look what is new.", "url": shopfront.url},
        },
    )
    eventually(lambda: scenario(shop)["enabled"], "the scenario to be on")


def scenario(shop: Shop) -> dict[str, Any]:
    answer: dict[str, Any] = shop.marketer.ok("GET", "/v1/scenarios/we_missed_you")
    return answer


def visit(shop: Shop, visitor: str, at: datetime) -> None:
    """A backdated visit, as a shop's server may report it."""
    event = {
        "id": f"visit-{visitor}-{at.timestamp()}",
        "type": "page_view",
        "visitor_id": visitor,
        "occurred_at": at.isoformat(timespec="milliseconds"),
        "properties": {"url": "https://shop.example/"},
    }
    shop.server.ok("POST", "/v1/events", {"events": [event]})


def test_the_winback_reaches_a_browser_on_its_schedule_and_leaves_out_who_came_back(
    machine: Machine, shop: Shop, shopfront: Shopfront, browser: Browser, desktop: Desktop
) -> None:
    desktop.clear()
    enable(shop, shopfront)
    # a subscription without a page view: the visits below are the only ones, so the moment is ours to choose
    visitor = shopfront.subscribe(browser, quietly=True)
    gone = datetime.now(UTC) + timedelta(seconds=25)
    visit(shop, visitor, gone - timedelta(days=DAYS))
    returned = f"returned-{browser.name}"
    visit(shop, returned, gone - timedelta(days=DAYS))
    visit(shop, returned, datetime.now(UTC))
    eventually(lambda: datetime.now(UTC) > gone + timedelta(seconds=1), "the thirty days to be over")

    def fired() -> Any:
        # the audience is hidden everywhere: that the clock took the visitor in, only the outcome shows
        machine.fire()
        return desktop.shown("We missed you")

    shown = eventually(fired, "the winback on the desktop")
    assert len(shown) == 1
    totals = eventually(
        lambda: (now := shop.marketer.ok("GET", "/v1/scenarios/we_missed_you/report"))["shown"] == 1 and now,
        "the report of the scenario",
    )
    assert totals["targeted"] == totals["accepted"] == 1
    machine.fire()
    again = shop.marketer.ok("GET", "/v1/scenarios/we_missed_you/report")
    assert again["targeted"] == 1
