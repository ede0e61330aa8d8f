"""The guard of one step in the hands of who sends it: taken, kept as it goes on, and closed (ruling 34)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shopbell.app.delivery.dayrun import devices_of
from shopbell.app.delivery.ledger import Tally
from shopbell.domain.clock import Instant
from shopbell.domain.dispatch import RESUMED, Dispatch, DispatchState, dispatch_name
from shopbell.domain.errors import Unavailable
from shopbell.domain.gates import Told
from shopbell.domain.outcomes import NAMES
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Chunk, ChunkLedger, Recipient, Run
from shopbell.domain.scenarios.pending import DEVICES, PendingStep
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import PushService
from shopbell.domain.variants import counted_as
from shopbell.ports.dispatches import Dispatches


@dataclass(frozen=True, slots=True)
class Bound:
    """A step with all that it is about."""

    store: Store
    profile: Profile
    step: PendingStep
    run: Run

    @property
    def service(self) -> PushService:
        """Of the first device; the ledger of a step spans them all."""
        facts = sorted((fact.id, fact.service) for fact in self.profile.subscriptions.values() if fact.active)
        return facts[0][1] if facts else "other"


@dataclass(slots=True)
class Held:
    dispatches: Dispatches
    row: Dispatch

    @classmethod
    def claim(cls, dispatches: Dispatches, at: Bound, known: Dispatch | None, until: Instant) -> "Held":
        """Not written yet. Who takes over from one that died goes on with its devices and their ends."""
        if known is not None and known.state == "posting":
            return cls(dispatches, replace(known, until=until))
        devices = devices_of(at.profile, at.step.facts.get(DEVICES), newest=at.run.terms.newest_device_only)
        visitor, name, version = at.profile.visitor, dispatch_name(at.step), known.version if known else 0
        row = Dispatch(
            at.store.id, visitor, name, at.run.id, "posting", until, devices, bytes(len(devices)), version=version
        )
        if at.run.variants:
            row = replace(row, variant=(known.variant if known else 0) or at.run.variant_for(visitor) + 1)
        return cls(dispatches, row)

    def tally(self, at: Bound) -> Tally:
        recipients = tuple(Recipient(at.profile.visitor, device) for device in self.row.devices)
        chunk = Chunk(at.store.id, at.run.id, f"now-{self.row.name}", at.service, recipients)
        variants = bytearray([self.row.variant] * len(recipients) if at.run.variants else [])
        return Tally(self.keep, chunk, bytearray(self.row.codes), self.row.errors, run=at.run, variants=variants)

    def write(self, row: Dispatch, counts: Counter[str] | None = None, at: Instant = 0) -> None:
        if not self.dispatches.save(row, counts, at):
            raise Unavailable("another worker took the step over")
        self.row = row.later()

    def keep(self, ledger: ChunkLedger) -> None:
        self.write(replace(self.row, codes=ledger.codes, errors=ledger.errors))

    def close(self, at: Bound, codes: bytes, until: Instant | None, told: Sequence[Told], now: Instant) -> None:
        """The end and what it adds to the run's report are one write. `until`: it was put off until then.

        `told`: of the gates that were closed; of one that was closed to several devices the last.
        """
        variant = at.run.variant_at(self.row.variant - 1)
        ends = [NAMES[code] for code in codes] or ["skipped:unsubscribed"]
        counts = Counter(counted_as(end, variant) for end in ends)
        if at.step.run is not None:
            counts[RESUMED] += at.step.messages
        deferred = any(end.startswith("deferred:") for end in ends)
        # from then on a try may begin again: never by a repeat of this very message
        again = at.step.due + 1 if until is None else until
        closed = tuple({one.gate: one for one in told}.values())
        state: DispatchState = "deferred" if deferred else "done"
        self.write(replace(self.row, codes=codes, state=state, until=again, told=closed), counts, now)
