"""A visitor's ledger: which of their events the live features still need, packed into three parts."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.orders import Orders
from shopbell.domain.part import MAX_ELEMENTS, NOTHING, PARTS, Part, PartName

NO_ORDERS: Final = Orders()
MAX_BYTES: Final = 224 * 1024
"""Of all three parts; with traits, subscriptions and memberships a visitor stays under 256 KB (ruling 4)."""


@dataclass(slots=True, unsafe_hash=True)
class Ledger:
    """The three parts, written separately; `trimmed` once the byte limit took elements (ruling 4).

    Never changed; not frozen, since one is made with every event, and a frozen one takes three times as long.
    """

    p: Part = NOTHING
    l: Orders = NO_ORDERS  # noqa: E741 - the parts are called P, L and V everywhere
    v: Part = NOTHING
    trimmed: bool = False

    def part(self, name: PartName) -> Part:
        return self.p if name == "P" else self.l if name == "L" else self.v

    def having(self, name: PartName, part: Part) -> "Ledger":
        """With another part in place of that one."""
        match name:
            case "P":
                return Ledger(part, self.l, self.v, self.trimmed)
            case "L":
                return Ledger(self.p, part if isinstance(part, Orders) else NO_ORDERS, self.v, self.trimmed)
            case "V":
                return Ledger(self.p, self.l, part, self.trimmed)

    @property
    def size(self) -> int:
        """Packed bytes of all parts."""
        return len(self.p.packed) + len(self.l.packed) + len(self.v.packed)

    @property
    def capped(self) -> bool:
        """Whether a limit may have taken elements: answers are exact for `count >= k`, k up to 1,000 (ruling 3)."""
        return self.trimmed or any(self.part(name).largest >= MAX_ELEMENTS for name in PARTS)


EMPTY: Final = Ledger()
