"""Send one step to one visitor: its run of the day, a guard that lets it go once, the same gates, post and record."""

from dataclasses import dataclass, replace

from shopbell.app.delivery.dayrun import DayRun
from shopbell.app.delivery.desks import Desks
from shopbell.app.delivery.guard import Bound, Held
from shopbell.app.delivery.hearing import Round
from shopbell.app.delivery.ledger import Tally
from shopbell.app.delivery.letters import put_off
from shopbell.app.delivery.post import Post
from shopbell.app.delivery.send import LEFT, MAX_ERRORS, RESERVE, Deferring
from shopbell.app.delivery.sorting import Piles, Sort
from shopbell.app.delivery.unsent import Unsent, stands
from shopbell.app.ends import Done, End, Handed, Later, Remaining, Uniform, back_off
from shopbell.app.nowwork import NowWork
from shopbell.app.people import People
from shopbell.app.poison import NEVER, reason
from shopbell.app.work import parked_message
from shopbell.domain.clock import SECOND, Clock
from shopbell.domain.dispatch import LEASE, Dispatch, dispatch_name
from shopbell.domain.gates import Defer
from shopbell.domain.gates.asking import closing
from shopbell.domain.ids import RunId
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.pending import DEVICES, MESSAGES, PendingStep
from shopbell.domain.store import Store
from shopbell.ports import Queue, Runs, Stores, Visitors
from shopbell.ports.dispatches import Dispatches


