"""The cart: the operations since its newest reset, from which its lines, value and age are computed when read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import ProductId
from shopbell.domain.visits.growth import END, grown
from shopbell.domain.visits.operations import KINDS, Item, Operation, begin, read, row_of
from shopbell.domain.visits.sessions import SKEW

MAX_OPERATIONS: Final = 200
"""Of one cart, the newest (ruling 5)."""
MAX_HISTORY: Final = 500
"""With the carts that a rule on `cart_abandoned` looks back at."""
MAX_BYTES: Final = 16 * 1_024
CURRENT: Final[Duration] = -1
"""The reach that keeps the current cart alone."""
Lines = dict[tuple[ProductId, str | None], "Line"]
"""By product and variant, in the order in which they were last added."""


@dataclass(frozen=True, slots=True)
class Line:
    """A product in the cart. `price` of one piece, minor units, as last said; None: nobody ever said."""

    product: ProductId
    variant: str | None
    quantity: int
    price: int | None
    currency: str | None
    brand: str | None
    categories: tuple[str, ...]
    added_at: Instant
    """When it was last added; for a line of a snapshot (`cart_update`), the snapshot's instant."""


@dataclass(frozen=True, slots=True)
class Cart:
    """`lines` in the order in which they were last added."""

    lines: tuple[Line, ...] = ()
    cart_id: str | None = None
    last_change: Instant | None = None
    """Of the newest operation that did something to it, the one that emptied it included; None: never used."""

    @property
    def count(self) -> int:
        """Pieces, not lines."""
        return sum(line.quantity for line in self.lines)

    def value(self, currency: str | None = None) -> int:
        """Minor units; lines without a price, and those written in another than the store's currency, add nothing."""
        mine = (line for line in self.lines if currency in {None, line.currency or currency})
        return sum(line.quantity * (line.price or 0) for line in mine)

    def age(self, now: Instant) -> Duration | None:
        """How long nothing was done to it; None while it is empty."""
        return None if self.last_change is None or not self.lines else now - self.last_change


EMPTY: Final = Cart()


def fold_cart(state: bytes, events: Iterable[Event], reach: Duration = CURRENT) -> bytes:
    """The state with these events: commutative and idempotent, byte for byte; the same object if nothing changed.

    Kept are the operations from where the current cart began; with a reach, from where the cart began that was
    current so long (and SKEW more) before the newest operation. At most 200 of them (with a reach: 500) and 16 KB
    stay, the newest. Each limit is a floor that only rises as operations are
    added, and what lies below a floor cannot move it: so it does not matter when the rest was forgotten.
    """
    fresh = {row for row in map(row_of, events) if row is not None}
    if len(fresh) == 1:
        return with_row(state, fresh.pop(), reach)
    return _cut({*rows(state), *fresh}, state, reach) if fresh else state


def with_row(state: bytes, row: bytes | None, reach: Duration = CURRENT) -> bytes:
    """`fold_cart` of one event, given as its row."""
    if row is None:
        return state
    longer = grown(state, row, MAX_OPERATIONS, MAX_BYTES) if reach == CURRENT else None
    return _cut({*rows(state), row}, state, reach) if longer is None else longer


def join_carts(one: bytes, other: bytes, reach: Duration = CURRENT) -> bytes:
    """The state of all operations of both."""
    return _cut({*rows(one), *rows(other)}, one, reach) if other else one


def recut(state: bytes, reach: Duration = CURRENT) -> bytes:
    """Without what a shorter reach does not need."""
    return _cut(set(rows(state)), state, reach) if state else state


def rows(state: bytes) -> list[bytes]:
    return state.split(END) if state else []


@lru_cache(maxsize=2_048)
def cart_of(state: bytes) -> Cart:
    """The cart as it is after all that was folded."""
    return as_of(operations_of(state))


def operations_of(state: bytes) -> list[Operation]:
    """Oldest first."""
    return [read(row) for row in rows(state)]


def as_of(operations: Sequence[Operation]) -> Cart:
    """The cart after these operations, oldest first. Of several reports of one event the newest stands."""
    if not operations:
        return EMPTY
    current = list(operations[begin(operations) :])[-MAX_OPERATIONS:]
    cart = next((one.cart for one in reversed(current) if one.cart), None)
    if current[0].cart not in {None, cart}:
        del current[0]  # kept only to tell that another cart follows
    newest = {one.event: one for one in current}
    lines: Lines = {}
    changed: Instant | None = None
    for one in current:
        if newest[one.event] is one and _apply(one, lines):
            changed = one.at
    return Cart(tuple(lines.values()), cart, changed)


def _apply(one: Operation, lines: Lines) -> bool:
    """False where it took out what was not there."""
    match KINDS[one.kind]:
        case "cart_add" | "cart_update":
            for item in one.items:
                _add(item, one.at, lines)
        case "cart_remove":
            return sum(_remove(item, lines) for item in one.items) > 0
        case _:
            lines.clear()
    return True


def _add(item: Item, at: Instant, lines: Lines) -> None:
    """A price that is not told again stays; so does what was known of the product."""
    key = (item.product, item.variant)
    known = lines.pop(key, None)
    had = known.quantity if known else 0
    silent = known is not None and item.price is None
    lines[key] = Line(
        item.product,
        item.variant,
        had + (item.quantity or 1),
        known.price if known and silent else item.price,
        known.currency if known and silent else item.currency,
        item.brand or (known.brand if known else None),
        item.categories or (known.categories if known else ()),
        at,
    )


def _remove(item: Item, lines: Lines) -> bool:
    """So many pieces, of the line added last first; all of the product where no quantity is told."""
    left, found = item.quantity, False
    for key in reversed([*lines]):
        if key[0] != item.product or item.variant not in {None, key[1]}:
            continue
        line, found = lines[key], True
        if left is None or left >= line.quantity:
            del lines[key]
            left = left if left is None else left - line.quantity
        else:
            lines[key] = replace(line, quantity=line.quantity - left)
            left = 0
    return found


def _cut(found: set[bytes], before: bytes, reach: Duration) -> bytes:
    operations = sorted(map(read, found))
    horizon = operations[-1].at - reach - SKEW
    settled = [one for one in operations if one.at <= horizon] if reach > CURRENT else operations
    limit = MAX_OPERATIONS if reach == CURRENT else MAX_HISTORY
    kept = operations[begin(settled) :][-limit:]
    state = END.join(one.row for one in kept[_fitting(kept) :])
    return before if state == before else state


def _fitting(operations: Sequence[Operation]) -> int:
    """Place from which on they fit into the limit of bytes; the newest always does."""
    room = MAX_BYTES
    for place in range(len(operations) - 1, -1, -1):
        room -= len(operations[place].row) + len(END)
        if room < 0:
            return min(place + 1, len(operations) - 1)
    return 0
