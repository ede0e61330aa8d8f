"""Python's collector of cycles, set for work that makes many values and no cycles."""

import gc
from typing import Final

YOUNG: Final = 200_000
"""Values made and still there before the youngest are looked through: more than a batch of chunks makes."""


def settle() -> None:
    """After a cold start: what is there then stays, and is never looked through again.

    At Python's own 700 a worker that sends is looked through a hundred times in a batch, for a tenth of its CPU; what
    is not wanted any more goes at once all the same, since nothing of it is in a cycle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