@dataclass(frozen=True, slots=True)
class SendNow:
    """Queue `send-now`. A redelivery finds who posts it now, who has posted it, or goes on where one died."""

    runs: Runs
    dispatches: Dispatches
    stores: Stores
    visitors: Visitors
    day_run: DayRun
    desks: Desks
    sort: Sort
    post: Post
    defer: Deferring
    parked: Queue
    now: Clock
    uniform: Uniform
    unsent: Unsent

    def __call__(self, work: NowWork, handed: Handed, remaining: Remaining) -> End:
        """Raises Unavailable when a dependency failed: the message comes back by itself."""
        store = self.stores.get(work.store)
        if store is None:
            return Done({"store_gone": 1})
        if (wait := self._hindered(store, handed, remaining)) is not None:
            return wait
        return self._step(store, work, handed, remaining)

    def _hindered(self, store: Store, handed: Handed, remaining: Remaining) -> Later | None:
        if store.sending == "paused":
            return Later(back_off(handed, self.uniform), "sending_paused")
        return Later(SECOND, "out_of_time") if remaining() < RESERVE else None

    def _step(self, store: Store, work: NowWork, handed: Handed, remaining: Remaining) -> End:
        profile = People(self.visitors).load(work.store, work.visitor)
        if not profile.version:
            return Done({"steps_for_nobody": 1})
        known = self.dispatches.get(store.id, profile.visitor, dispatch_name(work.step))
        if (end := self._before(known, work.step)) is not None:
            self._take_back(profile, work.step, known)
            return end
        run = self.day_run(store, work.step, known)
        if isinstance(run, str):
            self.unsent.take_back(store.id, profile.visitor, work.step)
            return Done({run: 1})
        closes_at = closing(run)
        if run.state == "paused" and (closes_at is None or self.now() < closes_at):  # then the gates let it expire
            return Later(back_off(handed, self.uniform), "run_paused")
        return self._take(Bound(store, profile, work.step, run), known, handed, remaining)

    def _before(self, known: Dispatch | None, step: PendingStep) -> End | None:
        """How it ends because of an earlier delivery."""
        if known is None:
            return None
        match known.state:
            case "done":
                return Done({"steps_done_before": 1})
            case "deferred":
                return Done({"steps_deferred_before": 1}) if step.due < known.until else None
            case "posting":
                left = known.until - self.now()
                return Later(left, "held_by_another") if left > 0 else None

    def _take(self, at: Bound, known: Dispatch | None, handed: Handed, remaining: Remaining) -> End:
        held = Held.claim(self.dispatches, at, known, self.now() + LEASE)
        tally = held.tally(at)
        try:
            held.write(held.row)
            return self._work(at, held, tally, (handed, remaining))
        except NEVER as exc:
            return self._failed(held, tally, exc, handed)

    def _work(self, at: Bound, held: Held, tally: Tally, call: tuple[Handed, Remaining]) -> End:
        if at.run.state == "cancelled":
            self.sort.abandon(at.run, tally, at.step.key)
            for place in tally.open:
                tally.end(place, "skipped:cancelled")
        desk = self.desks(at.run, at.store)
        piles = self.sort(desk, tally, at.step)
        until = self._put_off(at, piles, tally)
        limited = at.run.warnings.get("throttled_by_chrome", 0)
        self.post.pacing.throttle.penalise(at.store.id, limited, self.now())
        done = self.post.rounds(desk, piles.letters, tally, lambda: call[1]() > RESERVE, "now")
        for warning in sorted(done.warnings):
            self.runs.warn(at.store.id, at.run.id, warning, self.now())
        self.sort.settle(tally, piles.letters, done.unsure)
        if tally.open:
            return self._later(held, tally, done, call[0])
        self.sort.release(desk, tally, piles)
        held.close(
            at,
            bytes(tally.codes),
            until.until if until else None,
            [one for gates in desk.told.values() for one in gates.values()],
            self.now(),
        )
        self._take_back(at.profile, at.step, held.row)
        return Done({**tally.counts, "steps_deferred" if until else "steps_done": 1})

    def _take_back(self, person: Profile, step: PendingStep, known: Dispatch | None) -> None:
        """Once its end is stored, so that nothing goes any more; whoever dies before it is told of it again."""
        if known is None or known.state != "done" or stands(known.codes):
            return
        run = self.runs.get(known.store, RunId(known.run))
        if run is not None:
            self.unsent.of_step(run, step, person, dict(zip(known.devices, known.codes, strict=True)))

    def _put_off(self, at: Bound, piles: Piles, tally: Tally) -> Defer | None:
        """The step waits again, for the devices that it was not posted to, until the last of them may be."""
        if not piles.waits:
            return None
        latest = max((until for _, until in piles.waits), key=lambda until: until.until)
        devices = [tally.chunk.recipients[asked.place].subscription for asked, _ in piles.waits]
        again = put_off(at.run, devices[0], at.step, latest)
        if len(devices) < len(tally.codes):
            again = replace(again, facts={**again.facts, DEVICES: [*devices]})
        if len(devices) > 1 or MESSAGES in again.facts:
            again = replace(again, facts={**again.facts, MESSAGES: len(devices)})
        waits = self.defer(at.store.id, at.profile.visitor, again)
        for asked, until in piles.waits:
            tally.end(asked.place, until.outcome if waits else LEFT)
        return latest if waits else None

    def _later(self, held: Held, tally: Tally, done: Round, handed: Handed) -> End:
        """What the services put off stays open, and the step is let go, so that the next try needs no patience."""
        held.write(replace(held.row, codes=bytes(tally.codes), until=self.now()))
        wait = back_off(handed, self.uniform, at_least=done.wait)
        return Later(wait, done.held or "put_off", {**tally.counts})

    def _failed(self, held: Held, tally: Tally, exc: Exception, handed: Handed) -> End:
        name = f"error_{type(exc).__name__}"
        tally.fail()
        tally.save()
        if tally.errors < MAX_ERRORS:
            held.write(replace(held.row, until=self.now()))
            return Later(back_off(handed, self.uniform), "failed", {**tally.counts, name: 1})
        where = f"{held.row.run}/{tally.chunk.id}"
        self.parked.send([parked_message(held.row.store, held.row.visitor, where, reason(exc))])
        return Done({**tally.counts, "steps_parked": 1, name: 1})
