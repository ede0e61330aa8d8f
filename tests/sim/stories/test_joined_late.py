"""What a person did as a guest ends what was started for them under another id, once they say who they are."""

from typing import Final

import pytest
from shopbell.domain.events import Json

from tests.sim.stories.stage import Stage
from tests.sim.stories.story import Story

DAY: Final = "2026-03-02T"
VISIT: Final[dict[str, Json]] = {
    "who": "laptop",
    "event": "page_view",
    "properties": {"url": "https://shop.example.com/"},
}
ORDERED: Final[dict[str, Json]] = {
    "who": "laptop",
    "event": "purchase",
    "properties": {
        "order_id": "o1",
        "total": 1000,
        "currency": "EUR",
        "items": [{"product_id": "boots", "quantity": 1, "price": 1000}],
    },
}
ORDERS: Final = [
    pytest.param([("phone", "10:00:00"), ("laptop", "12:30:00")], id="the other is the customer already"),
    pytest.param([("laptop", "12:30:00"), ("phone", "12:31:00")], id="the one who bought comes first"),
    pytest.param([("phone", "12:30:00"), ("laptop", "12:31:00")], id="the one who bought comes last"),
    pytest.param([("laptop", "10:00:00"), ("phone", "12:30:00")], id="the one who bought is the customer already"),
]


def played(until: str, scenarios: dict[str, Json], happens: list[dict[str, Json]]) -> list[str]:
    """When which device heard something."""
    said = {"name": "joined late", "covers": "ruling 17", "start": f"{DAY}09:00:00Z", "until": until}
    stage = Stage(Story.model_validate({**said, "scenarios": scenarios, "happens": happens}))
    stage.play()
    return [seen.who for seen in stage.seen]


def searched_and_bought(bought: str) -> list[dict[str, Json]]:
    """A search that is answered an hour later."""
    words: Json = {"title": "Still looking?", "body": "Have a look", "url": "/"}
    mine: Json = {"name": "Searched", "event": "search", "delay": "PT1H", "content": words, "enabled": True}
    return [
        {"at": f"{DAY}09:01:00Z", "trigger": mine},
        {"at": f"{DAY}09:01:00Z", "who": "phone", "subscribe": "a"},
        {"at": f"{DAY}12:00:00Z", "who": "phone", "event": "search", "properties": {"query": "boots"}},
        {"at": f"{DAY}{bought}Z", **ORDERED},
    ]


@pytest.mark.parametrize("said", ORDERS)
def test_an_order_as_a_guest_ends_what_waits(said: list[tuple[str, str]]) -> None:
    joins: list[dict[str, Json]] = [{"at": f"{DAY}{at}Z", "who": who, "identify": "anna"} for who, at in said]
    assert played("2026-03-03T00:00:00Z", {}, [*searched_and_bought("12:10:00"), *joins]) == []


@pytest.mark.parametrize("said", ORDERS)
def test_an_order_before_the_trigger_ends_nothing(said: list[tuple[str, str]]) -> None:
    joins: list[dict[str, Json]] = [{"at": f"{DAY}{at}Z", "who": who, "identify": "anna"} for who, at in said]
    assert played("2026-03-03T00:00:00Z", {}, [*searched_and_bought("11:50:00"), *joins]) == ["phone"]


def test_a_visit_as_a_guest_is_the_return_that_the_next_win_back_waits_for() -> None:
    away: dict[str, Json] = {"n_days": 7, "steps": ["PT0S"], "send_time": "10:00", "cooldown": "P1D"}
    happens: list[dict[str, Json]] = [
        {"at": f"{DAY}09:01:00Z", "who": "phone", "subscribe": "a"},
        {"at": f"{DAY}09:02:00Z", "who": "phone", "identify": "anna"},
        {"at": f"{DAY}09:03:00Z", **VISIT, "who": "phone"},
        {"at": "2026-03-10T12:00:00Z", **VISIT},
        {"at": "2026-03-10T12:10:00Z", "who": "laptop", "identify": "anna"},
    ]
    assert played("2026-04-22T00:00:00Z", {"we_missed_you": away}, happens) == ["phone", "phone"]
