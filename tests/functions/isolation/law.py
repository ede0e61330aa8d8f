"""That one store's calls neither read nor write another's: the same calls in a world without it give the same."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.ids import StoreId

from tests.functions.http.world import OURS, THEIRS, Answered
from tests.functions.isolation.apart import Belongings, sorted_out
from tests.functions.isolation.cases import Case, Sent
from tests.functions.isolation.choosing import ODD, Named
from tests.functions.isolation.pair import Pair, best_key, key_of, send
from tests.functions.isolation.workers import work_off

CREDENTIALS: Final = frozenset({"message"})
"""What opens its own store to whoever holds it, as a key does: a message's token. It has a test of its own."""
SHORT: Final = 6
"""Names of fewer characters may stand in an answer by chance."""


@dataclass(frozen=True, slots=True)
class Fill:
    """What one hole is filled with."""

    foreign: bool
    place: int = 0
    spelling: str = "as it is"


OWN, FOREIGN = Fill(foreign=False), Fill(foreign=True)
SHARED: Final = Fill(foreign=False, place=1)
"""Of visitors, products, lists and pools each store's second is called the same."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call of our store's; `fills` begin anew where there are more holes than fills."""

    case: Case
    role: str
    fills: tuple[Fill, ...]


def tried(pair: Pair, steps: Sequence[Step]) -> None:
    """The law, for these calls one after the other."""
    pair.begin()
    asked = [(step, _filled(pair, step)) for step in steps]
    pair.begin()  # what was read to fill the holes was read in one of the two worlds
    for step, sent in asked:
        if "idempotency-key" in sent.headers:
            _asked_before(pair, step.case, sent)
    before, said = sorted_out(pair.both.world)[THEIRS], ""
    for step, sent in asked:
        said += json.dumps([sent.path, sent.body, dict(sent.query), dict(sent.headers)], ensure_ascii=False)
        _answered_alike(pair, step, sent, said)
    _left_alike(pair, before)


def _answered_alike(pair: Pair, step: Step, sent: Sent, said: str) -> None:
    key = key_of(pair.ours, step.role)
    answer, alone = (send(office, step.case, sent, key) for office in (pair.both, pair.alone))
    assert told(answer) == told(alone), f"{step.role} {sent}: the other store shows in the answer"
    _tells_nothing(pair, answer, said)
    job = answer.json.get("job_id") if answer.status == 202 and answer.text.startswith("{") else None
    if job:
        for office in (pair.both, pair.alone):
            work_off(office)
        path = f"/v1/jobs/{job}"
        done, alone = (
            office.manage("GET", path, key=key_of(pair.ours, "admin")) for office in (pair.both, pair.alone)
        )
        assert told(done) == told(alone), f"{sent}: the other store shows in the job"
        _tells_nothing(pair, done, said)


def _left_alike(pair: Pair, before: Belongings) -> None:
    assert pair.both.queues == pair.alone.queues, "something was queued for the other store, or of what it has"
    left, alone = sorted_out(pair.both.world), sorted_out(pair.alone.world)
    assert left.pop(THEIRS) == before, "the other store was written to"
    parted = [table for store in left for table in _parted(left[store], alone[store])]
    assert parted == [], "what ours has tells of the other store"
    assert pair.both.watch.failures == []


def _parted(left: Belongings, alone: Belongings) -> list[str]:
    """Tables that are not alike."""
    return [table for table in sorted(left.keys() | alone.keys()) if left.get(table) != alone.get(table)]


def told(answer: Answered) -> tuple[int, dict[str, str], str]:
    return answer.status, dict(answer.headers), answer.text


def secrets(pair: Pair) -> list[str]:
    """What only the other store knows: its word, and every name that ours has not, too."""
    ours = {name for names in pair.ours.names.values() for name in names}
    theirs = {name for names in pair.theirs.names.values() for name in names}
    return [pair.theirs.word, *sorted(name for name in theirs - ours if len(name) >= SHORT)]


def _tells_nothing(pair: Pair, answer: Answered, said: str) -> None:
    seen = f"{answer.text} {dict(answer.headers)}"
    leaked = [name for name in secrets(pair) if name in seen and name not in said]
    assert leaked == [], f"the answer tells {leaked}"


def _filled(pair: Pair, step: Step) -> Sent:
    """Its holes filled; cursors and ETags are read from whoever has them."""
    role, number = best_key(step.case), 0
    of: dict[bool, Callable[[str, int], str]] = {
        foreign: Named(estate, step.case, pair.both, role)
        for foreign, estate in ((False, pair.ours), (True, pair.theirs))
    }

    def choose(kind: str) -> str:
        nonlocal number
        fill = OWN if kind in CREDENTIALS else step.fills[number % len(step.fills)]
        number += 1
        store: StoreId = THEIRS if fill.foreign else OURS
        return ODD[fill.spelling](of[fill.foreign](kind, fill.place), store)

    return step.case.filled(choose)


def _asked_before(pair: Pair, case: Case, sent: Sent) -> None:
    """The other store has sent the same, of its own things, with the same key against repeating."""
    role, drawn = best_key(case), pair.both.drawn
    theirs = case.filled(Named(pair.theirs, case, pair.both, role))
    again = Sent(theirs.method, theirs.path, theirs.body, theirs.query, sent.headers)
    send(pair.both, case, again, key_of(pair.theirs, role))
    pair.both.drawn = drawn
    for queue in pair.both.queues.values():
        queue.messages.clear()
