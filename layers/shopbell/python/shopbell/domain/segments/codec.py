"""A profile as bytes and back: compact, and canonical, so that equal profiles have equal bytes."""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.ledger import Ledger, Part
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Profile, Trait
from shopbell.domain.subscriptions import SubscriptionFact

FORMAT: Final = 2
_TRIMMED: Final = 1
_NEVER: Final = -1
_HEAD: Final = struct.Struct(">BBqqIIIII")
"""Format, flags, first and last seen; members, their ids' bytes, exits, their ids' bytes, bytes of facts."""


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """Bodies of the three items; an empty one is not stored. Version, rules and wake-up are attributes beside P."""

    p: bytes
    l: bytes  # noqa: E741 - the parts are called P, L and V everywhere
    v: bytes


def dump(profile: Profile) -> StoredProfile:
    """Canonical: independent of the order in which anything was folded."""
    ids, entered = _split(profile.memberships)
    left_ids, left = _split(profile.left)
    facts = _facts(profile)
    head = _HEAD.pack(
        FORMAT,
        _TRIMMED if profile.ledger.trimmed else 0,
        _NEVER if profile.first_seen is None else profile.first_seen,
        _NEVER if profile.last_seen is None else profile.last_seen,
        len(entered) // 8,
        len(ids),
        len(left) // 8,
        len(left_ids),
        len(facts),
    )
    body = b"".join((head, ids, entered, left_ids, left, facts, profile.ledger.p.packed))
    return StoredProfile(body, profile.ledger.l.packed, profile.ledger.v.packed)


def load(
    store: StoreId,
    visitor: VisitorId,
    stored: StoredProfile,
    version: int,
    rules_version: int,
    wake_at: Instant | None,
) -> Profile:
    """The very profile that was dumped. ValueError if the bytes are of a format this release does not know."""
    if not stored.p or stored.p[0] != FORMAT:
        raise ValueError(f"profile format {stored.p[:1].hex() or 'missing'} is unknown")
    _, flags, first, last, members, ids, exits, left_ids, facts = _HEAD.unpack_from(stored.p)
    at = _HEAD.size
    memberships, at = _joined(stored.p, at, ids, members)
    left, at = _joined(stored.p, at, left_ids, exits)
    said = json.loads(stored.p[at : at + facts]) if facts else {}
    return Profile(
        store,
        visitor,
        version,
        rules_version,
        ledger=Ledger(
            Part(stored.p[at + facts :]),
            Part(stored.l),
            Part(stored.v),
            trimmed=bool(flags & _TRIMMED),
        ),
        traits={name: Trait(*row) for name, row in said.get("traits", {}).items()},
        subscriptions=_subscriptions(said.get("subscriptions", ())),
        memberships=memberships,
        left=left,
        unsettled=tuple(_flip(row) for row in said.get("unsettled", ())),
        stale=tuple(said.get("stale", ())),
        wake_at=wake_at,
        first_seen=None if first == _NEVER else first,
        last_seen=None if last == _NEVER else last,
        cart=bytes.fromhex(said.get("cart", "")),
        sessions=bytes.fromhex(said.get("sessions", "")),
        interactions=bytes.fromhex(said.get("interactions", "")),
        scores=said.get("scores", {}),
    )


def _split(instants: Mapping[SegmentId, Instant]) -> tuple[bytes, bytes]:
    if not instants:
        return b"", b""
    rows = sorted(instants.items())
    return "\n".join(name for name, _ in rows).encode(), struct.pack(f">{len(rows)}q", *(at for _, at in rows))


def _joined(data: bytes, at: int, names: int, count: int) -> tuple[dict[SegmentId, Instant], int]:
    if not count:
        return {}, at
    ids = data[at : at + names].decode().split("\n")
    instants = struct.unpack_from(f">{count}q", data, at + names)
    return dict(zip(map(SegmentId, ids), instants, strict=True)), at + names + 8 * count


def _facts(profile: Profile) -> bytes:
    """What is small, rare or of any shape, as JSON; nothing at all for most visitors."""
    said: dict[str, object] = {}
    if profile.traits:
        said["traits"] = {name: [row.received_at, row.request, row.value] for name, row in profile.traits.items()}
    if profile.subscriptions:
        rows = sorted(profile.subscriptions.values(), key=lambda fact: fact.id)
        said["subscriptions"] = [[getattr(fact, name) for name in _FACT] for fact in rows]
    if profile.unsettled:
        said["unsettled"] = [[getattr(flip, name) for name in _FLIP] for flip in profile.unsettled]
    if profile.stale:
        said["stale"] = list(profile.stale)
    said.update({name: getattr(profile, name).hex() for name in _STATES if getattr(profile, name)})
    if profile.scores:
        said["scores"] = profile.scores
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode() if said else b""


def _subscriptions(rows: Sequence[Sequence[Any]]) -> dict[SubscriptionId, SubscriptionFact]:
    facts = [SubscriptionFact(**dict(zip(_FACT, map(_frozen, row), strict=False))) for row in rows]
    return {fact.id: fact for fact in facts}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _flip(row: Sequence[Any]) -> Flip:
    return Flip(**dict(zip(_FLIP, row, strict=False)))


_STATES: Final = ("cart", "sessions", "interactions")
_FACT: Final = tuple(SubscriptionFact.__dataclass_fields__)
_FLIP: Final = tuple(Flip.__dataclass_fields__)
"""Fields are written in their order; one added at the end is read from older bytes as its default."""
