"""What lies on the queues `send-*`, told apart: chunks of a run, and steps of one visitor."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.app.delivery.now import SendNow
from shopbell.app.delivery.send import Send
from shopbell.app.ends import End, Handed, Remaining
from shopbell.app.nowwork import NowWork, is_now, read_now
from shopbell.app.work import read_chunk
from shopbell.domain.events import Json
from shopbell.domain.runs import Chunk


@dataclass(frozen=True, slots=True)
class Posting:
    chunk: Send
    step: SendNow

    def __call__(self, work: Chunk | NowWork, handed: Handed, remaining: Remaining) -> End:
        match work:
            case Chunk():
                return self.chunk(work, handed, remaining)
            case NowWork():
                return self.step(work, handed, remaining)


def read_posting(body: Mapping[str, Json]) -> Chunk | NowWork:
    """ValueError for a body that is not one of ours."""
    return read_now(body) if is_now(body) else read_chunk(body)
