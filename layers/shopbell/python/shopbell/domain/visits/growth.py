"""A cart to which something newer is done than ever before, which is most of what happens to carts."""

import re
from typing import Final

from shopbell.domain.visits.operations import KINDS, RESETS

END: Final = b"\n"
_HEAD: Final = 3
"""Instant, kind and hash stand in front of a row's cart."""
_CART: Final = re.compile(rb'(?:null|"(?:[^"\\]|\\.)*"),')


def grown(state: bytes, row: bytes, most: int, largest: int) -> bytes | None:
    """The current cart with one more operation. None where that is not as simple: then all rows must be looked at.

    What is looked at is the newest row alone. If it is older, and of the same cart, then everything before it stays
    what it is; and where a reset is the newest, nothing before it does.
    """
    if not state:
        return row
    mine, newest = row.split(b",", _HEAD), state[state.rfind(END) + 1 :].split(b",", _HEAD)
    if _order(mine) <= _order(newest):
        return None
    if KINDS[int(mine[1])] in RESETS:
        return row
    cart = _CART.match(mine[_HEAD])
    alone = END not in state
    known = alone or (cart is not None and (cart.group() == b"null," or newest[_HEAD].startswith(cart.group())))
    longer = state + END + row
    fits = longer.count(END) < most and len(longer) + len(END) <= largest
    return longer if known and fits else None


def _order(row: list[bytes]) -> tuple[int, int]:
    return int(row[0][1:]), int(row[1])
