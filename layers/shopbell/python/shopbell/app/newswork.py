"""What lies on the queue `due` beside wake-ups: news of a product, and for whom they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.goods import BACK_IN_STOCK, PRICE_CHANGED, REQUESTED, SAW, SEEN_AT
from shopbell.domain.ids import EventId, ProductId, StoreId, VisitorId
from shopbell.ports import Message

MAX_TOLD: Final = 25
EVENTS: Final[Mapping[str, str]] = {"price_drop": PRICE_CHANGED, "back_in_stock": BACK_IN_STOCK}
"""What happens to those who are told by a scenario."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is told, as `interest.Told` has it."""

    visitor: VisitorId
    seen_at: Instant
    was: int | None = None
    saw: bool = False
    requested: bool = False


@dataclass(frozen=True, slots=True)
class NewsWork:
    """Queue `due`: who is told of what."""

    store: StoreId
    scenario: str
    product: ProductId
    news: str
    price: int
    currency: str
    at: Instant
    people: tuple[Person, ...]

    def event(self, person: Person) -> Event:
        """As the visitor's log would have it; it is stored in none (ruling 8)."""
        said: dict[str, Json] = {"product_id": self.product, "price": self.price, "currency": self.currency}
        said[SEEN_AT] = person.seen_at
        if person.was is not None:
            said |= {"was": person.was, SAW: person.saw}
        if person.requested:
            said[REQUESTED] = True
        kind, name = EVENTS[self.scenario], EventId(f"{self.scenario}:{self.news}")
        return Event(name, kind, person.visitor, self.at, self.at, said, trusted=True)


def news_message(work: NewsWork) -> Message:
    body: dict[str, Json] = {
        "store": work.store,
        "scenario": work.scenario,
        "product": work.product,
        "news": work.news,
        "price": work.price,
        "currency": work.currency,
        "at": work.at,
        "people": [[one.visitor, one.seen_at, one.was, one.saw, one.requested] for one in work.people],
    }
    return Message(body, work.store)


def is_news(body: Mapping[str, Json]) -> bool:
    return "news" in body


def read_news(body: Mapping[str, Json]) -> NewsWork:
    """ValueError for a body that is not one of ours."""
    match body:
        case {
            "store": str(store),
            "scenario": ("price_drop" | "back_in_stock") as scenario,
            "product": str(product),
            "news": str(news),
            "price": int(price),
            "currency": str(currency),
            "at": int(at),
            "people": [*people],
        }:
            told = tuple(_person(one) for one in people)
            return NewsWork(StoreId(store), str(scenario), ProductId(product), news, price, currency, at, told)
        case _:
            raise ValueError("news must name a store, a product and people")


def _person(raw: Json) -> Person:
    match raw:
        case [str(visitor), int(seen_at), (None | int()) as was, bool(saw), bool(requested)]:
            return Person(VisitorId(visitor), seen_at, was, saw, requested)
        case _:
            raise ValueError("people must be rows of visitor, interest, price, and whether they saw it and asked")
