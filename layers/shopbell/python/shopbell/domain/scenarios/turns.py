"""What a plan says of events that turn the course of its instances: end them, put them off, name their moment."""

from dataclasses import dataclass
from typing import Literal

from shopbell.domain.clock import Duration
from shopbell.domain.rules.conditions import Condition


@dataclass(frozen=True, slots=True)
class Until:
    """Not some time after the trigger but before or after an instant that the event itself names."""

    field: str
    """Property that holds it, in RFC 3339."""
    offset: Duration = 0
    """Negative: so long before it."""


@dataclass(frozen=True, slots=True)
class Exit:
    """Ends what is pending if all conditions hold and, with `same`, if it is about the instance.

    `order`: the order is the one that was the trigger; `products`: it shares a product with the instance, or with
    the cart as it was before the event.
    """

    event: str
    where: tuple[Condition, ...] = ()
    same: Literal["order", "products"] | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Any of these events puts off a message that is due within `within` after it until `wait` after it."""

    events: frozenset[str]
    within: Duration
    wait: Duration
    visit: bool = False
    """Whether any visit counts as such an event, also the one that the trigger found the visitor in."""
