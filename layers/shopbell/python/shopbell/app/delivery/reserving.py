"""Take a message's place among what its person is sent, just before it goes: two that race past a cap cannot both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.errors import Unavailable
from shopbell.domain.gates import OPEN, Open, Skip, Verdict
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.sends import SendRecord, Sent, planned_twice, recorded, released
from shopbell.ports import Sends

TRIES: Final = 8
"""How often a record is read again because another write came first."""
TWICE: Final = Skip("duplicate")
"""The person's place is taken by the same message, planned under another of their ids."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One message to one person; `record` is what the gates saw, `ask` asks them anew of another one."""

    visitor: VisitorId
    message: Sent
    record: SendRecord
    ask: Callable[[SendRecord], Verdict]


@dataclass(frozen=True, slots=True)
class Reserve:
    """The record is the reservation: whoever dies after it finds it there again by its mark and posts."""

    sends: Sends

    def __call__(self, store: StoreId, wishes: Sequence[Wish]) -> Sequence[Verdict]:
        """In the same order: open where the place is taken, also by another device's copy of the message.

        Raises Unavailable.
        """
        found: dict[int, Verdict] = {}
        first: dict[tuple[VisitorId, bytes], int] = {}
        for place, wish in enumerate(wishes):
            first.setdefault((wish.visitor, wish.message.mark), place)
        left = {place: wishes[place] for place in first.values()}
        for _ in range(TRIES):
            left = self._round(store, left, found)
            if not left:
                return [found[first[wish.visitor, wish.message.mark]] for wish in wishes]
        raise Unavailable(f"another message came first {TRIES} times")

    def _round(self, store: StoreId, left: Mapping[int, Wish], found: dict[int, Verdict]) -> dict[int, Wish]:
        """Those that another write came before, with what it wrote."""
        fresh = {place: recorded(wish.record, wish.message) for place, wish in left.items()}
        there = {place: wish for place, wish in left.items() if fresh[place] is wish.record}
        found.update({place: _again(wish, wish.record) for place, wish in there.items()})
        turn: dict[VisitorId, int] = {}
        for place, wish in left.items():
            if place not in found:
                turn.setdefault(wish.record.owner or wish.visitor, place)
        saved = self.sends.save(store, [(who, fresh[place]) for who, place in turn.items()])
        found.update({place: OPEN for place, done in zip(turn.values(), saved, strict=True) if done})
        missed = {place: wish for place, wish in left.items() if place not in found}
        return self._read_again(store, missed, found) if missed else {}

    def _read_again(self, store: StoreId, missed: Mapping[int, Wish], found: dict[int, Verdict]) -> dict[int, Wish]:
        records = self.sends.of(store, sorted({wish.visitor for wish in missed.values()}))
        again: dict[int, Wish] = {}
        for place, wish in missed.items():
            record = records[wish.visitor]
            there = recorded(record, wish.message) is record
            answer = _again(wish, record) if there else wish.ask(record)
            if isinstance(answer, Open):
                again[place] = Wish(wish.visitor, wish.message, record, wish.ask)
            else:
                found[place] = answer
        return again


def _again(wish: Wish, record: SendRecord) -> Verdict:
    """The message is in the record: as an earlier try or another device's copy, or of another id."""
    return TWICE if planned_twice(record, wish.message) else OPEN


@dataclass(frozen=True, slots=True)
class Release:
    """Give back the place of a message that reached nobody."""

    sends: Sends

    def __call__(self, store: StoreId, visitor: VisitorId, mark: bytes) -> None:
        """Raises Unavailable."""
        for _ in range(TRIES):
            record = self.sends.of(store, [visitor])[visitor]
            without = released(record, mark)
            if without is record or self.sends.save(store, [(visitor, without)])[0]:
                return
        raise Unavailable(f"another message came first {TRIES} times")
