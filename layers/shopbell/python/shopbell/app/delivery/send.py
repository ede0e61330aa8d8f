"""Send one chunk: read its recipients fresh, pass the gates, post, record; whatever stays open comes back later."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.desks import Desks
from shopbell.app.delivery.halting import Halted, going
from shopbell.app.delivery.hearing import Round
from shopbell.app.delivery.ledger import Tally
from shopbell.app.delivery.letters import put_off
from shopbell.app.delivery.post import Post
from shopbell.app.delivery.sorting import Piles, Sort
from shopbell.app.delivery.stopping import StopRun
from shopbell.app.delivery.throttle import Place, lane_of
from shopbell.app.delivery.unsent import Unsent
from shopbell.app.ends import Done, End, Handed, Later, Remaining, Uniform, back_off
from shopbell.app.poison import NEVER, reason
from shopbell.app.work import parked_message
from shopbell.domain.clock import MINUTE, SECOND, Clock, Duration, Instant
from shopbell.domain.gates import over
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.lasting import standing
from shopbell.domain.pauses import held
from shopbell.domain.runs import FLUSH_EVERY, Chunk, Run
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.store import Store
from shopbell.domain.webhooks.alarm import Sound, silent
from shopbell.ports import Queue, RunProgress, Stores
from shopbell.ports.sending import SendRuns

MAX_ERRORS: Final = 5
"""Failures of ours after which a chunk is parked with the reason (ruling 33)."""
RESERVE: Final[Duration] = 20 * SECOND
"""What must be left of an invocation to begin another round: a round's posts time out within it."""
LEFT: Final = "skipped:exited"
"""What becomes of a message that would wait, of who left meanwhile."""
Deferring = Callable[[StoreId, VisitorId, PendingStep], bool]
"""Let a step wait as one of the visitor's; a step of the same name is there once. Raises Unavailable.

False: they left the scenario meanwhile, and nothing of it waits for them.
"""


