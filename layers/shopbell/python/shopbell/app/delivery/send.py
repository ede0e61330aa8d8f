"""Send one chunk: read its recipients fresh, pass the gates, post, record; whatever stays open comes back later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.delivery.compose import Desk, Letter
from shopbell.app.delivery.ledger import Tally
from shopbell.app.delivery.post import Post, Round
from shopbell.app.ends import Done, End, Handed, Later, Remaining, Uniform, back_off
from shopbell.app.people import Mailboxes, People
from shopbell.app.poison import NEVER, reason
from shopbell.app.work import parked_message
from shopbell.domain.clock import SECOND, Clock, Duration
from shopbell.domain.gates import over
from shopbell.domain.ids import StoreId
from shopbell.domain.push.endpoints import AllowedHosts
from shopbell.domain.push.token import TokenKey
from shopbell.domain.rendering import Composer
from shopbell.domain.runs import Chunk, Run
from shopbell.domain.store import Store
from shopbell.ports import Queue, RunProgress, Runs, Stores, Subscriptions, Visitors

MAX_ERRORS: Final = 5
"""Failures of ours after which a chunk is parked with the reason (ruling 33)."""
RESERVE: Final[Duration] = 20 * SECOND
"""What must be left of an invocation to begin another round: a round's posts time out within it."""
_COMPOSERS: Final = 100

TokenKeys = Callable[[StoreId], Sequence[TokenKey]]


@dataclass(frozen=True, slots=True)
class Send:
    """Queues `send-*`. A redelivery goes on from the ledger: who has an end is not posted to again (ruling 34)."""

    runs: Runs
    progress: RunProgress
    stores: Stores
    visitors: Visitors
    subscriptions: Subscriptions
    token_keys: TokenKeys
    post: Post
    parked: Queue
    allowed: AllowedHosts
    now: Clock
    uniform: Uniform
    composers: dict[tuple[StoreId, str], Composer] = field(default_factory=dict)
    """Templates are parsed once for a run and worker."""

    def __call__(self, chunk: Chunk, handed: Handed, remaining: Remaining) -> End:
        """Raises Unavailable when a dependency failed: the message comes back by itself."""
        run, store = self.runs.get(chunk.store, chunk.run), self.stores.get(chunk.store)
        if run is None or store is None:
            return Done({"run_gone": 1})
        tally = Tally.of(self.progress, chunk)
        try:
            return self._work(run, store, tally, handed, remaining)
        except NEVER as exc:
            return self._failed(tally, exc, handed)

    def _work(self, run: Run, store: Store, tally: Tally, handed: Handed, remaining: Remaining) -> End:
        if (outcome := over(run, self.now())) is not None:
            return self._end_all(tally, outcome)
        if store.sending == "paused" or run.state == "paused":
            reason = "sending_paused" if store.sending == "paused" else "run_paused"
            return Later(back_off(handed, self.uniform), reason)
        if remaining() < RESERVE:
            return Later(SECOND, "out_of_time")
        desk = self._desk(run, store)
        letters = self._letters(desk, tally)
        done = self.post.rounds(desk, letters, tally, lambda: remaining() > RESERVE)
        tally.save()
        return self._ended(run, tally, done, handed)

    def _ended(self, run: Run, tally: Tally, done: Round, handed: Handed) -> End:
        if done.stop is not None:
            self.runs.set_state(run.store, run.id, "paused")
            self.parked.send([parked_message(run.store, None, tally.chunk.id, f"run stopped: {done.stop}")])
            return Later(back_off(handed, self.uniform), "run_stopped", {**tally.counts, "runs_stopped": 1})
        if not tally.open:
            return Done({**tally.counts, "chunks_done": 1})
        if done.wait or any(name.startswith("put_off_") for name in tally.counts):
            wait = back_off(handed, self.uniform, at_least=done.wait)
            return Later(wait, "put_off", {**tally.counts})
        return Later(SECOND, "out_of_time", {**tally.counts})

    def _letters(self, desk: Desk, tally: Tally) -> list[Letter]:
        """Those that pass every gate; the others have their end in the ledger."""
        places, store = tally.open, desk.store.id
        recipients = [tally.chunk.recipients[place] for place in places]
        people = People(self.visitors)
        profiles = people.load_many(store, sorted({one.visitor for one in recipients}))
        wanted = [(one.visitor, one.subscription) for one in recipients]
        rows = Mailboxes(self.subscriptions, people).of(store, wanted)
        first = {one.subscription: place for place, one in reversed(list(enumerate(tally.chunk.recipients)))}
        letters: list[Letter] = []
        for place, one in zip(places, recipients, strict=True):
            repeated = first[one.subscription] != place
            row = rows.get((one.visitor, one.subscription))
            made = desk.letter(place, row, profiles.get(one.visitor), repeated=repeated)
            match made:
                case Letter():
                    letters.append(made)
                    for fault in made.faults:
                        tally.note(fault)
                case str():
                    tally.end(place, made)
        return letters

    def _desk(self, run: Run, store: Store) -> Desk:
        known = self.composers.get((run.store, run.id))
        if known is None:
            if len(self.composers) >= _COMPOSERS:
                self.composers.clear()
            known = Composer(run.content, language=store.language, origin=store.link_origin)
            self.composers[run.store, run.id] = known
        newest = max(self.token_keys(run.store), key=lambda key: key.id)
        return Desk(run, store, newest, known, self.allowed, self.now())

    def _end_all(self, tally: Tally, outcome: str) -> End:
        for place in tally.open:
            tally.end(place, outcome)
        tally.save()
        return Done({**tally.counts, "chunks_done": 1})

    def _failed(self, tally: Tally, exc: Exception, handed: Handed) -> End:
        name = f"error_{type(exc).__name__}"
        tally.fail()
        tally.save()
        if tally.errors < MAX_ERRORS:
            return Later(back_off(handed, self.uniform), "failed", {**tally.counts, name: 1})
        where = f"{tally.chunk.run}/{tally.chunk.id}"
        self.parked.send([parked_message(tally.chunk.store, None, where, reason(exc))])
        return Done({**tally.counts, "chunks_parked": 1, name: 1})
