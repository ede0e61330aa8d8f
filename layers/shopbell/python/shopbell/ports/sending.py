"""What sending needs: runs with their progress and counters, queues, and the push service."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import RunId, StoreId, VisitorId
from shopbell.domain.pauses import Pause
from shopbell.domain.push.values import BadReceiver, PushAnswer, PushRequest, ReceiverKeys
from shopbell.domain.runs import ChunkLedger, Run, RunState, RunWarning, ShardProgress, Source
from shopbell.domain.sends import SendRecord


class Runs(Protocol):
    def create(self, run: Run) -> bool:
        """False if this firing already made it."""

    def get(self, store: StoreId, run: RunId) -> Run | None: ...

    def of_source(self, store: StoreId, source: Source, source_id: str) -> Sequence[Run]:
        """Newest first."""

    def set_state(
        self, store: StoreId, run: RunId, state: RunState, shift: Duration = 0, pause: Pause | None = None
    ) -> None:
        """`shift` is added to that of the run: of a `pause` that it knows to have ended, not again.

        A pause is told from others by when it began. NotFound without the run.
        """

    def warn(self, store: StoreId, run: RunId, warning: RunWarning, at: Instant) -> None:
        """Note that it was noticed again; NotFound without the run."""


class PacedRuns(Runs, Protocol):
    def take_turn(self, store: StoreId, run: RunId, length: Duration, now: Instant) -> Duration:
        """Take the time of a run from now on, for `length`, for oneself: 0. Else how long until it may be free."""


class StoppedRuns(Protocol):
    def stop(self, store: StoreId, run: RunId, shift: Duration, at: Instant) -> None:
        """Pause it from then on, and note in the same write that this, after so long a pause before, is to be told.

        What is paused or cancelled already stays as it is, and is to be told of all the same. NotFound.
        """

    def untold_stop(self, store: StoreId, run: RunId) -> Duration | None:
        """What was noted with the last stop, strongly consistent; None: it was told, or there was none."""

    def stop_told(self, store: StoreId, run: RunId, shift: Duration) -> None:
        """Drop that note; another stop's stays."""


class SendRuns(PacedRuns, StoppedRuns, Protocol):
    """What sending asks of runs."""


class Sends(Protocol):
    def of(self, store: StoreId, visitors: Sequence[VisitorId]) -> Mapping[VisitorId, SendRecord]:
        """By the ids asked for, of everyone, strongly consistent; of who handed theirs over, the owner's."""

    def save(self, store: StoreId, records: Sequence[tuple[VisitorId, SendRecord]]) -> Sequence[bool]:
        """The messages of each, under the next version; no owner comes twice. False: another write came first.

        A click is not touched: it is noted by itself.
        """

    def click(self, store: StoreId, visitor: VisitorId, at: Instant) -> None:
        """Note a click; the latest stands."""

    def hand_over(self, store: StoreId, visitor: VisitorId, customer: VisitorId) -> None:
        """What was sent to the visitor counts as sent to the customer from now on, and so does what still will be.

        Done again it changes nothing.
        """


class RunProgress(Protocol):
    def save_shard(self, store: StoreId, run: RunId, progress: ShardProgress) -> None: ...

    def shards(self, store: StoreId, run: RunId) -> Sequence[ShardProgress]:
        """Those begun, strongly consistent: whoever finishes the last one must see the others."""

    def ledger(self, store: StoreId, run: RunId, chunk: str) -> ChunkLedger | None: ...

    def save_ledger(self, store: StoreId, run: RunId, ledger: ChunkLedger) -> None: ...

    def ledgers(self, store: StoreId, run: RunId) -> Iterator[ChunkLedger]: ...


class Counters(Protocol):
    def position(self, store: StoreId, subject: str, source_shard: str) -> str | None:
        """The sequence up to which that stream shard is counted, strongly consistent; None: nothing yet.

        What lies at or before it is left out of a sum, so that a batch may be replayed, cut in two or widened.
        """

    def add(self, store: StoreId, subject: str, source_shard: str, sequence: str, deltas: Mapping[str, int]) -> bool:
        """Add if `sequence` is above the position and make it the position; False: already counted (ruling 22).

        `sequence` is padded to 40 digits: as text it orders as its number does.
        """

    def total(self, store: StoreId, subject: str) -> Mapping[str, int]:
        """Exact sums over all stream shards, such as total and reachable of `segment:<id>`."""

    def by_source(
        self, store: StoreId, subject: str, first: str, last: str
    ) -> Iterator[tuple[str, Mapping[str, int]]]:
        """What was counted by each source from `first` to `last`, in their order."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes on a queue. `group` is the store (fair queues); `delay` whole seconds, 0 to 900."""

    body: Mapping[str, Json]
    group: str
    delay: int = 0


class Queue(Protocol):
    def send(self, messages: Sequence[Message]) -> None:
        """All are on the queue when it returns; Unavailable if any could not be put after retries."""


class PushCodec(Protocol):
    def encrypt(self, plaintexts: Sequence[bytes], keys: Sequence[ReceiverKeys]) -> Sequence[bytes | BadReceiver]:
        """RFC 8291 bodies in the same order; one bad receiver spoils only its own."""


class PushTransport(Protocol):
    def post(self, requests: Sequence[PushRequest]) -> Iterator[tuple[int, PushAnswer]]:
        """(index, answer) in the order of completion; never raises for a single push."""
