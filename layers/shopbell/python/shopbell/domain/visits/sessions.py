"""Sessions: the union of [t, t + 30 minutes] of everything that a visitor does in the shop."""

import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from shopbell.domain.clock import MINUTE, Duration, Instant

PAUSE: Final[Duration] = 30 * MINUTE
"""After so long without anything a session is over (ruling 5)."""
SKEW: Final[Duration] = 5 * MINUTE
"""How far ahead of now an event may lie (ruling 6)."""
MAX_SESSIONS: Final = 1_000
_NEWEST: Final = struct.Struct(">QQ")
Session = tuple[Instant, Instant]
"""First and last instant at which something was done; it ends PAUSE after the last."""


def fold_sessions(state: bytes, seen: Iterable[Instant], reach: Duration) -> bytes:
    """The state with these instants: commutative and idempotent, byte for byte; the same object if nothing changed.

    Kept are the sessions that end within `reach` of the newest instant (and SKEW more). To forget the others without
    a trace of the order, something is taken to have happened at that very edge: a session that begins within PAUSE
    after it is stored as if it began there. Its end is exact, and so is every session after it. Of more than 1,000
    sessions the newest stay; only then may the start of the oldest depend on the order in which late events came.
    """
    instants = [max(at, 0) for at in seen]
    if not instants:
        return state
    longer = _longer(state, instants, reach) if state else None
    return longer or _cut(chain(sessions_of(state), ((at, at) for at in instants)), state, reach)


def join_sessions(one: bytes, other: bytes, reach: Duration) -> bytes:
    """The union of both."""
    return _cut(chain(sessions_of(one), sessions_of(other)), one, reach)


def recut_sessions(state: bytes, reach: Duration) -> bytes:
    """Without what a shorter reach does not need."""
    return _cut(sessions_of(state), state, reach)


def sessions_of(state: bytes) -> tuple[Session, ...]:
    """Oldest first."""
    return (*_older(state[: -_NEWEST.size]), _NEWEST.unpack(state[-_NEWEST.size :])) if state else ()


def newest_of(state: bytes) -> Session | None:
    """The newest alone, without a look at the others."""
    if not state:
        return None
    first, last = _NEWEST.unpack(state[-_NEWEST.size :])
    return first, last


def starts_of(state: bytes) -> tuple[Instant, ...]:
    """When each session began, oldest first; exact for all but one that began before the reach."""
    return tuple(first for first, _ in sessions_of(state))


def ends_of(state: bytes) -> tuple[Instant, ...]:
    """When each session is over, oldest first; the newest may lie ahead."""
    if not state:
        return ()
    _, last = _NEWEST.unpack(state[-_NEWEST.size :])
    return (*_older_ends(state[: -_NEWEST.size]), last + PAUSE)


@lru_cache(maxsize=2_048)
def _older(packed: bytes) -> tuple[Session, ...]:
    """All but the newest, which alone changes with most events."""
    numbers = _unpack(packed)
    found: list[Session] = []
    at = 0
    for gap, length in zip(numbers[::2], numbers[1::2], strict=True):
        found.append((at + gap, at + gap + length))
        at += gap + length
    return tuple(found)


@lru_cache(maxsize=2_048)
def _older_ends(packed: bytes) -> tuple[Instant, ...]:
    return tuple(last + PAUSE for _, last in _older(packed))


def _longer(state: bytes, seen: Sequence[Instant], reach: Duration) -> bytes | None:
    """The newest session goes on, and nothing falls out of reach by it: most events. None: it is not as simple."""
    first, last = _NEWEST.unpack(state[-_NEWEST.size :])
    if min(seen) < first or max(seen) > last + PAUSE:
        return None
    packed, until = state[: -_NEWEST.size], max(last, *seen)
    oldest = _older(packed)[0][0] if packed else first
    if oldest - max(until - reach - PAUSE - SKEW, 0) <= PAUSE:
        return None
    return state if until == last else packed + _NEWEST.pack(first, until)


def _cut(found: Iterable[Session], before: bytes, reach: Duration) -> bytes:
    sessions = _union(sorted(found))
    if not sessions:
        return before
    edge = max(sessions[-1][1] - reach - PAUSE - SKEW, 0)
    kept = [(edge if first - edge <= PAUSE else first, last) for first, last in sessions if last >= edge]
    state = _pack(kept[-MAX_SESSIONS:])
    return before if state == before else state


def _union(found: Sequence[Session]) -> list[Session]:
    """Of sessions by their first instant; two that are at most PAUSE apart are one."""
    merged: list[Session] = []
    for first, last in found:
        if merged and first - merged[-1][1] <= PAUSE:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _pack(sessions: Sequence[Session]) -> bytes:
    """Varints: the gap since the last session, and the length; the newest as it is."""
    out, at = bytearray(), 0
    for first, last in sessions[:-1]:
        for number in (first - at, last - first):
            rest = number
            while rest > 0x7F:  # noqa: PLR2004 - seven bits a byte
                out.append(rest & 0x7F | 0x80)
                rest >>= 7
            out.append(rest)
        at = last
    return bytes(out) + _NEWEST.pack(*sessions[-1])


def _unpack(data: bytes) -> list[int]:
    numbers: list[int] = []
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
            numbers.append(number)
            number = shift = 0
    return numbers
