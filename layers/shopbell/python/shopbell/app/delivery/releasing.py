"""When each chunk of a run has its turn that sends so many messages a minute and no more."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import MINUTE, SECOND, Instant
from shopbell.domain.runs import CHUNK_SIZE, Chunk, Run, ShardProgress

LONGEST_DELAY: Final = 900
"""Seconds for which a queue holds back a new message."""


def chunk_size(run: Run) -> int:
    """What goes at once is never more than a minute's share."""
    return min(CHUNK_SIZE, run.delivery.per_minute or CHUNK_SIZE)


def paced(run: Run, row: ShardProgress, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Each with its turn; `row` is how far its shard was before.

    Every shard has the same share of a minute, and begins when those before it have begun: so turns follow each
    other evenly without anybody counting together.
    """
    limit, before = run.delivery.per_minute, row.planned
    for chunk in chunks:
        if limit is None:
            yield chunk
            continue
        place = before * run.shards + row.shard * chunk_size(run)
        yield replace(chunk, not_before=run.created_at + place * MINUTE // limit)
        before += len(chunk.recipients)


def delay_of(chunk: Chunk, now: Instant) -> int:
    """Whole seconds for the queue to hold it back; what is left of a longer wait, the worker tells the queue."""
    return min(LONGEST_DELAY, max(0, -(-(chunk.not_before - now) // SECOND)))
