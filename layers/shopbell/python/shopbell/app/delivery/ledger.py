"""The working copy of a chunk's ledger: one byte for each recipient, saved whenever 50 of them have an end."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from shopbell.domain.outcomes import CODES, OPEN
from shopbell.domain.runs import Chunk, ChunkLedger
from shopbell.ports import RunProgress


@dataclass(slots=True)
class Tally:
    """What a worker knows of its chunk. What is not saved when it dies is done again by the next one."""

    keep: Callable[[ChunkLedger], None]
    chunk: Chunk
    codes: bytearray
    errors: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    _dirty: bool = False

    @classmethod
    def of(cls, progress: RunProgress, chunk: Chunk) -> "Tally":
        """As the last worker left it. ValueError if the ledger belongs to another list of recipients."""

        def keep(ledger: ChunkLedger) -> None:
            progress.save_ledger(chunk.store, chunk.run, ledger)

        saved = progress.ledger(chunk.store, chunk.run, chunk.id)
        if saved is None:
            return cls(keep, chunk, bytearray(len(chunk.recipients)))
        if len(saved.codes) != len(chunk.recipients):
            raise ValueError(
                f"chunk {chunk.id} has {len(chunk.recipients)} recipients, its ledger {len(saved.codes)}"
            )
        return cls(keep, chunk, bytearray(saved.codes), saved.errors)

    @property
    def open(self) -> tuple[int, ...]:
        """Places of the recipients without an end yet."""
        return tuple(place for place, code in enumerate(self.codes) if code == OPEN)

    def end(self, place: int, outcome: str) -> None:
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

    def fail(self) -> None:
        """One more failure of ours."""
        self.errors += 1
        self._dirty = True

    def save(self) -> None:
        if self._dirty:
            self.keep(ChunkLedger(self.chunk.id, self.chunk.service, bytes(self.codes), self.errors))
            self._dirty = False
