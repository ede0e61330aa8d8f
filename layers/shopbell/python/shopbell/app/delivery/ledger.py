"""The working copy of a chunk's ledger: one byte for each recipient, saved whenever 50 of them have an end."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.ends import Handed
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.gates.minutes import Minutes, pack, unpack
from shopbell.domain.ids import VisitorId
from shopbell.domain.outcomes import ACCEPTED, CODES, OPEN
from shopbell.domain.quarters import Quarters, placed
from shopbell.domain.runs import Chunk, ChunkLedger, Run
from shopbell.ports import RunProgress

_ACCEPTED: Final = CODES[ACCEPTED]


@dataclass(slots=True)
class Tally:
    """What a worker knows of its chunk. What is not saved when it dies is done again by the next one."""

    keep: Callable[[ChunkLedger], None]
    chunk: Chunk
    codes: bytearray
    errors: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    run: Run | None = None
    variants: bytearray = field(default_factory=bytearray)
    """For each recipient the place of their variant from 1 on, 0 while it is not settled; empty without variants."""
    told: bytes = b""
    """What the gates rested on that were closed to some of them."""
    served: tuple[int, Instant] | None = None
    """Which handing out it was when a service last took something of it, and when."""
    now: Clock = lambda: 0
    accepted_at: Quarters = field(default_factory=dict)
    """When those that were accepted were, as far as that was saved."""
    _dirty: bool = False

    @classmethod
    def of(cls, progress: RunProgress, chunk: Chunk, run: Run, now: Clock) -> "Tally":
        """As the last worker left it. ValueError if the ledger belongs to another list of recipients."""

        def keep(ledger: ChunkLedger) -> None:
            progress.save_ledger(chunk.store, chunk.run, ledger)

        saved = progress.ledger(chunk.store, chunk.run, chunk.id)
        blank = bytes(len(chunk.recipients))
        if saved is None:
            saved = ChunkLedger(chunk.id, chunk.service, blank)
        if len(saved.codes) != len(chunk.recipients):
            raise ValueError(
                f"chunk {chunk.id} has {len(chunk.recipients)} recipients, its ledger {len(saved.codes)}"
            )
        tally = cls(keep, chunk, bytearray(saved.codes), saved.errors, run=run, told=saved.told)
        tally.served, tally.accepted_at, tally.now = saved.served, saved.accepted_at, now
        if run.variants:
            tally.variants = bytearray(saved.variants or blank)
        return tally

    @property
    def open(self) -> tuple[int, ...]:
        """Places of the recipients without an end yet."""
        return tuple(place for place, code in enumerate(self.codes) if code == OPEN)

    def variant(self, place: int, visitor: VisitorId) -> int | None:
        """The place of a recipient's variant, settled when it is first asked for; None where there are none."""
        if self.run is None or not self.variants:
            return None
        self.variants[place] = self.variants[place] or self.run.variant_for(visitor) + 1
        return self.variants[place] - 1

    def end(self, place: int, outcome: str) -> None:
        self.variant(place, self.chunk.recipients[place].visitor)
        self.codes[place] = CODES[outcome]
        self.counts[outcome] += 1
        self._dirty = True

    def reopen(self, place: int, outcome: str) -> None:
        """The end was not theirs: the fault turned out to be ours."""
        self.codes[place] = OPEN
        self.counts[outcome] -= 1
        self._dirty = True

    def note(self, name: str, number: int = 1) -> None:
        self.counts[name] += number

    def tell(self, minutes: Minutes) -> None:
        """Of those who were asked just now, beside what an earlier worker noted."""
        if minutes:
            self.told = pack({**unpack(self.told), **minutes})

    def fail(self) -> None:
        """One more failure of ours."""
        self.errors += 1
        self._dirty = True

    def serve(self, handed: Handed, now: Instant) -> None:
        """A service has taken something of it, and some are open still."""
        self.served = handed.receives, now
        self._dirty = True

    def trouble(self, handed: Handed, now: Instant) -> Handed:
        """Counted from when a service last took something of it: whatever held it up before is over."""
        if self.served is None or handed.receives < self.served[0]:
            return handed  # the planner's second message of it begins anew
        receives, at = self.served
        return Handed(handed.receives - receives + 1, min(handed.age, max(0, now - at)))

    def save(self) -> None:
        if self._dirty:
            codes, variants = bytes(self.codes), bytes(self.variants)
            name, service = self.chunk.id, self.chunk.service
            self.accepted_at = placed(codes.count(_ACCEPTED), self.accepted_at, self.now())
            more = (self.told, self.served, self.accepted_at)
            self.keep(ChunkLedger(name, service, codes, self.errors, variants, *more))
            self._dirty = False
