"""The words that sentences about rules are made of."""

from collections.abc import Mapping, Sequence
from typing import Final

from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Duration, format_instant
from shopbell.domain.rules.conditions import Condition, Op, Value
from shopbell.domain.rules.nodes import CountOp
from shopbell.domain.rules.windows import (
    Age,
    AgoWindow,
    BetweenWindow,
    LastWindow,
    SinceEventWindow,
    SinceWindow,
    StatAge,
    Window,
)

_DEEDS: Final[Mapping[str, tuple[str, str]]] = {
    "page_view": ("viewed a page", "view a page"),
    "category_view": ("viewed a category", "view a category"),
    "product_view": ("viewed a product", "view a product"),
    "search": ("searched", "search"),
    "cart_add": ("put a product into the cart", "put a product into the cart"),
    "cart_remove": ("took a product out of the cart", "take a product out of the cart"),
    "checkout_start": ("started the checkout", "start the checkout"),
    "purchase": ("made a purchase", "make a purchase"),
    "refund": ("got a refund", "get a refund"),
    "signup": ("signed up", "sign up"),
    "login": ("logged in", "log in"),
    "wishlist_add": ("put a product on the wish list", "put a product on the wish list"),
    "form_submit": ("sent a form", "send a form"),
    "subscribed": ("subscribed to push", "subscribe to push"),
    "unsubscribed": ("unsubscribed from push", "unsubscribe from push"),
    "push_accepted": ("were sent a push", "get a push sent"),
    "push_shown": ("were shown a push", "get a push shown"),
    "push_clicked": ("clicked a push", "click a push"),
}
_IS: Final[Mapping[Op, str]] = {
    "eq": "is {}",
    "ne": "is not {}",
    "in": "is one of {}",
    "not_in": "is none of {}",
    "gt": "is more than {}",
    "gte": "is at least {}",
    "lt": "is less than {}",
    "lte": "is at most {}",
    "between": "is between {}",
    "contains": "contains {}",
    "starts_with": "starts with {}",
    "ends_with": "ends with {}",
    "exists": "is known",
    "not_exists": "is not known",
    "under": "is {} or below it",
    "matches": "matches {}",
}
OPPOSITE: Final[Mapping[Op, Op]] = {"ne": "eq", "not_in": "in", "not_exists": "exists"}
"""What stands behind "no" in place of a negative operator."""
_OFTEN: Final[Mapping[CountOp, str]] = {
    "gte": "at least {}",
    "gt": "more than {}",
    "lte": "at most {}",
    "lt": "fewer than {}",
    "eq": "exactly {}",
    "ne": "any number of times but {}",
}
_UNITS: Final = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second"))


def deed(event: str, where: Sequence[Condition], *, base: bool = False) -> str:
    """What was done: past tense, or the bare verb after "did not"."""
    past, bare = _DEEDS.get(event, (f"did “{event}”", f"do “{event}”"))
    details = " and ".join(f"{row.field} {condition(row.op, row.value)}" for row in where)
    return f"{bare if base else past}{f' ({details})' if details else ''}"


def condition(op: Op, value: Value | None) -> str:
    """`is at least 3`."""
    if op == "between" and isinstance(value, tuple):
        return _IS[op].format(" and ".join(map(_said, value)))
    if isinstance(value, tuple):
        return _IS[op].format(", ".join(map(_said, value)))
    return _IS[op].format(_said(value))


def counted(op: CountOp, value: int | tuple[int, int]) -> str:
    """How often; once or more needs no words."""
    if isinstance(value, tuple):
        return f"between {value[0]} and {value[1]} times"
    if op == "gte" and value == 1:
        return ""
    return _OFTEN[op].format("once" if value == 1 else f"{value} times")


def window(span: Window | None) -> str:
    """When."""
    match span:
        case None:
            return ""
        case LastWindow(last=length):
            return f"in the last {duration(length).removeprefix('1 ')}"
        case AgoWindow(from_=start, to=end):
            return f"between {duration(start)} and {duration(end)} ago"
        case SinceWindow(since=start):
            return f"since {format_instant(start)}"
        case BetweenWindow(between=(start, end)):
            return f"between {format_instant(start)} and {format_instant(end)}"
        case SinceEventWindow(since_event=anchor):
            return f"since they last {deed(anchor.last, anchor.where)}"


def age(ago: Age | StatAge) -> str:
    """How long ago."""
    if isinstance(ago, StatAge):
        return f"{ago.op} {ago.value} ago"
    if isinstance(ago.value, tuple):
        return f"between {duration(ago.value[0])} and {duration(ago.value[1])} ago"
    words = {"gte": "at least {} ago", "gt": "more than {} ago", "lte": "at most {} ago", "lt": "less than {} ago"}
    return words[ago.op].format(duration(ago.value))


def duration(length: Duration) -> str:
    """`30 days`, `1 hour 30 minutes`."""
    parts, rest = [], length
    for unit, name in _UNITS:
        amount, rest = divmod(rest, unit)
        if amount:
            parts.append(f"{amount} {name}{'s' if amount > 1 else ''}")
    return " ".join(parts) or "0 seconds"


def _said(value: Value | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"“{value}”" if isinstance(value, str) else str(value)
