"""Which of a message's variants a visitor gets: always the same one, found by a hash and stored nowhere."""

import hashlib
import math
from collections.abc import Sequence
from typing import Final

from shopbell.domain.content import Variant
from shopbell.domain.ids import StoreId, VisitorId

_MARK: Final = "@"
"""Between an outcome, or the kind of a receipt, and the variant that it is counted for."""
_SPACE: Final = 1 << 64


def choice(variants: Sequence[Variant], message: tuple[StoreId, str, int], visitor: VisitorId) -> int:
    """The place of the visitor's variant of a message: store, source_id and step. 0 where there are none.

    Rendezvous hashing with weights: each variant draws `-ln(u) / weight`, u from (0, 1] being the first 8 bytes of
    SHA-256 over `variant`, store, source_id, step, visitor and the variant's name, a line each; the smallest wins.
    So the shares follow the weights, no visitor depends on another, the order of the variants means nothing, and a
    variant that is added, dropped or weighed anew moves only those whom it wins or loses.
    """
    if len(variants) < 2:  # noqa: PLR2004 - nothing to choose between
        return 0
    stem = "\n".join(("variant", message[0], message[1], str(message[2]), visitor))
    draws = [(_draw(f"{stem}\n{one.name}") / one.weight, one.name) for one in variants]
    return draws.index(min(draws))


def counted_as(outcome: str, variant: str | None) -> str:
    """The name under which an end or a receipt is counted, in one number for both message and variant."""
    return outcome if variant is None else f"{outcome}{_MARK}{variant}"


def counted_of(name: str) -> tuple[str, str | None]:
    """The outcome, and the variant's name if it was counted for one."""
    outcome, mark, variant = name.partition(_MARK)
    return outcome, variant if mark else None


def _draw(text: str) -> float:
    """Exponentially distributed."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return -math.log((number + 1) / _SPACE)