@dataclass(frozen=True, slots=True)
class Send:
    """Queues `send-*`. A redelivery goes on from the ledger: who has an end is not posted to again (ruling 34)."""

    runs: SendRuns
    progress: RunProgress
    stores: Stores
    desks: Desks
    sort: Sort
    post: Post
    defer: Deferring
    parked: Queue
    now: Clock
    uniform: Uniform
    unsent: Unsent
    sound: Sound = silent

    def __call__(self, chunk: Chunk, handed: Handed, remaining: Remaining) -> End:
        """Raises Unavailable when a dependency failed: the message comes back by itself."""
        run, store = self.runs.get(chunk.store, chunk.run), self.stores.get(chunk.store)
        if run is None or store is None:
            return Done({"run_gone": 1})
        now = self.now()
        StopRun(self.runs, self.sound, self.now).catch_up(run)
        run = standing(run, store, now)
        waits = chunk.not_before and over(run, now) is None
        if waits and (wait := _turn(chunk, run, store, now) - now) > 0:
            return Later(wait, "not_its_turn")
        tally = Tally.of(self.progress, chunk, run, self.now)
        try:
            return self._work(run, store, tally, handed, remaining)
        except NEVER as exc:
            return self._failed(tally, exc, handed)

    def _work(self, run: Run, store: Store, tally: Tally, handed: Handed, remaining: Remaining) -> End:
        if (outcome := over(run, self.now())) is not None:
            self.sort.abandon(run, tally, run.id)
            return self._end_all(run, tally, outcome, remaining)
        if store.sending == "paused" or run.state == "paused":
            reason = "sending_paused" if store.sending == "paused" else "run_paused"
            return Later(self._back_off(tally, handed), reason)
        if remaining() < RESERVE:
            return Later(SECOND, "out_of_time")
        if (closed := self._closed(run, tally, handed)) is not None:
            return closed
        desk, seen = self.desks(run, store), self.now()
        piles = self.sort(desk, tally)
        tally.tell(desk.minutes)
        self._put_off(desk, tally, piles, remaining)
        go_on = going(Halted(self.runs, self.stores, self.now, run, seen), lambda: remaining() > RESERVE)
        done = self.post.rounds(desk, piles.letters, tally, go_on, lane_of(run))
        self.sort.settle(tally, piles.letters, done.unsure)
        if tally.open and tally.counts["accepted"]:
            tally.serve(handed, self.now())
        tally.save()
        self.sort.release(desk, tally, piles)
        return self._ended(run, tally, done, (handed, remaining))

    def _ended(self, run: Run, tally: Tally, done: Round, call: tuple[Handed, Remaining]) -> End:
        handed = call[0]
        self._warn(run, done)
        if done.stop is not None:
            StopRun(self.runs, self.sound, self.now)(run)
            self.parked.send([parked_message(run.store, None, tally.chunk.id, f"run stopped: {done.stop}")])
            return Later(self._back_off(tally, handed), "run_stopped", {**tally.counts, "runs_stopped": 1})
        if not tally.open:
            return self._done(run, tally, call[1])
        if done.held or done.wait or any(name.startswith("put_off_") for name in tally.counts):
            wait = self._back_off(tally, handed, at_least=done.wait)
            return Later(wait, done.held or "put_off", {**tally.counts})
        return Later(SECOND, "out_of_time", {**tally.counts})

    def _back_off(self, tally: Tally, handed: Handed, *, at_least: Duration = 0) -> Duration:
        return back_off(tally.trouble(handed, self.now()), self.uniform, at_least=at_least)

    def _closed(self, run: Run, tally: Tally, handed: Handed) -> Later | None:
        """Before anybody is read of whom nobody may be posted to now."""
        pacing, place = self.post.pacing, Place(tally.chunk.service, run.store, lane_of(run))
        pacing.throttle.penalise(run.store, run.warnings.get("throttled_by_chrome", 0), self.now())
        found = pacing.closed(place, min(FLUSH_EVERY, len(tally.open))) if tally.open else None
        if found is None or found.why is None:
            return self._crowded(run, tally, handed)
        wait = self._back_off(tally, handed, at_least=found.wait)
        return Later(wait, found.why, {**tally.counts, found.why: len(tally.open)})

    def _crowded(self, run: Run, tally: Tally, handed: Handed) -> Later | None:
        """Where so many go a minute: who was held up does not go beside those whose turn it is."""
        if run.delivery.per_minute is None or not tally.open:
            return None
        length = len(tally.open) * MINUTE // run.delivery.per_minute
        if not (wait := self.runs.take_turn(run.store, run.id, length, self.now())):
            return None
        return Later(self._back_off(tally, handed, at_least=wait), "not_its_turn", {**tally.counts})

    def _warn(self, run: Run, done: Round) -> None:
        for warning in sorted({*done.warnings, *(("refused",) if done.stop else ())}):
            self.runs.warn(run.store, run.id, warning, self.now())

    def _put_off(self, desk: Desk, tally: Tally, piles: Piles, remaining: Remaining) -> None:
        """Each waits as a step of its visitor before the ledger says so: whoever dies between does it again."""
        for place, (asked, until) in enumerate(piles.waits):
            if remaining() < RESERVE or asked.to.profile is None:
                return
            device = tally.chunk.recipients[asked.place].subscription
            waits = self.defer(desk.store.id, asked.to.profile.visitor, put_off(desk.run, device, None, until))
            tally.end(asked.place, until.outcome if waits else LEFT)
            if place % FLUSH_EVERY == FLUSH_EVERY - 1:
                tally.save()

    def _done(self, run: Run, tally: Tally, remaining: Remaining) -> End:
        """All ends are stored: whoever dies here is told of them again."""
        if not self.unsent.of_chunk(tally.chunk, run, bytes(tally.codes), lambda: remaining() > RESERVE):
            return Later(SECOND, "out_of_time", {**tally.counts})
        return Done({**tally.counts, "chunks_done": 1})

    def _end_all(self, run: Run, tally: Tally, outcome: str, remaining: Remaining) -> End:
        for place in tally.open:
            tally.end(place, outcome)
        tally.save()
        return self._done(run, tally, remaining)

    def _failed(self, tally: Tally, exc: Exception, handed: Handed) -> End:
        name = f"error_{type(exc).__name__}"
        tally.fail()
        tally.save()
        if tally.errors < MAX_ERRORS:
            return Later(self._back_off(tally, handed), "failed", {**tally.counts, name: 1})
        where = f"{tally.chunk.run}/{tally.chunk.id}"
        self.parked.send([parked_message(tally.chunk.store, None, where, reason(exc))])
        return Done({**tally.counts, "chunks_parked": 1, name: 1})


def _turn(chunk: Chunk, run: Run, store: Store, now: Instant) -> Instant:
    """Later by every pause that is over; one that goes on keeps it from being sent by itself."""
    return chunk.not_before + run.shift + held(store.pauses, run.created_at, now)
