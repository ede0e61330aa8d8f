"""Parts of the rules of scenarios, in the rule language: who visited, who bought, who can be reached."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.scenarios.settings import OwnAudience

VISITS: Final = (
    "page_view",
    "category_view",
    "product_view",
    "search",
    "cart_add",
    "cart_remove",
    "cart_update",
    "cart_clear",
    "checkout_start",
    "login",
    "signup",
    "wishlist_add",
    "wishlist_remove",
    "form_submit",
    "purchase",
)
"""Each of these is a visit: someone was in the shop, or bought of it."""
RETURNED: Final = frozenset(VISITS)
"""What ends a win-back: they are here again."""
REACHABLE: Final[Mapping[str, Json]] = {"subscription": "active"}


def every(*parts: Json) -> Json:
    """All of them; one alone stands for itself."""
    return parts[0] if len(parts) == 1 else {"and": list(parts)}


def visited(within: str | None = None) -> Json:
    """Was in the shop, ever or within an ISO 8601 duration: true until that much after the last visit, exactly."""
    return {"or": [{"event": visit, **_window(within)} for visit in VISITS]}


def away(statistic: str) -> Json:
    """Buyers who were not in the shop for as long as a statistic of the store says; nobody while it is not known."""
    length: Json = {"stat": statistic}
    here: list[Json] = [{"last": visit, "ago": {"op": "lt", "value": length}} for visit in VISITS]
    return every({"last": "purchase", "ago": {"op": "gte", "value": length}}, no({"or": here}))


def bought(times: int = 1, within: str | None = None) -> Json:
    return {"event": "purchase", "op": "gte", "value": times, **_window(within)}


def no(part: Json) -> Json:
    return {"not": part}


def days(number: int) -> str:
    return f"P{number}D"


def narrowed(rule: Json, own: OwnAudience | None) -> Json:
    """The scenario's rule for those alone whom the marketer named."""
    return rule if own is None else every(rule, *named(own))


def named(own: OwnAudience) -> tuple[Json, ...]:
    """Rules that must all hold: in any of the segments that are named, or of the rule, and in none left out."""
    any_of: list[Json] = [{"in_segment": segment} for segment in own.include]
    if own.rule is not None:
        any_of.append(own.rule)
    wanted: list[Json] = [any_of[0] if len(any_of) == 1 else {"or": any_of}] if any_of else []
    return (*wanted, *(no({"in_segment": segment}) for segment in own.exclude))


def _window(within: str | None) -> Mapping[str, Json]:
    return {} if within is None else {"window": {"last": within}}
